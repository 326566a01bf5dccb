import { createContext, useContext } from 'react'
import type { BridgeClient } from '../../shared/bridge/bridge.ts'
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import type { Result } from '../../shared/result.ts'

export type UploadFailure = { readonly code: string; readonly data: unknown }
export type UploadOptions = {
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void
  /** Ends the upload; the answer is `UPLOAD_CANCELLED`. */
  readonly signal?: AbortSignal
}

/** Everything the pages of the office know of the outside. One transport per host makes it; tests serve the same. */
export type OfficeBridge = {
  readonly client: BridgeClient
  /** Address of a file for `fetch`, pdf.js and downloads; serves ranges; dies with its ticket. */
  readonly fileUrl: (ticket: string) => string
  /** Streams a file into the upload area. */
  readonly upload: (
    file: File,
    options?: UploadOptions,
  ) => Promise<Result<{ readonly uploadId: string }, UploadFailure>>
  /** Facts from the main side; returns the function that ends the subscription. */
  readonly subscribe: (listener: (event: BridgeEvent) => void) => () => void
}

export const OfficeBridgeContext = createContext<OfficeBridge | undefined>(undefined)

/** The bridge of this page. For hooks and stores; components get what they need as props or from a feature's hook. */
export function useOfficeBridge(): OfficeBridge {
  const bridge = useContext(OfficeBridgeContext)
  if (bridge === undefined) throw new Error('OfficeBridgeContext is missing')
  return bridge
}
