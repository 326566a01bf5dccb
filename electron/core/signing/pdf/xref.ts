/**
 * The chain of cross-reference sections of a file and its grouping into revisions
 * (ISO 32000-2 §7.5.4–7.5.8, Annex F for linearized files). Nothing is guessed: what does not follow from the
 * file's own offsets is PDF_DAMAGED; rebuilding is `repair.ts`.
 */
import { SigningError } from '../errors.ts'
import type { Lexer } from './lexer.ts'
import { asInteger, type PdfDictionary, type PdfReference } from './objects.ts'
import type { Windows } from './window.ts'
import type { XrefEntries, XrefEntry } from './xref-entries.ts'
import { readXrefStream, type XrefStream } from './xref-stream.ts'
import { readXrefTable } from './xref-table.ts'

export const MAXIMUM_SECTIONS = 4096
/** Rows of all sections together, listed or packed: eight times the objects a file may have. */
const MAXIMUM_ROWS = 64 << 20
/** Decoded rows of all cross-reference streams of a file together. */
const XREF_STREAM_BUDGET_BYTES = 128 << 20

export type XrefSection = {
  /** File offset of `xref` or of the stream's object number. */
  readonly offset: number
  readonly kind: 'table' | 'stream' | 'hybrid'
  /** Entries of the table or stream itself; for a hybrid section those of the table. */
  readonly entries: XrefEntries
  /** The stream a hybrid section's /XRefStm points at. */
  readonly hybridStream: (XrefStream & { readonly offset: number }) | undefined
  /** Trailer dictionary, or the stream's dictionary. */
  readonly trailer: PdfDictionary
  /** The cross-reference stream's own object. */
  readonly streamReference: PdfReference | undefined
  readonly previousOffset: number | undefined
  /** The `startxref` behind the section: its number and where the keyword stands. */
  readonly startxref: { readonly value: number; readonly offset: number } | undefined
  /** True when `%%EOF` follows `startxref`. */
  readonly isComplete: boolean
  /** File offset behind `%%EOF` without the end of line: a signed range may end here or at `endOffset`. */
  readonly markerEndOffset: number
  /** File offset behind `%%EOF` and its end of line; behind the trailer or stream data when there is none. */
  readonly endOffset: number
}

/** One save of the file. Oldest first; the revisions 0…n make up the first `endOffset` bytes. */
export type PdfRevision = {
  readonly index: number
  /** Newest first: one section; two for a linearized file or for a first save written as table plus hybrid table. */
  readonly sections: readonly XrefSection[]
  readonly trailer: PdfDictionary
  readonly endOffset: number
  /** Behind `%%EOF` without its end of line; an update may have added that line end later. */
  readonly markerEndOffset: number
  readonly isComplete: boolean
}

/** Something a writer should not have done and a reader can live with. Verdicts may be stricter. */
export type PdfNote = {
  readonly code:
    | 'HEADER_NOT_AT_START'
    | 'BYTES_AFTER_EOF'
    | 'EOF_MARKER_MISSING'
    | 'XREF_OFFSET_OFF'
    | 'XREF_ODD_ENTRIES'
    | 'PREVIOUS_NOT_DESCENDING'
    | 'PREVIOUS_NOT_INTEGER'
  /** File offset the note is about. */
  readonly offset: number
}

/**
 * Follows /Prev from `startOffset`. Sections are returned newest first.
 *
 * @throws SigningError PDF_DAMAGED (also for /Prev loops) | PDF_TOO_LARGE beyond 4096 sections
 */
export function readSections(
  windows: Windows,
  startOffset: number,
  notes: PdfNote[],
): readonly XrefSection[] {
  const sections: XrefSection[] = []
  const seen = new Set<number>()
  const budget = { bytes: XREF_STREAM_BUDGET_BYTES }
  let rows = 0
  for (let next: number | undefined = startOffset; next !== undefined; ) {
    if (sections.length >= MAXIMUM_SECTIONS)
      throw new SigningError('PDF_TOO_LARGE', 'Too many revisions', { data: { limit: 'xref sections' } })
    const section = readSection(windows, next, notes, budget)
    if (seen.has(section.offset))
      throw new SigningError('PDF_DAMAGED', '/Prev runs in a circle', {
        data: { offset: section.offset, reason: '/Prev loop' },
      })
    seen.add(section.offset)
    rows += rowsOf(section)
    if (rows > MAXIMUM_ROWS)
      throw new SigningError('PDF_TOO_LARGE', 'Too many entries', { data: { limit: 'xref entries' } })
    sections.push(section)
    next = section.previousOffset
  }
  return sections
}

function rowsOf(section: XrefSection): number {
  const runs = [...section.entries.subsections, ...(section.hybridStream?.entries.subsections ?? [])]
  return runs.reduce((sum, run) => sum + run.count, 0)
}

function readSection(
  windows: Windows,
  wantedOffset: number,
  notes: PdfNote[],
  budget: { bytes: number },
): XrefSection {
  const { offset, isTable } = windows.read(wantedOffset, (lexer) => {
    lexer.skipWhite()
    return { offset: lexer.offset, isTable: lexer.peek() === 0x78 }
  })
  if (offset !== wantedOffset) notes.push({ code: 'XREF_OFFSET_OFF', offset: wantedOffset })
  if (!isTable) {
    const stream = readStream(windows, offset, budget)
    return {
      ...tail(windows, stream.endOffset, true),
      offset,
      kind: 'stream',
      entries: stream.entries,
      hybridStream: undefined,
      trailer: stream.trailer,
      streamReference: stream.reference,
      previousOffset: previous(stream.trailer, offset, notes),
    }
  }
  const table = readXrefTable(windows, offset)
  if (table.hasOddEntries) notes.push({ code: 'XREF_ODD_ENTRIES', offset })
  const hybridOffset = asInteger(table.trailer.entries.get('XRefStm'))
  return {
    ...tail(windows, table.endOffset, false),
    offset,
    kind: hybridOffset === undefined ? 'table' : 'hybrid',
    entries: table.entries,
    hybridStream:
      hybridOffset === undefined
        ? undefined
        : { ...readStream(windows, hybridOffset, budget), offset: hybridOffset },
    trailer: table.trailer,
    streamReference: undefined,
    previousOffset: previous(table.trailer, offset, notes),
  }
}

function readStream(windows: Windows, offset: number, budget: { bytes: number }): XrefStream {
  const stream = readXrefStream(windows, offset, budget.bytes)
  budget.bytes -= stream.decodedBytes
  return stream
}

/** /Prev is a direct integer; some writers of streams made it indirect or real, which no reader is bound to follow. */
function previous(trailer: PdfDictionary, offset: number, notes: PdfNote[]): number | undefined {
  const entry = trailer.entries.get('Prev')
  if (entry === undefined || entry.kind === 'null') return undefined
  const value = asInteger(entry)
  if (value === undefined) {
    if (entry.kind !== 'number' || !Number.isSafeInteger(entry.value))
      throw new SigningError('PDF_DAMAGED', '/Prev is no offset', { data: { offset, reason: '/Prev' } })
    notes.push({ code: 'PREVIOUS_NOT_INTEGER', offset })
    return entry.value
  }
  return value
}

type Tail = Pick<XrefSection, 'startxref' | 'isComplete' | 'endOffset' | 'markerEndOffset'>

function tail(windows: Windows, offset: number, isStream: boolean): Tail {
  const nothing: Tail = {
    startxref: undefined,
    isComplete: false,
    endOffset: offset,
    markerEndOffset: offset,
  }
  if (offset >= windows.source.sizeBytes) return nothing
  return windows.read(offset, (lexer) => {
    lexer.skipWhite()
    if (isStream && lexer.takeKeyword('endstream')) lexer.skipWhite()
    if (isStream && lexer.takeKeyword('endobj')) lexer.skipWhite()
    skipComments(lexer)
    const keywordOffset = lexer.offset
    if (!lexer.takeKeyword('startxref')) return nothing
    lexer.skipWhite()
    const value = lexer.takeUnsigned()
    if (value === undefined) return nothing
    const startxref = { value, offset: keywordOffset }
    const behindNumber = lexer.offset
    lexer.skipWhite()
    const markerEndOffset = lexer.offset + 5
    if (!takeEofMarker(lexer))
      return { startxref, isComplete: false, endOffset: behindNumber, markerEndOffset: behindNumber }
    return { startxref, isComplete: true, endOffset: lexer.offset, markerEndOffset }
  })
}

/** Some writers put a comment line (`%iText-…`) before `startxref`. Stops before `%%EOF`. */
function skipComments(lexer: Lexer): void {
  while (lexer.peek() === 0x25 && lexer.peek(1) !== 0x25) {
    for (let byte = lexer.peek(); byte >= 0 && byte !== 10 && byte !== 13; byte = lexer.peek())
      lexer.position += 1
    lexer.skipWhite()
  }
}

/** Takes `%%EOF` with one end of line; false (cursor moved nowhere) when it does not stand here. */
export function takeEofMarker(lexer: Lexer): boolean {
  for (let index = 0; index < 5; index += 1) if (lexer.peek(index) !== '%%EOF'.charCodeAt(index)) return false
  lexer.position += 5
  if (lexer.peek() === 13) lexer.position += 1
  if (lexer.peek() === 10) lexer.position += 1
  return true
}

/**
 * The entry of an object number in one section. In a hybrid section the table comes first, the stream shows what the
 * table does not list (§7.5.8.4); an entry that is free in the table stays free.
 */
export function entryInSection(section: XrefSection, objectNumber: number): XrefEntry | undefined {
  return section.entries.get(objectNumber) ?? section.hybridStream?.entries.get(objectNumber)
}

/**
 * Groups sections (newest first) into revisions (oldest first). A section whose /Prev lies behind it can only be
 * the first-page section of a linearized file; an empty hybrid table over the oldest table is how word processors
 * end their first save. Both pairs are one revision; anywhere else a rising /Prev gets a note.
 */
export function groupRevisions(sections: readonly XrefSection[], notes: PdfNote[]): readonly PdfRevision[] {
  const groups: (readonly XrefSection[])[] = []
  for (let index = 0; index < sections.length; index += 1) {
    const section = sections[index]
    const older = sections[index + 1]
    if (section === undefined) break
    const isOldestPair = older !== undefined && index + 2 === sections.length
    if (older !== undefined && older.offset > section.offset && !isOldestPair)
      notes.push({ code: 'PREVIOUS_NOT_DESCENDING', offset: section.offset })
    if (isOldestPair && (older.offset > section.offset || isEmptyHybrid(section))) {
      groups.push([section, older])
      break
    }
    groups.push([section])
  }
  return groups.reverse().map((group, index) => {
    const last = group.reduce((best, section) => (section.endOffset > best.endOffset ? section : best))
    return {
      index,
      sections: group,
      trailer: (group[0] ?? last).trailer,
      endOffset: last.endOffset,
      markerEndOffset: last.markerEndOffset,
      isComplete: last.isComplete,
    }
  })
}

function isEmptyHybrid(section: XrefSection): boolean {
  return section.kind === 'hybrid' && section.entries.subsections.every((run) => run.count === 0)
}
