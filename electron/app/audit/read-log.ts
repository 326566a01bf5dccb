/** 操作ログ: list and export. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { EpochMs, IsoDate } from '../../../shared/model/brand.ts'
import { actionText } from '../../../shared/model/log-actions.ts'
import { ok } from '../../../shared/result.ts'
import { formatEvidenceTime } from '../../../shared/rules/japanese-date.ts'
import { countLogEntries, type LogEntry, walkLogEntries } from '../../core/audit/log.ts'
import { startList } from '../archive/export-list.ts'
import { spanWords } from '../archive/query-words.ts'
import { createPause } from '../archive/span-tasks.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

type Table = typeof bridge.audit
const DAY_MS = 24 * 60 * 60_000

/** Entries are counted up to so many, or to the end of the page asked for. */
const MOST_COUNTED = 1000

export async function listLog(office: Office, input: InputOf<Table['list']>, context: Context) {
  const { offset, limit } = input
  const most = Math.max(MOST_COUNTED, offset + limit)
  const pause = createPause()
  let total = 0
  const rows: LogEntry[] = []
  const filter = { ...spanOf(input), actor: input.actor, action: input.action }
  for (const portion of walkLogEntries(office.archive.db, filter, 'newest')) {
    rows.push(...portion.slice(Math.max(0, offset - total), Math.max(0, offset + limit - total)))
    total += portion.length
    if (total > most) break
    await pause()
  }
  office.archive.transaction((db) => record(db, changeBy(context, office.clock), 'log.viewed'))
  return ok({
    rows: rows.map(({ actorId: _actor, ...row }) => ({ ...row, data: { ...row.data } })),
    total: Math.min(total, most),
    totalIsCapped: total > most,
  })
}

export async function exportLog(office: Office, input: InputOf<Table['export']>, context: Context) {
  const { db } = office.archive
  const span = spanWords(input.from, input.to)
  const isWhole = input.from === null && input.to === null
  const taskId = startList(office, context, {
    about: `操作ログ（${span}）`,
    fileName: '操作ログ.csv',
    head: LOG_HEAD,
    portions: function* () {
      for (const portion of walkLogEntries(db, spanOf(input), 'oldest')) yield portion.map(logCells)
    },
    expected: isWhole ? countLogEntries(db) : 0,
    action: 'log.exported',
    data: { about: span },
  })
  return ok({ taskId })
}

export const LOG_HEAD = ['番号', '日時', '操作した人', '操作', '件名', '内容']

/** An entry as a row under `LOG_HEAD`. */
export function logCells(entry: LogEntry): string[] {
  const { seq, at, actor, action, caseTitle, data } = entry
  return [String(seq), formatEvidenceTime(at), actor, actionText(action), caseTitle, JSON.stringify(data)]
}

function spanOf(input: { readonly from: IsoDate | null; readonly to: IsoDate | null }) {
  const startOf = (day: IsoDate) => Date.parse(`${day}T00:00:00+09:00`)
  return {
    from: input.from === null ? null : (startOf(input.from) as EpochMs),
    before: input.to === null ? null : ((startOf(input.to) + DAY_MS) as EpochMs),
  }
}
