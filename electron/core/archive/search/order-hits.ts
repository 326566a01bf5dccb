/** Hits of many blocks in one order, as far as they are asked for. */
import type { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { countsBefore, countWord, nextBit, previousBit } from './bits.ts'
import { type Columns, firstAtLeast } from './block.ts'
import type { Hits } from './find-hits.ts'
import type { SearchedBlock } from './search-index.ts'

export type Hit = { readonly block: SearchedBlock; readonly ordinal: number }

/**
 * Newest, oldest, or highest amount first (blank ones last, equal ones newest first). Relevance is ranked by the caller.
 * @param skip so many hits from the beginning are left out, without walking over them
 */
export function* inOrder(hits: readonly Hits[], order: SearchQuery['order'], skip = 0): Generator<Hit> {
  if (order === 'amount') yield* byAmount(hits, skip)
  else yield* byDate(hits, { isOldestFirst: order === 'oldest', skip })
}

/** Blocks overlap in time: the next hit is the newest (or oldest) of what each block has next. */
function* byDate(
  hits: readonly Hits[],
  { isOldestFirst, skip }: { readonly isOldestFirst: boolean; readonly skip: number },
): Generator<Hit> {
  const total = hits.reduce((sum, { count }) => sum + count, 0)
  if (skip >= total) return
  const sign = isOldestFirst ? 1 : -1
  const step = isOldestFirst ? nextBit : previousBit
  const start = skip === 0 ? undefined : numberAt(hits, isOldestFirst ? skip : total - 1 - skip)
  const cursors = hits.flatMap(({ block, bits }) => {
    const first = isOldestFirst
      ? firstAtLeast(block.rids, start ?? 0)
      : firstAtLeast(block.rids, (start ?? Number.MAX_SAFE_INTEGER) + 1) - 1
    const ordinal = first >= block.rids.length ? -1 : step(bits, first)
    return ordinal === -1 ? [] : [{ block, bits, ordinal, rid: block.rids[ordinal] ?? 0 }]
  })
  const heap = createHeap(cursors, (left, right) => (left.rid - right.rid) * sign)
  for (let first = heap.first(); first !== undefined; first = heap.first()) {
    const { block, ordinal } = first
    yield { block, ordinal }
    first.ordinal = step(first.bits, ordinal + sign)
    first.rid = block.rids[first.ordinal] ?? 0
    if (first.ordinal === -1) heap.removeFirst()
    else heap.firstChanged()
  }
}

/** The number of the hit before which, in ascending order, there are `rank` others. Numbers occur once. */
function numberAt(hits: readonly Hits[], rank: number): number {
  const ranked = hits.map(({ block, bits }) => ({ rids: block.rids, bits, before: countsBefore(bits) }))
  const countBelow = (rid: number): number =>
    ranked.reduce((sum, { rids, bits, before }) => {
      const ordinal = firstAtLeast(rids, rid)
      const rest = (bits[ordinal >>> 5] ?? 0) & ((1 << (ordinal & 31)) - 1)
      return sum + (before[ordinal >>> 5] ?? 0) + countWord(rest)
    }, 0)
  let low = 0
  let high = Math.max(...ranked.map(({ rids }) => rids.at(-1) ?? 0))
  // The highest number with at most `rank` hits below it.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (countBelow(middle) <= rank) low = middle
    else high = middle - 1
  }
  return low
}

const BUCKETS = 65_536
/** Buckets are sorted together until they hold so many hits. */
const SORTED_AT_ONCE = 1024

type PricedHit = Hit & { readonly yen: number; readonly rid: number }

/** Hits lie in buckets of like amounts; a few buckets at a time are picked out and sorted. */
function* byAmount(hits: readonly Hits[], skip: number): Generator<Hit> {
  const sizes = new Uint32Array(BUCKETS)
  for (const { block, bits } of hits) {
    const buckets = bucketsOf(block.columns)
    for (let at = 0; at < bits.length; at += 1)
      for (let word = bits[at] ?? 0; word !== 0; word &= word - 1) {
        const bucket = buckets[at * 32 + (31 - Math.clz32(word & -word))] ?? 0
        sizes[bucket] = (sizes[bucket] ?? 0) + 1
      }
  }
  let left = skip
  for (let bucket = 0; bucket < BUCKETS; ) {
    if (left >= (sizes[bucket] ?? 0)) {
      left -= sizes[bucket] ?? 0
      bucket += 1
      continue
    }
    const first = bucket
    for (let count = 0; bucket < BUCKETS && count < SORTED_AT_ONCE; bucket += 1) count += sizes[bucket] ?? 0
    yield* pick(hits, first, bucket).slice(left)
    left = 0
  }
}

/** Hits of these buckets, sorted. */
function pick(hits: readonly Hits[], first: number, end: number): PricedHit[] {
  const picked: PricedHit[] = []
  for (const { block, bits } of hits) {
    const buckets = bucketsOf(block.columns)
    for (let at = 0; at < bits.length; at += 1)
      for (let word = bits[at] ?? 0; word !== 0; word &= word - 1) {
        const ordinal = at * 32 + (31 - Math.clz32(word & -word))
        const bucket = buckets[ordinal] ?? 0
        if (bucket < first || bucket >= end) continue
        picked.push({
          block,
          ordinal,
          yen: block.columns.amount[ordinal] ?? 0,
          rid: block.rids[ordinal] ?? 0,
        })
      }
  }
  return picked.sort(byYenAndNumber)
}

/** Blank ones last; both blank: newest first. */
function byYenAndNumber(left: PricedHit, right: PricedHit): number {
  const isBlank = Number.isNaN(left.yen)
  if (isBlank !== Number.isNaN(right.yen)) return isBlank ? 1 : -1
  return (isBlank ? 0 : right.yen - left.yen) || right.rid - left.rid
}

/** Columns never change: their buckets are made once. */
const knownBuckets = new WeakMap<Columns, Uint16Array>()

/** Makes what the first question in the order of amounts would wait for. */
export function prepareAmounts(columns: Columns): void {
  bucketsOf(columns)
}

/** 0 = the highest amounts, by the upper bits of the number: sign, exponent, four bits of the fraction. Blank = the last. */
function bucketsOf(columns: Columns): Uint16Array {
  const known = knownBuckets.get(columns)
  if (known !== undefined) return known
  const number = new Float64Array(1)
  const units = new Uint16Array(number.buffer)
  const buckets = Uint16Array.from(columns.amount, (yen) => {
    if (Number.isNaN(yen)) return BUCKETS - 1
    number[0] = yen
    const upper = units[3] ?? 0
    return yen >= 0 ? 0x7fff - upper : Math.min(upper, BUCKETS - 2)
  })
  knownBuckets.set(columns, buckets)
  return buckets
}

type Heap<T> = {
  readonly first: () => T | undefined
  readonly removeFirst: () => void
  /** The first one compares differently now. */
  readonly firstChanged: () => void
}

/** Binary heap: made in linear time, each removal in logarithmic. @param items taken over and reordered */
function createHeap<T>(items: T[], compare: (left: T, right: T) => number): Heap<T> {
  const sink = (start: number): void => {
    const item = items[start]
    if (item === undefined) return
    let at = start
    for (;;) {
      let child = at * 2 + 1
      const left = items[child]
      if (left === undefined) break
      const right = items[child + 1]
      let least = left
      if (right !== undefined && compare(right, left) < 0) {
        child += 1
        least = right
      }
      if (compare(item, least) <= 0) break
      items[at] = least
      at = child
    }
    items[at] = item
  }
  for (let at = (items.length >>> 1) - 1; at >= 0; at -= 1) sink(at)
  return {
    first: () => items[0],
    removeFirst: () => {
      const last = items.pop()
      if (last === undefined || items.length === 0) return
      items[0] = last
      sink(0)
    },
    firstChanged: () => sink(0),
  }
}
