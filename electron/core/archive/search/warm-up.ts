/**
 * Reads the pages a first search needs into SQLite's cache after the archive was opened: facets and texts, newest first,
 * in slices of a few milliseconds, so that the first question of the day is as fast as the second.
 */
import type { ReadableDb } from '../database.ts'

const SLICE_ROWS = 3000
const PAUSE_MS = 2
/** Rows of texts that fit into the cache beside everything else (about 135 bytes each). */
const MOST_TEXTS = 1_000_000

const TABLES = [
  { sql: sliceOf('search_facets', 'amount'), mostRows: Number.POSITIVE_INFINITY },
  { sql: sliceOf('search_texts', 'length(title)'), mostRows: MOST_TEXTS },
] as const

export type WarmUp = {
  /** Ends it early (the archive closes). */
  readonly stop: () => void
  /** What ended it early, for the log; undefined when all was read. A damaged page is reported by whoever needs it. */
  readonly done: Promise<Error | undefined>
}

export function warmUp(db: ReadableDb): WarmUp {
  let isStopped = false
  const readAll = async (): Promise<void> => {
    for (const { sql, mostRows } of TABLES) {
      let before = Number.MAX_SAFE_INTEGER
      for (let rows = 0; rows < mostRows && !isStopped; rows += SLICE_ROWS) {
        const slice = db.firstSql<{ low: number | null }>(sql, before, SLICE_ROWS)
        if (slice?.low === undefined || slice.low === null) break
        before = slice.low
        await pause()
      }
    }
  }
  const done = readAll().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  )
  return {
    stop: () => {
      isStopped = true
    },
    done,
  }
}

/** Touches every page of the slice: the column is not in any index. */
function sliceOf(table: string, column: string): string {
  return `SELECT min(rid) AS low, sum(touched) AS touched FROM
    (SELECT rid, ${column} AS touched FROM ${table} WHERE rid < ? ORDER BY rid DESC LIMIT ?)`
}

/** Does not keep the process alive. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS).unref()
  })
}
