/** What endangers the archive, said on ホーム: the backup, evidence, timestamps of received files. */
import type { Notice } from '../../../shared/bridge/common.ts'
import { isPermitted } from '../../../shared/model/user.ts'
import { addDays, japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { HOLIDAY_YEARS, judgeTimestampTerm, officeCalendar } from '../../../shared/rules/office-calendar.ts'
import type { Archive } from '../../core/archive/open.ts'
import { countUnstampedFiles } from '../../core/archive/tables/received-files.ts'
import { listDamagedLogs } from '../../core/archive/write-ahead-log.ts'
import { countLapsing } from '../archive/evidence-cover.ts'
import { keepingWorkOf } from '../archive/keeping-lock.ts'
import type { Actor } from '../context.ts'
import type { Office } from '../office.ts'
import { backupHealth } from './backup-runs.ts'

/** Only for those who can do something about it. */
export function keepingNotices(office: Office, actor: Actor): Notice[] {
  const may = (permission: Parameters<typeof isPermitted>[1]) => isPermitted(actor.roles, permission)
  if (!may('settings.write') && !may('archive.manage')) return []
  return [...damageNotices(office), ...backupNotices(office), ...archiveNotices(office)]
}

/** Told until somebody takes the kept log away; on a full disk none was kept, then until the program ends. */
function damageNotices({ archive }: Office): Notice[] {
  const names = listDamagedLogs(archive.folder)
  if (!archive.hasLostCommits && names.length === 0) return []
  return [{ code: 'COMMITS_LOST', severity: 'stop', data: { names: names.join('、') } }]
}

function backupNotices(office: Office): Notice[] {
  const isRunning = keepingWorkOf(office.archive) === 'backup'
  const { warning, days } = backupHealth(office.archive.db, office.clock.now(), isRunning)
  if (warning === null) return []
  const severity = warning === 'BACKUP_FAILED' || warning === 'BACKUP_NOT_RUN' ? 'stop' : 'warn'
  return [{ code: warning, severity, data: { days } }]
}

/** Costly counts are not made anew at every look at ホーム: kept a hundred times as long as they took to make. */
const counted = new WeakMap<
  Archive,
  { readonly day: string; readonly until: number; readonly notices: Notice[] }
>()
const CHEAP_MS = 20

function archiveNotices(office: Office): Notice[] {
  const day = japaneseDay(office.clock.now())
  const known = counted.get(office.archive)
  const started = performance.now()
  if (known !== undefined && known.day === day && started < known.until) return known.notices
  const notices = [...timestampNotices(office), ...evidenceNotices(office)]
  const tookMs = performance.now() - started
  if (tookMs > CHEAP_MS) counted.set(office.archive, { day, until: started + 100 * tookMs, notices })
  return notices
}

/** L24 */
function evidenceNotices(office: Office): Notice[] {
  const count = countLapsing(office)
  return count === 0 ? [] : [{ code: 'EVIDENCE_LAPSING', severity: 'stop', data: { count } }]
}

const WARN_DAYS = 14

/** L16: received without a timestamp, the term of two months and seven business days near or over. */
function timestampNotices(office: Office): Notice[] {
  const today = japaneseDay(office.clock.now())
  const soon = addDays(today, WARN_DAYS)
  const calendar = officeCalendar()
  let overdue = 0
  let due = 0
  for (const { receivedOn, count } of countUnstampedFiles(office.archive.db)) {
    if (Number(receivedOn.slice(0, 4)) >= HOLIDAY_YEARS.last) continue
    const term = judgeTimestampTerm(receivedOn, null, today, calendar)
    if (term.code === 'TIMESTAMP_OVERDUE') overdue += count
    else if (term.deadline <= soon) due += count
  }
  return [
    ...(overdue > 0
      ? [{ code: 'TIMESTAMP_OVERDUE', severity: 'stop' as const, data: { count: overdue } }]
      : []),
    ...(due > 0 ? [{ code: 'TIMESTAMP_DUE', severity: 'warn' as const, data: { count: due } }] : []),
  ]
}
