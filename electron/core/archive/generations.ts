/**
 * The generations of a backup as they lie in its folder: read, verified, and removed by rule.
 *
 *   target/files/ab/<id>.<n>.kdv             vault files of all generations, each once for a generation n of the master key
 *                                            (a rotation changes their headers; older backups need the older ones)
 *   target/generations/<time>/archive.db     the database as it was at one moment
 *   target/generations/<time>/keyslots.json  who can open it
 *   target/generations/<time>/files.list     one line for every vault file: id, SHA-256 (hex) and size of the encrypted
 *                                            file, parted by spaces, in the order of the ids (no names, no titles)
 *   target/generations/<time>/manifest.json  SHA-256 of the three above
 *
 * A generation is complete when its manifest is there: it is written last. Lists are read as streams: a million files
 * are a hundred megabytes. Format 1 (until 2026-11) had no list; its manifest named the files itself.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import { ArchiveError } from './errors.ts'
import type { FileId } from './vault.ts'

const ManifestFile = z.object({ sha256: Sha256Hex, sizeBytes: z.number().int() })
export type Digest = z.output<typeof ManifestFile>

const common = {
  createdAtEpochMs: EpochMs,
  schemaVersion: z.number().int(),
  /** Generation of the master key that opens these files. */
  keyGeneration: z.number().int(),
  database: ManifestFile,
  keyslots: ManifestFile,
}
const Manifest1 = z.object({
  format: z.literal('keiyaku-desk-backup/1'),
  ...common,
  files: z.record(z.string().regex(/^[0-9a-f]{32}$/), ManifestFile),
})
const Manifest2 = z.object({
  format: z.literal('keiyaku-desk-backup/2'),
  ...common,
  list: ManifestFile,
  fileCount: z.number().int(),
})
export type NewManifest = z.output<typeof Manifest2>
const BackupManifest = z.discriminatedUnion('format', [Manifest1, Manifest2])
export type BackupManifest = z.output<typeof BackupManifest>

export type ListedFile = { readonly fileId: FileId; readonly digest: Digest }

export function folderOf(target: string, generation: string): string {
  return join(target, 'generations', generation)
}

export function backupPathOf(target: string, fileId: string, keyGeneration: number): string {
  return join(target, 'files', fileId.slice(0, 2), `${fileId}.${keyGeneration}.kdv`)
}

/** Complete generations, newest first. Nothing waits for a network drive but the caller. */
export async function listGenerations(target: string): Promise<string[]> {
  const root = join(target, 'generations')
  const complete: string[] = []
  for (const name of await namesIn(root))
    if (await exists(join(root, name, 'manifest.json'))) complete.push(name)
  return complete.sort().reverse()
}

/** Of a folder that is not there: none. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** What an unreachable drive answers is no "not there". */
async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

/** @throws ArchiveError 'BACKUP_DAMAGED' */
export async function readManifest(target: string, generation: string): Promise<BackupManifest> {
  const path = join(folderOf(target, generation), 'manifest.json')
  try {
    return BackupManifest.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw damaged(path, error)
  }
}

/** With its list of files read against the digest. @throws ArchiveError 'BACKUP_DAMAGED' */
export async function readTrustedManifest(target: string, generation: string): Promise<BackupManifest> {
  const manifest = await readManifest(target, generation)
  if (manifest.format === 'keiyaku-desk-backup/2')
    await requireDigest(join(folderOf(target, generation), 'files.list'), manifest.list)
  return manifest
}

export function countFiles(manifest: BackupManifest): number {
  return manifest.format === 'keiyaku-desk-backup/1' ? Object.keys(manifest.files).length : manifest.fileCount
}

export function lineOf({ fileId, digest }: ListedFile): string {
  return `${fileId} ${digest.sha256} ${digest.sizeBytes}\n`
}

const LINE = /^([0-9a-f]{32}) ([0-9a-f]{64}) (\d{1,15})$/

/** The vault files of a generation in the order of their ids. @throws ArchiveError 'BACKUP_DAMAGED' */
export async function* listedFiles(
  target: string,
  generation: string,
  manifest: BackupManifest,
): AsyncGenerator<ListedFile> {
  if (manifest.format === 'keiyaku-desk-backup/1') {
    for (const fileId of Object.keys(manifest.files).sort()) {
      const digest = manifest.files[fileId]
      if (digest !== undefined) yield { fileId: fileId as FileId, digest }
    }
    return
  }
  const path = join(folderOf(target, generation), 'files.list')
  const input = createReadStream(path)
  try {
    for await (const line of createInterface({ input })) {
      const [, fileId = '', sha256 = '', size] = LINE.exec(line) ?? []
      if (size === undefined) throw damaged(path)
      yield {
        fileId: fileId as FileId,
        digest: { sha256: sha256 as Sha256Hex, sizeBytes: Number(size) },
      }
    }
  } finally {
    input.destroy()
  }
}

export type VerifyOptions = {
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Reads every byte of a generation again. @throws ArchiveError 'BACKUP_DAMAGED', data.path = the first bad file; AbortError */
export async function verifyGeneration(
  target: string,
  generation: string,
  options: VerifyOptions = {},
): Promise<BackupManifest> {
  const manifest = await readManifest(target, generation)
  const folder = folderOf(target, generation)
  await requireDigest(join(folder, 'archive.db'), manifest.database, options.signal)
  await requireDigest(join(folder, 'keyslots.json'), manifest.keyslots)
  if (manifest.format === 'keiyaku-desk-backup/2')
    await requireDigest(join(folder, 'files.list'), manifest.list, options.signal)
  const total = countFiles(manifest)
  let done = 0
  for await (const { fileId, digest } of listedFiles(target, generation, manifest)) {
    await requireDigest(backupPathOf(target, fileId, manifest.keyGeneration), digest, options.signal)
    done += 1
    options.onProgress?.(done, total)
  }
  return manifest
}

const CHUNK_BYTES = 4 * 1024 * 1024

export async function* chunksOf(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
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

export async function digestOf(path: string, signal?: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of chunksOf(path, signal)) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sha256: Sha256Hex.parse(hash.digest('hex')), sizeBytes }
}

/** @throws ArchiveError 'BACKUP_DAMAGED', also when the file cannot be read; AbortError */
export async function requireDigest(path: string, expected: Digest, signal?: AbortSignal): Promise<void> {
  let found: Digest
  try {
    found = await digestOf(path, signal)
  } catch (error) {
    if (signal?.aborted === true) throw error
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

export type KeepRule = { readonly keepDaily: number; readonly keepMonthly: number }

/** Keeps the newest `keepDaily`, and of the older ones the newest of each month for `keepMonthly` months. */
export async function removeOldGenerations(target: string, rule: KeepRule): Promise<string[]> {
  const generations = await listGenerations(target)
  const keep = new Set(generations.slice(0, rule.keepDaily))
  const months = new Map<string, string>()
  for (const name of generations) if (!months.has(name.slice(0, 7))) months.set(name.slice(0, 7), name)
  for (const name of [...months.values()].slice(0, rule.keepMonthly)) keep.add(name)
  const removed = generations.filter((name) => !keep.has(name))
  await removeHalfGenerations(target, generations)
  for (const name of removed) {
    // Without its manifest it is no generation any more: a removal that is cut off leaves nothing half good.
    await rm(join(folderOf(target, name), 'manifest.json'), { force: true })
    await rm(folderOf(target, name), { recursive: true, force: true })
  }
  if (removed.length > 0) await removeUnreferencedFiles(target)
  return removed
}

/** Left by a backup that was cut off. */
async function removeHalfGenerations(target: string, complete: readonly string[]): Promise<void> {
  const root = join(target, 'generations')
  for (const name of await readdir(root))
    if (!complete.includes(name)) await rm(join(root, name), { recursive: true, force: true })
}

/** What no generation lists. The names on the disk are held, the lists stream by. A damaged list might lack some: then nothing goes. */
async function removeUnreferencedFiles(target: string): Promise<void> {
  const generations: { readonly name: string; readonly manifest: BackupManifest }[] = []
  for (const name of await listGenerations(target))
    generations.push({ name, manifest: await readTrustedManifest(target, name) })
  const root = join(target, 'files')
  const present = new Map<string, Set<string>>()
  for (const folder of await namesIn(root)) present.set(folder, new Set(await readdir(join(root, folder))))
  for (const { name, manifest } of generations) {
    let listed = 0
    for await (const { fileId } of listedFiles(target, name, manifest)) {
      present.get(fileId.slice(0, 2))?.delete(`${fileId}.${manifest.keyGeneration}.kdv`)
      listed += 1
      if (listed % 1000 === 0) await setImmediate()
    }
  }
  for (const [folder, names] of present)
    for (const name of names) await rm(join(root, folder, name), { force: true })
}
