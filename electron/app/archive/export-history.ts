/** 訂正削除履歴 (L13) as CSV: all that the person may see, newest first. */
import { setImmediate } from 'node:timers/promises'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fieldWord, valueWord } from '../../../shared/model/history-words.ts'
import { fail, ok } from '../../../shared/result.ts'
import { formatEvidenceTime } from '../../../shared/rules/japanese-date.ts'
import { type ChangeRecord, walkVisibleChanges } from '../../core/archive/tables/changes.ts'
import { mayRead } from '../../core/archive/tables/viewer.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { csvCell } from '../audit/read-log.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

const HEAD = ['日時', '変更した人', '件名', '案件の番号', '項目', '前', '後', '理由']
const ROWS_A_TURN = 500

export async function exportHistory(
  office: Office,
  input: InputOf<typeof bridge.papers.exportHistory>,
  context: Context,
) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const parts = [Buffer.from(`\uFEFF${HEAD.map(csvCell).join(',')}\r\n`)]
  let turn: string[] = []
  let rows = 0
  for (const row of walkVisibleChanges(db, input, (caseId) => mayRead(db, viewer, caseId))) {
    turn.push(csvLine(row))
    rows += 1
    if (turn.length < ROWS_A_TURN) continue
    parts.push(Buffer.from(turn.join('')))
    turn = []
    await setImmediate()
  }
  if (rows === 0) return fail('NOTHING_FOUND', {})
  parts.push(Buffer.from(turn.join('')))
  office.archive.transaction((writing) =>
    record(writing, changeBy(context, office.clock), 'history.exported', { data: { rows } }),
  )
  const bytes = Buffer.concat(parts)
  const ticket = office.tickets.issue(context.connection, {
    fileName: '訂正削除履歴.csv',
    contentType: 'text/csv; charset=utf-8',
    disposition: 'attachment',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}

function csvLine(row: ChangeRecord): string {
  const word = (value: string | null) => (value === null ? '' : valueWord(row.field, value, row.entity))
  const cells = [
    formatEvidenceTime(row.at),
    row.who,
    row.caseTitle,
    row.caseId ?? '',
    fieldWord(row.field, row.entity),
    word(row.oldValue),
    word(row.newValue),
    row.why,
  ]
  return `${cells.map(csvCell).join(',')}\r\n`
}
