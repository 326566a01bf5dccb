/** Is the chain of the 操作ログ whole (L29)? A long log takes seconds: a task with progress and cancel. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { checkLogInSteps, countLogEntries, type LogCheck } from '../../core/audit/log.ts'
import { createPause } from '../archive/span-tasks.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeOf, record } from '../record.ts'
import { isTokenOver } from './log-token.ts'

type Checked = { found: LogCheck | null }

/** Recomputes the whole chain and every anchor's token. */
export async function startLogCheck(office: Office, context: Context) {
  const { db } = office.archive
  const actor = actorOf(context)
  const checked: Checked = { found: null }
  const taskId = office.tasks.start(context.connection, 'check-log', checked, async (control) => {
    const pause = createPause()
    const entries = countLogEntries(db)
    const steps = checkLogInSteps(db, isTokenOver)
    for (let step = steps.next(); ; step = steps.next()) {
      control.signal.throwIfAborted()
      if (step.done === true) {
        const found = step.value
        office.archive.transaction((writing) =>
          record(writing, changeOf(actor, office.clock), 'log.checked', {
            data: { entries: found.entries, firstBrokenSeq: found.firstBrokenSeq },
          }),
        )
        control.progress(found.entries, found.entries)
        checked.found = found
        return
      }
      control.progress(step.value, entries)
      await pause()
    }
  })
  return ok({ taskId })
}

export async function logCheckResult(
  office: Office,
  { taskId }: InputOf<typeof bridge.audit.checked>,
  context: Context,
) {
  const entry = office.tasks.find(context.connection, taskId)
  if (entry === undefined) return fail('NOT_FOUND', {})
  return ok({ state: entry.state, found: (entry.result as Checked).found })
}
