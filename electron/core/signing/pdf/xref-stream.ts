/** Cross-reference streams (ISO 32000-2 §7.5.8). */
import { SigningError } from '../errors.ts'
import { decodeFilters } from './filters.ts'
import { readIndirectObject } from './indirect-object.ts'
import { asArray, asInteger, asName, PDF_NULL, type PdfDictionary, type PdfReference } from './objects.ts'
import type { Windows } from './window.ts'
import { type XrefEntries, type XrefEntry, type XrefSubsection, xrefEntries } from './xref-entries.ts'
import { MAXIMUM_OBJECTS } from './xref-table.ts'

export type XrefStream = {
  readonly entries: XrefEntries
  readonly trailer: PdfDictionary
  /** Object number of the stream itself. */
  readonly reference: PdfReference
  /** Size of the decoded rows, in bytes. */
  readonly decodedBytes: number
  /** File offset behind the stream data. */
  readonly endOffset: number
}

/**
 * Reads the cross-reference stream whose `n g obj` stands at `offset`.
 *
 * @param maximumBytes of decoded rows
 * @throws SigningError PDF_DAMAGED | PDF_TOO_LARGE
 */
export function readXrefStream(windows: Windows, offset: number, maximumBytes: number): XrefStream {
  const object = readIndirectObject(windows, offset, () => PDF_NULL)
  const { value } = object
  if (
    value.kind !== 'stream' ||
    value.body.at !== 'file' ||
    asName(value.dictionary.entries.get('Type')) !== 'XRef'
  )
    throw damaged(offset, 'cross-reference stream expected')
  const widths = integers(value.dictionary, 'W')
  const [typeBytes = -1, secondBytes = -1, thirdBytes = -1] = widths ?? []
  if (widths === undefined || widths.length < 3 || widths.some((width) => width > 8))
    throw damaged(offset, '/W')
  const rowBytes = widths.reduce((sum, width) => sum + width, 0)
  const index = integers(value.dictionary, 'Index') ?? [
    0,
    asInteger(value.dictionary.entries.get('Size')) ?? -1,
  ]
  const rows = countRows(index, offset)
  if (rowBytes === 0 || rows * rowBytes > maximumBytes)
    throw new SigningError('PDF_TOO_LARGE', 'Cross-reference stream too large', { data: { limit: 'xref' } })
  const encoded = windows.range(value.body.offset, value.body.lengthBytes)
  const decoded = decodeFilters(value.dictionary, encoded, (entry) => entry ?? PDF_NULL, maximumBytes)
  if (decoded.length < rows * rowBytes) throw damaged(offset, 'cross-reference stream too short')
  const layout: Layout = { rowBytes, typeBytes, secondBytes, thirdBytes }
  return {
    entries: xrefEntries(subsectionsOf(decoded, index, layout)),
    trailer: value.dictionary,
    reference: object.reference,
    decodedBytes: decoded.length,
    endOffset: object.endOffset,
  }
}

type Layout = {
  readonly rowBytes: number
  readonly typeBytes: number
  readonly secondBytes: number
  readonly thirdBytes: number
}

function countRows(index: readonly number[], offset: number): number {
  if (index.length === 0 || index.length % 2 !== 0) throw damaged(offset, '/Index')
  let rows = 0
  for (let at = 0; at < index.length; at += 2) {
    const first = index[at] ?? -1
    const count = index[at + 1] ?? -1
    if (first < 0 || count < 0) throw damaged(offset, '/Index')
    if (first + count > MAXIMUM_OBJECTS + 1)
      throw new SigningError('PDF_TOO_LARGE', 'Too many objects', { data: { limit: 'objects' } })
    rows += count
  }
  return rows
}

function subsectionsOf(decoded: Uint8Array, index: readonly number[], layout: Layout): XrefSubsection[] {
  const subsections: XrefSubsection[] = []
  let row = 0
  for (let at = 0; at < index.length; at += 2) {
    const first = index[at] ?? 0
    const count = index[at + 1] ?? 0
    const start = row * layout.rowBytes
    subsections.push({
      first,
      count,
      entryAt: (number) => entryFrom(decoded, start + number * layout.rowBytes, layout),
    })
    row += count
  }
  return subsections
}

function entryFrom(decoded: Uint8Array, at: number, layout: Layout): XrefEntry | undefined {
  const type = layout.typeBytes === 0 ? 1 : unsigned(decoded, at, layout.typeBytes)
  const second = unsigned(decoded, at + layout.typeBytes, layout.secondBytes)
  const third = unsigned(decoded, at + layout.typeBytes + layout.secondBytes, layout.thirdBytes)
  switch (type) {
    case 0:
      return { kind: 'free', generation: third }
    case 1:
      return second === 0
        ? { kind: 'free', generation: third }
        : { kind: 'in-use', offset: second, generation: third }
    case 2:
      return { kind: 'compressed', streamNumber: second, index: third }
    default:
      return undefined
  }
}

function unsigned(bytes: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let index = at; index < at + length; index += 1) value = value * 256 + (bytes[index] ?? 0)
  return value
}

function integers(dictionary: PdfDictionary, key: string): readonly number[] | undefined {
  const items = asArray(dictionary.entries.get(key))?.map((item) => asInteger(item) ?? -1)
  return items?.every((item) => item >= 0) ? items : undefined
}

function damaged(offset: number, reason: string): SigningError {
  return new SigningError('PDF_DAMAGED', `Cross-reference stream: ${reason}`, { data: { offset, reason } })
}
