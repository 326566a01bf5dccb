/** Restore and restore drill: a generation of a backup becomes an archive in an empty folder, and is checked there. */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import { syncFolder } from '../kit/durable-file.ts'
import { backupPathOf, verifyGeneration } from './backup.ts'
import { type ArchiveCheck, type ArchiveCheckOptions, checkArchive } from './check-archive.ts'
import { ArchiveError, diskError } from './errors.ts'
import type { SlotKey } from './keyslots.ts'
import { openArchive } from './open.ts'

/**
 * Copies one generation into `folder` (empty or missing) after every byte of it was verified.
 * @throws ArchiveError 'BACKUP_DAMAGED' | 'ARCHIVE_EXISTS' | 'DISK_FULL'
 */
export async function restoreGeneration(
  source: { readonly target: string; readonly generation: string },
  folder: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new ArchiveError('ARCHIVE_EXISTS', 'The folder is not empty')
  const manifest = await verifyGeneration(source.target, source.generation)
  const from = join(source.target, 'generations', source.generation)
  const fileIds = Object.keys(manifest.files)
  try {
    mkdirSync(join(folder, 'files'), { recursive: true, mode: 0o700 })
    for (const [index, fileId] of fileIds.entries()) {
      const target = join(folder, 'files', fileId.slice(0, 2))
      mkdirSync(target, { recursive: true, mode: 0o700 })
      await copySynced(
        backupPathOf(source.target, fileId, manifest.keyGeneration),
        join(target, `${fileId}.kdv`),
      )
      onProgress(index + 1, fileIds.length)
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
  key: SlotKey,
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
  copyFileSync(from, to)
  const handle = await open(to, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
