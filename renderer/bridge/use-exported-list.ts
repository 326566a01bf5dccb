import { useCallback, useEffect, useState } from 'react'
import type { Result } from '../../shared/result.ts'
import { useOfficeBridge } from './office-bridge.ts'
import { useAction } from './use-action.ts'
import { useTask } from './use-task.ts'

/**
 * A list made as long work and saved as soon as it is there; who leaves the page finds it among the outcomes.
 *
 * @param begin starts the work
 * @param save takes the address of the file and its name; must stay the same function
 */
export function useExportedList<Input, E>(
  begin: (input: Input) => Promise<Result<{ readonly taskId: string }, E>>,
  save: (url: string, fileName: string) => void,
) {
  const { client, fileUrl } = useOfficeBridge()
  const [run, action] = useAction(begin)
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const read = useCallback(
    (task: { readonly taskId: string }) => client.archive.taskResult({ ...task, limit: 1 }),
    [client],
  )
  const result = useTask(taskId, read)
  const ticket = result?.done === true ? result.ticket : null
  useEffect(() => {
    if (ticket === null || result === undefined) return
    save(fileUrl(ticket), result.fileName)
    setTaskId(undefined)
  }, [ticket, result, fileUrl, save])
  return {
    start: (input: Input) => void run(input).then((task) => setTaskId(task?.taskId)),
    isRunning: action.pending || (taskId !== undefined && result?.done !== true),
    /** Why it could not begin. */
    error: action.error,
    /** Why there is no list though it began; null: it goes on, or all is well. */
    problem:
      result?.done === true && ticket === null ? (result.cancelled ? 'TASK_CANCELLED' : result.code) : null,
  }
}
