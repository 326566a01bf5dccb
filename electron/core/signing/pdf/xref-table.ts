/** Classic cross-reference tables (ISO 32000-2 §7.5.4) and the trailer behind them. */
import { SigningError } from '../errors.ts'
import { isDigit, isWhite, type Lexer } from './lexer.ts'
import type { PdfDictionary } from './objects.ts'
import { parseDictionary } from './parser.ts'
import type { Windows } from './window.ts'
import { type XrefEntries, type XrefEntry, type XrefSubsection, xrefEntries } from './xref-entries.ts'

/** Highest object number of a file (the limit of ISO 32000-1 Annex C). */
export const MAXIMUM_OBJECTS = 8_388_607

const ENTRY_BYTES = 20

export type XrefTable = {
  readonly entries: XrefEntries
  readonly trailer: PdfDictionary
  /** File offset behind the trailer dictionary. */
  readonly endOffset: number
  /** True when an entry is not exactly 20 bytes long. */
  readonly hasOddEntries: boolean
}

/**
 * Reads the table whose `xref` stands at `offset`. Entries of 20 bytes are left unread until they are asked for.
 *
 * @throws SigningError PDF_DAMAGED | PDF_TOO_LARGE
 */
export function readXrefTable(windows: Windows, offset: number): XrefTable {
  let next = windows.read(offset, (lexer) => {
    if (!lexer.takeKeyword('xref')) throw lexer.damaged('xref expected')
    return lexer.offset
  })
  const subsections: XrefSubsection[] = []
  let hasOddEntries = false
  for (;;) {
    const head = windows.read(next, readHead)
    if (head.kind === 'trailer')
      return {
        entries: xrefEntries(subsections),
        trailer: head.trailer,
        endOffset: head.offset,
        hasOddEntries,
      }
    const { first, count } = head
    if (first + count > MAXIMUM_OBJECTS + 1)
      throw new SigningError('PDF_TOO_LARGE', 'Too many objects', { data: { limit: 'objects' } })
    if (subsections.length >= 1_000_000)
      throw new SigningError('PDF_TOO_LARGE', 'Too many subsections', { data: { limit: 'subsections' } })
    const regular = readRegular(windows, head)
    const part = regular ?? windows.read(head.offset, (lexer) => readOdd(lexer, first, count))
    if (regular === undefined) hasOddEntries = true
    subsections.push(part.subsection)
    next = part.endOffset
  }
}

type Head =
  | { readonly kind: 'subsection'; readonly first: number; readonly count: number; readonly offset: number }
  | { readonly kind: 'trailer'; readonly trailer: PdfDictionary; readonly offset: number }

type Part = { readonly subsection: XrefSubsection; readonly endOffset: number }

function readHead(lexer: Lexer): Head {
  lexer.skipSpace()
  if (lexer.peek() === 0x74 && lexer.takeKeyword('trailer')) {
    lexer.skipSpace()
    if (lexer.peek() !== 0x3c || lexer.peek(1) !== 0x3c) throw lexer.damaged('trailer dictionary expected')
    const trailer = parseDictionary(lexer)
    return { kind: 'trailer', trailer, offset: lexer.offset }
  }
  const first = lexer.takeUnsigned()
  lexer.skipWhite()
  const count = lexer.takeUnsigned()
  if (first === undefined || count === undefined) throw lexer.damaged('xref subsection expected')
  if (count > 0) lexer.skipWhite()
  return { kind: 'subsection', first, count, offset: lexer.offset }
}

/** All entries are 20 bytes by their ends; each is checked when it is looked up. */
function readRegular(windows: Windows, head: Head & { kind: 'subsection' }): Part | undefined {
  const { first, count, offset } = head
  const { source } = windows
  const length = count * ENTRY_BYTES
  // The last entry may lack its second EOL byte only where odd entries are read, so two more bytes must exist.
  if (offset + length + 2 > source.sizeBytes) return undefined
  if (count === 0) return { subsection: { first, count, entryAt: () => undefined }, endOffset: offset }
  const bytes = windows.range(offset, length)
  for (const index of [0, count - 1, count >> 1]) if (!isEntry(bytes, index * ENTRY_BYTES)) return undefined
  const after = source.read(offset + length, 1)[0] ?? 0
  if (!isDigit(after) && after !== 0x74 && !isWhite(after)) return undefined
  const entryAt = (index: number): XrefEntry => {
    const at = index * ENTRY_BYTES
    if (!isEntry(bytes, at))
      throw new SigningError('PDF_DAMAGED', 'A cross-reference entry is malformed', {
        data: { offset: offset + at, reason: 'xref entry' },
      })
    return entryFrom(digits(bytes, at, 10), digits(bytes, at + 11, 5), bytes[at + 17] ?? 0)
  }
  return { subsection: { first, count, entryAt }, endOffset: offset + length }
}

function isEntry(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < 16; index += 1) {
    const byte = bytes[at + index] ?? 0
    if (index === 10 ? byte !== 0x20 : !isDigit(byte)) return false
  }
  const kind = bytes[at + 17]
  const isKind = kind === 0x6e || kind === 0x66
  return isKind && bytes[at + 16] === 0x20 && isWhite(bytes[at + 18] ?? 0) && isWhite(bytes[at + 19] ?? 0)
}

function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let index = at; index < at + count; index += 1) value = value * 10 + ((bytes[index] ?? 0x30) - 0x30)
  return value
}

/** An object at offset 0 cannot exist: some writers mark free entries so. */
function entryFrom(offset: number, generation: number, kind: number): XrefEntry {
  if (kind === 0x66 || offset === 0) return { kind: 'free', generation }
  return { kind: 'in-use', offset, generation }
}

/** Entries of any length, token by token. */
function readOdd(lexer: Lexer, first: number, count: number): Part {
  if (count * 9 > lexer.bytes.length && lexer.isWhole) throw lexer.damaged('xref subsection too long')
  const entries: XrefEntry[] = []
  for (let index = 0; index < count; index += 1) {
    lexer.skipWhite()
    const offset = lexer.takeUnsigned()
    lexer.skipWhite()
    const generation = lexer.takeUnsigned()
    lexer.skipWhite()
    const kind = lexer.takeKeyword('n') ? 0x6e : lexer.takeKeyword('f') ? 0x66 : 0
    if (offset === undefined || generation === undefined || kind === 0) throw lexer.damaged('xref entry')
    entries.push(entryFrom(offset, generation, kind))
  }
  return { subsection: { first, count, entryAt: (index) => entries[index] }, endOffset: lexer.offset }
}
