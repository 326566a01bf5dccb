/**
 * Files of the vault that no row knows: a crash came between the file and its row, or ended work whose files live only as long
 * as the program (uploads, exports). Harmless, but they take room and hold contracts nobody can dispose of.
 */
import { setImmediate } from 'node:timers/promises'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { Archive } from './open.ts'
import type { FileId } from './vault.ts'

/** @throws ArchiveError 'DATABASE_DAMAGED': a database that cannot be read would know no file */
export async function listOrphans(archive: Pick<Archive, 'db' | 'vault'>): Promise<FileId[]> {
  const orphans: FileId[] = []
  for await (const found of orphansByFolder(archive)) orphans.push(...found)
  return orphans
}

/**
 * Destroys orphans. Never one that was stored since this opening: its row may be on its way.
 * @param options.writtenBefore younger files stay. Somebody who put an older copy of the database back in the place of the
 *   newest one has that long to notice it before files only the newer one knew are gone.
 * @returns how many were destroyed
 * @throws ArchiveError 'DATABASE_DAMAGED' | AbortError
 */
export async function removeOrphans(
  archive: Pick<Archive, 'db' | 'vault'>,
  options: { readonly writtenBefore: EpochMs; readonly signal?: AbortSignal },
): Promise<number> {
  const { vault } = archive
  let removed = 0
  for await (const found of orphansByFolder(archive)) {
    for (const fileId of found) {
      options.signal?.throwIfAborted()
      if (vault.isNew(fileId) || vault.storedAt(fileId) >= options.writtenBefore) continue
      await vault.destroy(fileId)
      removed += 1
    }
    options.signal?.throwIfAborted()
  }
  return removed
}

/** One of 256 folders at a time: its names against the rows whose ids begin alike, by their index. */
async function* orphansByFolder({ db, vault }: Pick<Archive, 'db' | 'vault'>): AsyncGenerator<FileId[]> {
  for await (const { prefix, fileIds } of vault.eachFolder()) {
    const known = new Set(
      ['document_versions', 'import_files'].flatMap((table) =>
        db
          .allSql<{ file_id: string }>(
            `SELECT file_id FROM ${table} WHERE file_id >= ? AND file_id < ?`,
            prefix,
            // 'g' follows the last hex digit.
            `${prefix}g`,
          )
          .map((row) => row.file_id),
      ),
    )
    yield fileIds.filter((fileId) => !known.has(fileId))
    await setImmediate()
  }
}
