/**
 * 廃棄の記録: disposals that one person confirmed together, numbered within the fiscal year. Rows cannot be changed or
 * deleted; a 廃棄証明書 is printed from them and nothing else, so that it says the same in thirty years.
 */
import { z } from 'zod'
import { CaseId, EpochMs, IsoDate, Sha256Hex, type UserId } from '../../../../shared/model/brand.ts'
import { fiscalYearOf } from '../../../../shared/text/era.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import type { Change } from './changes.ts'
import { japanDay } from './japan-day.ts'

const DisposedFile = z.object({
  title: z.string(),
  /** Version of the document. */
  number: z.number().int(),
  sha256: Sha256Hex,
  sizeBytes: z.number().int(),
})
export type DisposedFile = Readonly<z.output<typeof DisposedFile>>

/** One case as it was when it went. */
const DisposalFacts = z.object({
  title: z.string(),
  contractNumber: z.string(),
  counterparties: z.array(z.string()),
  contractDate: IsoDate.nullable(),
  completedOn: IsoDate.nullable(),
  retentionEndsOn: IsoDate.nullable(),
  proposedAt: EpochMs,
  proposedByName: z.string(),
  why: z.string(),
  files: z.array(DisposedFile),
})
export type DisposalFacts = z.output<typeof DisposalFacts>

export type DisposalRun = {
  readonly id: string
  readonly fiscalYear: number
  readonly number: number
  readonly townName: string
  readonly confirmedAt: EpochMs
  readonly confirmedByName: string
}
export type DisposalItem = DisposalFacts & { readonly caseId: CaseId }

/** Begins a run; its number is the next of the fiscal year. @returns its id and number */
export function startDisposalRun(
  db: WritableDb,
  townName: string,
  change: Change & { readonly userId: UserId },
): DisposalRun {
  const fiscalYear = fiscalYearOf(japanDay(change.at))
  const last = db.first(
    query
      .selectFrom('disposal_runs')
      .select((select) => select.fn.max('number').as('number'))
      .where('fiscal_year', '=', fiscalYear),
  )
  const run = { id: newId(), fiscalYear, number: (last?.number ?? 0) + 1, townName }
  db.run(
    query.insertInto('disposal_runs').values({
      id: run.id,
      fiscal_year: fiscalYear,
      number: run.number,
      town_name: townName,
      confirmed_at: change.at,
      confirmed_by: change.userId,
      confirmed_by_name: change.who,
    }),
  )
  return { ...run, confirmedAt: change.at, confirmedByName: change.who }
}

export function addDisposalItem(db: WritableDb, runId: string, caseId: CaseId, facts: DisposalFacts): void {
  const last = db.first(
    query
      .selectFrom('disposal_items')
      .select((select) => select.fn.max('position').as('position'))
      .where('run_id', '=', runId),
  )
  db.run(
    query.insertInto('disposal_items').values({
      run_id: runId,
      position: last === undefined || last.position === null ? 0 : last.position + 1,
      case_id: caseId,
      facts_json: JSON.stringify(facts),
    }),
  )
}

/** Newest first, with the number of cases in each. */
export function listDisposalRuns(
  db: ReadableDb,
  page: { readonly offset: number; readonly limit: number },
): { readonly rows: (DisposalRun & { readonly cases: number })[]; readonly total: number } {
  const total = db.first(
    query.selectFrom('disposal_runs').select((select) => select.fn.countAll<number>().as('n')),
  )
  const rows = db.all(
    selectRuns()
      .orderBy('confirmed_at', 'desc')
      .orderBy('number', 'desc')
      .limit(page.limit)
      .offset(page.offset),
  )
  return {
    rows: rows.map((row) => ({ ...parseRun(row), cases: countItems(db, row.id) })),
    total: total?.n ?? 0,
  }
}

export function readDisposalRun(
  db: ReadableDb,
  id: string,
): { readonly run: DisposalRun; readonly items: readonly DisposalItem[] } | undefined {
  const row = db.first(selectRuns().where('id', '=', id))
  if (row === undefined) return undefined
  const items = db.all(
    query
      .selectFrom('disposal_items')
      .select(['case_id', 'facts_json'])
      .where('run_id', '=', id)
      .orderBy('position'),
  )
  return {
    run: parseRun(row),
    items: items.map((item) => ({
      caseId: CaseId.parse(item.case_id),
      ...DisposalFacts.parse(JSON.parse(item.facts_json)),
    })),
  }
}

/** True while a file of these cases still lies in the vault: a certificate would say more than is done. */
export function hasFilesLeft(db: ReadableDb, runId: string): boolean {
  const left = db.first(
    query
      .selectFrom('document_versions as version')
      .innerJoin('documents', 'documents.id', 'version.document_id')
      .innerJoin('disposal_items as item', 'item.case_id', 'documents.case_id')
      .select('version.id')
      .where('item.run_id', '=', runId)
      .where('version.file_id', 'is not', null)
      .limit(1),
  )
  return left !== undefined
}

function countItems(db: ReadableDb, runId: string): number {
  const row = db.first(
    query
      .selectFrom('disposal_items')
      .select((select) => select.fn.countAll<number>().as('n'))
      .where('run_id', '=', runId),
  )
  return row?.n ?? 0
}

function selectRuns() {
  return query
    .selectFrom('disposal_runs')
    .select(['id', 'fiscal_year', 'number', 'town_name', 'confirmed_at', 'confirmed_by_name'])
}

function parseRun(row: {
  id: string
  fiscal_year: number
  number: number
  town_name: string
  confirmed_at: number
  confirmed_by_name: string
}): DisposalRun {
  return {
    id: row.id,
    fiscalYear: row.fiscal_year,
    number: row.number,
    townName: row.town_name,
    confirmedAt: EpochMs.parse(row.confirmed_at),
    confirmedByName: row.confirmed_by_name,
  }
}
