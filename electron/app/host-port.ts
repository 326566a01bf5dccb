import type { BridgeEvent } from '../../shared/bridge/define.ts'
import type { Result } from '../../shared/result.ts'

/**
 * What a host (Electron window, local browser) needs of the application, and nothing more.
 * `compose.ts` builds it; both hosts drive the same object, so the UI tested in a browser is the UI in Electron.
 */
export type Application = {
  /**
   * Runs one procedure of the bridge. Never rejects: every failure is a value with a code.
   * The actor is looked up by the connection; a connection without log-in has no actor.
   */
  readonly call: (channel: string, input: unknown, connection: Connection) => Promise<BridgeAnswer>
  /** Opens a file by a ticket that a procedure of the same connection returned; undefined = no such ticket. */
  readonly openFile: (ticket: string, connection: Connection) => Promise<ServedFile | undefined>
  /**
   * Takes a file from the page into the encrypted upload area; the returned id is an input of a later call.
   * Limits: 200 MB (`UPLOAD_TOO_LARGE`), signed-in connections only.
   */
  readonly receiveUpload: (
    fileName: string,
    body: AsyncIterable<Uint8Array>,
    connection: Connection,
  ) => Promise<Result<{ readonly uploadId: string }, { readonly code: string; readonly data: unknown }>>
  /** Facts for one connection's page; returns the function that ends the subscription. */
  readonly subscribe: (connection: Connection, listener: (event: BridgeEvent) => void) => () => void
  /** The window or browser session is gone: its log-in and tickets end. */
  readonly endConnection: (connection: Connection) => void
  /** Stops timers, child processes and local services, closes the archive. */
  readonly close: () => Promise<void>
}

export type BridgeAnswer = Result<unknown, { readonly code: string; readonly data: unknown }>

/** One window or one browser session, as the host knows it. The id is made by the host and never seen by the page. */
export type Connection = { readonly id: string; readonly from: string }

/** A file as the host streams it to the page, with ranges. */
export type ServedFile = {
  readonly sizeBytes: number
  readonly contentType: string
  readonly fileName: string
  readonly disposition: 'inline' | 'attachment'
  /** Bytes [start, end) in chunks. */
  readonly read: (start: number, end: number) => AsyncIterable<Uint8Array>
}
