/** 訂正削除履歴 (L13) as CSV: all that the person may see, newest first. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { walkVisibleChanges } from '../../core/archive/tables/changes.ts'
import { mayRead } from '../../core/archive/tables/viewer.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { startList } from './export-list.ts'
import { HISTORY_HEAD, historyCells, historyRows } from './history-rows.ts'
import { historyWords } from './query-words.ts'
import { createPause } from './span-tasks.ts'

export async function exportHistory(
  office: Office,
  input: InputOf<typeof bridge.papers.exportHistory>,
  context: Context,
) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const walk = () => walkVisibleChanges(db, input, (caseId) => mayRead(db, viewer, caseId))
  if (await isEmpty(walk())) return fail('NOTHING_FOUND', {})
  const taskId = startList(office, context, {
    about: `訂正削除履歴（${historyWords(input)}）`,
    fileName: '訂正削除履歴.csv',
    head: HISTORY_HEAD,
    portions: function* () {
      for (const rows of walk()) yield historyRows(db, viewer, rows).map(historyCells)
    },
    expected: 0,
    action: 'history.exported',
    data: {},
  })
  return ok({ taskId })
}

async function isEmpty(portions: Iterable<readonly unknown[]>): Promise<boolean> {
  const pause = createPause()
  for (const portion of portions) {
    if (portion.length > 0) return false
    await pause()
  }
  return true
}
