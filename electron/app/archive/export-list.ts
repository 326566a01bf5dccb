/** A list of any length as CSV: written while it is read, with progress and cancel, then there to fetch for a day. */
import { actorOf, type Context } from '../context.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv.ts'
import type { Office } from '../office.ts'
import { type AuditData, changeOf, record } from '../record.ts'
import { startWork } from './outcomes.ts'
import { createPause } from './span-tasks.ts'

export type ExportedList = {
  /** What is listed, in words. */
  readonly about: string
  readonly fileName: string
  readonly head: readonly string[]
  /** In portions of a few milliseconds; empty ones only let other work in. */
  readonly portions: () => Iterable<readonly (readonly string[])[]>
  /** How many rows may be read, as far as that is known; 0 = unknown. */
  readonly expected: number
  /** The entry of the 操作ログ; it also gets the number of rows. */
  readonly action: string
  readonly data: AuditData
}

/** @returns the task; its outcome comes by `archive.taskResult` */
export function startList(office: Office, context: Context, list: ExportedList): string {
  const actor = actorOf(context)
  return startWork(office, context, { kind: 'list', about: list.about }, async (control, outcome) => {
    let rows = 0
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      const pause = createPause()
      yield Buffer.from(BYTE_ORDER_MARK + csvLine(list.head))
      for (const portion of list.portions()) {
        control.signal.throwIfAborted()
        yield Buffer.from(portion.map(csvLine).join(''))
        rows += portion.length
        control.progress(rows, list.expected)
        await pause()
      }
    }
    const { fileId } = await office.temporary.put(pieces())
    control.progress(rows, rows)
    try {
      office.archive.transaction((db) =>
        record(db, changeOf(actor, office.clock), list.action, { data: { ...list.data, rows } }),
      )
    } catch (error) {
      await office.temporary.destroy(fileId)
      throw error
    }
    outcome.file = { fileId, fileName: list.fileName, contentType: 'text/csv; charset=utf-8' }
  })
}
