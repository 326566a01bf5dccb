import { useEffect, useState } from 'react'
import type { Result } from '../../shared/result.ts'
import { useOfficeBridge } from './office-bridge.ts'

/**
 * The outcome of long work so far, read again at each of its progress events.
 *
 * @param taskId undefined: no work was started yet
 * @param read the procedure that tells the outcome of a task of this kind
 */
export function useTask<Outcome>(
  taskId: string | undefined,
  read: (input: { readonly taskId: string }) => Promise<Result<Outcome, unknown>>,
): Outcome | undefined {
  const bridge = useOfficeBridge()
  const [known, setKnown] = useState<{ readonly taskId: string; readonly outcome: Outcome } | undefined>(
    undefined,
  )
  useEffect(() => {
    if (taskId === undefined) return undefined
    let isCurrent = true
    const look = () =>
      void read({ taskId }).then((answer) => {
        if (isCurrent && answer.ok) setKnown({ taskId, outcome: answer.value })
      })
    look()
    const end = bridge.subscribe((event) => {
      if (event.topic === 'progress' && event.taskId === taskId) look()
    })
    return () => {
      isCurrent = false
      end()
    }
  }, [bridge, taskId, read])
  return known?.taskId === taskId ? known?.outcome : undefined
}
