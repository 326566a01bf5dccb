/** Collects which entries of a block have which grams, in typed arrays: six bytes a pair. */
import type { Gram } from './postings.ts'

const FIRST_GRAMS = 1 << 15

export type GramTable = {
  /** Grams of the text (runs of one to three units inside a line), each once for an entry. Entries come in order. */
  readonly add: (ordinal: number, text: string) => void
  /** Every gram, ascending, with the sorted ordinals of its entries. `PAUSE`: some milliseconds passed, let others run. */
  readonly lists: () => Generator<GramList | typeof PAUSE>
}
export type GramList = { readonly gram: Gram; readonly ordinals: Uint16Array }
export const PAUSE = 'pause'
/** Pairs lie in pieces of so many: nothing is copied when they become more, and each piece is some milliseconds of work. */
const PIECE = 1 << 18
type Piece = { readonly ids: Uint32Array; readonly ordinals: Uint16Array }

/** Not part of any gram: line ends and everything else below the blank. */
const FIRST_GRAM_UNIT = 0x20

/** @param grams how many are expected; a power of two, and more is no fault */
export function createGramTable(grams = FIRST_GRAMS): GramTable {
  const dictionary = createDictionary(grams)
  let lastOrdinals = new Int32Array(grams).fill(-1)
  let counts = new Uint32Array(grams)
  const pieces: Piece[] = []
  let piece: Piece = { ids: new Uint32Array(0), ordinals: new Uint16Array(0) }
  let pairs = 0

  const note = (ordinal: number, gram: Gram): void => {
    const id = dictionary.idOf(gram)
    if (id >= counts.length) {
      counts = widened(counts, Uint32Array)
      const last = new Int32Array(counts.length).fill(-1)
      last.set(lastOrdinals)
      lastOrdinals = last
    }
    if (lastOrdinals[id] === ordinal) return
    lastOrdinals[id] = ordinal
    counts[id] = (counts[id] ?? 0) + 1
    const at = pairs % PIECE
    if (at === 0) {
      piece = { ids: new Uint32Array(PIECE), ordinals: new Uint16Array(PIECE) }
      pieces.push(piece)
    }
    piece.ids[at] = id
    piece.ordinals[at] = ordinal
    pairs += 1
  }
  return {
    add: (ordinal, text) => forEachGram(text, (gram) => note(ordinal, gram)),
    lists: function* () {
      const known = dictionary.size()
      const starts = new Uint32Array(known + 1)
      for (let id = 0; id < known; id += 1) starts[id + 1] = (starts[id] ?? 0) + (counts[id] ?? 0)
      const sorted = yield* byGram({ starts, pieces, pairs })
      for (const grams of yield* byLeadingUnit(dictionary))
        for (const gram of grams.sort()) {
          const id = dictionary.idOf(gram)
          yield { gram, ordinals: sorted.subarray(starts[id] ?? 0, starts[id + 1] ?? 0) }
        }
    },
  }
}

/** All grams in parts that are ascending among each other: by the first of three units; those of one and two units in front. */
function* byLeadingUnit({ gramOf, size }: Dictionary): Generator<typeof PAUSE, readonly Float64Array[]> {
  const known = size()
  const leadOf = (id: number): number => Math.floor(gramOf(id) / 0x1_0000_0000)
  const starts = new Uint32Array(0x1_0001)
  for (let id = 0; id < known; id += 1) starts[leadOf(id) + 1] = (starts[leadOf(id) + 1] ?? 0) + 1
  for (let lead = 0; lead < 0x1_0000; lead += 1)
    starts[lead + 1] = (starts[lead + 1] ?? 0) + (starts[lead] ?? 0)
  yield PAUSE
  const next = starts.slice()
  const grams = new Float64Array(known)
  for (let id = 0; id < known; id += 1) {
    const lead = leadOf(id)
    grams[next[lead] ?? 0] = gramOf(id)
    next[lead] = (next[lead] ?? 0) + 1
  }
  yield PAUSE
  const parts: Float64Array[] = []
  for (let lead = 0; lead < 0x1_0000; lead += 1)
    if (starts[lead] !== starts[lead + 1]) parts.push(grams.subarray(starts[lead], starts[lead + 1]))
  return parts
}

function forEachGram(text: string, take: (gram: Gram) => void): void {
  let before = 0
  let beforeThat = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < FIRST_GRAM_UNIT) {
      before = 0
      beforeThat = 0
      continue
    }
    take(unit)
    if (before !== 0) {
      take(before * 65_536 + unit)
      if (beforeThat !== 0) take((beforeThat * 65_536 + before) * 65_536 + unit)
    }
    beforeThat = before
    before = unit
  }
}

/** Ordinals of the pairs, put together by gram; within a gram they stay in order. */
function* byGram(from: {
  readonly starts: Uint32Array
  readonly pieces: readonly Piece[]
  readonly pairs: number
}): Generator<typeof PAUSE, Uint16Array> {
  const next = from.starts.slice()
  const sorted = new Uint16Array(from.pairs)
  let left = from.pairs
  for (const { ids, ordinals } of from.pieces) {
    const end = Math.min(left, PIECE)
    for (let pair = 0; pair < end; pair += 1) {
      const id = ids[pair] ?? 0
      sorted[next[id] ?? 0] = ordinals[pair] ?? 0
      next[id] = (next[id] ?? 0) + 1
    }
    left -= end
    yield PAUSE
  }
  return sorted
}

type Dictionary = {
  /** 0, 1, 2 … in the order grams were first seen. */
  readonly idOf: (gram: Gram) => number
  readonly gramOf: (id: number) => Gram
  readonly size: () => number
}

/** Open addressing with linear probing, at most half full. */
function createDictionary(expected: number): Dictionary {
  let slots = new Int32Array(expected * 2).fill(-1)
  let grams = new Float64Array(expected)
  let known = 0
  const grow = (): void => {
    const wider = new Int32Array(slots.length * 2).fill(-1)
    for (let id = 0; id < known; id += 1) {
      let slot = slotOf(grams[id] ?? 0, wider.length)
      while (wider[slot] !== -1) slot = (slot + 1) & (wider.length - 1)
      wider[slot] = id
    }
    slots = wider
    grams = widened(grams, Float64Array)
  }
  const idOf = (gram: Gram): number => {
    let slot = slotOf(gram, slots.length)
    for (let id = slots[slot] ?? -1; id !== -1; id = slots[slot] ?? -1) {
      if (grams[id] === gram) return id
      slot = (slot + 1) & (slots.length - 1)
    }
    if (known === grams.length) {
      grow()
      return idOf(gram)
    }
    grams[known] = gram
    slots[slot] = known
    known += 1
    return known - 1
  }
  return { idOf, gramOf: (id) => grams[id] ?? 0, size: () => known }
}

/** Multiplicative hash of the low and the high half. @param slots a power of two */
function slotOf(gram: Gram, slots: number): number {
  const high = Math.floor(gram / 0x1_0000_0000)
  const mixed = Math.imul(gram | 0, 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca6b)
  return (mixed ^ (mixed >>> 15)) & (slots - 1)
}

type Wide = Float64Array | Uint32Array

function widened<T extends Wide>(array: T, kind: new (length: number) => T): T {
  const wide = new kind(array.length * 2)
  wide.set(array)
  return wide
}
