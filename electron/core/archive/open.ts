/**
 * The archive as one object: slot file, lock, database, vault, in one folder.
 *
 *   keyslots.json      who can open it                archive.db (-wal, -shm)   SQLCipher 4, 16 KiB pages
 *   archive.lock…      one process at a time          files/ab/<id>.kdv         encrypted files
 *   before-migration/  copy of the database made before each migration
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import { syncFolder } from '../kit/durable-file.ts'
import { type Connection, openDatabase, type ReadableDb, rekeyFile, type WritableDb } from './database.ts'
import { ArchiveError, diskError } from './errors.ts'
import { type InstanceLock, lockArchive } from './instance-lock.ts'
import {
  beginRotation,
  createKeyslots,
  finishRotation,
  keyslotsPath,
  openKeyslots,
  pendingRotation,
  type SlotKey,
} from './keyslots.ts'
import type { MasterKey } from './master-key.ts'
import { migrate, SCHEMA_VERSION, schemaVersionOf } from './migrations/run.ts'
import { keyFitsDatabase } from './page-mac.ts'
import { type IndexKeeper, startIndexKeeper } from './search/index-keeper.ts'
import { refreshIndex } from './search/refresh-index.ts'
import type { SearchIndex } from './search/search-index.ts'
import { mergeHistoryGrams } from './tables/history-grams.ts'
import { openVault, type Vault } from './vault.ts'
import type { FileKeyWrapper } from './vault-format.ts'

export type Archive = {
  readonly folder: string
  /** For reading at any time. */
  readonly db: ReadableDb
  /**
   * Changes: all or nothing, on disk when it returns. Synchronous; the search index is brought up to date inside it.
   * @throws ArchiveError 'DISK_FULL' | 'DATABASE_DAMAGED'; whatever `work` throws rolls everything back
   */
  readonly transaction: <T>(work: (db: WritableDb) => T) => T
  readonly vault: Vault
  /** For adding and changing key slots. */
  readonly master: () => MasterKey
  /** The bare connection, for backup and checks inside archive/. */
  readonly connection: () => Connection
  /**
   * New master key: slot file, file headers, database. File contents are not rewritten; the database is copied, and
   * nothing else runs meanwhile. @throws ArchiveError 'DISK_FULL' (call again; also finished by the next opening)
   */
  readonly rotateMasterKey: () => Promise<void>
  /** What can be searched; kept in shape in the background. */
  readonly index: SearchIndex
  /** Resolves when the background work on the index is done; nothing needs to wait for it. @throws what hinders it */
  readonly indexSettled: () => Promise<void>
  /** Makes the index anew from the cases; searching goes on with what is there. Resolves when it is done. */
  readonly rebuildIndex: () => Promise<void>
  /** Closing twice has one effect. */
  readonly close: () => void
}

export type OpenOptions = {
  readonly folder: string
  readonly clock: Clock
  /** Told what hinders the background work on the search index (a full disk); it is tried again. */
  readonly onIndexTrouble?: (error: unknown) => void
}

export function archiveExists(folder: string): boolean {
  return existsSync(keyslotsPath(folder))
}

/**
 * Makes an empty archive whose first slot is `first`.
 * @throws ArchiveError 'ARCHIVE_EXISTS' | 'ARCHIVE_IN_USE' | 'DISK_FULL'
 */
export async function createArchive(options: OpenOptions, first: SlotKey): Promise<Archive> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  if (archiveExists(options.folder)) throw new ArchiveError('ARCHIVE_EXISTS', 'keyslots.json exists')
  const lock = lockArchive(options.folder, options.clock)
  try {
    // A database without slot file is what a crash during an earlier creation left: nobody can open it.
    for (const name of ['archive.db', 'archive.db-wal', 'archive.db-shm'])
      rmSync(join(options.folder, name), { force: true })
    const master = await createKeyslots(options.folder, first, options.clock)
    return await assemble(options, { master, next: undefined }, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Opens an archive: secret, lock, schema, quick check after an unclean end, interrupted rotation.
 * @throws ArchiveError 'ARCHIVE_NOT_FOUND' | 'WRONG_SECRET' | 'TOO_MANY_ATTEMPTS' | 'RECOVERY_CODE_MISTYPED' |
 *   'KEYSLOTS_DAMAGED' | 'ARCHIVE_IN_USE' | 'SCHEMA_TOO_NEW' | 'DATABASE_DAMAGED' | 'DISK_FULL'
 */
export async function openArchive(options: OpenOptions, key: SlotKey): Promise<Archive> {
  const master = await openKeyslots(options.folder, key, options.clock)
  const lock = lockArchive(options.folder, options.clock)
  try {
    return await assemble(options, { master, next: await pendingRotation(options.folder, key) }, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

type Keys = { readonly master: MasterKey; readonly next: MasterKey | undefined }

async function assemble(options: OpenOptions, keys: Keys, lock: InstanceLock): Promise<Archive> {
  const path = join(options.folder, 'archive.db')
  const wasUnclean = existsSync(`${path}-wal`)
  let master = keys.master
  let isClosed = false
  const connection = openWithRightKey(path, keys)
  let stopKeeper: IndexKeeper['stop'] = () => undefined
  try {
    if (wasUnclean) quickCheck(connection)
    await migrateSafely(options.folder, connection)
    const vault = await openVault(join(options.folder, 'files'), wrapperOf(master))
    const keeper = startIndexKeeper(connection, options.onIndexTrouble ?? (() => undefined))
    stopKeeper = keeper.stop
    const transaction = <T>(work: (db: WritableDb) => T): T => {
      const [result, rids] = connection.transaction((db) => {
        const done = [work(db), refreshIndex(db)] as const
        mergeHistoryGrams(db)
        return done
      })
      if (rids.length > 0) keeper.changed(rids)
      return result
    }
    let unfinished: MasterKey | undefined
    const rotate = async (next: MasterKey): Promise<void> => {
      unfinished = next
      await vault.addGeneration(wrapperOf(next))
      rekeyDatabase(path, connection, { from: master.derive('database'), to: next.derive('database') })
      await finishRotation(options.folder)
      await vault.dropGeneration(wrapperOf(master), wrapperOf(next))
      master.wipe()
      master = next
      unfinished = undefined
    }
    if (keys.next !== undefined) await rotate(keys.next)
    return {
      folder: options.folder,
      db: connection.db,
      transaction,
      vault,
      master: () => master,
      connection: () => connection,
      rotateMasterKey: async () => rotate(unfinished ?? (await beginRotation(options.folder, master))),
      index: keeper.index,
      indexSettled: keeper.settled,
      rebuildIndex: keeper.rebuild,
      close: () => {
        if (isClosed) return
        isClosed = true
        keeper.stop()
        connection.close()
        master.wipe()
        lock.release()
      },
    }
  } catch (error) {
    stopKeeper()
    connection.close()
    throw error
  }
}

/**
 * After a rotation that was cut off, the database has the old or the new key; its first page tells which.
 * A page that fits neither may be damaged, or be newer in the write-ahead log: SQLite decides, with the old key.
 */
function openWithRightKey(path: string, keys: Keys): Connection {
  const key = keys.master.derive('database')
  const nextKey = keys.next?.derive('database')
  if (nextKey !== undefined && keyFitsDatabase(path, nextKey) === 'fits') return openDatabase(path, nextKey)
  if (keyFitsDatabase(path, key) === 'differs' && !existsSync(`${path}-wal`))
    throw new ArchiveError('DATABASE_DAMAGED', 'The first page of the database fails its check', {
      data: { problems: ['first page'] },
    })
  return openDatabase(path, key)
}

function wrapperOf(master: MasterKey): FileKeyWrapper {
  return { generation: master.generation, key: master.derive('files') }
}

/**
 * Gives the database the new key: a copy is encrypted anew and takes its place by a rename, so that a crash leaves
 * the old file with the old key or the new one with the new key. Synchronous: nothing may be written meanwhile.
 */
function rekeyDatabase(path: string, connection: Connection, keys: { from: Buffer; to: Buffer }): void {
  const copy = `${path}.next`
  rmSync(copy, { force: true })
  if (keyFitsDatabase(path, keys.to) === 'fits') return // a rotation that was cut off after the rename
  connection.replaceFile(keys.to, () => {
    try {
      copyFileSync(path, copy)
      rekeyFile(copy, keys)
      syncFileSync(copy)
      renameSync(copy, path)
      if (process.platform !== 'win32') syncFileSync(join(path, '..'))
    } catch (error) {
      rmSync(copy, { force: true })
      throw diskError(error)
    }
  })
}

function syncFileSync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Above this size the check after an unclean end is left to `archive check`: it reads every page. */
const LARGEST_QUICK_CHECK_BYTES = 200 * 1024 * 1024

function quickCheck(connection: Connection): void {
  const pages = Number(connection.raw.pragma('page_count', { simple: true }))
  const pageSize = Number(connection.raw.pragma('page_size', { simple: true }))
  if (pages * pageSize > LARGEST_QUICK_CHECK_BYTES) return
  const answer = connection.raw.pragma('quick_check(20)') as { quick_check: string }[]
  const problems = answer.map((row) => row.quick_check).filter((text) => text !== 'ok')
  if (problems.length > 0)
    throw new ArchiveError('DATABASE_DAMAGED', 'The database fails its quick check', { data: { problems } })
}

/** Copies the database before it is changed; the copy stays until the next migration. */
async function migrateSafely(folder: string, connection: Connection): Promise<void> {
  const found = schemaVersionOf(connection.raw)
  if (found > 0 && found < SCHEMA_VERSION) {
    connection.raw.pragma('wal_checkpoint(TRUNCATE)')
    const target = join(folder, 'before-migration')
    mkdirSync(target, { recursive: true, mode: 0o700 })
    await copyDurably(join(folder, 'archive.db'), join(target, `schema-${found}.db`))
  }
  migrate(connection.raw)
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const handle = await open(to, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(join(to, '..'))
}
