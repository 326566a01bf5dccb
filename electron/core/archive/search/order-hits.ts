/** Hits of many blocks in one order, as far as they are asked for. */
import type { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { countsBefore, countWord, hasBit, nextBit, previousBit } from './bits.ts'
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

/** Hits of a block in the order of amounts: `count` of them lie in `places` from `next` up to, not including, `end`. */
type Priced = Hits & { readonly places: Uint16Array; next: number; end: number; count: number }

/** Every block has its entries in this order already: the next hit is the highest of what each block has next. */
function* byAmount(hits: readonly Hits[], skip: number): Generator<Hit> {
  if (skip >= hits.reduce((sum, { count }) => sum + count, 0)) return
  const priced = hits.map((of): Priced => {
    const places = placesByAmount(of.block)
    return { ...of, places, next: 0, end: places.length }
  })
  let left = leap(priced, skip)
  const cursors = priced.flatMap((of) => (findNext(of) ? [of] : []))
  const heap = createHeap(cursors, (one, other) => compareAmounts(one.block, at(one), other.block, at(other)))
  for (let first = heap.first(); first !== undefined; first = heap.first()) {
    if (left > 0) left -= 1
    else yield { block: first.block, ordinal: at(first) }
    first.next += 1
    if (findNext(first)) heap.firstChanged()
    else heap.removeFirst()
  }
}

function at({ places, next }: Priced): number {
  return places[next] ?? 0
}

/** Moves on to the next hit, or says that there is none. */
function findNext(of: Priced): boolean {
  while (of.next < of.places.length && !hasBit(of.bits, at(of))) of.next += 1
  return of.next < of.places.length
}

/** Shorter stretches are walked. */
const SHORT = 16

/** Moves all blocks on so that few hits of the `skip` first remain. @returns how many */
function leap(priced: readonly Priced[], skip: number): number {
  let left = skip
  for (let round = 0; left > 0; round += 1) {
    const longest = priced.reduce((one, other) => (other.end - other.next > one.end - one.next ? other : one))
    const length = longest.end - longest.next
    if (length <= SHORT) break
    // Where the hit should lie if all were spread evenly; every other time the middle, so that it ends in any case.
    const share = round % 2 === 0 ? left / priced.reduce((sum, { count }) => sum + count, 0) : 0.5
    const pivot = longest.places[longest.next + Math.min(length - 1, Math.max(1, Math.floor(length * share)))]
    const cuts = priced.map((of) => firstNotBefore(of, longest.block, pivot ?? 0))
    const counts = priced.map((of, index) => countBefore(of, cuts[index] ?? 0))
    const before = counts.reduce((sum, count) => sum + count, 0)
    for (const [index, of] of priced.entries()) {
      const count = counts[index] ?? 0
      if (before <= left) Object.assign(of, { next: cuts[index], count: of.count - count })
      else Object.assign(of, { end: cuts[index], count })
    }
    if (before <= left) left -= before
  }
  return left
}

/** Where what is to come no longer goes before this entry. */
function firstNotBefore({ block, places, next, end }: Priced, of: SearchedBlock, ordinal: number): number {
  let low = next
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareAmounts(block, places[middle] ?? 0, of, ordinal) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Hits before the cut; the shorter side is counted. */
function countBefore({ places, bits, next, end, count }: Priced, cut: number): number {
  const isFirstShorter = cut - next <= end - cut
  let hits = 0
  for (let place = isFirstShorter ? next : cut; place < (isFirstShorter ? cut : end); place += 1)
    hits += Number(hasBit(bits, places[place] ?? 0))
  return isFirstShorter ? hits : count - hits
}

/** Highest first, blank ones last, equal ones newest first. */
function compareAmounts(one: SearchedBlock, ordinal: number, other: SearchedBlock, second: number): number {
  const left = one.columns.amount[ordinal] ?? Number.NaN
  const right = other.columns.amount[second] ?? Number.NaN
  const isBlank = Number.isNaN(left)
  if (isBlank !== Number.isNaN(right)) return isBlank ? 1 : -1
  return (isBlank ? 0 : right - left) || (other.rids[second] ?? 0) - (one.rids[ordinal] ?? 0)
}

/** Columns never change: the order of their entries is made once. */
const knownPlaces = new WeakMap<Columns, Uint16Array>()

/** The ordinals of a block in the order of amounts: what the first question in that order would wait for. */
export function placesByAmount(block: SearchedBlock): Uint16Array {
  const known = knownPlaces.get(block.columns)
  if (known !== undefined) return known
  const places = Uint16Array.from(block.rids, (_, ordinal) => ordinal)
  places.sort((left, right) => compareAmounts(block, left, block, right))
  knownPlaces.set(block.columns, places)
  return places
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
