/** Lists of cases by state, as the 案件 table and ホーム show them; always through the eyes of one viewer. */
import { CaseId, type EpochMs, type UserId } from '../../../../shared/model/brand.ts'
import { CaseState, type CaseSummary } from '../../../../shared/model/case.ts'
import { query, type ReadableDb } from '../database.ts'
import { readCaseSummaries } from './cases.ts'
import { type Viewer, visibleTo } from './viewer.ts'

export type CaseListFilter = {
  readonly states: readonly CaseState[]
  /** Part of the title, contract number or a counterparty's name, as typed. */
  readonly text: string
  readonly createdBy?: UserId | undefined
  /** Deadline before this moment. */
  readonly deadlineBefore?: EpochMs | undefined
}

export type CasePage = { readonly offset: number; readonly limit: number }

/** Newest change first. `counts` is by state over the same filter without its states. */
export function listCases(
  db: ReadableDb,
  filter: CaseListFilter,
  viewer: Viewer,
  page: CasePage,
): { readonly rows: CaseSummary[]; readonly total: number; readonly counts: Record<string, number> } {
  const base = selectMatching(db, filter, viewer)
  const perState = db.all(
    base.select((select) => ['state', select.fn.countAll<number>().as('n')]).groupBy('state'),
  )
  const counts = Object.fromEntries(perState.map((row) => [row.state, row.n]))
  const states =
    filter.states.length === 0 ? CaseState.options.filter((state) => state !== 'deleted') : filter.states
  const ids = db.all(
    base
      .select('id')
      .where('state', 'in', [...states])
      .orderBy('updated_at', 'desc')
      .orderBy('id')
      .limit(page.limit)
      .offset(page.offset),
  )
  return {
    rows: readCaseSummaries(
      db,
      ids.map((row) => CaseId.parse(row.id)),
      viewer,
    ),
    total: states.reduce((sum, state) => sum + (counts[state] ?? 0), 0),
    counts,
  }
}

function selectMatching(db: ReadableDb, filter: CaseListFilter, viewer: Viewer) {
  let select = query.selectFrom('cases').where(visibleTo(db, viewer))
  const text = filter.text.normalize('NFKC').trim()
  if (text !== '')
    select = select.where((where) =>
      where.or([
        where(where.fn<number>('instr', ['title', where.val(text)]), '>', 0),
        where(where.fn<number>('instr', ['contract_number', where.val(text)]), '>', 0),
        where.exists(
          where
            .selectFrom('counterparties')
            .select('case_id')
            .whereRef('counterparties.case_id', '=', 'cases.id')
            .where((inner) => inner(inner.fn<number>('instr', ['name', inner.val(text)]), '>', 0)),
        ),
      ]),
    )
  if (filter.createdBy !== undefined) select = select.where('created_by', '=', filter.createdBy)
  if (filter.deadlineBefore !== undefined) select = select.where('next_deadline', '<', filter.deadlineBefore)
  return select
}
