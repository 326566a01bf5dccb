import { useCallback, useEffect, useMemo, useState } from 'react'
import type { z } from 'zod'
import type { SessionStatus } from '../../../shared/bridge/session.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import type { SessionView } from '../../bridge/session.tsx'

type Status = z.output<typeof SessionStatus>
type Failed = { readonly code: string; readonly data: unknown }

export type SessionState = {
  readonly view: SessionView | undefined
  readonly error: Failed | undefined
  /** True after this page was locked for want of activity. */
  readonly lockedIdle: boolean
  readonly markIdle: () => void
}

/** Asks who is logged in, again after every `session-changed`; log-out elsewhere ends this page's session too. */
export function useSessionState(): SessionState {
  const bridge = useOfficeBridge()
  const [status, setStatus] = useState<Status | undefined>(undefined)
  const [error, setError] = useState<Failed | undefined>(undefined)
  const [lockedIdle, setLockedIdle] = useState(false)
  const refresh = useCallback(() => {
    void bridge.client.session.status({}).then((answer) => {
      if (answer.ok) {
        setStatus(answer.value)
        setError(undefined)
        if (answer.value.phase === 'ready') setLockedIdle(false)
      } else setError(answer.error)
    })
  }, [bridge])
  useEffect(() => {
    refresh()
    return bridge.subscribe((event) => {
      if (event.topic === 'session-changed' || event.topic === 'settings-changed') refresh()
    })
  }, [bridge, refresh])
  const view = useMemo<SessionView | undefined>(() => {
    if (status === undefined) return undefined
    const granted = new Set(status.permissions)
    return { status, refresh, can: (permission) => granted.has(permission) }
  }, [status, refresh])
  const markIdle = useCallback(() => {
    setLockedIdle(true)
    refresh()
  }, [refresh])
  return { view, error, lockedIdle, markIdle }
}
