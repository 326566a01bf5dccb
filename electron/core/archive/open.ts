/**
 * The archive as one object: slot file, lock, database, vault, in one folder.
 *
 *   keyslots.json      who can open it                archive.db (-wal, -shm)   SQLCipher 4, 16 KiB pages
 *   archive.lock…      one process at a time          files/ab/<id>.kdv         encrypted files
 *   before-migration/  copy of the database made before each migration
 */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import { syncFolder, writeFileDurably } from '../kit/durable-file.ts'
import { type Connection, openDatabase, type ReadableDb, type WritableDb } from './database.ts'
import { ArchiveError, diskError } from './errors.ts'
import { type InstanceLock, lockArchive } from './instance-lock.ts'
import {
  keyslotsPath,
  newKeyslots,
  type OpeningKey,
  openKeyslots,
  pendingRotation,
  type SlotKey,
} from './keyslots.ts'
import type { MasterKey } from './master-key.ts'
import { migrate, SCHEMA_VERSION, schemaVersionOf } from './migrations/run.ts'
import { keyFitsDatabase } from './page-cipher.ts'
import type { RekeyOptions } from './rekey-database.ts'
import { BEFORE_MIGRATION, type Keys, openRotation, wrapperOf } from './rotation.ts'
import { type IndexKeeper, startIndexKeeper } from './search/index-keeper.ts'
import { refreshIndex } from './search/refresh-index.ts'
import type { SearchIndex } from './search/search-index.ts'
import { mergeHistoryGrams } from './tables/history-grams.ts'
import { hasVaultFiles, openVault, type Vault } from './vault.ts'
import { keepDamagedLog, lastCommittedFrame } from './write-ahead-log.ts'

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
   * New master key: slot file, file headers, database. File contents are not rewritten; the database is copied under the
   * new key while work goes on. Progress counts files and database pages.
   * @throws ArchiveError 'DISK_FULL' | 'DISK_FAILED' | 'DATABASE_DAMAGED' | 'FILE_DAMAGED'; AbortError. Then the old key
   *   holds on; past the moment when the database took the new one, the rest is finished after the next opening.
   */
  readonly rotateMasterKey: (options?: RekeyOptions) => Promise<void>
  /** What can be searched; kept in shape in the background. */
  readonly index: SearchIndex
  /** Resolves when the background work on the index is done; nothing needs to wait for it. @throws what hinders it */
  readonly indexSettled: () => Promise<void>
  /** Makes the index anew from the cases; searching goes on with what is there. Resolves when it is done. */
  readonly rebuildIndex: () => Promise<void>
  /** Whether this opening found complete commits that could not be read (write-ahead-log.ts). */
  readonly hasLostCommits: boolean
  /** Closing twice has one effect. */
  readonly close: () => void
}

export type OpenOptions = {
  readonly folder: string
  readonly clock: Clock
  /** Told what hinders work in the background (a full disk); it is tried again, a rotation's rest at the next opening. */
  readonly onBackgroundTrouble?: (work: 'index' | 'rotation', error: unknown) => void
}

/** Also when its slot file was lost: what lies there is somebody's contracts, and a backup still has the slots. */
export function archiveExists(folder: string): boolean {
  if (existsSync(keyslotsPath(folder))) return true
  return !existsSync(join(folder, CREATING)) && (hasDatabase(folder) || hasVaultFiles(join(folder, 'files')))
}

/** An empty file that lies in the folder while the archive is made: what else lies there then is of nobody. */
const CREATING = 'creating'

function hasDatabase(folder: string): boolean {
  return (statSync(join(folder, 'archive.db'), { throwIfNoEntry: false })?.size ?? 0) > 0
}

/**
 * Makes an archive that `keys` open, and what `fill` puts in. The slot file is written last: cut off before, the folder
 * is no archive, and the next creation begins anew.
 * @throws ArchiveError 'ARCHIVE_EXISTS' | 'ARCHIVE_IN_USE' | 'DISK_FULL' | 'DISK_FAILED'; what `fill` throws
 */
export async function createArchive(
  options: OpenOptions,
  keys: SlotKey | readonly SlotKey[],
  fill: (archive: Archive) => void = () => undefined,
): Promise<Archive> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  if (archiveExists(options.folder)) throw new ArchiveError('ARCHIVE_EXISTS', 'An archive lies here')
  const lock = lockArchive(options.folder, options.clock)
  try {
    await writeFileDurably(join(options.folder, CREATING), Buffer.alloc(0))
    // What a crash during an earlier creation left.
    for (const name of ['archive.db', 'archive.db-wal', 'archive.db-shm'])
      rmSync(join(options.folder, name), { force: true })
    const slots = await newKeyslots('secret' in keys ? [keys] : keys, options.clock)
    const archive = await assemble(options, { master: slots.master, next: undefined }, lock, true)
    try {
      fill(archive)
      // From now on a database without content is a lost one.
      archive.connection().checkpoint()
      await slots.save(options.folder)
      rmSync(join(options.folder, CREATING), { force: true })
    } catch (error) {
      archive.close()
      throw error
    }
    return archive
  } catch (error) {
    lock.release()
    throw diskError(error)
  }
}

/**
 * Opens an archive: secret, lock, schema, quick check after an unclean end, interrupted rotation. A missing database or
 * slot file is damage, never a new archive.
 * @throws ArchiveError 'ARCHIVE_NOT_FOUND' | 'WRONG_SECRET' | 'TOO_MANY_ATTEMPTS' | 'RECOVERY_CODE_MISTYPED' |
 *   'KEYSLOTS_DAMAGED' | 'ARCHIVE_IN_USE' | 'SCHEMA_TOO_NEW' | 'DATABASE_DAMAGED' | 'DISK_FULL' | 'DISK_FAILED'
 */
export async function openArchive(options: OpenOptions, key: OpeningKey): Promise<Archive> {
  if (!archiveExists(options.folder)) throw new ArchiveError('ARCHIVE_NOT_FOUND', 'No archive lies here')
  if (!existsSync(keyslotsPath(options.folder)))
    throw new ArchiveError('KEYSLOTS_DAMAGED', 'keyslots.json is missing')
  // The lock first: whoever has it is the only one to count wrong attempts in the slot file.
  const lock = lockArchive(options.folder, options.clock)
  try {
    const master = await openKeyslots(options.folder, key, options.clock)
    return await assemble(options, { master, next: await pendingRotation(options.folder, key) }, lock, false)
  } catch (error) {
    lock.release()
    throw diskError(error)
  }
}

async function assemble(
  options: OpenOptions,
  keys: Keys,
  lock: InstanceLock,
  isNew: boolean,
): Promise<Archive> {
  let isClosed = false
  const { connection, hasLostCommits } = await openDatabaseOf(options.folder, keys, isNew)
  let stopKeeper: IndexKeeper['stop'] = () => undefined
  try {
    await migrateSafely(options.folder, connection)
    const vault = await openVault(join(options.folder, 'files'), wrapperOf(keys.master))
    const trouble = options.onBackgroundTrouble ?? (() => undefined)
    const keeper = startIndexKeeper(connection, (error) => trouble('index', error))
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
    const rotation = await openRotation(
      {
        ...{ folder: options.folder, connection, vault },
        onTrouble: (error) => trouble('rotation', error),
      },
      keys,
      isNew,
    )
    return {
      folder: options.folder,
      db: connection.db,
      transaction,
      vault,
      master: rotation.master,
      connection: () => connection,
      rotateMasterKey: rotation.run,
      index: keeper.index,
      indexSettled: keeper.settled,
      rebuildIndex: keeper.rebuild,
      hasLostCommits,
      close: () => {
        if (isClosed) return
        isClosed = true
        keeper.stop()
        rotation.stop()
        connection.close()
        rotation.master().wipe()
        lock.release()
      },
    }
  } catch (error) {
    stopKeeper()
    connection.close()
    throw error
  }
}

type OpenedDatabase = { readonly connection: Connection } & Pick<Archive, 'hasLostCommits'>

/** Looks at what an unclean end has left before anything is written over it. */
async function openDatabaseOf(folder: string, keys: Keys, isNew: boolean): Promise<OpenedDatabase> {
  const path = join(folder, 'archive.db')
  // SQLite would make an empty one, throw away the log of the lost one, and every file would belong to nobody.
  if (!isNew && !hasDatabase(folder))
    throw new ArchiveError('DATABASE_DAMAGED', 'The database is missing or empty', {
      data: { problems: ['archive.db'] },
    })
  const wasUnclean = existsSync(`${path}-wal`)
  const lastFrame = wasUnclean ? lastCommittedFrame(`${path}-wal`) : 0
  const connection = openWithRightKey(path, keys)
  try {
    const hasLostCommits = lastFrame > 0 && lastFrame > connection.readFrames()
    if (hasLostCommits) await keepDamagedLog(folder)
    if (wasUnclean) quickCheck(connection)
    return { connection, hasLostCommits }
  } catch (error) {
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
    connection.checkpoint()
    const target = join(folder, BEFORE_MIGRATION)
    // The copies of earlier migrations go: they hold what was changed and disposed of since.
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target, { recursive: true, mode: 0o700 })
    await copyDurably(join(folder, 'archive.db'), join(target, `schema-${found}.db`))
  }
  try {
    migrate(connection.raw)
  } catch (error) {
    throw diskError(error)
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to)
    const handle = await open(to, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await syncFolder(join(to, '..'))
  } catch (error) {
    rmSync(to, { force: true })
    throw diskError(error)
  }
}
