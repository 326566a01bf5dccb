import { useEffect, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'

type Client = ReturnType<typeof useOfficeBridge>['client']
export type KeepingTask = Extract<
  Awaited<ReturnType<Client['backup']['taskResult']>>,
  { readonly ok: true }
>['value']

/** The result of a backup or drill so far, read again at each of its progress events. */
export function useKeepingTask(taskId: string | undefined): KeepingTask | undefined {
  const bridge = useOfficeBridge()
  const [result, setResult] = useState<KeepingTask | undefined>(undefined)
  useEffect(() => {
    setResult(undefined)
    if (taskId === undefined) return undefined
    let isCurrent = true
    const read = () =>
      void bridge.client.backup.taskResult({ taskId }).then((answer) => {
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
  return result
}
