/** The daily backup. Apart from the other chores: it may take hours, and reminders must not wait for it. */
import { describeError } from '../dispatch.ts'
import type { Office } from '../office.ts'
import { changeBySystem } from '../record.ts'
import { isBackupDue, runBackup } from './backup-runs.ts'

const TICK_MS = 60_000

export type BackupTimer = { readonly runDue: () => Promise<void>; readonly stop: () => Promise<void> }

export function startBackupTimer(office: Office): BackupTimer {
  const abort = new AbortController()
  let running: Promise<void> | undefined
  const backUpIfDue = async () => {
    const now = office.clock.now()
    if (abort.signal.aborted || !isBackupDue(office.archive.db, now)) return
    await runBackup(office, {
      signal: abort.signal,
      onProgress: () => undefined,
      change: changeBySystem(now),
    })
  }
  const runDue = () => {
    running ??= backUpIfDue()
      .catch((error: unknown) => office.logger.error('backup.failed', describeError(error)))
      .finally(() => {
        running = undefined
      })
    return running
  }
  const timer = setInterval(() => void runDue(), TICK_MS)
  return {
    runDue,
    stop: async () => {
      clearInterval(timer)
      abort.abort()
      await running
    },
  }
}
