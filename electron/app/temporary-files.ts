/**
 * Files that live until they were fetched: exports, packs of copies, reports. They lie beside the archive under a key that
 * only this process has, so that what a crash leaves behind nobody can read; the next start removes it. No backup holds them.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { type FileId, openVault, type StoredFile, type Vault, type VaultFile } from '../core/archive/vault.ts'
import type { Spool } from '../core/kit/write-zip.ts'

export type TemporaryFiles = {
  /** @throws ArchiveError 'DISK_FULL'; whatever the content throws. Nothing stays behind then. */
  readonly put: (content: Uint8Array | AsyncIterable<Uint8Array>) => Promise<StoredFile>
  readonly open: (fileId: FileId) => VaultFile
  readonly destroy: (fileId: FileId) => Promise<void>
  /** Bytes too many for memory that are wanted again soon. Call `drop` when they are not. */
  readonly spool: () => Spool & { readonly drop: () => Promise<void> }
  /** Everything goes: the program ends. */
  readonly clear: () => Promise<void>
}

const PIECE_BYTES = 256 * 1024

/** @param folder made when missing; what an earlier process left in it is removed */
export async function openTemporaryFiles(folder: string): Promise<TemporaryFiles> {
  await rm(folder, { recursive: true, force: true })
  const vault = await openVault(folder, { generation: 1, key: randomBytes(32) })
  return {
    put: (content) => putIn(vault, content),
    open: vault.open,
    destroy: vault.destroy,
    spool: () => createSpool({ ...vault, put: (content) => putIn(vault, content) }),
    clear: () => rm(folder, { recursive: true, force: true }),
  }
}

function putIn(vault: Vault, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredFile> {
  return vault.put(content instanceof Uint8Array ? content : gathered(content))
}

/** The vault copies what it holds for every piece it gets: thousands of small ones are joined before. */
async function* gathered(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of content) {
    held.push(piece)
    sizeBytes += piece.length
    if (sizeBytes < PIECE_BYTES) continue
    yield Buffer.concat(held)
    held = []
    sizeBytes = 0
  }
  yield Buffer.concat(held)
}

type Store = Pick<TemporaryFiles, 'put' | 'open' | 'destroy'>

function createSpool(store: Store): ReturnType<TemporaryFiles['spool']> {
  const pipe = new PassThrough()
  let failure: Error | undefined
  const stored = store.put(piecesOf(pipe)).catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error))
    pipe.destroy()
    return undefined
  })
  return {
    write: async (bytes) => {
      if (failure !== undefined) throw failure
      if (!pipe.write(bytes)) await Promise.race([once(pipe, 'drain'), stored])
    },
    read: async function* () {
      pipe.end()
      const file = await stored
      if (file === undefined) throw failure ?? new Error('A spool was not stored')
      yield* contentOf(store.open(file.fileId))
    },
    drop: async () => {
      pipe.end()
      const file = await stored
      if (file !== undefined) await store.destroy(file.fileId)
    },
  }
}

/** A stream of Node has a `read` of its own, which the vault would take for random access. */
async function* piecesOf(stream: PassThrough): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) yield piece as Uint8Array
}

/** A stored file from its beginning to its end, piece by piece; closed when read or given up. */
export async function* contentOf(source: VaultFile): AsyncGenerator<Uint8Array> {
  try {
    for (let offset = 0; offset < source.sizeBytes; offset += PIECE_BYTES) {
      yield source.read(offset, Math.min(PIECE_BYTES, source.sizeBytes - offset))
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    source.close()
  }
}
