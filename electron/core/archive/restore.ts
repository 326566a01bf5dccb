/** Restore and restore drill: a generation of a backup becomes an archive in an empty folder, and is checked there. */
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import { syncFolder } from '../kit/durable-file.ts'
import { type ArchiveCheck, type ArchiveCheckOptions, checkArchive } from './check-archive.ts'
import { ArchiveError, diskError } from './errors.ts'
import {
  backupPathOf,
  countFiles,
  folderOf,
  listedFiles,
  type VerifyOptions,
  verifyGeneration,
} from './generations.ts'
import type { OpeningKey } from './keyslots.ts'
import { openArchive } from './open.ts'

/**
 * Copies one generation into `folder` (empty or missing) after every byte of it was verified.
 * @throws ArchiveError 'BACKUP_DAMAGED' | 'ARCHIVE_EXISTS' | 'DISK_FULL' | 'DISK_FAILED'; AbortError
 */
export async function restoreGeneration(
  source: { readonly target: string; readonly generation: string },
  folder: string,
  { onProgress, signal }: VerifyOptions = {},
): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new ArchiveError('ARCHIVE_EXISTS', 'The folder is not empty')
  const { target, generation } = source
  const half: VerifyOptions['onProgress'] = (done, total) => onProgress?.(done, 2 * total)
  const manifest = await verifyGeneration(target, generation, { onProgress: half, signal })
  const from = folderOf(target, generation)
  const total = countFiles(manifest)
  try {
    await mkdir(join(folder, 'files'), { recursive: true, mode: 0o700 })
    let done = 0
    for await (const { fileId } of listedFiles(target, generation, manifest)) {
      signal?.throwIfAborted()
      const part = join(folder, 'files', fileId.slice(0, 2))
      await mkdir(part, { recursive: true, mode: 0o700 })
      await copySynced(backupPathOf(target, fileId, manifest.keyGeneration), join(part, `${fileId}.kdv`))
      done += 1
      onProgress?.(total + done, 2 * total)
    }
    await copySynced(join(from, 'archive.db'), join(folder, 'archive.db'))
    // Last: without it the folder is no archive, so a restore that was cut off cannot be taken for one.
    await copySynced(join(from, 'keyslots.json'), join(folder, 'keyslots.json'))
    await syncFolder(folder)
  } catch (error) {
    throw diskError(error)
  }
}

/**
 * Restores into a scratch folder, opens it with a secret of that time and checks everything. The caller removes the folder.
 * @throws as `restoreGeneration` and `openArchive`
 */
export async function restoreDrill(
  source: { readonly target: string; readonly generation: string },
  scratch: { readonly folder: string; readonly clock: Clock },
  key: OpeningKey,
  options: ArchiveCheckOptions,
): Promise<ArchiveCheck> {
  await restoreGeneration(source, scratch.folder)
  const archive = await openArchive(scratch, key)
  try {
    return await checkArchive(archive, options)
  } finally {
    archive.close()
  }
}

async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const handle = await open(to, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
