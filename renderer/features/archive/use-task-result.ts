import { useCallback } from 'react'
import { ok, type Result } from '../../../shared/result.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useTask } from '../../bridge/use-task.ts'

type Client = ReturnType<typeof useOfficeBridge>['client']
export type TaskResult = Extract<
  Awaited<ReturnType<Client['archive']['taskResult']>>,
  { readonly ok: true }
>['value']

export const ROWS_A_PAGE = 50

/** What came of long work (`archive.outcomes`) so far; its rows from `offset` on. 'gone': nothing is left of it. */
export function useTaskResult(taskId: string | undefined, offset = 0): TaskResult | 'gone' | undefined {
  const { client } = useOfficeBridge()
  const read = useCallback(
    async (input: { readonly taskId: string }): Promise<Result<TaskResult | 'gone', unknown>> => {
      const answer = await client.archive.taskResult({ ...input, offset, limit: ROWS_A_PAGE })
      return !answer.ok && answer.error.code === 'NOT_FOUND' ? ok('gone') : answer
    },
    [client, offset],
  )
  return useTask(taskId, read)
}
