import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useTask } from '../../bridge/use-task.ts'

type Client = ReturnType<typeof useOfficeBridge>['client']
export type TaskResult = Extract<
  Awaited<ReturnType<Client['archive']['taskResult']>>,
  { readonly ok: true }
>['value']

/** The result of an export or a bulk verification so far. */
export function useTaskResult(taskId: string | undefined): TaskResult | undefined {
  return useTask(taskId, useOfficeBridge().client.archive.taskResult)
}
