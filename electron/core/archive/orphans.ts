/**
 * Files of the vault that no row knows: a crash came between the file and its row, or ended work whose files live only as long
 * as the program (uploads, exports). Harmless, but they take room and hold contracts nobody can dispose of.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { writeFileDurably } from '../kit/durable-file.ts'
import { diskError } from './errors.ts'
import type { Archive } from './open.ts'
import type { FileId } from './vault.ts'

/** @throws ArchiveError 'DATABASE_DAMAGED': a database that cannot be read would know no file */
export async function listOrphans(archive: Pick<Archive, 'db' | 'vault'>): Promise<FileId[]> {
  const orphans: FileId[] = []
  for await (const found of orphansByFolder(archive)) orphans.push(...found)
  return orphans
}

/** When each orphan was first seen, beside the database: it must outlive an exchange of the database. */
const SEEN_FILE = 'orphans.json'
const Seen = z.record(z.string(), z.number())

/**
 * Destroys what has been an orphan for long. Never a file that was stored since this opening: its row may be on its way.
 * @param options.keptMs counted from the first time it was seen without a row, not from when it was stored: whoever put an
 *   older copy of the database in the place of the newest one has that long to notice it
 * @returns how many were destroyed
 * @throws ArchiveError 'DATABASE_DAMAGED' | 'DISK_FULL' | 'DISK_FAILED'; AbortError
 */
export async function removeOrphans(
  archive: Pick<Archive, 'db' | 'vault' | 'folder'>,
  options: { readonly now: EpochMs; readonly keptMs: number; readonly signal?: AbortSignal },
): Promise<number> {
  const { now, keptMs, signal } = options
  const path = join(archive.folder, SEEN_FILE)
  const before = await readSeen(path)
  const seen = new Map<string, number>()
  let removed = 0
  for await (const found of orphansByFolder(archive)) {
    for (const fileId of found) {
      signal?.throwIfAborted()
      if (archive.vault.isNew(fileId)) continue
      // A clock that was wrong then must not keep it for ever.
      const since = Math.min(before.get(fileId) ?? now, now)
      if (now - since < keptMs) seen.set(fileId, since)
      else {
        await archive.vault.destroy(fileId)
        removed += 1
      }
    }
    signal?.throwIfAborted()
  }
  if (!isDeepStrictEqual(seen, before)) await writeSeen(path, seen)
  return removed
}

/** A file that cannot be read is as good as none: the time begins anew. */
async function readSeen(path: string): Promise<Map<string, number>> {
  if (!existsSync(path)) return new Map()
  const text = await readFile(path, 'utf8')
  try {
    return new Map(Object.entries(Seen.parse(JSON.parse(text))))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return new Map()
    throw error
  }
}

async function writeSeen(path: string, seen: ReadonlyMap<string, number>): Promise<void> {
  try {
    await writeFileDurably(path, Buffer.from(JSON.stringify(Object.fromEntries(seen))))
  } catch (error) {
    throw diskError(error)
  }
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
