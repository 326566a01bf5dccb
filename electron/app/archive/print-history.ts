/** 訂正削除履歴 on paper (L13). */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import { searchChanges } from '../../core/archive/tables/changes.ts'
import { mayRead } from '../../core/archive/tables/viewer.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import type { Report } from '../../core/pages/report-model.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { workDone } from '../work/work-done.ts'
import { historyCells, historyRows } from './history-rows.ts'
import { historyWords } from './query-words.ts'
import { createPause } from './span-tasks.ts'

type Table = typeof bridge.papers

/** Beyond this a paper is read by nobody; the span can be narrowed. The paper says so. */
const MOST_ROWS = 5_000
const ROWS_AT_ONCE = 100

export async function printHistory(office: Office, input: InputOf<Table['printHistory']>, context: Context) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const pause = createPause()
  const { rows, totalIsCapped } = await searchChanges(
    db,
    input,
    { offset: 0, limit: MOST_ROWS },
    { mayRead: (caseId) => mayRead(db, viewer, caseId), pause },
  )
  if (rows.length === 0) return fail('NOTHING_FOUND', {})
  const lines: string[][] = []
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const some = historyRows(db, viewer, rows.slice(start, start + ROWS_AT_ONCE))
    lines.push(...some.map(historyCells).map(paperCells))
    await pause()
  }
  const { townName } = readSettings(db).town
  const now = office.clock.now()
  const paper: Report = {
    title: '訂正削除履歴',
    headLines: [`印刷日時 ${formatJapaneseDateTime(now)}`, `印刷した者 ${actorOf(context).displayName}`],
    footer: `${townName} 訂正削除履歴`,
    author: townName,
    createdAt: now,
    blocks: [
      {
        type: 'facts',
        rows: [
          ['条件', historyWords(input)],
          ['件数', totalIsCapped ? `新しい${rows.length}件（ほかにもあります）` : `${rows.length}件`],
        ],
      },
      {
        type: 'table',
        columns: [
          { label: '日時 / 変更した人', share: 22 },
          { label: '件名 / 対象', share: 20 },
          { label: '項目', share: 13 },
          { label: '前', share: 15 },
          { label: '後', share: 15 },
          { label: '理由', share: 15 },
        ],
        rows: lines,
      },
    ],
  }
  const bytes = workDone(await office.work.runTask('make-report', paper))
  office.archive.transaction((writing) =>
    record(writing, changeBy(context, office.clock), 'history.printed', {
      data: { rows: rows.length },
    }),
  )
  const ticket = office.tickets.issue(context.connection, {
    fileName: '訂正削除履歴.pdf',
    contentType: 'application/pdf',
    disposition: 'inline',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}

/** Columns of `HISTORY_HEAD` as a sheet has room for them. */
function paperCells([at, who, title, _caseId, subject, field, ...rest]: readonly string[]): string[] {
  const lines = (...parts: (string | undefined)[]) => parts.filter(Boolean).join('\n')
  return [lines(at, who), lines(title, subject), field ?? '', ...rest]
}
