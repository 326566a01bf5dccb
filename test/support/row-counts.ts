import type { ReadableDb } from '../../electron/core/archive/database.ts'

/** How many rows every table has, to show that a refused call changed nothing. The log of log-ins and views is left out. */
export function rowCounts(db: ReadableDb): Record<string, number> {
  const tables = db.allSql<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_%' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  )
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      db.firstSql<{ n: number }>(`SELECT count(*) AS n FROM "${name}"`)?.n ?? 0,
    ]),
  )
}
