/** Hits of many blocks in one order, as far as they are asked for. */
import type { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { nextBit, previousBit } from './bits.ts'
import type { Hits } from './find-hits.ts'
import type { SearchedBlock } from './search-index.ts'

export type Hit = { readonly block: SearchedBlock; readonly ordinal: number }

/** Newest, oldest, or highest amount first (blank ones last, equal ones newest first). Relevance is ranked by the caller. */
export function* inOrder(hits: readonly Hits[], order: SearchQuery['order']): Generator<Hit> {
  if (order === 'amount') yield* byAmount(hits)
  else yield* byDate(hits, order === 'oldest')
}

/** Blocks overlap in time: the next hit is the newest (or oldest) of what each block has next. */
function* byDate(hits: readonly Hits[], isOldestFirst: boolean): Generator<Hit> {
  const sign = isOldestFirst ? 1 : -1
  const step = isOldestFirst ? nextBit : previousBit
  const cursors = hits.map(({ block, bits }) => {
    const ordinal = step(bits, isOldestFirst ? 0 : block.rids.length - 1)
    return { block, bits, ordinal, rid: block.rids[ordinal] ?? 0 }
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

/** The highest so many amounts are picked first, then more at a time. */
const FIRST_PICKED = 1024

function* byAmount(hits: readonly Hits[]): Generator<Hit> {
  let after: RankedHit | undefined
  for (let most = FIRST_PICKED; ; most *= 8) {
    const picked = pickHighest(hits, { after, most })
    yield* picked
    after = picked.at(-1)
    if (picked.length < most) return
  }
}

/** Blank = -∞. */
type RankedHit = Hit & { readonly yen: number; readonly rid: number }

function byYenAndNumber(left: RankedHit, right: RankedHit): number {
  return left.yen === right.yen ? right.rid - left.rid : left.yen < right.yen ? 1 : -1
}

/** In order. Keeps a heap of the best so far with the worst of them first. */
function pickHighest(
  hits: readonly Hits[],
  { after, most }: { readonly after: RankedHit | undefined; readonly most: number },
): RankedHit[] {
  const heap = createHeap<RankedHit>([], (left, right) => byYenAndNumber(right, left))
  let lowest = Number.NEGATIVE_INFINITY
  for (const { block, bits } of hits) {
    const { amount } = block.columns
    for (let ordinal = nextBit(bits, 0); ordinal !== -1; ordinal = nextBit(bits, ordinal + 1)) {
      const yen = Number.isNaN(amount[ordinal]) ? Number.NEGATIVE_INFINITY : (amount[ordinal] ?? 0)
      if (yen < lowest) continue
      const hit = { block, ordinal, yen, rid: block.rids[ordinal] ?? 0 }
      if (after !== undefined && byYenAndNumber(hit, after) <= 0) continue
      if (heap.size() === most) {
        const worst = heap.first()
        if (worst !== undefined && byYenAndNumber(hit, worst) >= 0) continue
        heap.removeFirst()
      }
      heap.add(hit)
      if (heap.size() === most) lowest = heap.first()?.yen ?? lowest
    }
  }
  return heap.items().sort(byYenAndNumber)
}

type Heap<T> = {
  readonly first: () => T | undefined
  readonly size: () => number
  /** In no order. */
  readonly items: () => T[]
  readonly add: (item: T) => void
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
    size: () => items.length,
    items: () => items,
    add: (item) => {
      let at = items.length
      items.push(item)
      while (at > 0) {
        const above = (at - 1) >>> 1
        const parent = items[above]
        if (parent === undefined || compare(parent, item) <= 0) break
        items[at] = parent
        at = above
      }
      items[at] = item
    },
    removeFirst: () => {
      const last = items.pop()
      if (last === undefined || items.length === 0) return
      items[0] = last
      sink(0)
    },
    firstChanged: () => sink(0),
  }
}
