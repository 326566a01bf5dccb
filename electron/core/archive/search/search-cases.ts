/**
 * The search port: one typed line and filters → hits, counts and facets, with the viewer's rights applied.
 *
 * Words up to three characters and all facets are exact in the index; longer words are looked for in the stored text.
 * Counts and facets are exact up to `COUNT_CAP`; `totalIsCapped` says that there are more, and they then speak of the first
 * `total` hits in the order asked (fewer than the cap when long words stand only inside PDFs: see `run-plan.ts`).
 * Another engine (PostgreSQL with several offices) replaces this file and `refresh-index.ts` and nothing else.
 */

import type { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { CaseId } from '../../../../shared/model/brand.ts'
import { normaliseText } from '../../../../shared/text/normalise.ts'
import { parseQuery, type Understood } from '../../../../shared/text/query.ts'
import type { ReadableDb } from '../database.ts'
import type { SearchFacetsRow } from '../tables/schema.ts'
import type { Viewer } from '../tables/viewer.ts'
import { planSearch, type SearchPlan } from './plan.ts'
import { type PlanRows, runPlan } from './run-plan.ts'

export const COUNT_CAP = 1000

const NOTHING: PlanRows = { rows: [], more: false }

export type FacetCount = { readonly value: string; readonly count: number }

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
}

export function searchCases(
  db: ReadableDb,
  query: SearchQuery,
  viewer: Viewer,
  page: { readonly offset: number; readonly limit: number },
): SearchResult {
  const typed = parseQuery(query.text)
  const plan = planSearch(db, { query, typed, viewer })
  const least = page.offset + page.limit
  const most = Math.max(COUNT_CAP, least)
  const { rows, more } = plan === undefined ? NOTHING : runPlan(db, plan, { most, least })
  const ordered = query.order === 'relevance' && plan !== undefined ? byRelevance(db, plan, rows) : rows
  return {
    caseIds: caseIdsOf(db, ordered.slice(page.offset, page.offset + page.limit)),
    total: rows.length,
    totalIsCapped: more,
    facets: countFacets(db, rows),
    understood: typed.understood,
    words: typed.words,
  }
}

function caseIdsOf(db: ReadableDb, rows: readonly SearchFacetsRow[]): CaseId[] {
  return rows.flatMap((row) => {
    const found = db.firstSql<{ id: string }>('SELECT id FROM cases WHERE search_rid = ?', row.rid)
    return found === undefined ? [] : [CaseId.parse(found.id)]
  })
}

/** Words in the title count most, then in the counterparty; equal hits stay newest first. Of the first hits only. */
function byRelevance(
  db: ReadableDb,
  plan: SearchPlan,
  rows: readonly SearchFacetsRow[],
): readonly SearchFacetsRow[] {
  const words = plan.words.map(normaliseText)
  const scored = rows.map((row) => {
    const text = db.firstSql<{ title: string; party: string }>(
      'SELECT title, party FROM search_texts WHERE rid = ?',
      row.rid,
    )
    const score = words.reduce((sum, word) => {
      if (text === undefined) return sum
      if (text.title === word) return sum + 8
      if (text.title.startsWith(word)) return sum + 5
      return sum + (text.title.includes(word) ? 4 : 0) + (text.party.includes(word) ? 3 : 0)
    }, 0)
    return { row, score }
  })
  return scored.sort((left, right) => right.score - left.score).map(({ row }) => row)
}

const FACET_COLUMNS = ['state', 'method', 'kind', 'department', 'folder'] as const

function countFacets(
  db: ReadableDb,
  rows: readonly SearchFacetsRow[],
): Readonly<Record<string, readonly FacetCount[]>> {
  const names = new Map(
    db
      .allSql<{ id: number; value: string }>('SELECT id, value FROM search_values')
      .map((row) => [row.id, row.value]),
  )
  const tally = (pick: (row: SearchFacetsRow) => string): FacetCount[] => {
    const counts = new Map<string, number>()
    for (const row of rows) {
      const value = pick(row)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
  }
  return {
    ...Object.fromEntries(
      FACET_COLUMNS.map((column) => [column, tally((row) => names.get(row[column]) ?? '')]),
    ),
    'fiscal-year': tally((row) => String(row.fiscal_year)).sort((left, right) =>
      left.value < right.value ? 1 : -1,
    ),
  }
}
