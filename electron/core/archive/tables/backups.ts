/** Runs of the backup: begun before the first byte is written, finished with what came of it. */
import { EpochMs } from '../../../../shared/model/brand.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'

/** `outcome` is JSON that the app reads; '' while the run goes on, and for ever when the process died in it. */
export type StoredBackupRun = {
  readonly id: string
  readonly startedAt: EpochMs
  readonly finishedAt: EpochMs | null
  readonly target: string
  readonly outcome: string
}

export function beginBackupRun(db: WritableDb, target: string, at: EpochMs): string {
  const id = newId()
  db.run(query.insertInto('backups').values({ id, started_at: at, finished_at: null, target, outcome: '' }))
  return id
}

export function finishBackupRun(db: WritableDb, id: string, outcome: string, at: EpochMs): void {
  db.run(query.updateTable('backups').set({ finished_at: at, outcome }).where('id', '=', id))
}

/** Newest first. */
export function listBackupRuns(db: ReadableDb, limit: number): StoredBackupRun[] {
  return db
    .all(
      query
        .selectFrom('backups')
        .selectAll()
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit),
    )
    .map((row) => ({
      id: row.id,
      startedAt: EpochMs.parse(row.started_at),
      finishedAt: row.finished_at === null ? null : EpochMs.parse(row.finished_at),
      target: row.target,
      outcome: row.outcome,
    }))
}

/** When the last run began that made a generation, also one with a warning. */
export function lastGoodBackupAt(db: ReadableDb): EpochMs | null {
  const row = db.firstSql<{ at: number | null }>(
    `SELECT max(started_at) AS at FROM backups
     WHERE finished_at IS NOT NULL AND json_extract(outcome, '$.generation') <> ''`,
  )
  return row?.at === null || row?.at === undefined ? null : EpochMs.parse(row.at)
}
