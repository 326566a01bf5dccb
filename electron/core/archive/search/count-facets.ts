import type { ReadableDb } from '../database.ts'
import { type Bits, rangeBits, takeAway } from './bits.ts'
import type { Columns } from './block.ts'
import type { Hits } from './find-hits.ts'

export type FacetCount = { readonly value: string; readonly count: number }

const FACETS = [
  'state',
  'method',
  'kind',
  'department',
  'folder',
  'confidentiality',
] as const satisfies readonly (keyof Columns)[]

const LAST_YEAR = 9999

/** How many hits every value of every facet has, most frequent first; years newest first. A case without folder: ''. `hold` counts what is held. */
export function countFacets(
  db: ReadableDb,
  hits: readonly Hits[],
): Readonly<Record<string, readonly FacetCount[]>> {
  const values = db.allSql<{ id: number; value: string }>('SELECT id, value FROM search_values')
  const names = new Map(values.map((row) => [row.id, row.value]))
  const counts = tally(
    hits,
    values.reduce((most, { id }) => Math.max(most, id), 0),
  )
  const named = FACETS.map((facet) => [
    facet,
    occurring(counts[facet])
      .map(({ id, count }) => ({ value: names.get(id) ?? '', count }))
      .sort(byCount),
  ])
  const years = occurring(counts.fiscal_year).map(({ id, count }) => ({ value: String(id), count }))
  const held = counts.hold[1] ?? 0
  return {
    ...Object.fromEntries(named),
    'fiscal-year': years.reverse(),
    hold: held === 0 ? [] : [{ value: 'held', count: held }],
  }
}

function byCount(left: FacetCount, right: FacetCount): number {
  return right.count - left.count || (left.value < right.value ? -1 : 1)
}

type Occurring = { readonly id: number; readonly count: number }
const COUNTED = [...FACETS, 'fiscal_year', 'hold'] as const
type Counts = Readonly<Record<(typeof COUNTED)[number], Uint32Array>>

/** Blocks never change: where all of one is found (no words, a long span), its counts are known from the last time. */
const wholeBlocks = new WeakMap<Columns, Readonly<Record<(typeof COUNTED)[number], readonly Occurring[]>>>()

/** Counts a whole block before the first question needs it. */
export function prepareFacets(db: ReadableDb, block: Hits['block']): void {
  countsOfWhole(
    block,
    db.firstSql<{ highest: number | null }>('SELECT max(id) AS highest FROM search_values')?.highest ?? 0,
  )
}

function countsOfWhole(block: Hits['block'], highest: number) {
  const { columns } = block
  const known = wholeBlocks.get(columns)
  if (known !== undefined) return known
  const counts = emptyCounts(highest)
  addCounts(counts, { block, bits: wholeOf(block) }, 1)
  const made = {
    state: occurring(counts.state),
    method: occurring(counts.method),
    kind: occurring(counts.kind),
    department: occurring(counts.department),
    folder: occurring(counts.folder),
    confidentiality: occurring(counts.confidentiality),
    hold: occurring(counts.hold),
    fiscal_year: occurring(counts.fiscal_year),
  }
  wholeBlocks.set(columns, made)
  return made
}

function wholeOf({ rids }: Hits['block']): Bits {
  return rangeBits(rids.length, 0, rids.length)
}

function othersOf({ block, bits }: Hits): Pick<Hits, 'block' | 'bits'> {
  const others = wholeOf(block)
  takeAway(others, bits)
  return { block, bits: others }
}

/** All columns in one walk over the hits. @param highest of the numbers of values */
function tally(hits: readonly Hits[], highest: number): Counts {
  const counts = emptyCounts(highest)
  for (const hit of hits) {
    if (hit.count * 2 < hit.block.rids.length) {
      addCounts(counts, hit, 1)
      continue
    }
    // Most of the block: all of it, without the others.
    for (const column of COUNTED)
      for (const { id, count } of countsOfWhole(hit.block, highest)[column])
        counts[column][id] = (counts[column][id] ?? 0) + count
    if (hit.count < hit.block.rids.length) addCounts(counts, othersOf(hit), -1)
  }
  return counts
}

function emptyCounts(highest: number): Counts {
  return {
    state: new Uint32Array(highest + 1),
    method: new Uint32Array(highest + 1),
    kind: new Uint32Array(highest + 1),
    department: new Uint32Array(highest + 1),
    folder: new Uint32Array(highest + 1),
    confidentiality: new Uint32Array(highest + 1),
    hold: new Uint32Array(2),
    fiscal_year: new Uint32Array(LAST_YEAR + 1),
  }
}

function addCounts(counts: Counts, { block, bits }: Pick<Hits, 'block' | 'bits'>, by: 1 | -1): void {
  const { state, method, kind, department, folder, confidentiality, hold, fiscal_year: year } = block.columns
  for (let at = 0; at < bits.length; at += 1)
    for (let word = bits[at] ?? 0; word !== 0; word &= word - 1) {
      const ordinal = at * 32 + (31 - Math.clz32(word & -word))
      add(counts.state, state[ordinal], by)
      add(counts.method, method[ordinal], by)
      add(counts.kind, kind[ordinal], by)
      add(counts.department, department[ordinal], by)
      add(counts.folder, folder[ordinal], by)
      add(counts.confidentiality, confidentiality[ordinal], by)
      add(counts.hold, hold[ordinal], by)
      add(counts.fiscal_year, year[ordinal], by)
    }
}

function add(counts: Uint32Array, value = 0, by = 1): void {
  counts[value] = (counts[value] ?? 0) + by
}

/** Numbers with a count, ascending. */
function occurring(counts: Uint32Array): Occurring[] {
  const found: Occurring[] = []
  for (let id = 0; id < counts.length; id += 1) {
    const count = counts[id] ?? 0
    if (count > 0) found.push({ id, count })
  }
  return found
}
