/**
 * The search port: one typed line and filters → hits, counts and facets, with the viewer's rights applied.
 *
 * Words up to three characters and all conditions are exact in the index, so totals and facets speak of all hits. A longer
 * word is looked for in the texts; where that would be too much, `totalIsCapped` says that there are more than `total`, and
 * the facets speak of the hits that were looked at. Another engine (PostgreSQL with several offices) replaces this folder.
 */
import type { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { CaseId } from '../../../../shared/model/brand.ts'
import { parseQuery, type Understood } from '../../../../shared/text/query.ts'
import type { ReadableDb } from '../database.ts'
import type { Viewer } from '../tables/viewer.ts'
import { countBits, emptyBits, setBit } from './bits.ts'
import { createTextCheck } from './check-texts.ts'
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
  /** True: there are more than `total`. */
  readonly totalIsCapped: boolean
  /** By facet (`state`, `method`, `kind`, `department`, `folder`, `fiscal-year`), most frequent first. */
  readonly facets: Readonly<Record<string, readonly FacetCount[]>>
  readonly understood: readonly Understood[]
  /** As typed, for the highlighter. */
  readonly words: readonly string[]
  /** Cases that cannot be found yet: the index is being made anew. */
  readonly waiting: number
}

/** Ranked by relevance are the newest of so many hits. */
const MOST_RANKED = 1000

export function searchCases(
  archive: Searchable,
  query: SearchQuery,
  viewer: Viewer,
  page: { readonly offset: number; readonly limit: number },
): SearchResult {
  const { db, index } = archive
  const typed = parseQuery(query.text)
  const plan = planSearch(db, { query, typed, viewer })
  const end = page.offset + page.limit
  const found = plan === undefined ? NOTHING : find(archive, plan, Math.max(end, rankedOf(query)))
  const ordered =
    query.order === 'relevance' && plan !== undefined ? byRelevance(plan, found.first) : found.first
  return {
    caseIds: ordered.slice(page.offset, end).flatMap((hit) => caseIdOf(db, hit)),
    total: found.total,
    totalIsCapped: found.isCapped,
    facets: countFacets(db, found.counted),
    understood: typed.understood,
    words: typed.words,
    waiting: index.waiting(),
  }
}

/** Every case a query finds, in the order asked, as they stand when it begins. For long lists: nothing is counted. */
export function* walkCases(archive: Searchable, query: SearchQuery, viewer: Viewer): Generator<CaseId> {
  const plan = planSearch(archive.db, { query, typed: parseQuery(query.text), viewer })
  if (plan === undefined) return
  const check = createTextCheck(archive.db, plan)
  for (const hit of inOrder(findHits(archive.db, archive.index, plan), query.order))
    if (check.isThere(hit)) yield* caseIdOf(archive.db, hit)
}

function rankedOf({ order }: SearchQuery): number {
  return order === 'relevance' ? MOST_RANKED : 0
}

type Found = {
  /** The first hits in the order asked. */
  readonly first: readonly Hit[]
  readonly total: number
  readonly isCapped: boolean
  readonly counted: readonly Hits[]
}

const NOTHING: Found = { first: [], total: 0, isCapped: false, counted: [] }

function find({ db, index }: Searchable, plan: SearchPlan, wanted: number): Found {
  const hits = findHits(db, index, plan)
  const check = createTextCheck(db, plan)
  if (check.isNeeded) return findChecked(hits, plan, { check, wanted })
  const first: Hit[] = []
  for (const hit of inOrder(hits, plan.order)) {
    if (first.length === wanted) break
    first.push(hit)
  }
  return {
    first,
    total: hits.reduce((sum, { count }) => sum + count, 0),
    isCapped: false,
    counted: hits,
  }
}

function findChecked(
  hits: readonly Hits[],
  plan: SearchPlan,
  how: { readonly check: ReturnType<typeof createTextCheck>; readonly wanted: number },
): Found {
  const { check, wanted } = how
  const first: Hit[] = []
  const counted = new Map(hits.map(({ block }) => [block, emptyBits(block.rids.length)]))
  let total = 0
  let isCapped = false
  for (const hit of inOrder(hits, plan.order)) {
    if (first.length >= wanted && check.isSpent()) {
      isCapped = true
      break
    }
    if (!check.isThere(hit)) continue
    total += 1
    if (first.length < wanted) first.push(hit)
    const bits = counted.get(hit.block)
    if (bits !== undefined) setBit(bits, hit.ordinal)
  }
  return {
    first,
    total,
    isCapped,
    counted: [...counted].map(([block, bits]) => ({ block, bits, count: countBits(bits) })),
  }
}

function caseIdOf(db: ReadableDb, { block, ordinal }: Hit): CaseId[] {
  const found = db.firstSql<{ id: string }>(
    'SELECT id FROM cases WHERE search_rid = ?',
    block.rids[ordinal] ?? 0,
  )
  return found === undefined ? [] : [CaseId.parse(found.id)]
}

/** Words in the title count most, then in the counterparty; equal hits stay newest first. */
function byRelevance(plan: SearchPlan, hits: readonly Hit[]): readonly Hit[] {
  const scored = hits.map((hit) => {
    const texts = hit.block.texts()
    const title = texts.field(hit.ordinal, 'title')
    const party = texts.field(hit.ordinal, 'party')
    const score = plan.words.reduce((sum, { text }) => {
      if (title === text) return sum + 8
      if (title.startsWith(text)) return sum + 5
      return sum + (title.includes(text) ? 4 : 0) + (party.includes(text) ? 3 : 0)
    }, 0)
    return { hit, score }
  })
  return scored.sort((left, right) => right.score - left.score).map(({ hit }) => hit)
}
