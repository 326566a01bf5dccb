import { useEffect, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'

export type ProgressNumbers = { readonly done: number; readonly total: number }

/** How far long work is, as its events tell; undefined until the first one. */
export function useProgress(taskId: string | null): ProgressNumbers | undefined {
  const bridge = useOfficeBridge()
  const [known, setKnown] = useState<(ProgressNumbers & { readonly taskId: string }) | undefined>(undefined)
  useEffect(
    () =>
      bridge.subscribe((event) => {
        if (event.topic === 'progress' && event.taskId === taskId)
          setKnown({ taskId: event.taskId, done: event.done, total: event.total })
      }),
    [bridge, taskId],
  )
  return known?.taskId === taskId ? known : undefined
}
