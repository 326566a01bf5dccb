/**
 * Incremental updates (ISO 32000-2 §7.5.6): only bytes to append, never a changed byte before them.
 * [Note: same kind of cross-reference] An update to a file whose newest section is a table (or hybrid) is a table, to
 * one whose newest section is a stream a stream. Readers of the wild stumble over mixtures. No object streams: what a
 * signature is about must lie in clear.
 */
import { randomBytes } from 'node:crypto'
import { concatBytes } from '../../kit/bytes.ts'
import { SigningError } from '../errors.ts'
import { isWhite } from './lexer.ts'
import {
  asArray,
  asString,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfBytes,
  pdfName,
  pdfNumber,
  pdfReference,
  withEntries,
} from './objects.ts'
import type { PdfFile } from './reader.ts'
import { serialise, serialiseIndirect } from './serialise.ts'
import type { PdfNote } from './xref.ts'
import { MAXIMUM_OBJECTS } from './xref-table.ts'

export type PdfUpdate = {
  readonly file: PdfFile
  /** Takes a fresh object number without giving it an object yet; `set` must follow. */
  readonly reserve: () => PdfReference
  /** Adds a new indirect object. */
  readonly add: (object: PdfObject) => PdfReference
  /** Gives a reserved or existing object number its (new) object. */
  readonly set: (reference: PdfReference, object: PdfObject) => void
  /** The same with the bytes of `n g obj … endobj` made by the caller, who needs to know positions in them. */
  readonly setBytes: (reference: PdfReference, bytes: Uint8Array) => void
  /** Follows references, seeing this update's objects before the file's. */
  readonly resolve: (object: PdfObject | undefined) => PdfObject
  /** True when nothing was added or set. */
  readonly isEmpty: () => boolean
  /** The appended bytes. `offsetOf` gives the position in them of an object set by `set`, `add` or `setBytes`. */
  readonly finish: () => {
    readonly bytes: Uint8Array
    readonly offsetOf: (reference: PdfReference) => number
  }
}

/**
 * What a reader forgives but nobody should build a signature on: repair comes first. Bytes after the end may be an
 * update that was cut: the file would be signed in an older state than its author meant.
 */
const UNFIT: ReadonlySet<PdfNote['code']> = new Set([
  'BYTES_AFTER_EOF',
  'HEADER_NOT_AT_START',
  'EOF_MARKER_MISSING',
  'PREVIOUS_NOT_DESCENDING',
])

/** Keys of a trailer that belong to one section only, or speak of the whole file's bytes. */
const NOT_CARRIED = [
  'Prev',
  'XRefStm',
  'Size',
  'Type',
  'W',
  'Index',
  'Length',
  'Filter',
  'DecodeParms',
  'DL',
  'F',
  'FFilter',
  'FDecodeParms',
  'DocChecksum',
]

/** The first thing about a file that opens for which it must not be updated; undefined when it is fit. */
export function unfitNote(file: PdfFile): PdfNote | undefined {
  return file.notes.find((note) => UNFIT.has(note.code))
}

/** @throws SigningError PDF_ENCRYPTED | PDF_DAMAGED when the file reads but must be repaired first */
export function startUpdate(file: PdfFile): PdfUpdate {
  if (file.isEncrypted) throw new SigningError('PDF_ENCRYPTED', 'The file is encrypted')
  const unfit = unfitNote(file)
  if (unfit !== undefined)
    throw new SigningError('PDF_DAMAGED', 'The file needs repair before it is signed', {
      data: { offset: unfit.offset, reason: unfit.code },
    })
  let next = file.nextObjectNumber
  const objects = new Map<number, Pending>()
  const reserve = (): PdfReference => {
    if (next > MAXIMUM_OBJECTS)
      throw new SigningError('PDF_TOO_LARGE', 'Too many objects', { data: { limit: 'objects' } })
    next += 1
    return pdfReference(next - 1)
  }
  const set = (reference: PdfReference, object: PdfObject): void => {
    objects.set(reference.objectNumber, { reference, object })
  }
  return {
    file,
    reserve,
    set,
    add: (object) => {
      const reference = reserve()
      set(reference, object)
      return reference
    },
    setBytes: (reference, bytes) => {
      objects.set(reference.objectNumber, { reference, bytes })
    },
    resolve: (object) => {
      const pending = object?.kind === 'reference' ? objects.get(object.objectNumber) : undefined
      return pending !== undefined && 'object' in pending ? pending.object : file.resolve(object)
    },
    isEmpty: () => objects.size === 0,
    finish: () => write(file, objects, next),
  }
}

type Pending =
  | { readonly reference: PdfReference; readonly object: PdfObject }
  | { readonly reference: PdfReference; readonly bytes: Uint8Array }

type Placed = { readonly reference: PdfReference; readonly offset: number }

function write(
  file: PdfFile,
  objects: ReadonlyMap<number, Pending>,
  next: number,
): { bytes: Uint8Array; offsetOf: (reference: PdfReference) => number } {
  const base = file.source.sizeBytes
  const parts: Uint8Array[] = []
  let size = 0
  const put = (bytes: Uint8Array): void => {
    parts.push(bytes)
    size += bytes.length
  }
  if (!isWhite(file.source.read(base - 1, 1)[0] ?? 0)) put(Buffer.from('\n'))
  const placed: Placed[] = []
  const pendings = [...objects.values()].sort(
    (left, right) => left.reference.objectNumber - right.reference.objectNumber,
  )
  for (const pending of pendings) {
    placed.push({ reference: pending.reference, offset: base + size })
    put(
      'bytes' in pending
        ? pending.bytes
        : serialiseIndirect(pending.reference, pending.object, (offset, length) =>
            file.source.read(offset, length),
          ),
    )
  }
  const xrefOffset = base + size
  const isStream = file.sections[0]?.kind === 'stream'
  put(isStream ? xrefStream(file, placed, next, xrefOffset) : xrefTable(file, placed, next))
  put(Buffer.from(`startxref\n${xrefOffset}\n%%EOF\n`))
  const offsets = new Map(placed.map((object) => [object.reference.objectNumber, object.offset - base]))
  return {
    bytes: concatBytes(parts),
    offsetOf: (reference) => {
      const offset = offsets.get(reference.objectNumber)
      if (offset === undefined) throw new Error(`Object ${reference.objectNumber} is not in the update`)
      return offset
    },
  }
}

function trailer(file: PdfFile, size: number): PdfDictionary {
  const [first] = asArray(file.resolve(file.trailer.entries.get('ID'))) ?? []
  const fresh = pdfBytes(randomBytes(16))
  const removed = Object.fromEntries(NOT_CARRIED.map((key) => [key, undefined]))
  return withEntries(file.trailer, {
    ...removed,
    Size: pdfNumber(size),
    Root: file.catalogReference,
    ID: pdfArray([asString(file.resolve(first)) ?? fresh, fresh]),
    Prev: pdfNumber(file.sections[0]?.offset ?? 0),
  })
}

function xrefTable(file: PdfFile, placed: readonly Placed[], size: number): Uint8Array {
  let text = 'xref\n0 1\n0000000000 65535 f\r\n'
  for (const run of runs(placed)) {
    text += `${run[0]?.reference.objectNumber ?? 0} ${run.length}\n`
    for (const { reference, offset } of run) {
      if (offset > 9_999_999_999)
        throw new SigningError('PDF_TOO_LARGE', 'Offsets over 10 digits', { data: { limit: 'file size' } })
      text += `${String(offset).padStart(10, '0')} ${String(reference.generation).padStart(5, '0')} n\r\n`
    }
  }
  return concatBytes([Buffer.from(`${text}trailer\n`), serialise(trailer(file, size)), Buffer.from('\n')])
}

function xrefStream(file: PdfFile, placed: readonly Placed[], size: number, xrefOffset: number): Uint8Array {
  const own: Placed = { reference: pdfReference(size), offset: xrefOffset }
  const all = [...placed, own]
  const width = xrefOffset > 0xffffffff ? 6 : 4
  const data = Buffer.alloc(all.length * (width + 3))
  let at = 0
  for (const { reference, offset } of all) {
    data.writeUInt8(1, at)
    data.writeUIntBE(offset, at + 1, width)
    data.writeUInt16BE(reference.generation, at + 1 + width)
    at += width + 3
  }
  const index = runs(all).flatMap((run) => [run[0]?.reference.objectNumber ?? 0, run.length])
  const dictionary = withEntries(trailer(file, size + 1), {
    Type: pdfName('XRef'),
    W: pdfArray([1, width, 2].map(pdfNumber)),
    Index: pdfArray(index.map(pdfNumber)),
  })
  return serialiseIndirect(own.reference, {
    kind: 'stream',
    dictionary,
    body: { at: 'memory', bytes: data },
  })
}

/** Groups objects in rising order into runs of consecutive numbers. */
function runs(placed: readonly Placed[]): readonly (readonly Placed[])[] {
  const result: Placed[][] = []
  for (const object of placed) {
    const run = result.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last?.reference.objectNumber === object.reference.objectNumber - 1)
      run.push(object)
    else result.push([object])
  }
  return result
}
