/** Who is logged in on which connection. Lives in memory: a restart logs everybody out. */
import type { Clock } from '../core/kit/clock.ts'
import type { Actor } from './context.ts'
import type { Connection } from './host-port.ts'

export type Connections = {
  readonly actorOf: (connection: Connection) => Actor | undefined
  readonly logIn: (connection: Connection, actor: Actor) => void
  readonly logOut: (connection: Connection) => void
  /** A person is still there: the idle time starts anew. */
  readonly touch: (connection: Connection) => void
  /** Changed rights or a deactivated account hold at once: the person's connections end. */
  readonly endSessionsOf: (userId: Actor['userId']) => void
}

/** @param lockAfterMs read at every look, so a changed setting holds at once */
export function createConnections(clock: Clock, lockAfterMs: () => number): Connections {
  const sessions = new Map<string, { readonly actor: Actor; lastSeen: number }>()
  return {
    actorOf: (connection) => {
      const session = sessions.get(connection.id)
      if (session === undefined) return undefined
      if (clock.now() - session.lastSeen <= lockAfterMs()) return session.actor
      sessions.delete(connection.id)
      return undefined
    },
    logIn: (connection, actor) => sessions.set(connection.id, { actor, lastSeen: clock.now() }),
    logOut: (connection) => sessions.delete(connection.id),
    touch: (connection) => {
      const session = sessions.get(connection.id)
      if (session !== undefined) session.lastSeen = clock.now()
    },
    endSessionsOf: (userId) => {
      for (const [id, session] of sessions) if (session.actor.userId === userId) sessions.delete(id)
    },
  }
}
