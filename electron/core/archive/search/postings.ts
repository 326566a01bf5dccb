/**
 * Posting lists. A row of `search_postings` holds, for one gram of one run, which entries of which blocks have it:
 *
 *   repeated { block u16 | length u16 | data } — little endian; `length` in u16 units, its top bit set for a bitmap
 *
 * Data is a sorted list of ordinals (u16) or a bitmap of the whole block, whichever is shorter.
 */
import { type Bits, setBit } from './bits.ts'

/** Entries of one block: an ordinal fits 15 bits, a bitmap 4 KiB. */
export const BLOCK_CASES = 32_768
const BITMAP = 0x8000
const HEADER_UNITS = 2

/** What a gram was taken from; an entry of the key. */
export const FROM = { fields: 0, party: 1, body: 2 } as const
export type GramSource = keyof typeof FROM

/** A gram of up to three UTF-16 units as a number below 2^48: the units one after the other, the last one lowest. */
export type Gram = number

/** Highest number of a run: run, source and gram share the 63 bits of a positive key. */
export const LAST_RUN = 2 ** 13 - 1

/** Highest number of a block: it has 16 bits in a row. */
export const LAST_BLOCK = 2 ** 16 - 1

/** Key of a row; rows of one run and source lie together, in the order of their grams. */
export function postingKey(run: number, source: GramSource, gram: Gram): bigint {
  return (BigInt(run * 4 + FROM[source]) << 48n) | BigInt(gram)
}

/** First and last key of a run, both inclusive. */
export function keysOfRun(run: number): { readonly first: bigint; readonly last: bigint } {
  return { first: BigInt(run * 4) << 48n, last: (BigInt(run * 4 + 4) << 48n) - 1n }
}

/** Most trigrams asked of one word; more cost more than they rule out, and the text decides anyway. */
const MOST_TRIGRAMS = 16

/** The grams a normalised word must have: itself, or trigrams spread over it when it is longer than three units. */
export function gramsOfText(word: string): readonly Gram[] {
  if (word.length === 0) return []
  if (word.length <= 3) return [gramAt(word, 0, word.length)]
  const grams = Array.from({ length: word.length - 2 }, (_, at) => gramAt(word, at, 3))
  const step = Math.max(1, grams.length / MOST_TRIGRAMS)
  const chosen = new Set<Gram>()
  for (let at = 0; at < grams.length; at += step) chosen.add(grams[Math.floor(at)] ?? 0)
  return [...chosen]
}

function gramAt(text: string, at: number, length: number): Gram {
  let gram = 0
  for (let unit = at; unit < at + length; unit += 1) gram = gram * 65_536 + text.charCodeAt(unit)
  return gram
}

/** True when the grams alone do not prove that the word is there. */
export function needsTextCheck(word: string): boolean {
  return word.length > 3
}

/** One block's part of a row. @param cases entries of the block @param ordinals sorted, each once */
export function encodePart(block: number, cases: number, ordinals: Uint16Array): Uint16Array {
  const bitmapUnits = Math.ceil(cases / 16)
  if (ordinals.length < bitmapUnits) {
    const part = new Uint16Array(HEADER_UNITS + ordinals.length)
    part[0] = block
    part[1] = ordinals.length
    part.set(ordinals, HEADER_UNITS)
    return part
  }
  const part = new Uint16Array(HEADER_UNITS + bitmapUnits)
  part[0] = block
  part[1] = BITMAP | bitmapUnits
  for (const ordinal of ordinals) {
    const unit = HEADER_UNITS + (ordinal >>> 4)
    part[unit] = (part[unit] ?? 0) | (1 << (ordinal & 15))
  }
  return part
}

/** A block's part of a row, without its header. */
export type Part = { readonly isBitmap: boolean; readonly units: Uint16Array }

/** Calls `take` for every part of a row. */
export function readParts(row: Uint8Array, take: (block: number, part: Part) => void): void {
  const units = asUnits(row)
  for (let at = 0; at < units.length; ) {
    const block = units[at] ?? 0
    const length = units[at + 1] ?? 0
    const start = at + HEADER_UNITS
    const end = start + (length & ~BITMAP)
    take(block, { isBitmap: (length & BITMAP) !== 0, units: units.subarray(start, end) })
    at = end
  }
}

/** The row without the parts of other blocks than these; a view of the same bytes where nothing is left out. */
export function keepParts(row: Uint8Array, isKept: (block: number) => boolean): Uint8Array {
  const units = asUnits(row)
  const kept: Uint16Array[] = []
  let isWhole = true
  for (let at = 0; at < units.length; ) {
    const end = at + HEADER_UNITS + ((units[at + 1] ?? 0) & ~BITMAP)
    if (isKept(units[at] ?? 0)) kept.push(units.subarray(at, end))
    else isWhole = false
    at = end
  }
  if (isWhole) return row
  return Buffer.concat(kept.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)))
}

function asUnits(row: Uint8Array): Uint16Array {
  const aligned = row.byteOffset % 2 === 0 ? row : new Uint8Array(row)
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 1)
}

/** bits |= part */
export function addPart(bits: Bits, part: Part): void {
  const { units } = part
  if (part.isBitmap)
    for (let at = 0; at < units.length; at += 1)
      bits[at >>> 1] = (bits[at >>> 1] ?? 0) | ((units[at] ?? 0) << ((at & 1) << 4))
  else for (let at = 0; at < units.length; at += 1) setBit(bits, units[at] ?? 0)
}
