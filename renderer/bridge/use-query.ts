import { useCallback, useEffect, useRef, useState } from 'react'
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import type { Result } from '../../shared/result.ts'
import { useOfficeBridge } from './office-bridge.ts'

export type QueryState<T, E> = {
  readonly data: T | undefined
  readonly error: E | undefined
  readonly loading: boolean
  readonly reload: () => void
}

/**
 * Reads from the bridge when the page appears, when `key` changes and when an event of `topics` arrives.
 * The data shown stays until newer data replaces it (nothing jumps); an answer that was overtaken is dropped.
 */
export function useQuery<T, E>(
  key: string,
  load: () => Promise<Result<T, E>>,
  topics: readonly BridgeEvent['topic'][] = [],
): QueryState<T, E> {
  const bridge = useOfficeBridge()
  const [state, setState] = useState<{ data?: T; error?: E; key: string; loading: boolean }>({
    key,
    loading: true,
  })
  const latest = useRef(load)
  const run = useRef(0)
  useEffect(() => {
    latest.current = load
  })
  const reload = useCallback(() => {
    run.current += 1
    const mine = run.current
    setState((old) => ({ ...old, loading: true }))
    void latest.current().then((result) => {
      if (mine !== run.current) return
      setState(
        result.ok
          ? { data: result.value, key, loading: false }
          : (old) => ({
              ...(old.key === key && old.data !== undefined ? { data: old.data } : {}),
              error: result.error,
              key,
              loading: false,
            }),
      )
    })
  }, [key])
  useEffect(() => {
    reload()
    return () => {
      run.current += 1
    }
  }, [reload])
  const wanted = topics.join(' ')
  useEffect(
    () =>
      wanted === ''
        ? undefined
        : bridge.subscribe((event) => {
            if (wanted.split(' ').includes(event.topic)) reload()
          }),
    [bridge, reload, wanted],
  )
  const current = state.key === key
  return {
    data: current ? state.data : undefined,
    error: current ? state.error : undefined,
    loading: state.loading,
    reload,
  }
}
