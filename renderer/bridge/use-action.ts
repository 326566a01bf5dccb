import { useCallback, useRef, useState } from 'react'
import type { Result } from '../../shared/result.ts'

export type ActionState<E> = {
  readonly pending: boolean
  readonly error: E | undefined
  readonly clear: () => void
}

/**
 * One thing a person can start: runs once at a time (a second click while it runs does nothing), keeps its failure.
 * The returned function resolves to the value, or to undefined when it failed.
 */
export function useAction<Args extends readonly unknown[], T, E>(
  act: (...args: Args) => Promise<Result<T, E>>,
): readonly [(...args: Args) => Promise<T | undefined>, ActionState<E>] {
  const [state, setState] = useState<{ pending: boolean; error?: E }>({ pending: false })
  const running = useRef(false)
  const start = async (...args: Args): Promise<T | undefined> => {
    if (running.current) return undefined
    running.current = true
    setState({ pending: true })
    const result = await act(...args)
    running.current = false
    setState(result.ok ? { pending: false } : { pending: false, error: result.error })
    return result.ok ? result.value : undefined
  }
  const clear = useCallback(() => setState((old) => ({ pending: old.pending })), [])
  return [start, { pending: state.pending, error: state.error, clear }]
}
