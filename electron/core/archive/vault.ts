/**
 * The encrypted files of the archive: written once, never changed, read at any place (byte format: vault-format.ts).
 * Names are random ids, so a folder listing tells nothing but sizes.
 */
import { createHash, type Hash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Brand, Sha256Hex } from '../../../shared/model/brand.ts'
import { type ByteSource, fileSource } from '../kit/byte-source.ts'
import { syncFolder, writeFileDurably } from '../kit/durable-file.ts'
import { ArchiveError, diskError } from './errors.ts'
import {
  CHUNK_SIZE_BYTES,
  type FileKeyWrapper,
  HEADER_SIZE_BYTES,
  hasIdentity,
  makeHeader,
  measure,
  openChunk,
  SLOT_SIZE_BYTES,
  sealChunk,
  slotOffset,
  TAG_SIZE_BYTES,
  unwrapFileKey,
  wrapFileKey,
} from './vault-format.ts'

/** Name of a vault file: 32 hex digits. */
export type FileId = Brand<string, 'FileId'>

export type StoredFile = {
  readonly fileId: FileId
  /** SHA-256 of the plain bytes. */
  readonly sha256: Sha256Hex
  readonly sizeBytes: number
}

export type VaultFile = ByteSource & { readonly close: () => void }

export type Vault = {
  /** Stores bytes durably (fsync, rename) before it resolves. @throws ArchiveError 'DISK_FULL' (nothing stays behind) */
  readonly put: (content: Uint8Array | ByteSource | AsyncIterable<Uint8Array>) => Promise<StoredFile>
  /**
   * Opens a file for reading at any place. Every chunk is authenticated before a byte of it is returned.
   * @throws ArchiveError 'FILE_NOT_FOUND' | 'FILE_DAMAGED' (also from `read`; data: fileId, chunk)
   */
  readonly open: (fileId: FileId) => VaultFile
  /** Whole content in memory; for files known to be small. */
  readonly read: (fileId: FileId) => Uint8Array
  readonly has: (fileId: FileId) => boolean
  /** Names of all files on disk, in no order. */
  readonly list: () => FileId[]
  /** The same one folder of 256 after the other, for walks that must not hold the main thread. */
  readonly eachFolder: () => AsyncGenerator<{ readonly prefix: string; readonly fileIds: readonly FileId[] }>
  /** True for what was stored since this opening: its row may still be on its way. */
  readonly isNew: (fileId: FileId) => boolean
  /** Destroys the file's keys, then its name. A backup still holds the file until its generation ends. */
  readonly destroy: (fileId: FileId) => Promise<void>
  /** Where the file lies, for backup. */
  readonly pathOf: (fileId: FileId) => string
  /** Rotation: adds the new generation's wrapped key to every file … @throws ArchiveError 'FILE_DAMAGED'; AbortError */
  readonly addGeneration: (next: FileKeyWrapper, options?: GenerationOptions) => Promise<number>
  /** … and wipes the one before `current` from every file; what is wiped already is passed over … @throws AbortError */
  readonly dropGeneration: (current: FileKeyWrapper, options?: GenerationOptions) => Promise<void>
  /** … or new files get the old generation only again: what was added already opens nothing. */
  readonly forgetGeneration: () => void
}

type Progress = (done: number, total: number) => void
type GenerationOptions = { readonly signal?: AbortSignal | undefined; readonly onProgress?: Progress }

const EXTENSION = '.kdv'
/** Chunks kept by one open file: a viewer reads forward and jumps back a little. */
const CACHED_CHUNKS = 8

/** Whether any file lies in a vault's folder. */
export function hasVaultFiles(root: string): boolean {
  if (!existsSync(root)) return false
  return readdirSync(root, { withFileTypes: true }).some(
    (folder) => folder.isDirectory() && idsOf(readdirSync(join(root, folder.name))).length > 0,
  )
}

/** @param root folder of the files; made when missing. Leftovers of a crash (`.tmp`) are removed. */
export async function openVault(root: string, firstWrapper: FileKeyWrapper): Promise<Vault> {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  await removeLeftovers(root)
  let wrapper = firstWrapper
  /** During a rotation new files get both generations. */
  let nextWrapper: FileKeyWrapper | undefined
  const pathOf = (fileId: FileId): string => join(root, fileId.slice(0, 2), `${fileId}${EXTENSION}`)
  const keyOf = (fileId: FileId, header: Buffer): Buffer => {
    const key =
      unwrapFileKey(header, fileId, wrapper) ??
      (nextWrapper === undefined ? undefined : unwrapFileKey(header, fileId, nextWrapper))
    if (key === undefined || !hasIdentity(header, fileId)) throw damaged(fileId, -1)
    return key
  }
  const openFile = (fileId: FileId): VaultFile => {
    const path = pathOf(fileId)
    if (!existsSync(path)) throw new ArchiveError('FILE_NOT_FOUND', 'No such file', { data: { fileId } })
    const disk = fileSource(path)
    try {
      return decryptedSource(fileId, disk, (header) => keyOf(fileId, header))
    } catch (error) {
      disk.close()
      throw error
    }
  }
  const list = (): FileId[] => listFiles(root)
  /** Files being written: their headers have the keys of the moment they began. */
  const writing = new Set<Promise<unknown>>()
  const allWritten = async (): Promise<void> => {
    await Promise.allSettled([...writing])
  }
  const fresh = new Set<FileId>()
  return {
    put: (content) => {
      const fileId = randomBytes(16).toString('hex') as FileId
      fresh.add(fileId)
      const wrappers = nextWrapper === undefined ? [wrapper] : [wrapper, nextWrapper]
      const done = put({ fileId, path: pathOf(fileId) }, wrappers, content)
      writing.add(done)
      return done.finally(() => writing.delete(done))
    },
    open: openFile,
    read: (fileId) => {
      const file = openFile(fileId)
      try {
        return file.read(0, file.sizeBytes)
      } finally {
        file.close()
      }
    },
    has: (fileId) => existsSync(pathOf(fileId)),
    list,
    eachFolder: () => eachFolder(root),
    isNew: (fileId) => fresh.has(fileId),
    destroy: (fileId) => destroy(pathOf(fileId)),
    pathOf,
    addGeneration: async (next, { signal, onProgress } = {}) => {
      nextWrapper = next
      await allWritten()
      return eachFile(root, onProgress, async (fileId) => {
        signal?.throwIfAborted()
        await rewrapHeader(pathOf(fileId), fileId, { keyOf, next })
      })
    },
    dropGeneration: async (current, { signal, onProgress } = {}) => {
      wrapper = current
      nextWrapper = undefined
      await allWritten()
      await eachFile(root, onProgress, (fileId) => {
        signal?.throwIfAborted()
        return wipeSlot(pathOf(fileId), slotOffset(current.generation - 1))
      })
    },
    forgetGeneration: () => {
      nextWrapper = undefined
    },
  }
}

async function put(
  { fileId, path }: { readonly fileId: FileId; readonly path: string },
  wrappers: readonly FileKeyWrapper[],
  content: Uint8Array | ByteSource | AsyncIterable<Uint8Array>,
): Promise<StoredFile> {
  const folder = join(path, '..')
  const fileKey = randomBytes(32)
  const hash = createHash('sha256')
  let sizeBytes = 0
  async function* sealed(): AsyncGenerator<Uint8Array> {
    yield makeHeader(fileId, fileKey, wrappers)
    let index = 0
    for await (const { plain, isLast } of fixedChunks(content)) {
      hash.update(plain)
      sizeBytes += plain.length
      yield sealChunk(fileKey, { fileId, index, isLast }, plain)
      index += 1
    }
  }
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined)
      await syncFolder(join(folder, '..'))
    await writeFileDurably(path, sealed())
  } catch (error) {
    throw diskError(error)
  } finally {
    fileKey.fill(0)
  }
  return { fileId, sha256: hexDigest(hash), sizeBytes }
}

function hexDigest(hash: Hash): Sha256Hex {
  return Sha256Hex.parse(hash.digest('hex'))
}

type PlainChunk = { readonly plain: Uint8Array; readonly isLast: boolean }

/** Cuts any content into chunks of the fixed size; the last may be shorter, and is the only one that may be empty. */
async function* fixedChunks(
  content: Uint8Array | ByteSource | AsyncIterable<Uint8Array>,
): AsyncGenerator<PlainChunk> {
  if (content instanceof Uint8Array || 'sizeBytes' in content) {
    const size = content instanceof Uint8Array ? content.length : content.sizeBytes
    for (let offset = 0; offset === 0 || offset < size; offset += CHUNK_SIZE_BYTES) {
      const end = Math.min(size, offset + CHUNK_SIZE_BYTES)
      const plain =
        content instanceof Uint8Array ? content.subarray(offset, end) : content.read(offset, end - offset)
      yield { plain, isLast: end === size }
    }
    return
  }
  let held = Buffer.alloc(0)
  for await (const part of content) {
    held = held.length === 0 ? Buffer.from(part) : Buffer.concat([held, part])
    let offset = 0
    // One chunk stays back: only the end of the stream tells which one is the last.
    for (; held.length - offset > CHUNK_SIZE_BYTES; offset += CHUNK_SIZE_BYTES)
      yield { plain: held.subarray(offset, offset + CHUNK_SIZE_BYTES), isLast: false }
    held = held.subarray(offset)
  }
  yield { plain: held, isLast: true }
}

function decryptedSource(
  fileId: FileId,
  disk: ByteSource & { readonly close: () => void },
  keyOf: (header: Buffer) => Buffer,
): VaultFile {
  const size = measure(disk.sizeBytes)
  if (size === undefined) throw damaged(fileId, -1)
  const fileKey = keyOf(Buffer.from(disk.read(0, HEADER_SIZE_BYTES)))
  const cache = new Map<number, Buffer>()
  const chunk = (index: number): Buffer => {
    const known = cache.get(index)
    if (known !== undefined) return known
    const isLast = index === size.chunks - 1
    const start = HEADER_SIZE_BYTES + index * (CHUNK_SIZE_BYTES + TAG_SIZE_BYTES)
    const length = Math.min(CHUNK_SIZE_BYTES + TAG_SIZE_BYTES, disk.sizeBytes - start)
    const plain = openChunk(fileKey, { fileId, index, isLast }, bufferOver(disk.read(start, length)))
    if (plain === undefined) throw damaged(fileId, index)
    cache.set(index, plain)
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHED_CHUNKS) break
      cache.delete(oldest)
    }
    return plain
  }
  // The last chunk's tag covers the file's length: a file cut off at a chunk border is found at once.
  chunk(size.chunks - 1)
  return {
    sizeBytes: size.sizeBytes,
    read: (offset, length) => readRange(size.sizeBytes, chunk, { offset, length }),
    close: () => {
      cache.clear()
      fileKey.fill(0)
      disk.close()
    },
  }
}

/** The same memory as a Buffer, without a copy. */
function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function readRange(
  sizeBytes: number,
  chunk: (index: number) => Buffer,
  range: { readonly offset: number; readonly length: number },
): Uint8Array {
  const { offset, length } = range
  if (!Number.isSafeInteger(offset) || offset < 0 || length < 0 || offset + length > sizeBytes)
    throw new RangeError(`Read of ${length} bytes at ${offset} in ${sizeBytes} bytes`)
  const result = Buffer.allocUnsafeSlow(length)
  let done = 0
  while (done < length) {
    const at = offset + done
    const plain = chunk(Math.floor(at / CHUNK_SIZE_BYTES))
    done += plain.copy(result, done, at % CHUNK_SIZE_BYTES)
  }
  return result
}

function damaged(fileId: FileId, chunk: number): ArchiveError {
  return new ArchiveError('FILE_DAMAGED', 'A vault file fails its authentication', {
    data: { fileId, chunk },
  })
}

function listFiles(root: string): FileId[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((folder) => idsOf(readdirSync(join(root, folder.name))))
}

async function* eachFolder(root: string): ReturnType<Vault['eachFolder']> {
  for (const folder of await readdir(root, { withFileTypes: true }))
    if (folder.isDirectory())
      yield { prefix: folder.name, fileIds: idsOf(await readdir(join(root, folder.name))) }
}

function idsOf(names: readonly string[]): FileId[] {
  return names
    .filter((name) => name.endsWith(EXTENSION))
    .map((name) => name.slice(0, -EXTENSION.length) as FileId)
}

/** Folder by folder, so that a million names are never held at once; a file destroyed meanwhile is passed over. */
async function eachFile(
  root: string,
  onProgress: Progress | undefined,
  work: (fileId: FileId) => Promise<void>,
): Promise<number> {
  let files = 0
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  for (const [index, folder] of folders.entries()) {
    for (const name of await readdir(join(root, folder.name))) {
      if (!name.endsWith(EXTENSION)) continue
      try {
        await work(name.slice(0, -EXTENSION.length) as FileId)
        files += 1
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw diskError(error)
      }
    }
    onProgress?.(index + 1, folders.length)
  }
  return files
}

async function removeLeftovers(root: string): Promise<void> {
  for (const folder of readdirSync(root, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue
    for (const name of readdirSync(join(root, folder.name)))
      if (name.endsWith('.tmp')) await rm(join(root, folder.name, name), { force: true })
  }
}

async function rewrapHeader(
  path: string,
  fileId: FileId,
  keys: { readonly keyOf: (fileId: FileId, header: Buffer) => Buffer; readonly next: FileKeyWrapper },
): Promise<void> {
  const file = fileSource(path)
  let header: Buffer
  try {
    header = Buffer.from(file.read(0, HEADER_SIZE_BYTES))
  } finally {
    file.close()
  }
  if (unwrapFileKey(header, fileId, keys.next) !== undefined) return // done before a rotation was cut off
  const slot = wrapFileKey(fileId, keys.keyOf(fileId, header), keys.next)
  await writeInPlace(path, slotOffset(keys.next.generation), slot)
}

async function wipeSlot(path: string, offset: number): Promise<void> {
  const nothing = Buffer.alloc(SLOT_SIZE_BYTES)
  const file = fileSource(path)
  try {
    if (nothing.equals(file.read(offset, SLOT_SIZE_BYTES))) return
  } finally {
    file.close()
  }
  await writeInPlace(path, offset, nothing)
}

async function writeInPlace(path: string, offset: number, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.write(bytes, 0, bytes.length, offset)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function destroy(path: string): Promise<void> {
  if (!existsSync(path)) return
  await writeInPlace(path, 0, Buffer.alloc(HEADER_SIZE_BYTES))
  await rm(path)
  await syncFolder(join(path, '..'))
}
