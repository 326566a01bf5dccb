import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import type { FileFinding } from '../../../../shared/bridge/outcomes.ts'
import { Refusal } from '../command.ts'
import { type ArchiveDesk, must, stopIfEnded } from './desk.ts'
import { reasonOf } from './refusals.ts'

type Result = OutputOf<Bridge['archive']['taskResult']>
export type Outcome = Omit<Result, 'rows' | 'ticket'> & {
  readonly ticket: string
  /** All of them, not a page; doubtful ones first. */
  readonly rows: readonly FileFinding[]
  readonly files: number
}

const PAGE = 200
export const LIST_UNFINISHED = '書き出せませんでした。何も残していません。'

/**
 * Waits for work over many cases and gathers what came of it.
 * @param otherwise says what a person reads when it ended without its file
 */
export async function outcomeOf(
  { client, io, longWork }: ArchiveDesk,
  taskId: string,
  otherwise: string,
): Promise<Outcome> {
  await longWork.ended(taskId)
  stopIfEnded(io)
  const rows: FileFinding[] = []
  for (;;) {
    const page = must(await client.archive.taskResult({ taskId, offset: rows.length, limit: PAGE }))
    rows.push(...page.rows)
    if (page.ticket === null) throw failed(page, otherwise)
    if (page.rows.length > 0 && rows.length < page.total) continue
    const files = Object.values(page.counts).reduce((sum, count) => sum + (count ?? 0), 0)
    return { ...page, ticket: page.ticket, rows, files }
  }
}

function failed(page: Pick<Result, 'cancelled' | 'code'>, otherwise: string): Refusal {
  if (page.cancelled) return new Refusal('CANCELLED', otherwise)
  const code = page.code ?? 'INTERNAL'
  return new Refusal(code, otherwise + reasonOf(code))
}
