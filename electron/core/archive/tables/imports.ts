/**
 * Bulk import (old contracts, another service's export): from its first file to its report, one row. A line's outcome is
 * written in the transaction that made its case, so an import that was cut off goes on where it was and does nothing twice.
 */
import { z } from 'zod'
import { CaseId, EpochMs, Sha256Hex, type UserId } from '../../../../shared/model/brand.ts'
import { Verdict } from '../../../../shared/model/verification.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import type { Change } from './changes.ts'
import type { ImportRowsRow } from './schema-imports.ts'

/**
 * open: files are being gathered; running: lines get their outcome (or were cut off while they did); cancelled: stopped by
 * a person, its files kept, may go on; discarded: given up, its files gone; done.
 */
export const ImportState = z.enum(['open', 'running', 'cancelled', 'discarded', 'done'])
export type ImportState = z.output<typeof ImportState>

/**
 * made: a case was made; duplicate: the file is in the archive already (`caseId` tells where); refused: `problem` says why;
 * unlisted: a PDF that no line names (its `line` is a number behind the table's last).
 */
export const ImportOutcome = z.enum(['made', 'duplicate', 'refused', 'unlisted'])
export type ImportOutcome = z.output<typeof ImportOutcome>

export type Import = {
  readonly id: string
  readonly name: string
  /** Table, mapping, options; parsed by the use case. `{}` while it is open. */
  readonly plan: unknown
  readonly state: ImportState
  readonly createdAt: EpochMs
  /** Name of the person as it was then. */
  readonly createdBy: string
  readonly ownerId: UserId | null
  readonly finishedAt: EpochMs | null
  /** Lines that have their outcome, by outcome. */
  readonly counts: Readonly<Record<ImportOutcome, number>>
  /** Files that wanted a timestamp and had none when it ended. */
  readonly unstamped: number
}

export type ImportRow = {
  /** 1-based line of the table, its heading not counted. */
  readonly line: number
  readonly outcome: ImportOutcome
  readonly caseId: CaseId | null
  readonly sha256: Sha256Hex | null
  /** Code, or `CODE:field`. */
  readonly problem: string | null
  readonly title: string
  readonly file: string
  /** What the cell says that could not be read. */
  readonly cell: string | null
  /** What the file's signatures are worth; null = not looked at. */
  readonly verdict: Verdict | null
}

const COLUMNS = [
  ...(['id', 'name', 'plan_json', 'state', 'created_at', 'created_by', 'owner_id', 'finished_at'] as const),
  ...(['made', 'duplicate', 'refused', 'unlisted', 'unstamped'] as const),
] as const

/** The import a person gathers files for: one at a time. */
export function findOpenImport(db: ReadableDb, ownerId: UserId): Import | undefined {
  const row = db.first(
    query.selectFrom('imports').select(COLUMNS).where('state', '=', 'open').where('owner_id', '=', ownerId),
  )
  return row === undefined ? undefined : importOf(row)
}

export function findImport(db: ReadableDb, id: string): Import | undefined {
  const row = db.first(query.selectFrom('imports').select(COLUMNS).where('id', '=', id))
  return row === undefined ? undefined : importOf(row)
}

/** Newest first. */
export function listImports(db: ReadableDb, limit = 100): Import[] {
  return db
    .all(
      query
        .selectFrom('imports')
        .select(COLUMNS)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit),
    )
    .map(importOf)
}

/** @returns the id of a new import in state `open` */
export function openImport(db: WritableDb, change: Change): string {
  const id = newId()
  db.run(
    query.insertInto('imports').values({
      id,
      name: '',
      plan_json: '{}',
      state: 'open',
      created_at: change.at,
      created_by: change.who,
      owner_id: change.userId,
      finished_at: null,
    }),
  )
  return id
}

/** From now on its lines get their outcome; the time of its start takes the place of the time of its first file. */
export function startImport(
  db: WritableDb,
  id: string,
  plan: { readonly name: string; readonly plan: unknown },
  change: Change,
): void {
  db.run(
    query
      .updateTable('imports')
      .set({
        name: plan.name,
        plan_json: JSON.stringify(plan.plan),
        state: 'running',
        created_at: change.at,
        created_by: change.who,
        finished_at: null,
      })
      .where('id', '=', id),
  )
}

/** Goes on after a stop. */
export function resumeImport(db: WritableDb, id: string): void {
  db.run(query.updateTable('imports').set({ state: 'running', finished_at: null }).where('id', '=', id))
}

export function endImport(
  db: WritableDb,
  id: string,
  end: { readonly state: 'done' | 'cancelled' | 'discarded'; readonly unstamped?: number },
  at: EpochMs,
): void {
  const { state, unstamped = 0 } = end
  db.run(query.updateTable('imports').set({ state, unstamped, finished_at: at }).where('id', '=', id))
}

/** @returns false when the line had its outcome before: do nothing */
export function noteImportRow(db: WritableDb, importId: string, row: ImportRow): boolean {
  const isNew =
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
          title: row.title,
          file: row.file,
          cell: row.cell,
          verdict: row.verdict,
        })
        .onConflict((conflict) => conflict.doNothing()),
    ) === 1
  if (isNew)
    db.run(
      query
        .updateTable('imports')
        .set((set) => ({ [row.outcome]: set(row.outcome, '+', 1) }))
        .where('id', '=', importId),
    )
  return isNew
}

export function findImportRow(db: ReadableDb, importId: string, line: number): ImportRow | undefined {
  const row = db.first(selectRows(importId).where('line', '=', line))
  return row === undefined ? undefined : rowOf(row)
}

export type RowPage = {
  /** Lines after this one. */
  readonly after: number
  readonly limit: number
  /** Only lines a person must look at: refused, duplicate, not listed, or with a remark. */
  readonly onlyToLookAt?: boolean
}

/** Lines that have their outcome, in order. */
export function listImportRows(
  db: ReadableDb,
  importId: string,
  page: RowPage = { after: 0, limit: 1_000_000 },
): ImportRow[] {
  const rows = selectRows(importId).where('line', '>', page.after).orderBy('line').limit(page.limit)
  const wanted =
    page.onlyToLookAt === true
      ? rows.where((where) =>
          where.or([where('problem', 'is not', null), where('outcome', 'in', ['duplicate', 'unlisted'])]),
        )
      : rows
  return db.all(wanted).map(rowOf)
}

function selectRows(importId: string) {
  return query
    .selectFrom('import_rows')
    .select(['line', 'outcome', 'case_id', 'sha256', 'problem', 'title', 'file', 'cell', 'verdict'])
    .where('import_id', '=', importId)
}

function rowOf(row: Omit<ImportRowsRow, 'import_id'>): ImportRow {
  return {
    line: row.line,
    outcome: ImportOutcome.parse(row.outcome),
    caseId: row.case_id === null ? null : CaseId.parse(row.case_id),
    sha256: row.sha256 === null ? null : Sha256Hex.parse(row.sha256),
    problem: row.problem,
    title: row.title,
    file: row.file,
    cell: row.cell,
    verdict: row.verdict === null ? null : Verdict.parse(row.verdict),
  }
}

function importOf(row: {
  id: string
  name: string
  plan_json: string
  state: string
  created_at: number
  created_by: string
  owner_id: string | null
  finished_at: number | null
  made: number
  duplicate: number
  refused: number
  unlisted: number
  unstamped: number
}): Import {
  return {
    id: row.id,
    name: row.name,
    plan: JSON.parse(row.plan_json) as unknown,
    state: ImportState.parse(row.state),
    createdAt: EpochMs.parse(row.created_at),
    createdBy: row.created_by,
    ownerId: row.owner_id as UserId | null,
    finishedAt: row.finished_at === null ? null : EpochMs.parse(row.finished_at),
    counts: { made: row.made, duplicate: row.duplicate, refused: row.refused, unlisted: row.unlisted },
    unstamped: row.unstamped,
  }
}
