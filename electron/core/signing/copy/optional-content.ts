/** Layers (ISO 32000-2 §8.11): a copy shows those that the original shows when it is opened. */
import {
  asArray,
  asDictionary,
  asName,
  type PdfObject,
  type PdfReference,
  referenceKey,
} from '../pdf/objects.ts'
import type { ObjectCopier } from './object-copier.ts'

export type Layers = { readonly all: PdfObject[]; readonly off: PdfObject[] }

/** Adds the layers of one file, with their default state (/D). */
export function addLayers({ file, translate }: ObjectCopier, layers: Layers): void {
  const { resolve } = file
  const properties = asDictionary(resolve(file.catalog.entries.get('OCProperties')))
  if (properties === undefined) return
  const standard = asDictionary(resolve(properties.entries.get('D')))
  const keysOf = (name: string) =>
    new Set((asArray(resolve(standard?.entries.get(name))) ?? []).filter(isReference).map(referenceKey))
  const [on, off] = [keysOf('ON'), keysOf('OFF')]
  const startsOff = asName(resolve(standard?.entries.get('BaseState'))) === 'OFF'
  for (const group of (asArray(resolve(properties.entries.get('OCGs'))) ?? []).filter(isReference)) {
    const copied = translate(group)
    if (copied.kind !== 'reference') continue
    layers.all.push(copied)
    const key = referenceKey(group)
    if (off.has(key) || (startsOff && !on.has(key))) layers.off.push(copied)
  }
}

function isReference(object: PdfObject): object is PdfReference {
  return object.kind === 'reference'
}
