import { useEffect, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'

type Client = ReturnType<typeof useOfficeBridge>['client']
export type ImportResult = Extract<
  Awaited<ReturnType<Client['imports']['taskResult']>>,
  { readonly ok: true }
>['value']

/** The result of an import's long work so far, read again at each of its progress events. */
export function useImportTask(taskId: string | undefined): ImportResult | undefined {
  const bridge = useOfficeBridge()
  const [result, setResult] = useState<ImportResult | undefined>(undefined)
  useEffect(() => {
    setResult(undefined)
    if (taskId === undefined) return undefined
    let isCurrent = true
    const read = () =>
      void bridge.client.imports.taskResult({ taskId }).then((answer) => {
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
