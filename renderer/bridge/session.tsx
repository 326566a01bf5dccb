import { createContext, useContext } from 'react'
import type { z } from 'zod'
import type { Permission } from '../../shared/bridge/define.ts'
import type { SessionStatus } from '../../shared/bridge/session.ts'

export type SessionView = {
  readonly status: z.output<typeof SessionStatus>
  /** True when the logged-in user's roles grant the permission. The main side checks again on every call. */
  readonly can: (permission: Permission) => boolean
  readonly refresh: () => void
}

export const SessionContext = createContext<SessionView | undefined>(undefined)

/** Who is logged in here and what they may do; only below the log-in. */
export function useSession(): SessionView {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('SessionContext is missing')
  return session
}
