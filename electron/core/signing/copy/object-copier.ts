/** Carries objects of one file over into a new one: what is reachable, each once, as the newest revision has it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { mapReferences } from '../pdf/object-source.ts'
import {
  asDictionary,
  asName,
  PDF_NULL,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  withEntries,
} from '../pdf/objects.ts'
import type { PdfFile } from '../pdf/reader.ts'
import type { NewFile } from './new-file.ts'

export type ObjectCopier = {
  readonly file: PdfFile
  /** The same object with the references it has in the new file; what they lead to follows with `drain`. */
  readonly translate: (object: PdfObject) => PdfObject
  readonly translateDictionary: (dictionary: PdfDictionary) => PdfDictionary
  /** Writes an object that was translated. */
  readonly write: (reference: PdfReference, object: PdfObject) => Generator<Uint8Array>
  /** Writes everything that was referred to and is not there yet. */
  readonly drain: () => AsyncGenerator<Uint8Array>
}

/** Not content of a page: following these would drag the whole document along. */
const NOT_FOLLOWED: ReadonlySet<string> = new Set([
  'Catalog',
  'Page',
  'Pages',
  'StructTreeRoot',
  'StructElem',
])
/** Private data of programs, metadata, and links into the structure tree that stays behind. */
const NOT_CARRIED = {
  PieceInfo: undefined,
  Metadata: undefined,
  StructParent: undefined,
  StructParents: undefined,
}
const SLICE_MS = 8

export function copierOf(file: PdfFile, target: NewFile): ObjectCopier {
  const numbers = new Map<number, PdfReference>()
  const queue: PdfReference[] = []
  const follow = (reference: PdfReference): PdfObject => {
    const known = numbers.get(reference.objectNumber)
    if (known !== undefined) return known
    const object = file.objectAt(reference, file.revisionIndex)
    const type = asName(asDictionary(object)?.entries.get('Type'))
    if (object.kind === 'null' || (type !== undefined && NOT_FOLLOWED.has(type))) return PDF_NULL
    const taken = target.reserve()
    numbers.set(reference.objectNumber, taken)
    queue.push(reference)
    return taken
  }
  const translate = (object: PdfObject): PdfObject => {
    if (object.kind !== 'stream') return mapReferences(object, follow)
    file.assertStreamEnd(object)
    // /Length is written anew; as a reference it would leave a number behind that nobody needs.
    const dictionary = withEntries(object.dictionary, { ...NOT_CARRIED, Length: undefined })
    return { ...object, dictionary: translateDictionary(dictionary) }
  }
  const translateDictionary = (dictionary: PdfDictionary): PdfDictionary =>
    asDictionary(mapReferences(dictionary, follow)) ?? dictionary
  const write = (reference: PdfReference, object: PdfObject): Generator<Uint8Array> =>
    target.write(reference, object, file.source)
  return {
    file,
    translate,
    translateDictionary,
    write,
    drain: async function* () {
      let turnedAt = performance.now()
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const taken = numbers.get(next.objectNumber)
        if (taken === undefined) continue
        for (const piece of write(taken, translate(file.objectAt(next, file.revisionIndex)))) {
          yield piece
          if (performance.now() - turnedAt < SLICE_MS) continue
          await nextTurn()
          turnedAt = performance.now()
        }
      }
    },
  }
}
