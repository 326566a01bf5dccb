import { expect, test } from 'vitest'
import { countBits, emptyBits, hasBit, setBit } from '../../../../../../electron/core/archive/search/bits.ts'
import { makeColumns, textsOfRows } from '../../../../../../electron/core/archive/search/block.ts'
import type { Hits } from '../../../../../../electron/core/archive/search/find-hits.ts'
import { inOrder } from '../../../../../../electron/core/archive/search/order-hits.ts'
import { seededRandom } from '../../../../../bench/archive-data.ts'

const random = seededRandom(11)
const below = (most: number) => Math.floor(random() * most)

const row = (rid: number, amount: number | null) => ({
  ...{ rid, amount, state: 0, method: 0, kind: 0, department: 0, folder: 0, creator: 0, fiscal_year: 2025 },
  ...{ case_row: 0, confidentiality: 0, retention_end: null, hold: 0, title: '', party: '', rest: '' },
})

/** Blocks of unlike sizes whose numbers overlap, with many equal and blank amounts; some of their entries are hits. */
function someHits(share: number, amount: () => number | null): Hits[] {
  const numbers = Array.from({ length: 6000 }, (_, index) => index + 1).sort(() => random() - 0.5)
  return [3000, 2500, 499, 1].map((size) => {
    const rows = numbers
      .splice(0, size)
      .sort((left, right) => left - right)
      .map((rid) => row(rid, amount()))
    const bits = emptyBits(size)
    for (let ordinal = 0; ordinal < size; ordinal += 1) if (random() < share) setBit(bits, ordinal)
    const block = {
      ...{ id: 1, rids: Float64Array.from(rows, ({ rid }) => rid), columns: makeColumns(rows) },
      ...{ dead: undefined, bodies: [], texts: () => textsOfRows(rows) },
    }
    return { block, bits, count: countBits(bits), countInFields: 0 }
  })
}

function allOf(hits: readonly Hits[]): { rid: number; yen: number }[] {
  return hits.flatMap(({ block, bits }) =>
    [...block.rids].flatMap((rid, ordinal) =>
      hasBit(bits, ordinal) ? [{ rid, yen: block.columns.amount[ordinal] ?? Number.NaN }] : [],
    ),
  )
}

/** Blank ones last, equal ones newest first. */
function sortedByAmount(hits: readonly Hits[]): number[] {
  const key = (yen: number) => (Number.isNaN(yen) ? Number.NEGATIVE_INFINITY : yen)
  return allOf(hits)
    .sort((left, right) =>
      key(left.yen) === key(right.yen) ? right.rid - left.rid : key(right.yen) - key(left.yen),
    )
    .map(({ rid }) => rid)
}

const AMOUNTS: Readonly<Record<string, () => number | null>> = {
  'many equal': () => (below(5) === 0 ? null : below(40) * 1000),
  'all unlike': () => below(2 ** 40),
  'all blank': () => null,
  'one towers': () => (below(1000) === 0 ? 2 ** 50 : -below(3)),
}

test.each(Object.keys(AMOUNTS).flatMap((name) => [1, 0.3, 0.002, 0].map((share) => [name, share] as const)))(
  'from any place on, hits come as a full sort would have them (%s amounts, share %f)',
  (name, share) => {
    const hits = someHits(share, AMOUNTS[name] ?? (() => null))
    const total = allOf(hits).length
    const byAmount = sortedByAmount(hits)
    const byDate = allOf(hits)
      .map(({ rid }) => rid)
      .sort((left, right) => right - left)
    const wanted = { amount: byAmount, newest: byDate, oldest: byDate.toReversed() }
    const skips = [
      0,
      1,
      2,
      17,
      total >>> 1,
      total - 1,
      total,
      total + 1,
      ...Array.from({ length: 20 }, () => below(total + 1)),
    ]
    for (const order of ['amount', 'newest', 'oldest'] as const)
      for (const skip of skips.filter((each) => each >= 0)) {
        const found: number[] = []
        for (const { block, ordinal } of inOrder(hits, order, skip)) {
          found.push(block.rids[ordinal] ?? 0)
          if (found.length === 30) break
        }
        expect(found, `${order} from ${skip}`).toEqual(wanted[order].slice(skip, skip + 30))
      }
  },
)
