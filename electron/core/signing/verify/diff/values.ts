/** Equality of PDF values as two readers would see it: numbers by value, strings by bytes, absent keys like null. */
import type { PdfDictionary, PdfObject, PdfStream } from '../../pdf/objects.ts'
import type { PdfFile } from '../../pdf/reader.ts'

/** Structural equality; references are equal when they name the same object (its content is compared on its own). */
export function sameValue(file: PdfFile, left: PdfObject | undefined, right: PdfObject | undefined): boolean {
  const a = left ?? NULL
  const b = right ?? NULL
  if (a === b) return true
  if (a.kind !== b.kind) return false
  switch (a.kind) {
    case 'null':
      return true
    case 'boolean':
    case 'name':
      return b.kind === a.kind && a.value === b.value
    case 'number':
      return b.kind === 'number' && a.value === b.value
    case 'string':
      return b.kind === 'string' && Buffer.compare(a.bytes, b.bytes) === 0
    case 'reference':
      return b.kind === 'reference' && a.objectNumber === b.objectNumber && a.generation === b.generation
    case 'array':
      return (
        b.kind === 'array' &&
        a.items.length === b.items.length &&
        a.items.every((item, index) => sameValue(file, item, b.items[index]))
      )
    case 'dictionary':
      return b.kind === 'dictionary' && sameDictionary(file, a, b)
    case 'stream':
      return b.kind === 'stream' && sameStream(file, a, b)
  }
}

const NULL: PdfObject = { kind: 'null' }

function sameDictionary(file: PdfFile, left: PdfDictionary, right: PdfDictionary): boolean {
  // A key written twice reads differently in different programs.
  if (left.duplicateKeys !== undefined || right.duplicateKeys !== undefined) return false
  return changedKeys(file, left, right).length === 0
}

function sameStream(file: PdfFile, left: PdfStream, right: PdfStream): boolean {
  if (!sameDictionary(file, left.dictionary, right.dictionary)) return false
  if (left.body.at !== 'file' || right.body.at !== 'file') return false
  if (left.body.offset === right.body.offset && left.body.lengthBytes === right.body.lengthBytes) return true
  return Buffer.compare(file.streamBytes(left), file.streamBytes(right)) === 0
}

/** Keys whose values differ between two dictionaries, in either. */
export function changedKeys(file: PdfFile, left: PdfDictionary, right: PdfDictionary): readonly string[] {
  const keys = new Set([...left.entries.keys(), ...right.entries.keys()])
  const repeated = new Set([...(left.duplicateKeys ?? []), ...(right.duplicateKeys ?? [])])
  return [...keys].filter(
    (key) => repeated.has(key) || !sameValue(file, left.entries.get(key), right.entries.get(key)),
  )
}
