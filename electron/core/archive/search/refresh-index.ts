/** Keeps the entries beside the cases: inside the transaction that changed them, so that no case is ever out of sight. */
import type { ReadableDb, WritableDb } from '../database.ts'
import { renewEntry } from './entries.ts'

/** What a change of `shared/text`, of the entries or of the grams must raise: the archive makes its index anew. */
export const INDEX_VERSION = '6'

/**
 * Makes the entries of all marked cases anew; runs at the end of every transaction that marked one.
 * @returns numbers that have got another entry or none, for the index in memory
 */
export function refreshIndex(db: WritableDb): readonly number[] {
  const pending = db.allSql<{ case_id: string }>('SELECT case_id FROM search_pending')
  const rids = pending.flatMap(({ case_id: caseId }) => renewEntry(db, caseId))
  if (pending.length > 0) db.runSql('DELETE FROM search_pending')
  return rids
}

/** Key of `search_state`: how far the cases were entered while everything is made anew by this version. */
export const CURSOR = `made by ${INDEX_VERSION} up to`

/** True when the index was made by another version of this program, or not completely. */
export function isIndexStale(db: ReadableDb): boolean {
  const row = db.firstSql<{ value: string }>("SELECT value FROM search_state WHERE key = 'version'")
  return row?.value !== INDEX_VERSION
}

/** Blocks of this version that can be searched. */
export function liveBlockIds(db: ReadableDb): number[] {
  return db
    .allSql<{ id: number }>(
      `SELECT id FROM search_blocks WHERE state = 'live'
         AND EXISTS (SELECT 1 FROM search_state WHERE (key = 'version' AND value = ?) OR key = ?) ORDER BY id`,
      INDEX_VERSION,
      CURSOR,
    )
    .map((row) => row.id)
}
