/** An `Application` for tests of the hosts: answers calls by echoing them, serves given files, keeps what was uploaded. */
import type { Application, BridgeAnswer, Connection, ServedFile } from '../../electron/app/host-port.ts'
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import { fail, ok } from '../../shared/result.ts'

export type FakeApplication = Application & {
  readonly calls: { readonly channel: string; readonly input: unknown; readonly connection: Connection }[]
  readonly uploads: {
    readonly fileName: string
    readonly bytes: Uint8Array
    readonly connection: Connection
  }[]
  readonly ended: Connection[]
  /** Sends an event to every page that listens; returns how many there are. */
  readonly announce: (event: BridgeEvent) => number
  readonly files: Map<string, ServedFile>
}

export const UPLOAD_MAX_BYTES = 1 << 20

export function fakeApplication(
  answer: (channel: string, input: unknown) => BridgeAnswer | Promise<BridgeAnswer> = (channel, input) =>
    ok({ channel, input }),
): FakeApplication {
  const listeners = new Map<(event: BridgeEvent) => void, Connection>()
  const files = new Map<string, ServedFile>()
  const calls: FakeApplication['calls'] = []
  const uploads: FakeApplication['uploads'] = []
  const ended: Connection[] = []
  return {
    calls,
    uploads,
    ended,
    files,
    announce: (event) => {
      for (const listener of listeners.keys()) listener(event)
      return listeners.size
    },
    call: async (channel, input, connection) => {
      calls.push({ channel, input, connection })
      return answer(channel, input)
    },
    openFile: async (ticket) => files.get(ticket),
    receiveUpload: async (fileName, body, connection) => {
      const chunks: Uint8Array[] = []
      let sizeBytes = 0
      for await (const chunk of body) {
        sizeBytes += chunk.length
        if (sizeBytes > UPLOAD_MAX_BYTES) return fail('UPLOAD_TOO_LARGE', {})
        chunks.push(chunk)
      }
      uploads.push({ fileName, bytes: Buffer.concat(chunks), connection })
      return ok({ uploadId: `upload-${uploads.length}` })
    },
    subscribe: (connection, listener) => {
      listeners.set(listener, connection)
      return () => listeners.delete(listener)
    },
    endConnection: (connection) => ended.push(connection),
    close: async () => undefined,
  }
}

/** A file in memory, served in chunks of 64 KiB. */
export function memoryFile(
  bytes: Uint8Array,
  fileName = '契約書.pdf',
  contentType = 'application/pdf',
): ServedFile {
  return {
    sizeBytes: bytes.length,
    contentType,
    fileName,
    disposition: 'inline',
    read: async function* (start, end) {
      for (let at = start; at < end; at += 65_536) yield bytes.subarray(at, Math.min(end, at + 65_536))
    },
  }
}
