import { useEffect, useState } from 'react'

/**
 * The value after it has stayed the same for a while.
 * @param isOpen while true it does not settle: somebody is in the middle of a Japanese conversion
 */
export function useSettled<T>(value: T, afterMs: number, isOpen = false): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    if (isOpen) return
    const timer = setTimeout(() => setSettled(value), afterMs)
    return () => clearTimeout(timer)
  }, [value, afterMs, isOpen])
  return settled
}
