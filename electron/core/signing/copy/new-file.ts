/** A new PDF written front to back (ISO 32000-2 §7.5): only the places of its objects are kept. */
import { randomBytes } from 'node:crypto'
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import {
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfBytes,
  pdfDictionary,
  pdfNumber,
  pdfReference,
  withEntries,
} from '../pdf/objects.ts'
import { serialise, serialiseIndirect } from '../pdf/serialise.ts'

export type NewFile = {
  /** Takes an object number; `write` must follow. */
  readonly reserve: () => PdfReference
  readonly head: () => Uint8Array
  /** The object's bytes. `source`: the file its stream data lies in, read in pieces. */
  readonly write: (reference: PdfReference, object: PdfObject, source?: ByteSource) => Generator<Uint8Array>
  /** Cross-reference table and trailer. */
  readonly end: (catalog: PdfReference, info: PdfReference) => Generator<Uint8Array>
}

const PIECE_BYTES = 256 * 1024
const ROWS_A_PIECE = 4096
/** Ten digits of a table's row (§7.5.4). */
const MAXIMUM_OFFSET = 9_999_999_999

export function startFile(): NewFile {
  const offsets: number[] = [0]
  let size = 0
  const counted = (bytes: Uint8Array): Uint8Array => {
    size += bytes.length
    return bytes
  }
  return {
    reserve: () => {
      offsets.push(-1)
      return pdfReference(offsets.length - 1)
    },
    head: () => counted(Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')),
    write: function* (reference, object, source) {
      if (size > MAXIMUM_OFFSET)
        throw new SigningError('PDF_TOO_LARGE', 'Offsets over 10 digits', { data: { limit: 'file size' } })
      offsets[reference.objectNumber] = size
      for (const piece of piecesOf(reference, object, source)) yield counted(piece)
    },
    end: function* (catalog, info) {
      const start = size
      yield counted(Buffer.from(`xref\n0 ${offsets.length}\n`))
      for (let from = 0; from < offsets.length; from += ROWS_A_PIECE)
        yield counted(
          Buffer.from(
            offsets
              .slice(from, from + ROWS_A_PIECE)
              .map((offset) => rowOf(offset))
              .join(''),
          ),
        )
      const id = pdfBytes(randomBytes(16))
      const trailer = pdfDictionary({
        Size: pdfNumber(offsets.length),
        Root: catalog,
        Info: info,
        ID: pdfArray([id, id]),
      })
      yield counted(
        Buffer.concat([
          Buffer.from('trailer\n'),
          serialise(trailer),
          Buffer.from(`\nstartxref\n${start}\n%%EOF\n`),
        ]),
      )
    },
  }
}

function* piecesOf(
  reference: PdfReference,
  object: PdfObject,
  source: ByteSource | undefined,
): Generator<Uint8Array> {
  if (object.kind !== 'stream' || object.body.at === 'memory') {
    yield serialiseIndirect(reference, object)
    return
  }
  if (source === undefined) throw new Error('A stream of a file needs its source')
  const { offset, lengthBytes } = object.body
  const dictionary: PdfDictionary = withEntries(object.dictionary, { Length: pdfNumber(lengthBytes) })
  yield Buffer.concat([
    Buffer.from(`${reference.objectNumber} ${reference.generation} obj\n`),
    serialise(dictionary),
    Buffer.from('\nstream\n'),
  ])
  for (let done = 0; done < lengthBytes; done += PIECE_BYTES)
    yield source.read(offset + done, Math.min(PIECE_BYTES, lengthBytes - done))
  yield Buffer.from('\nendstream\nendobj\n')
}

function rowOf(offset: number): string {
  // A number that was reserved and not needed is a free object, as number 0 always is.
  if (offset <= 0) return '0000000000 65535 f\r\n'
  return `${String(offset).padStart(10, '0')} 00000 n\r\n`
}
