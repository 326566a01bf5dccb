/**
 * The catalog: six keys may change, all others (Pages, Names, OpenAction, OCProperties, Perms, …) stay equal (gate 12).
 */
import {
  asDictionary,
  asName,
  asReference,
  type PdfDictionary,
  type PdfObject,
} from '../../../pdf/objects.ts'
import { approve, isUse, type Step } from '../step.ts'
import { changedKeys } from '../values.ts'

/** Judged by rules of their own. */
const ELSEWHERE = new Set(['AcroForm', 'DSS', 'Metadata'])
const EXTENSION_KEYS = new Set(['Type', 'BaseVersion', 'ExtensionLevel', 'ExtensionRevision', 'URL'])

export function checkCatalog(step: Step): void {
  const { before, after, file } = step
  const root = before.catalogReference
  if (after.catalogReference.objectNumber !== root.objectNumber) return
  for (const key of changedKeys(file, before.catalog, after.catalog)) {
    if (ELSEWHERE.has(key) || isHarmless(step, key)) continue
    step.report({ code: 'CATALOG_CHANGED', level: 'other', detail: key })
  }
  approve(
    step,
    root,
    // Signatures with a /Reference name the catalog as their /Data.
    (use) => isUse(use, 0, 'Root') || use.path.at(-1) === 'Data',
  )
  for (const key of ['Extensions', 'MarkInfo'])
    if (isHarmless(step, key))
      approve(step, asReference(before.catalog.entries.get(key)), (use) => isUse(use, root.objectNumber, key))
}

function isHarmless(step: Step, key: string): boolean {
  const value = step.after.resolve(step.after.catalog.entries.get(key))
  switch (key) {
    case 'Version':
      return /^(1\.[3-7]|2\.0)$/.test(asName(value) ?? '')
    case 'Extensions':
      return isExtensions(step, asDictionary(value))
    case 'MarkInfo':
      return [...(asDictionary(value)?.entries.values() ?? [])].every((entry) => entry.kind === 'boolean')
    default:
      return false
  }
}

function isExtensions(step: Step, dictionary: PdfDictionary | undefined): boolean {
  if (dictionary === undefined) return false
  const isOne = (entry: PdfObject): boolean => {
    const extension = asDictionary(step.after.resolve(entry))
    return extension !== undefined && [...extension.entries.keys()].every((key) => EXTENSION_KEYS.has(key))
  }
  return [...dictionary.entries].every(([key, entry]) => {
    if (key === 'Type') return true
    const value = step.after.resolve(entry)
    return value.kind === 'array' ? value.items.every(isOne) : isOne(value)
  })
}
