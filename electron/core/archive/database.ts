/**
 * The archive's database connection: SQLCipher 4 format with a raw key, queries built by Kysely, run synchronously.
 *
 * [Note: Kysely builds, better-sqlite3 runs] Kysely types and builds every statement, but its drivers are asynchronous,
 * and an await inside a transaction would let another call of the same process slip into it. So queries are compiled
 * by Kysely and run here at once; a transaction is a plain function that cannot be interrupted. When PostgreSQL comes,
 * this file is the only one that knows how a statement is run (2026-11-22).
 */
import Database from 'better-sqlite3'
import { type CompiledQuery, DummyDriver, Kysely, SqliteAdapter, SqliteQueryCompiler } from 'kysely'
import { ArchiveError, diskError } from './errors.ts'
import { PAGE_SIZE_BYTES } from './page-cipher.ts'
import type { Schema } from './tables/schema.ts'

type Compilable<Row> = { compile: () => CompiledQuery<Row> }
type Value = string | number | bigint | null | Uint8Array

/** Reads. Every statement is prepared once and kept. */
export type ReadableDb = {
  readonly all: <Row>(query: Compilable<Row>) => Row[]
  readonly first: <Row>(query: Compilable<Row>) => Row | undefined
  /** Statements Kysely cannot say (FTS5, pragmas): fixed text with `?`, values bound. Only inside archive/ and audit/. */
  readonly allSql: <Row>(sql: string, ...values: readonly Value[]) => Row[]
  readonly firstSql: <Row>(sql: string, ...values: readonly Value[]) => Row | undefined
}

/** Writes; exists only inside `transaction`, so that history and log are part of the same one. */
export type WritableDb = ReadableDb & {
  /** Number of rows changed. */
  readonly run: (query: Compilable<unknown>) => number
  readonly runSql: (sql: string, ...values: readonly Value[]) => number
}

export type Connection = {
  readonly db: ReadableDb
  /**
   * All or nothing, durable when it returns (WAL, synchronous=FULL). Nested calls join the outer one as savepoints.
   * @throws ArchiveError 'DISK_FULL' (nothing was changed) | 'DISK_FAILED' (then for every later call, too)
   */
  readonly transaction: <T>(work: (db: WritableDb) => T) => T
  /**
   * For what can be made again (the search index): all or nothing, but a power cut may undo the last ones. Does not wait
   * for the disk; not to be called inside another transaction.
   */
  readonly relaxedTransaction: <T>(work: (db: WritableDb) => T) => T
  /** The bare connection, for migrations, backup and checks. Another one after `replaceFile`. */
  readonly raw: Database.Database
  /** Closes the file, lets `replace` put another one in its place, and opens that with `key` (the old one if it throws). */
  readonly replaceFile: (key: Buffer, replace: () => void) => void
  /** How many frames of the write-ahead log were good after opening; moves them into the main file. Before anything is written. */
  readonly readFrames: () => number
  /**
   * Moves everything committed from the write-ahead log into the main file and empties the log.
   * @throws ArchiveError 'DISK_FULL' | 'DISK_FAILED'
   */
  readonly checkpoint: () => void
  /**
   * One row after the other of the state as it is now, by a connection of its own: others may write between two rows.
   * It must be read to its end or left by `break`. No checkpoint can finish before.
   */
  readonly walk: <Row>(sql: string) => Generator<Row>
  readonly close: () => void
}

/** Kysely as a builder only: compiled queries are run by `ReadableDb` and `WritableDb`. */
export const query = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: () => {
      throw new Error('No introspection')
    },
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** The search has its own memory (search/README.md); this is for everything else. */
const CACHE_SIZE_KIB = 16 * 1024
/**
 * A commit moves the log into the database when it has grown so far (1 MiB). The cipher opens and seals every page on this
 * way, some 0.3 ms each: 256 pages held up the window for 70 ms (measured 2026-11-28).
 */
const CHECKPOINT_PAGES = 64

/**
 * Opens (or makes) an encrypted database.
 * @param firstKey raw key, 32 bytes
 * @throws ArchiveError 'DATABASE_DAMAGED' when the key does not fit or the first page is not what was written
 */
export function openDatabase(path: string, firstKey: Buffer): Connection {
  let key = firstKey
  let raw = openRaw(path, key)
  const statements = new Map<string, Database.Statement<unknown[], unknown>>()
  const db = statementRunner((sql) => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = raw.prepare<unknown[], unknown>(sql)
    statements.set(sql, statement)
    return statement
  })
  const close = (): void => {
    statements.clear()
    raw.close()
  }
  /**
   * [Note: after a failed write] What a failed fsync left on the disk cannot be known from here: the kernel forgets the
   * pages it could not write. Going on would build on them, so nothing more is written by this connection. The next
   * opening reads what really is on the disk.
   */
  let failed: ArchiveError | undefined
  const writing = <T>(work: () => T): T => {
    if (failed !== undefined) throw failed
    try {
      return work()
    } catch (error) {
      if (isFailedWrite(error)) failed = error
      throw error
    }
  }
  const transaction = <T>(work: (db: WritableDb) => T): T => writing(() => transact(raw, () => work(db)))
  return {
    db,
    get raw() {
      return raw
    },
    transaction,
    relaxedTransaction: (work) => {
      raw.pragma('synchronous = NORMAL')
      try {
        return transaction(work)
      } finally {
        raw.pragma('synchronous = FULL')
      }
    },
    replaceFile: (newKey, replace) => {
      close()
      try {
        replace()
        key = newKey
      } finally {
        raw = openRaw(path, key)
      }
    },
    readFrames: () => {
      const [answer] = guarded(() => raw.pragma('wal_checkpoint(PASSIVE)')) as { log: number }[]
      return answer?.log ?? 0
    },
    checkpoint: () => {
      const checkpoint = () => guarded(() => raw.pragma('wal_checkpoint(TRUNCATE)'))
      const [answer] = writing(checkpoint) as { busy: number }[]
      if (answer?.busy !== 0) throw new Error('The database is busy')
    },
    walk: function* <Row>(sql: string): Generator<Row> {
      const reader = openRaw(path, key)
      try {
        yield* reader.prepare<unknown[], Row>(sql).iterate()
      } catch (error) {
        throw databaseError(error)
      } finally {
        reader.close()
      }
    },
    close,
  }
}

/**
 * [Note: the database stands still] Everything committed is moved into the main file, and no checkpoint of its own runs
 * until `release`: changes meanwhile go to the write-ahead log only. We are the only process, so nobody else checkpoints.
 */
export function holdCheckpoints(connection: Connection): () => void {
  connection.raw.pragma('wal_autocheckpoint = 0')
  const release = (): void => {
    connection.raw.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  }
  try {
    connection.checkpoint()
  } catch (error) {
    release()
    throw error
  }
  return release
}

function openRaw(path: string, key: Buffer): Database.Database {
  const raw = new Database(path)
  try {
    applyKey(raw, key)
    raw.prepare('SELECT count(*) FROM sqlite_schema').get()
    raw.pragma('journal_mode = WAL')
    raw.pragma('synchronous = FULL')
    raw.pragma('foreign_keys = ON')
    raw.pragma('temp_store = MEMORY')
    raw.pragma('secure_delete = ON')
    raw.pragma('trusted_schema = OFF')
    raw.pragma('busy_timeout = 5000')
    raw.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    raw.pragma(`cache_size = -${CACHE_SIZE_KIB}`)
    return raw
  } catch (error) {
    raw.close()
    throw databaseError(error)
  }
}

/** Raw key, SQLCipher 4 format; 16 KiB pages: scans and lookups measured 2.7 times faster than with 4 KiB (2026-11-22). */
function applyKey(raw: Database.Database, key: Buffer): void {
  raw.pragma("cipher = 'sqlcipher'")
  raw.pragma('legacy = 4')
  raw.pragma(`legacy_page_size = ${PAGE_SIZE_BYTES}`)
  raw.pragma(`key = "x'${key.toString('hex')}'"`)
}

function statementRunner(prepare: (sql: string) => Database.Statement<unknown[], unknown>): WritableDb {
  const run = (sql: string, values: readonly unknown[]): number =>
    guarded(() => prepare(sql).run(...values.map(bindable)).changes)
  const all = <Row>(sql: string, values: readonly unknown[]): Row[] =>
    guarded(() => prepare(sql).all(...values.map(bindable))) as Row[]
  const first = <Row>(sql: string, values: readonly unknown[]): Row | undefined =>
    guarded(() => prepare(sql).get(...values.map(bindable))) as Row | undefined
  return {
    all: (built) => {
      const compiled = built.compile()
      return all(compiled.sql, compiled.parameters)
    },
    first: (built) => {
      const compiled = built.compile()
      return first(compiled.sql, compiled.parameters)
    },
    allSql: (sql, ...values) => all(sql, values),
    firstSql: (sql, ...values) => first(sql, values),
    run: (built) => {
      const compiled = built.compile()
      return run(compiled.sql, compiled.parameters)
    },
    runSql: (sql, ...values) => run(sql, values),
  }
}

function transact<T>(raw: Database.Database, work: () => T): T {
  const isNested = raw.inTransaction
  guarded(() => raw.exec(isNested ? 'SAVEPOINT step' : 'BEGIN IMMEDIATE'))
  try {
    const result = work()
    if (result instanceof Promise) throw new Error('A transaction must not be asynchronous')
    guarded(() => raw.exec(isNested ? 'RELEASE step' : 'COMMIT'))
    return result
  } catch (error) {
    // SQLite ends the transaction itself after some failures (full disk); there is nothing to roll back then.
    if (raw.inTransaction) guarded(() => raw.exec(isNested ? 'ROLLBACK TO step; RELEASE step' : 'ROLLBACK'))
    throw error
  }
}

/**
 * SQLite has no booleans. Whole numbers are bound as integers: better-sqlite3 binds every number as REAL,
 * and FTS5 silently ignores a rowid range whose bounds are REAL.
 */
function bindable(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw databaseError(error)
  }
}

/** A page that cannot be read is not written, either; what is on the disk is as it was. */
function isFailedWrite(error: unknown): error is ArchiveError {
  if (!(error instanceof ArchiveError) || error.code !== 'DISK_FAILED') return false
  return error.data.reason !== 'SQLITE_IOERR_READ' && error.data.reason !== 'SQLITE_IOERR_SHORT_READ'
}

function databaseError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_IOERR_DATA'))
    return new ArchiveError('DATABASE_DAMAGED', 'A page of the database fails its check', {
      data: { problems: [code] },
      cause: error,
    })
  return diskError(error)
}
