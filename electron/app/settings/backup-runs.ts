/** One run of the backup, by the clock or by a person, and what the runs so far say about the archive's safety. */
import type { z } from 'zod'
import { BackupRun, type BackupWarning } from '../../../shared/bridge/keeping.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { type BackupReport, backUp } from '../../core/archive/backup.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import {
  beginBackupRun,
  finishBackupRun,
  lastGoodBackupAt,
  listBackupRuns,
  type StoredBackupRun,
} from '../../core/archive/tables/backups.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { takeKeepingLock } from '../archive/keeping-lock.ts'
import { describeError } from '../dispatch.ts'
import type { Office } from '../office.ts'
import { record } from '../record.ts'
import { lastPlannedAt, readBackupSettings } from './backup-settings.ts'

const Outcome = BackupRun.omit({ startedAt: true, finishedAt: true, target: true })
type Outcome = z.output<typeof Outcome>

export type RunOptions = {
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
  /** Who or what started it. */
  readonly change: Change
}

/**
 * Makes one generation, verified after writing, and writes down how it went, also when it failed.
 * @returns undefined when another long work has the archive
 */
export async function runBackup(office: Office, options: RunOptions): Promise<BackupRun | undefined> {
  const settings = readBackupSettings(office.archive.db)
  if (settings.folder === '') throw new Error('A backup was started without a folder')
  const release = takeKeepingLock(office.archive, 'backup')
  if (release === undefined) return undefined
  const { archive, clock } = office
  const startedAt = clock.now()
  try {
    const id = archive.transaction((db) => beginBackupRun(db, settings.folder, startedAt))
    const outcome = await attempt(office, options)
    const finishedAt = clock.now()
    archive.transaction((db) => {
      finishBackupRun(db, id, JSON.stringify(outcome), finishedAt)
      record(
        db,
        { ...options.change, at: finishedAt },
        outcome.code === null ? 'backup.made' : 'backup.failed',
        {
          data: { code: outcome.code, generation: outcome.generation, copiedFiles: outcome.copiedFiles },
        },
      )
    })
    office.announce({ topic: 'settings-changed' })
    return { ...outcome, startedAt, finishedAt, target: settings.folder }
  } finally {
    release()
  }
}

async function attempt(office: Office, { signal, onProgress }: RunOptions): Promise<Outcome> {
  const { folder, keepDaily, keepMonthly } = readBackupSettings(office.archive.db)
  try {
    const now = office.clock.now()
    const report = await backUp(office.archive, {
      target: folder,
      now,
      keepDaily,
      keepMonthly,
      onProgress,
      signal,
    })
    if (report.removalError !== null)
      office.logger.error('backup.removal-failed', describeError(report.removalError))
    return outcomeOf(codeOfReport(report), report)
  } catch (error) {
    if (!signal.aborted) office.logger.error('backup.failed', describeError(error))
    return outcomeOf(signal.aborted ? 'BACKUP_CANCELLED' : codeOf(error), undefined)
  }
}

/** What is there was saved; what is missing or damaged in the archive itself somebody must look into. */
function codeOfReport({ missingFiles, damagedFiles, removalError }: BackupReport): string | null {
  if (missingFiles > 0) return 'BACKUP_FILES_MISSING'
  if (damagedFiles > 0) return 'BACKUP_FILES_DAMAGED'
  return removalError === null ? null : 'BACKUP_OLD_NOT_REMOVED'
}

function outcomeOf(code: string | null, report: BackupReport | undefined): Outcome {
  return {
    code,
    generation: report?.generation ?? '',
    files: report?.files ?? 0,
    copiedFiles: report?.copiedFiles ?? 0,
    copiedBytes: report?.copiedBytes ?? 0,
  }
}

function codeOf(error: unknown): string {
  if (error instanceof ArchiveError) return error.code
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  // What a NAS that is off, or a share without rights, answers.
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? 'BACKUP_FOLDER_UNUSABLE' : 'INTERNAL'
}

/** A run without an end whose process is gone failed too. */
export function backupRunOf(stored: StoredBackupRun, isRunning: boolean): BackupRun {
  const { startedAt, finishedAt, target } = stored
  const outcome =
    stored.outcome === ''
      ? outcomeOf(isRunning ? null : 'BACKUP_INTERRUPTED', undefined)
      : Outcome.parse(JSON.parse(stored.outcome))
  return { ...outcome, startedAt, finishedAt, target }
}

const DAY_MS = 24 * 60 * 60_000
/** A day and a night's grace: a PC that is off over the weekend warns on Monday. */
const OVERDUE_MS = 2 * DAY_MS

export type BackupHealth = {
  readonly warning: BackupWarning | null
  readonly lastSuccessAt: EpochMs | null
  /** Whole days since the last good backup. */
  readonly days: number
}

export function backupHealth(db: ReadableDb, now: EpochMs, isRunning = false): BackupHealth {
  const lastSuccessAt = lastGoodBackupAt(db)
  const days = lastSuccessAt === null ? 0 : Math.floor((now - lastSuccessAt) / DAY_MS)
  const state = (warning: BackupWarning | null) => ({ warning, lastSuccessAt, days })
  const settings = readBackupSettings(db)
  if (settings.folder === '') return state('BACKUP_NOT_SET')
  const [last] = listBackupRuns(db, 1).map((run) => backupRunOf(run, isRunning))
  // A person who stops a run knows it; the plan takes it up again.
  const failed = last !== undefined && last.code !== null && last.code !== 'BACKUP_CANCELLED'
  if (lastSuccessAt === null) return state(failed ? 'BACKUP_FAILED' : 'BACKUP_NEVER')
  if (now - lastSuccessAt > OVERDUE_MS) return state('BACKUP_NOT_RUN')
  return state(failed ? 'BACKUP_FAILED' : null)
}

/** After a failure the next try waits this long; the folder of a NAS often comes back by itself. */
const RETRY_MS = 60 * 60_000

/** Is a run due by the clock? A moment missed because the PC was off is made up for. */
export function isBackupDue(db: ReadableDb, now: EpochMs): boolean {
  const settings = readBackupSettings(db)
  if (settings.folder === '') return false
  const lastGood = lastGoodBackupAt(db)
  const planned = lastPlannedAt(settings, now)
  if (lastGood !== null && lastGood >= planned) return false
  const [last] = listBackupRuns(db, 1)
  return last === undefined || last.startedAt < planned || now - last.startedAt >= RETRY_MS
}
