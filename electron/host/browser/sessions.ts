import { createHash } from 'node:crypto'
import type { Connection } from '../../app/host-port.ts'
import { equalSecrets } from '../../core/kit/bytes.ts'
import { newId, newSecret } from '../../core/kit/ids.ts'

/**
 * Which browsers may talk to this process. A one-time token, printed at the start, is exchanged for a cookie;
 * both are 256 random bits made by this start, and only their digests are kept.
 */
export type Sessions = {
  /** A fresh one-time token; the one before it is void. */
  readonly issueToken: () => string
  /** Exchanges the token for the value of a session cookie; undefined when the token is wrong or used. */
  readonly redeem: (token: string, from: string) => string | undefined
  /** A session without token, for other PCs over TLS: what they may do is decided by log-in alone. */
  readonly open: (from: string) => string
  readonly find: (cookie: string | undefined) => Session | undefined
  /** A page of the session began to listen for events; the returned function says that it stopped. */
  readonly attach: (session: Session) => () => void
  readonly close: () => void
}

export type Session = { readonly key: string; readonly connection: Connection }

type Entry = { session: Session; pages: number; goodbye: NodeJS.Timeout | undefined }

export type SessionOptions = {
  /** How long a session without an open page keeps its log-in (a reload takes less). */
  readonly graceMs: number
  readonly endConnection: (connection: Connection) => void
}

/** More sessions than an office has PCs: the oldest without a page goes. */
const SESSIONS_MAX = 500

export function createSessions(options: SessionOptions): Sessions {
  const entries = new Map<string, Entry>()
  let token: string | undefined

  const open = (from: string): string => {
    makeRoom(entries, options)
    const cookie = newSecret()
    const key = keyOf(cookie)
    entries.set(key, { session: { key, connection: { id: newId(), from } }, pages: 0, goodbye: undefined })
    return cookie
  }
  return {
    issueToken: () => {
      token = newSecret()
      return token
    },
    redeem: (offered, from) => {
      if (token === undefined || !equalSecrets(offered, token)) return undefined
      token = undefined
      return open(from)
    },
    open,
    find: (cookie) => (cookie === undefined ? undefined : entries.get(keyOf(cookie))?.session),
    attach: (session) => {
      const entry = entries.get(session.key)
      if (entry === undefined) return () => undefined
      entry.pages += 1
      clearTimeout(entry.goodbye)
      let attached = true
      return () => {
        if (!attached) return
        attached = false
        entry.pages -= 1
        if (entry.pages === 0) entry.goodbye = scheduleGoodbye(entry, options)
      }
    },
    close: () => {
      for (const entry of entries.values()) {
        clearTimeout(entry.goodbye)
        options.endConnection(entry.session.connection)
      }
      entries.clear()
      token = undefined
    },
  }
}

/** The last page is gone: its log-in ends. The cookie stays good, but for a connection that nobody is logged in on. */
function scheduleGoodbye(entry: Entry, options: SessionOptions): NodeJS.Timeout {
  const timer = setTimeout(() => {
    const { key, connection } = entry.session
    entry.session = { key, connection: { id: newId(), from: connection.from } }
    options.endConnection(connection)
  }, options.graceMs)
  timer.unref()
  return timer
}

function makeRoom(entries: Map<string, Entry>, options: SessionOptions): void {
  if (entries.size < SESSIONS_MAX) return
  const idle = [...entries.values()].find((entry) => entry.pages === 0)
  if (idle === undefined) throw new Error('Too many sessions with open pages')
  clearTimeout(idle.goodbye)
  entries.delete(idle.session.key)
  options.endConnection(idle.session.connection)
}

/** Looking up a digest leaks nothing about the secret through timing. */
function keyOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url')
}
