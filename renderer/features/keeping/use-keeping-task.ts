import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useTask } from '../../bridge/use-task.ts'

type Client = ReturnType<typeof useOfficeBridge>['client']
type KeepingTask = Extract<
  Awaited<ReturnType<Client['backup']['taskResult']>>,
  { readonly ok: true }
>['value']

/** The result of a backup so far. */
export function useKeepingTask(taskId: string | undefined): KeepingTask | undefined {
  return useTask(taskId, useOfficeBridge().client.backup.taskResult)
}
