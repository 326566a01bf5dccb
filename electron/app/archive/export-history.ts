/** 訂正削除履歴 (L13) as CSV: all that the person may see, newest first. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { type ChangeRecord, walkVisibleChanges } from '../../core/archive/tables/changes.ts'
import { mayRead } from '../../core/archive/tables/viewer.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { startList } from './export-list.ts'
import { HISTORY_HEAD, historyCells, historyRows } from './history-rows.ts'
import { historyWords } from './query-words.ts'

const PORTION = 100

export async function exportHistory(
  office: Office,
  input: InputOf<typeof bridge.papers.exportHistory>,
  context: Context,
) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const walk = () => walkVisibleChanges(db, input, (caseId) => mayRead(db, viewer, caseId))
  if (walk().next().done === true) return fail('NOTHING_FOUND', {})
  const cellsOf = (rows: readonly ChangeRecord[]) => historyRows(db, rows).map(historyCells)
  const taskId = startList(office, context, {
    about: `訂正削除履歴（${historyWords(input)}）`,
    fileName: '訂正削除履歴.csv',
    head: HISTORY_HEAD,
    portions: function* () {
      let rows: ChangeRecord[] = []
      for (const row of walk()) {
        rows.push(row)
        if (rows.length < PORTION) continue
        yield cellsOf(rows)
        rows = []
      }
      yield cellsOf(rows)
    },
    expected: 0,
    action: 'history.exported',
    data: {},
  })
  return ok({ taskId })
}
