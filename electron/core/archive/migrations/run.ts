import type { Database } from 'better-sqlite3'
import { ArchiveError } from '../errors.ts'
import { up as up0001 } from './0001-initial.ts'
import { up as up0002 } from './0002-history-index.ts'
import { up as up0003 } from './0003-search-blocks.ts'
import { up as up0004 } from './0004-answer-check.ts'
import { up as up0005 } from './0005-import-files.ts'
import { up as up0006 } from './0006-archive-screens.ts'
import { up as up0007 } from './0007-disposal-records.ts'
import { up as up0008 } from './0008-troubled-mails.ts'
import { up as up0009 } from './0009-kept-evidence.ts'

/** Frozen history, forward only: never edit a shipped one, add the next. Position + 1 = the schema's number. */
const MIGRATIONS: readonly ((db: Database) => void)[] = [
  up0001,
  up0002,
  up0003,
  up0004,
  up0005,
  up0006,
  up0007,
  up0008,
  up0009,
]

/** The schema this program writes (`PRAGMA user_version`). */
export const SCHEMA_VERSION = MIGRATIONS.length

export function schemaVersionOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }))
}

/**
 * Brings the schema up to date, each step in a transaction of its own.
 * @param until stops earlier, for tests of a single step
 * @throws ArchiveError 'SCHEMA_TOO_NEW' (nothing is changed)
 */
export function migrate(db: Database, until = SCHEMA_VERSION): void {
  const found = schemaVersionOf(db)
  if (found > SCHEMA_VERSION)
    throw new ArchiveError('SCHEMA_TOO_NEW', 'The database was written by a newer program', {
      data: { found, known: SCHEMA_VERSION },
    })
  for (const [index, up] of MIGRATIONS.entries()) {
    const version = index + 1
    if (version <= found || version > until) continue
    db.transaction(() => {
      up(db)
      db.pragma(`user_version = ${version}`)
    }).immediate()
  }
}
