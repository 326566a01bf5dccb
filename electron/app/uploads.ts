/**
 * Files taken from a page, already encrypted in the vault, until a use case takes them over or they lapse. They live no longer
 * than the program; a crash leaves them to `removeOrphans`. What a person works on for hours (an import) is taken over at once.
 */
import { fail, ok, type Result } from '../../shared/result.ts'
import { ArchiveError } from '../core/archive/errors.ts'
import type { StoredFile, Vault } from '../core/archive/vault.ts'
import type { Clock } from '../core/kit/clock.ts'
import { newSecret } from '../core/kit/ids.ts'
import type { Connection } from './host-port.ts'

export const MAX_UPLOAD_BYTES = 200 * 1024 * 1024
const LIFETIME_MS = 60 * 60_000

export type Upload = { readonly fileName: string; readonly file: StoredFile }

export type Uploads = {
  readonly receive: (
    connection: Connection,
    fileName: string,
    body: AsyncIterable<Uint8Array>,
  ) => Promise<Result<{ readonly uploadId: string }, { readonly code: string; readonly data: unknown }>>
  readonly find: (connection: Connection, uploadId: string) => Upload | undefined
  /** The vault file now belongs to a document: it is not swept away. */
  readonly adopt: (uploadId: string) => void
  /** Nobody wants it after all. */
  readonly drop: (uploadId: string) => Promise<void>
  /** Destroys lapsed uploads. */
  readonly sweep: () => Promise<void>
  /** Destroys all of them: nobody can ask for an upload once the archive is closed. */
  readonly discardAll: () => Promise<void>
}

class TooLarge extends Error {}

export function createUploads(vault: Vault, clock: Clock): Uploads {
  const uploads = new Map<string, Upload & { readonly connectionId: string; readonly at: number }>()
  const destroyWhere = async (isOver: (at: number) => boolean) => {
    for (const [id, upload] of uploads) {
      if (!isOver(upload.at)) continue
      uploads.delete(id)
      await vault.destroy(upload.file.fileId)
    }
  }
  return {
    receive: async (connection, fileName, body) => {
      try {
        const file = await vault.put(limited(body))
        const uploadId = newSecret(18)
        uploads.set(uploadId, { fileName, file, connectionId: connection.id, at: clock.now() })
        return ok({ uploadId })
      } catch (error) {
        if (error instanceof TooLarge) return fail('UPLOAD_TOO_LARGE', { maxBytes: MAX_UPLOAD_BYTES })
        if (error instanceof ArchiveError && error.code === 'DISK_FULL') return fail('DISK_FULL', {})
        throw error
      }
    },
    find: (connection, uploadId) => {
      const upload = uploads.get(uploadId)
      return upload?.connectionId === connection.id ? upload : undefined
    },
    adopt: (uploadId) => {
      uploads.delete(uploadId)
    },
    drop: async (uploadId) => {
      const upload = uploads.get(uploadId)
      uploads.delete(uploadId)
      if (upload !== undefined) await vault.destroy(upload.file.fileId)
    },
    sweep: () => destroyWhere((at) => clock.now() - at > LIFETIME_MS),
    discardAll: () => destroyWhere(() => true),
  }
}

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_UPLOAD_BYTES) throw new TooLarge('Upload over the limit')
    yield chunk
  }
}
