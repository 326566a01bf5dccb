import { useEffect, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'

type Client = ReturnType<typeof useOfficeBridge>['client']
export type TaskResult = Extract<
  Awaited<ReturnType<Client['archive']['taskResult']>>,
  { readonly ok: true }
>['value']

/** The result of long work so far, read again at each of its progress events. */
export function useTaskResult(taskId: string | undefined): TaskResult | undefined {
  const bridge = useOfficeBridge()
  const [result, setResult] = useState<TaskResult | undefined>(undefined)
  useEffect(() => {
    if (taskId === undefined) return undefined
    let isCurrent = true
    const read = () =>
      void bridge.client.archive.taskResult({ taskId }).then((answer) => {
        if (isCurrent && answer.ok) setResult(answer.value)
      })
    read()
    const end = bridge.subscribe((event) => {
      if (event.topic === 'progress' && event.taskId === taskId) read()
    })
    return () => {
      isCurrent = false
      end()
    }
  }, [bridge, taskId])
  return taskId === undefined ? undefined : result
}
