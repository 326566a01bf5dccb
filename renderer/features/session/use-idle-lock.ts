import { useEffect } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { TRANSFERRED } from '../../bridge/upload-file.ts'

const ACTIVITY = ['pointerdown', 'pointermove', 'keydown', 'wheel', TRANSFERRED] as const
/** How often the main side hears that a person is there, at most. */
const TOUCH_EVERY_MS = 30_000

/** Locks after `lockAfterMs` without a person; tells the main side while there is one. */
export function useIdleLock(lockAfterMs: number, onLock: () => void): void {
  const bridge = useOfficeBridge()
  useEffect(() => {
    let lastActive = Date.now()
    let lastTouch = 0
    const lock = () => {
      void bridge.client.session.logOut({}).then(onLock)
    }
    const active = () => {
      const now = Date.now()
      // A PC that slept: its timers did not run, but the time is over all the same.
      if (now - lastActive >= lockAfterMs) return lock()
      lastActive = now
      if (now - lastTouch < TOUCH_EVERY_MS) return
      lastTouch = now
      void bridge.client.session.touch({})
    }
    const timer = setInterval(
      () => {
        if (Date.now() - lastActive >= lockAfterMs) lock()
      },
      Math.max(200, Math.min(5_000, lockAfterMs / 4)),
    )
    for (const name of ACTIVITY) window.addEventListener(name, active, { passive: true })
    return () => {
      clearInterval(timer)
      for (const name of ACTIVITY) window.removeEventListener(name, active)
    }
  }, [bridge, lockAfterMs, onLock])
}
