/** 操作ログ: list, check, export. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { EpochMs, IsoDate } from '../../../shared/model/brand.ts'
import { ok } from '../../../shared/result.ts'
import { formatEvidenceTime } from '../../../shared/rules/japanese-date.ts'
import { checkLog, listLogEntries, walkLogEntries } from '../../core/audit/log.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { isTokenOver } from './log-token.ts'

type Table = typeof bridge.audit
const DAY_MS = 24 * 60 * 60_000

export async function listLog(office: Office, input: InputOf<Table['list']>, context: Context) {
  const { rows, total } = listLogEntries(
    office.archive.db,
    { ...spanOf(input), actor: input.actor, action: input.action, caseId: input.caseId },
    input,
  )
  office.archive.transaction((db) => record(db, changeBy(context, office.clock), 'log.viewed'))
  return ok({ rows: rows.map(({ actorId: _actor, ...row }) => ({ ...row, data: { ...row.data } })), total })
}

/** Recomputes the whole chain and every anchor's token. */
export async function checkChain(office: Office, context: Context) {
  const result = checkLog(office.archive.db, isTokenOver)
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'log.checked', {
      data: { entries: result.entries, firstBrokenSeq: result.firstBrokenSeq },
    }),
  )
  return ok({ ...result })
}

export async function exportLog(office: Office, input: InputOf<Table['export']>, context: Context) {
  office.archive.transaction((db) => record(db, changeBy(context, office.clock), 'log.exported'))
  const lines = ['番号,日時,操作した人,操作,件名,内容']
  for (const entry of walkLogEntries(office.archive.db, spanOf(input))) {
    const cells = [
      String(entry.seq),
      formatEvidenceTime(entry.at),
      entry.actor,
      entry.action,
      entry.caseTitle,
      JSON.stringify(entry.data),
    ]
    lines.push(cells.map(csvCell).join(','))
  }
  const bytes = Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`)
  const ticket = office.tickets.issue(context.connection, {
    fileName: '操作ログ.csv',
    contentType: 'text/csv; charset=utf-8',
    disposition: 'attachment',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}

/** A cell that a spreadsheet takes as text: quoted, and never a formula. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

function spanOf(input: { readonly from: IsoDate | null; readonly to: IsoDate | null }) {
  const startOf = (day: IsoDate) => Date.parse(`${day}T00:00:00+09:00`)
  return {
    from: input.from === null ? null : (startOf(input.from) as EpochMs),
    before: input.to === null ? null : ((startOf(input.to) + DAY_MS) as EpochMs),
  }
}
