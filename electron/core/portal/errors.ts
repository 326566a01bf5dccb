import type { PortalRefusalCode } from '../../../shared/portal-api/wire.ts'

/** A "no" of the portal to one request: becomes the HTTP status and `{ code }` that `shared/portal-api/wire.ts` lists. */
export class PortalRefusal extends Error {
  readonly code: PortalRefusalCode
  /** Tries left before the link is locked; with 'TOKEN_WRONG' and 'LINK_LOCKED'. */
  readonly failuresLeft: number | undefined
  constructor(code: PortalRefusalCode, failuresLeft?: number) {
    super(code)
    this.name = 'PortalRefusal'
    this.code = code
    this.failuresLeft = failuresLeft
  }
}

export type PortalStartErrorCode =
  /** A line in the middle of the event log does not read: nothing is guessed, an administrator must look. */
  | 'EVENT_LOG_DAMAGED'
  /** A link's file does not read. */
  | 'LINK_FILE_DAMAGED'
  /** No index.html in the pages folder: build the pages first. */
  | 'PAGES_MISSING'
  /** Another program listens on the port, or the address is not of this machine. */
  | 'PORT_UNAVAILABLE'
  /** The folder belongs to a portal that is still running. */
  | 'FOLDER_IN_USE'

/** The portal cannot start; the message names file or port, no contents. */
export class PortalStartError extends Error {
  readonly code: PortalStartErrorCode
  constructor(code: PortalStartErrorCode, detail: string, options?: { readonly cause?: unknown }) {
    super(`${code}: ${detail}`, options)
    this.name = 'PortalStartError'
    this.code = code
  }
}
