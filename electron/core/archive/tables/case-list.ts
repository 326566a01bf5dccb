/** 案件 and ホーム: lists of cases in work. The archive's own search is `search/search-cases.ts`. */

import { sql } from 'kysely'
import { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { CaseId, type EpochMs } from '../../../../shared/model/brand.ts'
import { CaseState, type CaseSummary } from '../../../../shared/model/case.ts'
import { query, type ReadableDb } from '../database.ts'
import { planSearch } from '../search/plan.ts'
import { findSome, type Searchable } from '../search/search-cases.ts'
import { readCaseSummaries } from './cases.ts'
import { type Viewer, visibleTo } from './viewer.ts'

export type CaseListFilter = {
  /** Empty: every state but deleted. */
  readonly states: readonly CaseState[]
  /** Words of the case or inside its PDFs; all must be there. */
  readonly text: string
  /** Only the viewer's own cases. */
  readonly mine: boolean
}

/** States with more cases than this are counted as this many: 「1,000 件以上」. */
export const CASE_COUNT_CAP = 1000

/** Last changed first. `total` is capped per state like the counts; of words, the newest `MOST_FOUND` cases count. */
export function listCases(
  archive: Searchable,
  filter: CaseListFilter,
  viewer: Viewer,
  page: { readonly offset: number; readonly limit: number },
): { readonly rows: CaseSummary[]; readonly total: number } {
  const { db } = archive
  const end = page.offset + page.limit
  const found = filter.text.trim() === '' ? undefined : ridsByText(archive, filter, viewer)
  // One walk along the index per state: a single query over several states would sort every concluded case.
  const byState = statesOf(filter).map((state) =>
    db.all(
      filtered(db, { ...filter, found }, viewer)
        .select(['cases.id', 'cases.updated_at'])
        .where('cases.state', '=', state)
        .orderBy('cases.updated_at', 'desc')
        .limit(Math.max(end, CASE_COUNT_CAP)),
    ),
  )
  const newest = byState
    .flat()
    .sort((left, right) => right.updated_at - left.updated_at || (left.id < right.id ? -1 : 1))
  const caseIds = newest.slice(page.offset, end).map((row) => CaseId.parse(row.id))
  return { rows: readCaseSummaries(db, caseIds, viewer), total: newest.length }
}

function statesOf(filter: CaseListFilter): readonly CaseState[] {
  return filter.states.length > 0 ? filter.states : CaseState.options.filter((state) => state !== 'deleted')
}

/** Cases the viewer may see, by state; each number capped. */
export function countCasesByState(db: ReadableDb, viewer: Viewer): Readonly<Record<string, number>> {
  const visible = visibleTo(db, viewer)
  const counts = CaseState.options
    .filter((state) => state !== 'deleted')
    .map((state) => {
      const rows = db.all(
        query
          .selectFrom('cases')
          .select('id')
          .where('state', '=', state)
          .where(visible)
          .limit(CASE_COUNT_CAP),
      )
      return [state, rows.length] as const
    })
  return Object.fromEntries(counts)
}

/** Next deadlines first. */
export function listDeadlines(db: ReadableDb, viewer: Viewer, before: EpochMs, limit: number): CaseSummary[] {
  const rows = db.all(
    query
      .selectFrom('cases')
      .select('id')
      .where('next_deadline', '<', before)
      .where('state', 'not in', ['concluded', 'withdrawn', 'paper', 'deleted'])
      .where(visibleTo(db, viewer))
      .orderBy('next_deadline')
      .limit(limit),
  )
  return readCaseSummaries(
    db,
    rows.map((row) => CaseId.parse(row.id)),
    viewer,
  )
}

/** Cases in one of these states that wait for one of these things; oldest change first (what has hung longest). */
export function listWaitingCases(
  db: ReadableDb,
  viewer: Viewer,
  waits: { readonly states: readonly CaseState[]; readonly waitingFor: readonly CaseSummary['waitingFor'][] },
  limit: number,
): CaseSummary[] {
  const rows = db.all(
    query
      .selectFrom('cases')
      .select('id')
      .where('state', 'in', [...waits.states])
      .where('waiting_for', 'in', [...waits.waitingFor])
      .where(visibleTo(db, viewer))
      .orderBy('updated_at')
      .limit(limit),
  )
  return readCaseSummaries(
    db,
    rows.map((row) => CaseId.parse(row.id)),
    viewer,
  )
}

/** Cases in 署名手続き中 in which something keeps a signer's turn waiting; oldest change first. */
export function listTroubledCases(db: ReadableDb, viewer: Viewer, limit: number): CaseSummary[] {
  const rows = db.all(
    query
      .selectFrom('cases')
      .select('id')
      .where('state', '=', 'signing')
      .where((where) =>
        where.exists(
          query
            .selectFrom('signers')
            .select('signers.id')
            .where('signers.case_id', '=', where.ref('cases.id'))
            .where('problem', 'is not', null),
        ),
      )
      .where(visibleTo(db, viewer))
      .orderBy('updated_at')
      .limit(limit),
  )
  return readCaseSummaries(
    db,
    rows.map((row) => CaseId.parse(row.id)),
    viewer,
  )
}

/** サンプル: cases made by the sample data. */
export function listSampleCases(db: ReadableDb): CaseId[] {
  return db
    .all(query.selectFrom('cases').select('id').where('sample', '=', 1).where('state', '<>', 'deleted'))
    .map((row) => CaseId.parse(row.id))
}

function filtered(
  db: ReadableDb,
  { mine, found }: { readonly mine: boolean; readonly found: readonly number[] | undefined },
  viewer: Viewer,
) {
  let select = query.selectFrom('cases').where(visibleTo(db, viewer))
  if (mine) select = select.where('created_by', '=', viewer.userId ?? '')
  if (found !== undefined)
    select = select.where(
      'search_rid',
      'in',
      sql<number>`(SELECT value FROM json_each(${JSON.stringify(found)}))`,
    )
  return select
}

/** Cases found by words, newest contract first; more are not looked at for a list of work. */
const MOST_FOUND = 2000

function ridsByText(archive: Searchable, filter: CaseListFilter, viewer: Viewer): readonly number[] {
  const typed = {
    words: filter.text.split(/\s+/).filter(Boolean),
    titleWords: [],
    numberWords: [],
    partyWords: [],
    dates: undefined,
    amounts: undefined,
    amountBlank: false,
    understood: [],
  }
  const states = filter.states.filter((state) => state !== 'deleted')
  const plan = planSearch(archive.db, { query: SearchQuery.parse({ states }), typed, viewer })
  if (plan === undefined) return []
  return findSome(archive, plan, MOST_FOUND).map(({ block, ordinal }) => block.rids[ordinal] ?? 0)
}
