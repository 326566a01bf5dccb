import { useCallback } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useTask } from '../../bridge/use-task.ts'

type Client = ReturnType<typeof useOfficeBridge>['client']
export type TaskResult = Extract<
  Awaited<ReturnType<Client['archive']['taskResult']>>,
  { readonly ok: true }
>['value']

export const ROWS_A_PAGE = 50

/** What came of an export, a bulk verification, a print or a disposal so far; its rows from `offset` on. */
export function useTaskResult(taskId: string | undefined, offset = 0): TaskResult | undefined {
  const { client } = useOfficeBridge()
  const read = useCallback(
    (input: { readonly taskId: string }) =>
      client.archive.taskResult({ ...input, offset, limit: ROWS_A_PAGE }),
    [client, offset],
  )
  return useTask(taskId, read)
}
