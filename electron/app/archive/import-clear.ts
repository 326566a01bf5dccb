/** Removes what an import received and no document uses, a page at a time; done again after a crash. */
import { setImmediate } from 'node:timers/promises'
import { removeOrphans } from '../../core/archive/orphans.ts'
import {
  type ImportFileFilter,
  listImportFiles,
  listImportsToClear,
  removeImportFile,
} from '../../core/archive/tables/import-files.ts'
import { isFileInUse } from '../../core/archive/tables/received-files.ts'
import type { Office } from '../office.ts'
import { importWorkOf } from './import-work.ts'

const A_TURN = 50

type ClearOptions = {
  /** Only these files; else all. */
  readonly only?: ImportFileFilter
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number) => void
}

/** @returns false when the signal ended it early */
export async function clearImport(
  { archive }: Pick<Office, 'archive'>,
  importId: string,
  options: ClearOptions = {},
): Promise<boolean> {
  for (let done = 0; ; ) {
    const page = listImportFiles(archive.db, importId, { ...options.only, limit: A_TURN })
    if (page.length === 0) return true
    for (const { file } of page) {
      if (options.signal?.aborted === true) return false
      if (!isFileInUse(archive.db, file.fileId)) await archive.vault.destroy(file.fileId)
    }
    archive.transaction((db) => {
      for (const { file } of page) removeImportFile(db, file.fileId)
    })
    done += page.length
    options.onProgress?.(done)
    await setImmediate()
  }
}

/** See `removeOrphans`: the time to notice that an older database was put in the place of the newest. */
const ORPHANS_KEPT_MS = 30 * 24 * 60 * 60_000

/** Work clears up behind itself; this is for what a crash left. */
export async function clearLeftovers(office: Office, signal: AbortSignal): Promise<void> {
  for (const importId of listImportsToClear(office.archive.db))
    if (importWorkOf(office, importId) === undefined && !(await clearImport(office, importId, { signal })))
      return
  const now = office.clock.now()
  const removed = await removeOrphans(office.archive, { now, keptMs: ORPHANS_KEPT_MS, signal })
  if (removed > 0) office.logger.info('orphans.removed', { files: removed })
}
