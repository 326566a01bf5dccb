/** Tickets: what a page may fetch as bytes. A ticket belongs to one connection and lapses. */
import type { ByteSource } from '../core/kit/byte-source.ts'
import type { Clock } from '../core/kit/clock.ts'
import { newSecret } from '../core/kit/ids.ts'
import type { Connection, ServedFile } from './host-port.ts'

const LIFETIME_MS = 10 * 60_000
/** Read in pieces of this size, so that a long file never holds the main thread. */
const PIECE_BYTES = 256 * 1024

export type TicketFile = {
  readonly fileName: string
  readonly contentType: string
  readonly disposition: 'inline' | 'attachment'
  /** Opened at every fetch and closed after it. */
  readonly open: () => ByteSource & { readonly close?: () => void }
}

export type Tickets = {
  readonly issue: (connection: Connection, file: TicketFile) => string
  readonly open: (ticket: string, connection: Connection) => ServedFile | undefined
  readonly endConnection: (connection: Connection) => void
}

export function createTickets(clock: Clock): Tickets {
  const tickets = new Map<
    string,
    { readonly connectionId: string; readonly file: TicketFile; lastUsed: number }
  >()
  const sweep = () => {
    for (const [id, entry] of tickets) if (clock.now() - entry.lastUsed > LIFETIME_MS) tickets.delete(id)
  }
  return {
    issue: (connection, file) => {
      sweep()
      const ticket = newSecret(24)
      tickets.set(ticket, { connectionId: connection.id, file, lastUsed: clock.now() })
      return ticket
    },
    open: (ticket, connection) => {
      sweep()
      const entry = tickets.get(ticket)
      if (entry === undefined || entry.connectionId !== connection.id) return undefined
      entry.lastUsed = clock.now()
      return served(entry.file)
    },
    endConnection: (connection) => {
      for (const [id, entry] of tickets) if (entry.connectionId === connection.id) tickets.delete(id)
    },
  }
}

function served(file: TicketFile): ServedFile {
  const probe = file.open()
  const { sizeBytes } = probe
  probe.close?.()
  return {
    sizeBytes,
    contentType: file.contentType,
    fileName: file.fileName,
    disposition: file.disposition,
    read: (start, end) => pieces(file, start, end),
  }
}

async function* pieces(file: TicketFile, start: number, end: number): AsyncGenerator<Uint8Array> {
  const source = file.open()
  try {
    for (let offset = start; offset < end; offset += PIECE_BYTES) {
      yield source.read(offset, Math.min(PIECE_BYTES, end - offset))
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    source.close?.()
  }
}
