/** What endangers the archive, said on ホーム: the backup, evidence, timestamps of received files. */
import type { Notice } from '../../../shared/bridge/common.ts'
import { isPermitted } from '../../../shared/model/user.ts'
import { keepingWorkOf } from '../archive/keeping-lock.ts'
import type { Actor } from '../context.ts'
import type { Office } from '../office.ts'
import { backupHealth } from './backup-runs.ts'

/** Only for those who can do something about it. */
export function keepingNotices(office: Office, actor: Actor): Notice[] {
  const may = (permission: Parameters<typeof isPermitted>[1]) => isPermitted(actor.roles, permission)
  if (!may('settings.write') && !may('archive.manage')) return []
  return [...backupNotices(office)]
}

function backupNotices(office: Office): Notice[] {
  const isRunning = keepingWorkOf(office.archive) === 'backup'
  const { warning, days } = backupHealth(office.archive.db, office.clock.now(), isRunning)
  if (warning === null) return []
  const severity = warning === 'BACKUP_FAILED' || warning === 'BACKUP_NOT_RUN' ? 'stop' : 'warn'
  return [{ code: warning, severity, data: { days } }]
}
