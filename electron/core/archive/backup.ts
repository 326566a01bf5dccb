/**
 * Backup to a folder (a NAS path): encrypted as it lies, incremental, verified after writing, generations kept by rule
 * (layout: generations.ts). What is copied is ciphertext; the target needs no trust for secrecy. Restoring needs a
 * password, a recovery sheet or a keychain slot of that time.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import { syncFolder, writeFileDurably } from '../kit/durable-file.ts'
import { holdCheckpoints } from './database.ts'
import { ArchiveError, diskError, isFull } from './errors.ts'
import {
  backupPathOf,
  chunksOf,
  type Digest,
  digestOf,
  folderOf,
  isMissing,
  type ListedFile,
  lineOf,
  listedFiles,
  listGenerations,
  type NewManifest,
  readTrustedManifest,
  removeOldGenerations,
  requireDigest,
} from './generations.ts'
import { keyslotsPath } from './keyslots.ts'
import type { Archive } from './open.ts'
import type { FileId } from './vault.ts'
import { HEADER_SIZE_BYTES, SLOT_SIZE_BYTES, slotOffset } from './vault-format.ts'

export type BackupReport = {
  /** Folder name of the generation under `generations/`. */
  readonly generation: string
  readonly files: number
  readonly copiedFiles: number
  readonly copiedBytes: number
  /** Of the copied ones: how many lay in the target already, but were not what had been written there. */
  readonly repairedFiles: number
  /** Files that a row names and the vault does not have: `archive check` names them. The rest is backed up. */
  readonly missingFiles: number
  /** Files that are not what they were when they were first saved. Of these and the missing ones the earlier copy is kept. */
  readonly damagedFiles: number
  readonly removedGenerations: readonly string[]
  /** Why older generations could not be removed by rule; the new one is whole all the same. */
  readonly removalError: unknown
}

/** The parts of an archive that are saved. */
type Source = Pick<Archive, 'folder' | 'connection' | 'master' | 'vault'>

export type BackupOptions = {
  readonly target: string
  readonly now: EpochMs
  /** How many generations stay: newest daily ones, then one a month. */
  readonly keepDaily?: number
  readonly keepMonthly?: number
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** After so long other work of the process gets its turn. */
const SLICE_MS = 10

/**
 * Makes one generation and verifies everything it wrote by reading it again.
 * Work goes on meanwhile: changes go to the write-ahead log, the copied file stands still.
 * A file never changes: one that differs from the copy verified earlier is damaged, and does not replace that copy.
 * @throws ArchiveError 'DISK_FULL' | 'BACKUP_DAMAGED' (what was read back differs); AbortError; the error of a target
 *   that cannot be written. No half generation stays.
 */
export async function backUp(archive: Source, options: BackupOptions): Promise<BackupReport> {
  const { target } = options
  const generation = new Date(options.now).toISOString().replace(/[:.]/g, '-')
  const folder = folderOf(target, generation)
  const counts = {
    ...{ files: 0, copiedFiles: 0, copiedBytes: 0 },
    ...{ repairedFiles: 0, missingFiles: 0, damagedFiles: 0 },
  }
  try {
    // The generation is the state at this very moment.
    const release = holdCheckpoints(archive.connection())
    let manifest: NewManifest
    try {
      manifest = await writeGeneration(archive, folder, { ...options, counts })
    } finally {
      release()
    }
    await writeFileDurably(join(folder, 'manifest.json'), Buffer.from(JSON.stringify(manifest)))
    await syncFolder(join(target, 'generations'))
  } catch (error) {
    await removeHalf(folder, error)
    // Other failures are the target's, and keep its own words.
    throw isFull(error) ? diskError(error) : error
  }
  return { generation, ...counts, ...(await removeByRule(options)) }
}

async function removeByRule({ target, keepDaily = 30, keepMonthly = 24 }: BackupOptions) {
  try {
    const removedGenerations = await removeOldGenerations(target, { keepDaily, keepMonthly })
    return { removedGenerations, removalError: null }
  } catch (error) {
    return { removedGenerations: [], removalError: error }
  }
}

/** A target that is gone cannot be cleaned, either; what stays is no generation, and the next backup clears it. */
async function removeHalf(folder: string, cause: unknown): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true })
  } catch (error) {
    const isSystemError = error instanceof Error && 'code' in error
    if (!isSystemError) throw new Error('The half generation could not be removed', { cause })
  }
}

type Counts = {
  files: number
  copiedFiles: number
  copiedBytes: number
  repairedFiles: number
  missingFiles: number
  damagedFiles: number
}
type Writing = BackupOptions & { readonly counts: Counts }

async function writeGeneration(archive: Source, folder: string, writing: Writing): Promise<NewManifest> {
  const { raw, db } = archive.connection()
  const schemaVersion = Number(raw.pragma('user_version', { simple: true }))
  const total = Number(
    db.firstSql<{ n: number }>(
      'SELECT count(*) AS n FROM document_versions WHERE file_id IS NOT NULL AND destroyed_at IS NULL',
    )?.n ?? 0,
  )
  // Opened before anything can be written: the rows are those of the copied database.
  const rows = archive.connection().walk<{ file_id: FileId }>(
    `SELECT file_id FROM document_versions
     WHERE file_id IS NOT NULL AND destroyed_at IS NULL ORDER BY file_id`,
  )
  const first = rows.next()
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(archive.folder, 'archive.db')
    const database = await copyVerified(path, join(folder, 'archive.db'), writing.signal)
    await writeFileDurably(join(folder, 'keyslots.json'), await readFile(keyslotsPath(archive.folder)))
    const keyslots = await digestOf(join(folder, 'keyslots.json'))
    const ids = (function* () {
      if (first.done !== true) yield first.value.file_id
      for (const row of rows) yield row.file_id
    })()
    await writeFileDurably(join(folder, 'files.list'), copyFiles(archive, ids, { ...writing, total }))
    return {
      format: 'keiyaku-desk-backup/2',
      createdAtEpochMs: writing.now,
      schemaVersion,
      keyGeneration: archive.master().generation,
      database,
      keyslots,
      list: await digestOf(join(folder, 'files.list')),
      fileCount: writing.counts.files,
    }
  } finally {
    rows.return(undefined)
  }
}

/** Copies what the target does not have, and yields the lines of the list. */
async function* copyFiles(
  archive: Source,
  ids: Iterable<FileId>,
  writing: Writing & { readonly total: number },
): AsyncGenerator<Uint8Array> {
  const { generation } = archive.master()
  const known = await newestList(writing.target, generation)
  try {
    yield* copyListed(archive, ids, { ...writing, knownDigest: digestLookup(known) })
  } finally {
    await known?.return(undefined)
  }
}

type Listing = Writing & { readonly total: number; readonly knownDigest: ReturnType<typeof digestLookup> }

async function* copyListed(
  archive: Source,
  ids: Iterable<FileId>,
  writing: Listing,
): AsyncGenerator<Uint8Array> {
  const { counts, signal, knownDigest } = writing
  const { generation } = archive.master()
  let done = 0
  let lines: string[] = []
  let began = performance.now()
  for (const fileId of ids) {
    signal?.throwIfAborted()
    const digest = await copyFile(archive, fileId, {
      to: backupPathOf(writing.target, fileId, generation),
      before: await knownDigest(fileId),
      writing,
    })
    if (digest !== undefined) {
      counts.files += 1
      lines.push(lineOf({ fileId, digest }))
    }
    done += 1
    if (performance.now() - began < SLICE_MS) continue
    writing.onProgress?.(done, writing.total)
    yield Buffer.from(lines.join(''))
    lines = []
    await setImmediate()
    began = performance.now()
  }
  writing.onProgress?.(done, writing.total)
  yield Buffer.from(lines.join(''))
}

type OneFile = { readonly to: string; readonly before: Digest | undefined; readonly writing: Writing }

/** @returns undefined when neither the vault nor the target has the file */
async function copyFile(archive: Source, fileId: FileId, file: OneFile): Promise<Digest | undefined> {
  const { to, before, writing } = file
  const { counts, signal, now } = writing
  const from = archive.vault.pathOf(fileId)
  const likeness = await compareFiles(from, to, archive.master().generation)
  if (before !== undefined) {
    const isTrusted = likeness === 'same' && !isReadAgainToday(fileId, now)
    if (isTrusted || (await isStill(to, before, signal))) {
      if (likeness === 'differs') counts.damagedFiles += 1
      if (likeness === 'missing') counts.missingFiles += 1
      return before
    }
  }
  if (likeness === 'missing') {
    counts.missingFiles += 1
    return undefined
  }
  if (before !== undefined && likeness !== 'new') counts.repairedFiles += 1
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  return copyCounted(from, to, writing)
}

/** @returns undefined when the file was disposed of while it was read */
async function copyCounted(from: string, to: string, writing: Writing): Promise<Digest | undefined> {
  const { counts, signal } = writing
  const digest = await copyVerified(from, to, signal).catch((error: unknown) => {
    if (isMissing(error) && !existsSync(from)) return undefined
    throw error
  })
  if (digest === undefined || !existsSync(from)) {
    counts.missingFiles += 1
    return undefined
  }
  counts.copiedFiles += 1
  counts.copiedBytes += digest.sizeBytes
  return digest
}

const DAY_MS = 24 * 60 * 60_000
/** Within so many daily backups every file in the target has been read again. */
const ROUND_DAYS = 28

/** What was verified once is not trusted for ever: disks forget. Ids are random, so each day has an equal share. */
function isReadAgainToday(fileId: FileId, now: EpochMs): boolean {
  return Number.parseInt(fileId.slice(0, 8), 16) % ROUND_DAYS === Math.floor(now / DAY_MS) % ROUND_DAYS
}

async function isStill(path: string, expected: Digest, signal?: AbortSignal): Promise<boolean> {
  try {
    await requireDigest(path, expected, signal)
    return true
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'BACKUP_DAMAGED') return false
    throw error
  }
}

/** The files that the newest readable backup verified; nothing when there is none of this key generation. */
async function newestList(
  target: string,
  keyGeneration: number,
): Promise<AsyncGenerator<ListedFile> | undefined> {
  for (const name of await listGenerations(target)) {
    try {
      const manifest = await readTrustedManifest(target, name)
      return manifest.keyGeneration === keyGeneration ? listedFiles(target, name, manifest) : undefined
    } catch (error) {
      // A damaged list is no reason to stop saving: the one before it knows most of the files.
      if (!(error instanceof ArchiveError && error.code === 'BACKUP_DAMAGED')) throw error
    }
  }
  return undefined
}

/** Asked in the order of the ids, as the list is: both run side by side. */
function digestLookup(known: AsyncIterator<ListedFile> | undefined) {
  let next: IteratorResult<ListedFile> | undefined
  return async (fileId: FileId): Promise<Digest | undefined> => {
    if (known === undefined) return undefined
    next ??= await known.next()
    while (next.done !== true && next.value.fileId < fileId) next = await known.next()
    return next.done !== true && next.value.fileId === fileId ? next.value.digest : undefined
  }
}

/**
 * Size, identity and this generation's key slot; the rest of a vault file never changes.
 * 'missing': the vault does not have it; 'new': the target does not.
 */
async function compareFiles(
  inVault: string,
  inTarget: string,
  keyGeneration: number,
): Promise<'same' | 'differs' | 'missing' | 'new'> {
  const left = await factsOf(inVault, keyGeneration)
  if (left === undefined) return 'missing'
  const right = await factsOf(inTarget, keyGeneration)
  if (right === undefined) return 'new'
  const isAlike = left.sizeBytes === right.sizeBytes && left.head.equals(right.head)
  return isAlike && left.sizeBytes >= HEADER_SIZE_BYTES ? 'same' : 'differs'
}

/** undefined: there is no such file. */
async function factsOf(path: string, keyGeneration: number) {
  try {
    const handle = await open(path, 'r')
    try {
      const { buffer } = await handle.read(Buffer.alloc(HEADER_SIZE_BYTES), 0, HEADER_SIZE_BYTES, 0)
      const parts = [0, slotOffset(keyGeneration)].map((offset) =>
        buffer.subarray(offset, offset + SLOT_SIZE_BYTES),
      )
      return { sizeBytes: (await handle.stat()).size, head: Buffer.concat(parts) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Copies durably, then reads the copy back and compares. */
async function copyVerified(from: string, to: string, signal?: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunksOf(from, signal)) {
      hash.update(chunk)
      sizeBytes += chunk.length
      yield chunk
    }
  }
  await writeFileDurably(to, hashed())
  const written = { sha256: Sha256Hex.parse(hash.digest('hex')), sizeBytes }
  await requireDigest(to, written, signal)
  return written
}
