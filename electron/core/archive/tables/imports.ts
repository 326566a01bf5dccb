/**
 * Bulk import (old contracts, another service's export): a plan, and one outcome per line of its CSV. A line's outcome is
 * written in the transaction that made its case, so an import that was cut off goes on where it was and does nothing twice.
 */
import { z } from 'zod'
import { CaseId, EpochMs, Sha256Hex } from '../../../../shared/model/brand.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import type { Change } from './changes.ts'

/** made: a case was made; duplicate: the file is in the archive already; refused: `problem` says why. */
export const ImportOutcome = z.enum(['made', 'duplicate', 'refused'])
export type ImportOutcome = z.output<typeof ImportOutcome>

export type Import = {
  readonly id: string
  readonly name: string
  /** Column mapping, folder, options; parsed by the use case. */
  readonly plan: unknown
  readonly state: 'running' | 'done' | 'cancelled'
  readonly createdAt: EpochMs
  readonly createdBy: string
  readonly finishedAt: EpochMs | null
}

export type ImportRow = {
  /** 1-based line of the CSV, its heading not counted. */
  readonly line: number
  readonly outcome: ImportOutcome
  readonly caseId: CaseId | null
  readonly sha256: Sha256Hex | null
  readonly problem: string | null
}

export function startImport(
  db: WritableDb,
  plan: { readonly name: string; readonly plan: unknown },
  change: Change,
): string {
  const id = newId()
  db.run(
    query.insertInto('imports').values({
      id,
      name: plan.name,
      plan_json: JSON.stringify(plan.plan),
      state: 'running',
      created_at: change.at,
      created_by: change.who,
      finished_at: null,
    }),
  )
  return id
}

/** @returns false when the line had its outcome before: do nothing */
export function noteImportRow(db: WritableDb, importId: string, row: ImportRow): boolean {
  return (
    db.run(
      query
        .insertInto('import_rows')
        .values({
          import_id: importId,
          line: row.line,
          outcome: row.outcome,
          case_id: row.caseId,
          sha256: row.sha256,
          problem: row.problem,
        })
        .onConflict((conflict) => conflict.doNothing()),
    ) === 1
  )
}

export function endImport(db: WritableDb, importId: string, state: 'done' | 'cancelled', at: EpochMs): void {
  db.run(query.updateTable('imports').set({ state, finished_at: at }).where('id', '=', importId))
}

/** Newest first; `running` ones were cut off when no job works on them. */
export function listImports(db: ReadableDb): Import[] {
  return db
    .all(
      query
        .selectFrom('imports')
        .select(['id', 'name', 'plan_json', 'state', 'created_at', 'created_by', 'finished_at'])
        .orderBy('created_at', 'desc'),
    )
    .map((row) => ({
      id: row.id,
      name: row.name,
      plan: JSON.parse(row.plan_json) as unknown,
      state: z.enum(['running', 'done', 'cancelled']).parse(row.state),
      createdAt: EpochMs.parse(row.created_at),
      createdBy: row.created_by,
      finishedAt: row.finished_at === null ? null : EpochMs.parse(row.finished_at),
    }))
}

/** How many lines of an import have each outcome. */
export function countImportRows(db: ReadableDb, importId: string): Readonly<Record<ImportOutcome, number>> {
  const counts: Record<ImportOutcome, number> = { made: 0, duplicate: 0, refused: 0 }
  const rows = db.all(
    query
      .selectFrom('import_rows')
      .select((select) => ['outcome', select.fn.countAll<number>().as('n')])
      .where('import_id', '=', importId)
      .groupBy('outcome'),
  )
  for (const row of rows) counts[ImportOutcome.parse(row.outcome)] = Number(row.n)
  return counts
}

/** Lines that have their outcome, in order: the report, and what a continued import may skip. */
export function listImportRows(db: ReadableDb, importId: string): ImportRow[] {
  return db
    .all(
      query
        .selectFrom('import_rows')
        .select(['line', 'outcome', 'case_id', 'sha256', 'problem'])
        .where('import_id', '=', importId)
        .orderBy('line'),
    )
    .map((row) => ({
      line: row.line,
      outcome: ImportOutcome.parse(row.outcome),
      caseId: row.case_id === null ? null : CaseId.parse(row.case_id),
      sha256: row.sha256 === null ? null : Sha256Hex.parse(row.sha256),
      problem: row.problem,
    }))
}
