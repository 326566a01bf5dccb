/**
 * Backup to a folder (a NAS path): encrypted as it lies, incremental, verified after writing, generations kept by rule.
 *
 *   target/files/ab/<id>.<n>.kdv             vault files of all generations, each once for a generation n of the master key
 *                                            (a rotation changes their headers; older backups need the older ones)
 *   target/generations/<time>/archive.db     the database as it was at one moment
 *   target/generations/<time>/keyslots.json  who can open it
 *   target/generations/<time>/manifest.json  SHA-256 of both and of every file of this generation (no names, no titles)
 *
 * A generation is complete when its manifest is there: it is written last. What is copied is ciphertext; the target
 * needs no trust for secrecy. Restoring needs a password, a recovery sheet or a keychain slot of that time.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import { type ByteSource, fileSource } from '../kit/byte-source.ts'
import { syncFolder, writeFileDurably } from '../kit/durable-file.ts'
import { CHECKPOINT_PAGES } from './database.ts'
import { ArchiveError, diskError } from './errors.ts'
import { keyslotsPath } from './keyslots.ts'
import type { Archive } from './open.ts'
import type { FileId } from './vault.ts'
import { HEADER_SIZE_BYTES, SLOT_SIZE_BYTES, slotOffset } from './vault-format.ts'

const ManifestFile = z.object({ sha256: Sha256Hex, sizeBytes: z.number().int() })
export const BackupManifest = z.object({
  format: z.literal('keiyaku-desk-backup/1'),
  createdAtEpochMs: EpochMs,
  schemaVersion: z.number().int(),
  /** Generation of the master key that opens these files. */
  keyGeneration: z.number().int(),
  database: ManifestFile,
  keyslots: ManifestFile,
  /** Vault files by id; the digest is of the encrypted file. */
  files: z.record(z.string().regex(/^[0-9a-f]{32}$/), ManifestFile),
})
export type BackupManifest = z.output<typeof BackupManifest>

export type BackupReport = {
  /** Folder name of the generation under `generations/`. */
  readonly generation: string
  readonly files: number
  readonly copiedFiles: number
  readonly copiedBytes: number
  readonly removedGenerations: readonly string[]
}

export type BackupOptions = {
  readonly target: string
  readonly now: EpochMs
  /** How many generations stay: newest daily ones, then one a month. */
  readonly keepDaily?: number
  readonly keepMonthly?: number
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

const CHUNK_BYTES = 4 * 1024 * 1024

/**
 * Makes one generation and verifies everything it wrote by reading it again.
 * Work goes on meanwhile: changes go to the write-ahead log, the copied file stands still.
 * @throws ArchiveError 'DISK_FULL' | 'BACKUP_DAMAGED' (what was read back differs); AbortError. No half generation stays.
 */
export async function backUp(archive: Archive, options: BackupOptions): Promise<BackupReport> {
  const generation = new Date(options.now).toISOString().replace(/[:.]/g, '-')
  const folder = join(options.target, 'generations', generation)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    const { database, keyslots, schemaVersion, fileIds } = await copyDatabase(archive, folder, options)
    const { files, copied } = await copyFiles(archive, fileIds, options)
    const manifest: BackupManifest = {
      format: 'keiyaku-desk-backup/1',
      createdAtEpochMs: options.now,
      schemaVersion,
      keyGeneration: archive.master().generation,
      database,
      keyslots,
      files,
    }
    await writeFileDurably(join(folder, 'manifest.json'), Buffer.from(JSON.stringify(manifest)))
    await syncFolder(join(options.target, 'generations'))
    const removed = await removeOldGenerations(options)
    return {
      generation,
      files: fileIds.length,
      copiedFiles: copied.files,
      copiedBytes: copied.bytes,
      removedGenerations: removed,
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw diskError(error)
  }
}

/** Complete generations, newest first. */
export function listGenerations(target: string): string[] {
  const root = join(target, 'generations')
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, 'manifest.json')))
    .sort()
    .reverse()
}

export async function readManifest(target: string, generation: string): Promise<BackupManifest> {
  try {
    const path = join(target, 'generations', generation, 'manifest.json')
    return BackupManifest.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw damaged('manifest.json', error)
  }
}

/** Reads every byte of a generation again. @throws ArchiveError 'BACKUP_DAMAGED', data.path = the first bad file */
export async function verifyGeneration(
  target: string,
  generation: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<BackupManifest> {
  const manifest = await readManifest(target, generation)
  const folder = join(target, 'generations', generation)
  await requireDigest(join(folder, 'archive.db'), manifest.database)
  await requireDigest(join(folder, 'keyslots.json'), manifest.keyslots)
  const files = Object.entries(manifest.files)
  for (const [index, [fileId, expected]] of files.entries()) {
    await requireDigest(backupPathOf(target, fileId, manifest.keyGeneration), expected)
    onProgress(index + 1, files.length)
  }
  return manifest
}

export function backupPathOf(target: string, fileId: string, keyGeneration: number): string {
  return join(target, 'files', fileId.slice(0, 2), `${fileId}.${keyGeneration}.kdv`)
}

type Digest = z.output<typeof ManifestFile>

/**
 * [Note: the database stands still] Everything committed is moved into the main file (checkpoint), and no checkpoint
 * runs while it is copied: changes meanwhile go to the write-ahead log only. We are the only process, so nobody else
 * can checkpoint. SQLite's own backup cannot write an encrypted copy.
 */
async function copyDatabase(
  archive: Archive,
  folder: string,
  options: BackupOptions,
): Promise<{
  readonly database: Digest
  readonly keyslots: Digest
  readonly schemaVersion: number
  readonly fileIds: readonly FileId[]
}> {
  const { raw, db } = archive.connection()
  raw.pragma('wal_autocheckpoint = 0')
  try {
    const checkpoint = raw.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    if (checkpoint[0]?.busy !== 0) throw new Error('The database is busy')
    const schemaVersion = Number(raw.pragma('user_version', { simple: true }))
    const fileIds = db
      .allSql<{ file_id: FileId }>(
        'SELECT file_id FROM document_versions WHERE file_id IS NOT NULL AND destroyed_at IS NULL',
      )
      .map((row) => row.file_id)
    const database = await copyVerified(
      join(archive.folder, 'archive.db'),
      join(folder, 'archive.db'),
      options.signal,
    )
    await writeFileDurably(join(folder, 'keyslots.json'), await readFile(keyslotsPath(archive.folder)))
    const keyslotsDigest = await digestOf(join(folder, 'keyslots.json'))
    return { database, keyslots: keyslotsDigest, schemaVersion, fileIds }
  } finally {
    raw.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  }
}

async function copyFiles(
  archive: Archive,
  fileIds: readonly FileId[],
  options: BackupOptions,
): Promise<{
  readonly files: BackupManifest['files']
  readonly copied: { readonly files: number; readonly bytes: number }
}> {
  const { generation } = archive.master()
  const known = await knownFiles(options.target, generation)
  const files: BackupManifest['files'] = {}
  let copiedFiles = 0
  let copiedBytes = 0
  for (const [index, fileId] of fileIds.entries()) {
    options.signal?.throwIfAborted()
    const target = backupPathOf(options.target, fileId, generation)
    const before = known[fileId]
    if (before !== undefined && isSameFile(archive.vault.pathOf(fileId), target, generation))
      files[fileId] = before
    else {
      mkdirSync(join(target, '..'), { recursive: true, mode: 0o700 })
      const digest = await copyVerified(archive.vault.pathOf(fileId), target, options.signal)
      files[fileId] = digest
      copiedFiles += 1
      copiedBytes += digest.sizeBytes
    }
    options.onProgress?.(index + 1, fileIds.length)
  }
  return { files, copied: { files: copiedFiles, bytes: copiedBytes } }
}

/** Digests that the newest backup of this key generation already verified. */
async function knownFiles(target: string, keyGeneration: number): Promise<BackupManifest['files']> {
  const newest = listGenerations(target)[0]
  if (newest === undefined) return {}
  const manifest = await readManifest(target, newest)
  return manifest.keyGeneration === keyGeneration ? manifest.files : {}
}

/** Size, identity and this generation's key slot; the rest of a vault file never changes. */
function isSameFile(left: string, right: string, keyGeneration: number): boolean {
  if (!existsSync(right)) return false
  return withFile(left, (a) =>
    withFile(right, (b) => {
      if (a.sizeBytes !== b.sizeBytes || a.sizeBytes < HEADER_SIZE_BYTES) return false
      return [0, slotOffset(keyGeneration)].every((offset) =>
        Buffer.from(a.read(offset, SLOT_SIZE_BYTES)).equals(b.read(offset, SLOT_SIZE_BYTES)),
      )
    }),
  )
}

function withFile<T>(path: string, work: (source: ByteSource) => T): T {
  const source = fileSource(path)
  try {
    return work(source)
  } finally {
    source.close()
  }
}

async function* chunksOf(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r')
  try {
    for (;;) {
      signal?.throwIfAborted()
      const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
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
  await requireDigest(to, written)
  return written
}

async function digestOf(path: string): Promise<Digest> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of chunksOf(path)) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sha256: Sha256Hex.parse(hash.digest('hex')), sizeBytes }
}

async function requireDigest(path: string, expected: Digest): Promise<void> {
  let found: Digest
  try {
    found = await digestOf(path)
  } catch (error) {
    throw damaged(path, error)
  }
  if (found.sha256 !== expected.sha256 || found.sizeBytes !== expected.sizeBytes) throw damaged(path)
}

function damaged(path: string, cause?: unknown): ArchiveError {
  return new ArchiveError('BACKUP_DAMAGED', 'A file of the backup differs from its manifest', {
    data: { path },
    cause,
  })
}

/** Keeps the newest `keepDaily`, and of the older ones the newest of each month for `keepMonthly` months. */
async function removeOldGenerations(options: BackupOptions): Promise<string[]> {
  const generations = listGenerations(options.target)
  const keep = new Set(generations.slice(0, options.keepDaily ?? 30))
  const months = new Map<string, string>()
  for (const name of generations) if (!months.has(name.slice(0, 7))) months.set(name.slice(0, 7), name)
  for (const name of [...months.values()].slice(0, options.keepMonthly ?? 24)) keep.add(name)
  const removed = generations.filter((name) => !keep.has(name))
  for (const name of removed)
    await rm(join(options.target, 'generations', name), { recursive: true, force: true })
  if (removed.length > 0) await removeUnreferencedFiles(options.target)
  return removed
}

async function removeUnreferencedFiles(target: string): Promise<void> {
  const used = new Set<string>()
  for (const generation of listGenerations(target)) {
    const manifest = await readManifest(target, generation)
    for (const fileId of Object.keys(manifest.files)) used.add(`${fileId}.${manifest.keyGeneration}.kdv`)
  }
  const root = join(target, 'files')
  if (!existsSync(root)) return
  for (const folder of readdirSync(root))
    for (const name of readdirSync(join(root, folder)))
      if (!used.has(name)) await rm(join(root, folder, name), { force: true })
}
