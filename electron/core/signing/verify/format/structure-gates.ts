/**
 * Gates 7 and 8: the cross-reference data of every revision must say one thing only, and every byte written after a
 * signature must belong to an object, a cross-reference section or white space (ISO 32000-2 §7.5).
 */
import { readIndirectObject } from '../../pdf/indirect-object.ts'
import type { Lexer } from '../../pdf/lexer.ts'
import { asInteger, asReference, type PdfReference } from '../../pdf/objects.ts'
import type { PdfFile } from '../../pdf/reader.ts'
import { Windows } from '../../pdf/window.ts'
import type { PdfRevision, XrefSection } from '../../pdf/xref.ts'
import type { XrefEntries, XrefEntry } from '../../pdf/xref-entries.ts'
import type { Budget } from '../budget.ts'
import type { ReasonCode } from '../reason-codes.ts'
import { onlyWhite, pointsAt } from './signature-gates.ts'

/** Every entry of a revision's sections, newest section first. */
export function* entriesOf(revision: PdfRevision): Generator<readonly [number, XrefEntry, XrefSection]> {
  for (const section of revision.sections)
    for (const part of [section.entries, section.hybridStream?.entries])
      for (const run of part?.subsections ?? [])
        for (let index = 0; index < run.count; index += 1) {
          const entry = run.entryAt(index)
          if (entry !== undefined) yield [run.first + index, entry, section]
        }
}

/**
 * Faults of the cross-reference data of revision `index` that let two readers see two documents. They concern every
 * signature that covers this revision.
 */
export async function findXrefFaults(
  file: PdfFile,
  index: number,
  budget: Budget,
): Promise<readonly ReasonCode[]> {
  const revision = file.revisions[index]
  if (revision === undefined) return []
  const faults = new Set<ReasonCode>()
  if (index === 0 && file.header.offset > 0) faults.add('BYTES_BEFORE_HEADER')
  for (const section of revision.sections) {
    if (hasDuplicates(section.entries)) faults.add('XREF_DUPLICATE_ENTRY')
    if (hasHybridConflict(section)) faults.add('XREF_TWO_VIEWS')
  }
  let count = 0
  for (const [, entry] of entriesOf(revision)) {
    // An offset behind the revision's end would let a later update fill in content that was never signed.
    if (entry.kind === 'in-use' && entry.offset >= revision.endOffset) faults.add('XREF_BEYOND_REVISION')
    count += 1
    if ((count & 0x3fff) === 0) await budget.pause()
  }
  const rising = file.notes.some(
    (note) =>
      note.code === 'PREVIOUS_NOT_DESCENDING' &&
      revision.sections.some((section) => section.offset === note.offset),
  )
  if (rising) faults.add('XREF_CHAIN_UNORDERED')
  return [...faults]
}

/** True when two runs of a section overlap. Runs are compared, not numbers: a file can claim millions. */
function hasDuplicates(entries: XrefEntries): boolean {
  const runs = entries.subsections
    .filter((run) => run.count > 0)
    .toSorted((left, right) => left.first - right.first)
  return runs.some((run, index) => {
    const before = runs[index - 1]
    return before !== undefined && run.first < before.first + before.count
  })
}

/** In a hybrid section both tables may list an object only if they agree. */
function hasHybridConflict(section: XrefSection): boolean {
  const { hybridStream } = section
  if (hybridStream === undefined) return false
  return hasConflict(section.entries, hybridStream.entries)
}

function hasConflict(table: XrefEntries, stream: XrefEntries): boolean {
  for (const run of stream.subsections)
    for (let index = 0; index < run.count; index += 1) {
      const inStream = run.entryAt(index)
      const inTable = table.get(run.first + index)
      if (inTable?.kind !== 'in-use' || inStream === undefined) continue
      if (inStream.kind !== 'in-use' || inStream.offset !== inTable.offset) return true
    }
  return false
}

type Piece = { readonly start: number; readonly end: number }

/** Faults of the bytes a revision appended after something was signed. Each is a change that is not permitted. */
export async function findAppendedFaults(
  file: PdfFile,
  index: number,
  budget: Budget,
): Promise<readonly ReasonCode[]> {
  const revision = file.revisions[index]
  const previous = file.revisions[index - 1]
  if (revision === undefined || previous === undefined) return []
  const faults = new Set<ReasonCode>(await findXrefFaults(file, index, budget))
  if (!revision.isComplete) faults.add('REVISION_INCOMPLETE')
  const [section, ...more] = revision.sections
  if (section === undefined || more.length > 0 || section.kind === 'hybrid')
    return [...faults.add('XREF_TWO_VIEWS')]
  if (!pointsAt(file.source, section.startxref?.value, section.offset)) faults.add('REVISION_END_MALFORMED')
  checkSize(previous, section, faults)
  // The chain must lead to the newest section of the revision before this one, or it skips a signed state.
  if (!pointsAt(file.source, section.previousOffset, previous.sections[0]?.offset))
    faults.add('XREF_CHAIN_UNORDERED')
  const pieces = await findPieces(file, revision, { previousEnd: previous.endOffset, faults }, budget)
  pieces.push({ start: section.offset, end: revision.endOffset })
  checkGaps(file, pieces, { start: previous.endOffset, end: revision.endOffset }, faults)
  return [...faults]
}

function checkSize(previous: PdfRevision, section: XrefSection, faults: Set<ReasonCode>): void {
  const size = asInteger(section.trailer.entries.get('Size')) ?? 0
  const before = asInteger(previous.trailer.entries.get('Size')) ?? 0
  if (size < before) faults.add('TRAILER_SIZE_WRONG')
  for (const run of section.entries.subsections)
    if (run.count > 0 && run.first + run.count > size) faults.add('TRAILER_SIZE_WRONG')
}

/** The byte ranges of the objects this revision lists, each read where its offset says. */
async function findPieces(
  file: PdfFile,
  revision: PdfRevision,
  state: { readonly previousEnd: number; readonly faults: Set<ReasonCode> },
  budget: Budget,
): Promise<Piece[]> {
  const windows = new Windows(file.source)
  const view = file.viewAt(revision.index)
  const earlier = file.viewAt(revision.index - 1)
  const pieces: Piece[] = []
  for (const [objectNumber, entry, section] of entriesOf(revision)) {
    budget.tick()
    await budget.pause()
    if (entry.kind !== 'in-use') continue
    if (entry.offset < state.previousEnd) {
      // Some writers list every object again in each table: the same offset as before says nothing new.
      const before = earlier.entryOf(objectNumber)
      if (before?.kind !== 'in-use' || before.offset !== entry.offset) state.faults.add('XREF_POINTS_BACK')
      continue
    }
    const isXrefStream = section.streamReference !== undefined && entry.offset === section.offset
    if (isXrefStream) continue
    const piece = readPiece(windows, { objectNumber, entry }, (length) => view.resolve(length))
    if (piece === undefined) state.faults.add('OBJECT_NOT_AT_OFFSET')
    else pieces.push(piece)
  }
  return pieces
}

type Listed = { readonly objectNumber: number; readonly entry: XrefEntry & { kind: 'in-use' } }

function readPiece(
  windows: Windows,
  { objectNumber, entry }: Listed,
  lengthOf: (reference: PdfReference) => ReturnType<Parameters<typeof readIndirectObject>[2]>,
): Piece | undefined {
  try {
    const object = readIndirectObject(windows, entry.offset, lengthOf)
    const { reference } = object
    if (reference.objectNumber !== objectNumber || reference.generation !== entry.generation) return undefined
    if (asReference(reference) === undefined || object.offset !== entry.offset) return undefined
    if (object.value.kind !== 'stream')
      return object.hasEndobj ? { start: entry.offset, end: object.endOffset } : undefined
    const end = windows.read(object.endOffset, takeStreamEnd)
    return end === undefined ? undefined : { start: entry.offset, end }
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

function takeStreamEnd(lexer: Lexer): number | undefined {
  lexer.skipWhite()
  if (!lexer.takeKeyword('endstream')) return undefined
  lexer.skipWhite()
  return lexer.takeKeyword('endobj') ? lexer.offset : undefined
}

/** Between the pieces only white space and comments may stand, and no piece may lie in another. */
function checkGaps(file: PdfFile, pieces: Piece[], span: Piece, faults: Set<ReasonCode>): void {
  pieces.sort((left, right) => left.start - right.start)
  let position = span.start
  for (const piece of pieces) {
    if (piece.start < position) faults.add('OBJECTS_OVERLAP')
    else if (!isFiller(file, position, piece.start)) faults.add('BYTES_NOT_IN_OBJECT')
    position = Math.max(position, piece.end)
  }
  if (position > span.end) faults.add('OBJECTS_OVERLAP')
  else if (!isFiller(file, position, span.end)) faults.add('BYTES_NOT_IN_OBJECT')
}

const MAXIMUM_FILLER_BYTES = 4096

function isFiller(file: PdfFile, start: number, end: number): boolean {
  if (start === end) return true
  if (end - start > MAXIMUM_FILLER_BYTES) return false
  const bytes = file.source.read(start, end - start)
  if (onlyWhite(bytes)) return true
  const text = Buffer.from(bytes).toString('latin1')
  // Comment lines of producers; never one that a lenient reader could take for an object or an end of file.
  return text
    .split(/[\r\n]/)
    .every((line) => /^[\0\t\f ]*(%.*)?$/.test(line) && !/%%EOF|startxref|\bobj\b|xref/.test(line))
}

/** Bytes after the last `%%EOF` that are not white space (offset of the first), or undefined. */
export function bytesAfterEnd(file: PdfFile): boolean {
  const end = file.revisions.at(-1)?.endOffset ?? 0
  const length = file.source.sizeBytes - end
  if (length <= 0) return false
  return length > 64 * 1024 || !onlyWhite(file.source.read(end, length))
}
