/** A block: entries that never change, in the order of their numbers, as arrays one can walk through. */
import { inflateRawSync } from 'node:zlib'
import type { SearchEntriesRow } from '../tables/schema-search.ts'
import { type Bits, hasBit, keepWhere } from './bits.ts'

/** Columns of a block in the order they lie in `search_columns.columns`, each as little endian values of this size. */
const COLUMNS = {
  /** Yen; NaN = blank. */
  amount: Float64Array,
  /** `YYYYMMDD`; 0 = none. */
  retention_end: Uint32Array,
  /** Row of the case in `cases`: the shortest way to its id. */
  case_row: Uint32Array,
  department: Uint16Array,
  folder: Uint16Array,
  creator: Uint16Array,
  state: Uint16Array,
  method: Uint16Array,
  kind: Uint16Array,
  fiscal_year: Uint16Array,
  confidentiality: Uint16Array,
  /** 1 = under 法的保留. */
  hold: Uint16Array,
} as const
/** Columns whose values are numbers of `search_values`, or years: what a facet can be. */
export type FacetColumn = Exclude<Column, 'amount' | 'retention_end' | 'case_row'>
/** Highest number such a column holds. */
export const LAST_VALUE = 0xffff
export type Column = keyof typeof COLUMNS
export type Columns = { readonly [Name in Column]: InstanceType<(typeof COLUMNS)[Name]> }
const NAMES = Object.keys(COLUMNS) as readonly Column[]

/** Divides the fields inside a text; cannot occur in normalised text. */
const FIELD_END = '\u0001'
export const FIELDS = ['title', 'party', 'rest'] as const
export type Field = (typeof FIELDS)[number]

/** Texts of entries, asked by ordinal. */
export type Texts = {
  /** Keeps the entries that have the word in this field, or in any. */
  readonly keepHaving: (bits: Bits, word: string, field?: Field) => void
  readonly fields: (ordinal: number) => Readonly<Record<Field, string>>
}

export type Block = {
  /** Ascending. */
  readonly rids: Float64Array
  readonly columns: Columns
  /** Entries that were replaced or removed since. Undefined: none. */
  readonly dead: Bits | undefined
  readonly texts: () => Texts
}

/** What a block keeps of an entry. */
export type BlockRow = Omit<SearchEntriesRow, 'after_block' | 'body_units'> & {
  /** Row of the case in `cases`. */
  readonly case_row: number
}

export function makeColumns(rows: readonly Omit<BlockRow, Field>[]): Columns {
  const columns = emptyColumns(rows.length)
  for (const name of NAMES) {
    const column = columns[name]
    const blank = name === 'amount' ? Number.NaN : 0
    for (let ordinal = 0; ordinal < rows.length; ordinal += 1)
      column[ordinal] = rows[ordinal]?.[name] ?? blank
  }
  return columns
}

function emptyColumns(cases: number): Columns {
  return Object.fromEntries(NAMES.map((name) => [name, new COLUMNS[name](cases)])) as Columns
}

export function encodeColumns(columns: Columns): Buffer {
  return Buffer.concat(
    NAMES.map((name) => {
      const { buffer, byteOffset, byteLength } = columns[name]
      return new Uint8Array(buffer, byteOffset, byteLength)
    }),
  )
}

/** @param bytes as `encodeColumns` made them; copied, so that every array is aligned */
export function decodeColumns(bytes: Uint8Array, cases: number): Columns {
  let at = 0
  const decoded = NAMES.map((name) => {
    const column = new COLUMNS[name](cases)
    new Uint8Array(column.buffer).set(bytes.subarray(at, at + column.byteLength))
    at += column.byteLength
    return [name, column]
  })
  return Object.fromEntries(decoded) as Columns
}

export function decodeRids(bytes: Uint8Array): Float64Array {
  return new Float64Array(new Uint8Array(bytes).buffer)
}

export function encodeNumbers(numbers: Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

/** Texts that are turned into bytes together: each call for a few of them would cost more than the bytes. */
const ENCODED_AT_ONCE = 1024

/** Texts of a block in one piece: `count + 1` offsets (u32, in UTF-16 units), then the texts (UTF-16, little endian). */
export function createTextsWriter(): {
  readonly add: (row: Pick<SearchEntriesRow, Field>) => void
  /** Ends the writing. */
  readonly bytes: () => Buffer
} {
  const ends: number[] = [0]
  const encoded: Buffer[] = []
  let waiting: string[] = []
  let units = 0
  const encode = (): void => {
    encoded.push(Buffer.from(waiting.join(''), 'utf16le'))
    waiting = []
  }
  return {
    add: (row) => {
      const text = joinFields(row)
      units += text.length
      ends.push(units)
      waiting.push(text)
      if (waiting.length === ENCODED_AT_ONCE) encode()
    },
    bytes: () => {
      encode()
      return Buffer.concat([new Uint8Array(Uint32Array.from(ends).buffer), ...encoded])
    },
  }
}

function joinFields(row: Pick<SearchEntriesRow, Field>): string {
  return FIELDS.map((field) => row[field]).join(FIELD_END)
}

/** What `search_block_texts` holds: the length of the texts (u32, little endian), then the deflated texts. */
export function packTexts(plainBytes: number, deflated: Uint8Array): Buffer {
  const packed = Buffer.alloc(4 + deflated.length)
  packed.writeUInt32LE(plainBytes)
  packed.set(deflated, 4)
  return packed
}

/** In one piece of exactly their length: millions of bytes are neither copied nor kept for nothing. */
export function unpackTexts(packed: Uint8Array): Uint8Array {
  const length = Buffer.from(packed.buffer, packed.byteOffset, 4).readUInt32LE()
  return inflateRawSync(packed.subarray(4), { chunkSize: Math.max(64, length) })
}

/** @param bytes as `createTextsWriter` made them; kept, and not copied where they are aligned */
export function openTexts(bytes: Uint8Array, cases: number): Texts {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  const offsets = new Uint32Array(buffer, byteOffset, cases + 1)
  const units = new Uint16Array(
    buffer,
    byteOffset + offsets.byteLength,
    (byteLength - offsets.byteLength) >>> 1,
  )
  return {
    keepHaving: (bits, word, field) => {
      const sought = wordSearch(word)
      const nth = field === undefined ? undefined : FIELDS.indexOf(field)
      keepWhere(bits, (ordinal) => {
        let start = offsets[ordinal] ?? 0
        let end = offsets[ordinal + 1] ?? 0
        if (nth !== undefined) {
          for (let at = 0; at < nth; at += 1) start = fieldEnd(units, start, end) + 1
          end = fieldEnd(units, start, end)
        }
        return isBetween(units, sought, start, end)
      })
    },
    fields: (ordinal) => {
      const text = String.fromCharCode(...units.subarray(offsets[ordinal], offsets[ordinal + 1]))
      const [title = '', party = '', rest = ''] = text.split(FIELD_END)
      return { title, party, rest }
    },
  }
}

/** A word and how far one may go on when a unit of this low byte stands at its end (Horspool). */
type WordSearch = { readonly units: Uint16Array; readonly skips: Uint8Array }

function wordSearch(word: string): WordSearch {
  const units = Uint16Array.from(Array.from({ length: word.length }, (_, at) => word.charCodeAt(at)))
  const skips = new Uint8Array(256).fill(Math.min(word.length, 255))
  for (let at = Math.max(0, word.length - 255); at < word.length - 1; at += 1)
    skips[(units[at] ?? 0) & 0xff] = word.length - 1 - at
  return { units, skips }
}

function isBetween(
  units: Uint16Array,
  { units: word, skips }: WordSearch,
  start: number,
  end: number,
): boolean {
  const last = word.length - 1
  for (let at = start + last; at < end; at += skips[(units[at] ?? 0) & 0xff] ?? 1) {
    let unit = last
    while (unit >= 0 && units[at - last + unit] === word[unit]) unit -= 1
    if (unit < 0) return true
  }
  return false
}

function fieldEnd(units: Uint16Array, start: number, end: number): number {
  const found = units.indexOf(FIELD_END.charCodeAt(0), start)
  return found === -1 || found > end ? end : found
}

/** Texts of rows that are held as they are. */
export function textsOfRows(rows: readonly Pick<SearchEntriesRow, Field>[]): Texts {
  return {
    keepHaving: (bits, word, only) =>
      keepWhere(bits, (ordinal) =>
        FIELDS.some(
          (field) =>
            (only === undefined || field === only) && (rows[ordinal]?.[field].includes(word) ?? false),
        ),
      ),
    fields: (ordinal) => rows[ordinal] ?? { title: '', party: '', rest: '' },
  }
}

/** Ordinal of a number, or -1. */
export function ordinalOf(rids: Float64Array, rid: number): number {
  const ordinal = firstAtLeast(rids, rid)
  return rids[ordinal] === rid ? ordinal : -1
}

/** True when the block has a living entry of this number. */
export function holds({ rids, dead }: Pick<Block, 'rids' | 'dead'>, rid: number): boolean {
  const ordinal = ordinalOf(rids, rid)
  return ordinal !== -1 && (dead === undefined || !hasBit(dead, ordinal))
}

/** The first ordinal whose number is `rid` or more. */
export function firstAtLeast(rids: Float64Array, rid: number): number {
  let low = 0
  let high = rids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rids[middle] ?? 0) < rid) low = middle + 1
    else high = middle
  }
  return low
}
