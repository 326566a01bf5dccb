/**
 * The search port: one typed line and filters → hits, counts and facets, with the viewer's rights applied.
 *
 * Words up to three characters and all conditions are exact in the index, so totals and facets speak of all hits. A longer
 * word is looked for in the texts; where that would be too much, `totalIsEstimate` says that `total` and the facets speak of what
 * the grams found: never fewer, and rarely more. Another engine (PostgreSQL with several offices) replaces this folder.
 */
import type { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { CaseId, type IsoDate } from '../../../../shared/model/brand.ts'
import { parseQuery, type Understood } from '../../../../shared/text/query.ts'
import type { ReadableDb } from '../database.ts'
import type { Viewer } from '../tables/viewer.ts'
import { countBits, keepWhere } from './bits.ts'
import { createTextCheck, type TextCheck } from './check-texts.ts'
import { countFacets, type FacetCount } from './count-facets.ts'
import { findHits, type Hits } from './find-hits.ts'
import { type Hit, inOrder } from './order-hits.ts'
import { planSearch, type SearchPlan } from './plan.ts'
import type { SearchIndex } from './search-index.ts'

/** What a question needs of the archive. */
export type Searchable = { readonly db: ReadableDb; readonly index: SearchIndex }

export type SearchResult = {
  /** One page, in the order asked. */
  readonly caseIds: readonly CaseId[]
  readonly total: number
  /** True: `total` and the facets may count some in which the words do not stand together: too many bodies to read. */
  readonly totalIsEstimate: boolean
  /** By facet (`state`, `method`, `kind`, `department`, `folder`, `fiscal-year`), most frequent first. */
  readonly facets: Readonly<Record<string, readonly FacetCount[]>>
  readonly understood: readonly Understood[]
  /** As typed, for the highlighter. */
  readonly words: readonly string[]
  /** So many cases at most cannot be found yet: the index is being made anew. */
  readonly waiting: number
}

/** So many bodies are read for an exact count; on the disk each costs some 0.15 ms. */
const MOST_BODIES = 50
/** Up to here hits are taken one after the other, whatever their bodies cost. */
const MOST_WALKED = 1000
/** Ranked by relevance are the newest of so many hits. */
const MOST_RANKED = 1000

/** @param page `today` gives words like 今年度 their meaning; without it they are plain words */
export function searchCases(
  archive: Searchable,
  query: SearchQuery,
  viewer: Viewer,
  page: Page & { readonly today?: IsoDate },
): SearchResult {
  const { db, index } = archive
  const typed = parseQuery(query.text, page.today)
  const plan = planSearch(db, { query, typed, viewer })
  const found = plan === undefined ? NOTHING : find(archive, plan, page)
  return {
    caseIds: found.page.flatMap((hit) => caseIdOf(db, hit)),
    total: found.total,
    totalIsEstimate: found.isEstimate,
    facets: countFacets(db, found.counted),
    understood: typed.understood,
    words: typed.words,
    waiting: index.waiting(),
  }
}

/** Every case a query finds, in the order asked, as they stand when it begins. For long lists: nothing is counted. */
export function* walkCases(
  archive: Searchable,
  query: SearchQuery,
  viewer: Viewer,
  today?: IsoDate,
): Generator<CaseId> {
  const plan = planSearch(archive.db, { query, typed: parseQuery(query.text, today), viewer })
  if (plan === undefined) return
  const check = createTextCheck(archive.db, plan)
  for (const hit of inOrder(findHits(archive.db, archive.index, plan), query.order))
    if (check.isThere(hit)) yield* caseIdOf(archive.db, hit)
}

/** The newest that a plan finds, at most so many; of those that only a body could prove no more than a page asks for. */
export function findSome({ db, index }: Searchable, plan: SearchPlan, most: number): readonly Hit[] {
  const hits = findHits(db, index, plan)
  const check = createTextCheck(db, plan)
  if (!check.isNeeded) return take(inOrder(hits, 'newest'), most)
  const exact = decideAll(hits, check)
  if (exact !== undefined) return take(inOrder(exact, 'newest'), most)
  const open = take(inOrder(hits, 'newest'), MOST_BODIES).filter(check.isThere)
  return [...take(inOrder(check.provedOf(hits), 'newest'), most - open.length), ...open]
}

type Page = { readonly offset: number; readonly limit: number }

type Found = {
  readonly page: readonly Hit[]
  readonly total: number
  readonly isEstimate: boolean
  readonly counted: readonly Hits[]
}

const NOTHING: Found = { page: [], total: 0, isEstimate: false, counted: [] }

function find({ db, index }: Searchable, plan: SearchPlan, page: Page): Found {
  const hits = findHits(db, index, plan)
  const check = createTextCheck(db, plan)
  // The newest hits are ranked together; further pages go on by date.
  const isRanked = plan.order === 'relevance' && page.offset < MOST_RANKED
  const end = page.offset + page.limit
  const cut = isRanked ? { offset: 0, limit: Math.max(MOST_RANKED, end) } : page
  const found = check.isNeeded
    ? findChecked(hits, plan, { check, page: cut, needed: end })
    : pageOf(hits, plan, cut)
  if (!isRanked) return found
  return { ...found, page: byRelevance(plan, found.page).slice(page.offset, end) }
}

function take<T>(items: Iterator<T>, most: number): T[] {
  const taken: T[] = []
  while (taken.length < most) {
    const next = items.next()
    if (next.done) break
    taken.push(next.value)
  }
  return taken
}

function findChecked(
  hits: readonly Hits[],
  plan: SearchPlan,
  { check, page, needed }: { readonly check: TextCheck; readonly page: Page; readonly needed: number },
): Found {
  const exact = decideAll(hits, check)
  if (exact !== undefined) return pageOf(exact, plan, page)
  if (needed > MOST_WALKED) {
    // Far down a page is a stretch of what the grams found; what turns out not to be there is left out of it.
    const found = pageOf(hits, plan, page)
    return { ...found, page: found.page.filter(check.isThere), isEstimate: true }
  }
  const found = take(filter(inOrder(hits, plan.order), check.isThere), needed)
  return { page: found.slice(page.offset), total: sumOf(hits), isEstimate: true, counted: hits }
}

function pageOf(hits: readonly Hits[], plan: SearchPlan, { offset, limit }: Page): Found {
  const page = take(inOrder(hits, plan.order, offset), limit)
  return { page, total: sumOf(hits), isEstimate: false, counted: hits }
}

/** Undefined: too many texts or bodies would have to be read. */
function decideAll(hits: readonly Hits[], check: TextCheck): Hits[] | undefined {
  const total = sumOf(hits)
  if (total - hits.reduce((sum, { countInFields }) => sum + countInFields, 0) > MOST_BODIES) return undefined
  const proved = check.provedOf(hits)
  const open = total - sumOf(proved)
  if (open === 0) return proved
  if (open > MOST_BODIES) return undefined
  return hits.map(({ block, bits }) => {
    const there = bits.slice()
    keepWhere(there, (ordinal) => check.isThere({ block, ordinal }))
    const count = countBits(there)
    return { block, bits: there, count, countInFields: count }
  })
}

function sumOf(hits: readonly Hits[]): number {
  return hits.reduce((sum, { count }) => sum + count, 0)
}

function* filter<T>(items: Iterable<T>, isKept: (item: T) => boolean): Generator<T> {
  for (const item of items) if (isKept(item)) yield item
}

function caseIdOf(db: ReadableDb, { block, ordinal }: Hit): CaseId[] {
  const rid = block.rids[ordinal] ?? 0
  // By its row, on one page; the number, which is unique, says whether it is the right one.
  const found =
    db.firstSql<{ id: string }>(
      'SELECT id FROM cases WHERE rowid = ? AND search_rid = ?',
      block.columns.case_row[ordinal] ?? 0,
      rid,
    ) ?? db.firstSql<{ id: string }>('SELECT id FROM cases WHERE search_rid = ?', rid)
  return found === undefined ? [] : [CaseId.parse(found.id)]
}

/** Words in the title count most, then in the counterparty; equal hits stay newest first. */
function byRelevance(plan: SearchPlan, hits: readonly Hit[]): readonly Hit[] {
  const scored = hits.map((hit) => {
    const { title, party } = hit.block.texts().fields(hit.ordinal)
    const score = plan.words.reduce((sum, { text }) => {
      if (title === text) return sum + 8
      if (title.startsWith(text)) return sum + 5
      return sum + (title.includes(text) ? 4 : 0) + (party.includes(text) ? 3 : 0)
    }, 0)
    return { hit, score }
  })
  return scored.sort((left, right) => right.score - left.score).map(({ hit }) => hit)
}
