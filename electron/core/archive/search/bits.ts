/** Sets of a block's entries: one bit for each, in words of 32. */
export type Bits = Uint32Array

export function emptyBits(entries: number): Bits {
  return new Uint32Array((entries + 31) >>> 5)
}

/** All entries from `from` up to, not including, `to`. */
export function rangeBits(entries: number, from: number, to: number): Bits {
  const bits = emptyBits(entries)
  if (from >= to) return bits
  const first = from >>> 5
  const last = (to - 1) >>> 5
  bits.fill(0xffff_ffff, first, last + 1)
  bits[first] = (bits[first] ?? 0) & (0xffff_ffff << (from & 31))
  bits[last] = (bits[last] ?? 0) & (0xffff_ffff >>> (31 - ((to - 1) & 31)))
  return bits
}

export function setBit(bits: Bits, entry: number): void {
  bits[entry >>> 5] = (bits[entry >>> 5] ?? 0) | (1 << (entry & 31))
}

export function hasBit(bits: Bits, entry: number): boolean {
  return ((bits[entry >>> 5] ?? 0) & (1 << (entry & 31))) !== 0
}

/** bits &= other */
export function keepCommon(bits: Bits, other: Bits): void {
  for (let at = 0; at < bits.length; at += 1) bits[at] = (bits[at] ?? 0) & (other[at] ?? 0)
}

/** bits |= other */
export function addAll(bits: Bits, other: Bits): void {
  for (let at = 0; at < bits.length; at += 1) bits[at] = (bits[at] ?? 0) | (other[at] ?? 0)
}

/** bits &= ~other */
export function takeAway(bits: Bits, other: Bits): void {
  for (let at = 0; at < bits.length; at += 1) bits[at] = (bits[at] ?? 0) & ~(other[at] ?? 0)
}

/** Keeps the entries that `holds` says yes to. */
export function keepWhere(bits: Bits, holds: (entry: number) => boolean): void {
  for (let at = 0; at < bits.length; at += 1) {
    const word = bits[at] ?? 0
    let kept = word
    for (let rest = word; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest)
      if (!holds(at * 32 + bit)) kept &= ~(1 << bit)
    }
    bits[at] = kept
  }
}

/** Keeps the entries whose value in `column` is one of `allowed` (1 at the place of the value). */
export function keepValues(bits: Bits, column: Uint16Array, allowed: Uint8Array): void {
  for (let at = 0; at < bits.length; at += 1) {
    const word = bits[at] ?? 0
    if (word === 0) continue
    const start = at * 32
    const end = Math.min(32, column.length - start)
    let kept = 0
    for (let bit = 0; bit < end; bit += 1) kept |= (allowed[column[start + bit] ?? 0] ?? 0) << bit
    bits[at] = word & kept
  }
}

/** Keeps the entries whose value lies between both ends, inclusive; NaN lies nowhere. */
export function keepBetween(
  bits: Bits,
  column: Float64Array | Uint32Array,
  ends: { readonly low: number; readonly high: number },
): void {
  const { low, high } = ends
  for (let at = 0; at < bits.length; at += 1) {
    const word = bits[at] ?? 0
    if (word === 0) continue
    const start = at * 32
    const end = Math.min(32, column.length - start)
    let kept = 0
    for (let bit = 0; bit < end; bit += 1) {
      const value = column[start + bit] ?? Number.NaN
      // Without a branch: which entries lie between is not to be foretold.
      kept |= (Number(value >= low) & Number(value <= high)) << bit
    }
    bits[at] = word & kept
  }
}

/** Keeps the entries whose value is blank (NaN). */
export function keepBlank(bits: Bits, column: Float64Array): void {
  for (let at = 0; at < bits.length; at += 1) {
    const word = bits[at] ?? 0
    if (word === 0) continue
    const start = at * 32
    const end = Math.min(32, column.length - start)
    let kept = 0
    for (let bit = 0; bit < end; bit += 1) kept |= Number(Number.isNaN(column[start + bit])) << bit
    bits[at] = word & kept
  }
}

export function countBits(bits: Bits): number {
  let count = 0
  for (let at = 0; at < bits.length; at += 1) count += countWord(bits[at] ?? 0)
  return count
}

/** How many entries lie before each word; one more at the end: all. */
export function countsBefore(bits: Bits): Uint32Array {
  const before = new Uint32Array(bits.length + 1)
  let count = 0
  for (let at = 0; at < bits.length; at += 1) {
    before[at] = count
    count += countWord(bits[at] ?? 0)
  }
  before[bits.length] = count
  return before
}

/** Bits set in one word of 32. */
export function countWord(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

/** The first entry at or after `from`; -1: none. */
export function nextBit(bits: Bits, from: number): number {
  let at = from >>> 5
  let word = (bits[at] ?? 0) & (0xffff_ffff << (from & 31))
  while (word === 0) {
    at += 1
    if (at >= bits.length) return -1
    word = bits[at] ?? 0
  }
  return at * 32 + (31 - Math.clz32(word & -word))
}

/** The last entry at or before `from`; -1: none. */
export function previousBit(bits: Bits, from: number): number {
  if (from < 0) return -1
  let at = from >>> 5
  let word = (bits[at] ?? 0) & (0xffff_ffff >>> (31 - (from & 31)))
  while (word === 0) {
    at -= 1
    if (at < 0) return -1
    word = bits[at] ?? 0
  }
  return at * 32 + (31 - Math.clz32(word))
}
