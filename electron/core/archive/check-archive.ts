/**
 * `desk archive check`: is everything that was acknowledged still there and unchanged?
 * Database pages and structure, every vault file's tags and SHA-256, files without a row, the log's chain (joined by the
 * app), and what each file itself says (signatures; joined by the app through `checkFile`).
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Sha256Hex, VersionId } from '../../../shared/model/brand.ts'
import type { ByteSource } from '../kit/byte-source.ts'
import { holdCheckpoints, type ReadableDb } from './database.ts'
import { ArchiveError } from './errors.ts'
import type { Archive } from './open.ts'
import { listOrphans } from './orphans.ts'
import { damagedPages } from './page-cipher.ts'
import { holds } from './search/block.ts'
import { listFilesToDestroy } from './tables/disposals.ts'
import type { FileId } from './vault.ts'
import { listDamagedLogs } from './write-ahead-log.ts'

export type ArchiveProblem = {
  readonly code: /** SQLite's own report, `detail` is its text. */
    | 'DATABASE_DAMAGED'
    | 'FOREIGN_KEY_BROKEN'
    /** A row's file is not in the vault. */
    | 'FILE_MISSING'
    /** A chunk fails its authentication. */
    | 'FILE_DAMAGED'
    /** The content is authentic but not what the row says. */
    | 'DIGEST_DIFFERS'
    /** Complete commits could not be read after a crash; `detail` is the file that keeps what was left of them. */
    | 'COMMITS_LOST'
    /** `detail` is the number of the first broken entry. */
    | 'LOG_BROKEN'
    /** The index does not hold what the cases say; `rebuildIndex` of the archive mends it. */
    | 'INDEX_INCOMPLETE'
    /** What `checkFile` said; `detail` is its code. */
    | 'CONTENT'
  readonly versionId: string | null
  readonly fileId: string | null
  /** Whose file it is, in the words people know it by. */
  readonly document: {
    readonly caseTitle: string
    readonly title: string
    /** Of the version, from 1. */
    readonly number: number
  } | null
  readonly detail: string
}

export type ArchiveCheck = {
  readonly problems: readonly ArchiveProblem[]
  readonly cases: number
  readonly files: number
  readonly bytes: number
  readonly logEntries: number
  /** Files no row knows: left by a crash between file and row, harmless. `removeOrphans` (orphans.ts) clears them. */
  readonly orphans: readonly FileId[]
  readonly ms: number
}

export type ArchiveCheckOptions = {
  /** The audit domain's check, given by the app. */
  readonly checkLog: (db: ReadableDb) => { readonly entries: number; readonly firstBrokenSeq: number | null }
  /** Looks into one file (verifies its signatures); returns codes of problems. */
  readonly checkFile?: (file: {
    readonly versionId: VersionId
    readonly source: ByteSource
  }) => Promise<readonly string[]>
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

type VersionRow = {
  id: VersionId
  file_id: FileId
  sha256: Sha256Hex
  size_bytes: number
  number: number
  /** null: the rows above it are gone. */
  title: string | null
  case_title: string | null
}

/** Never throws for damage: what is wrong is in the report. @throws ArchiveError 'DISK_FULL' | 'DISK_FAILED'; AbortError */
export async function checkArchive(archive: Archive, options: ArchiveCheckOptions): Promise<ArchiveCheck> {
  const started = performance.now()
  const { db } = archive
  const problems = [...(await checkPages(archive)), ...checkDatabase(archive)]
  const damagedLogs = listDamagedLogs(archive.folder)
  if (archive.hasLostCommits && damagedLogs.length === 0) problems.push(problem('COMMITS_LOST', ''))
  problems.push(...damagedLogs.map((name) => problem('COMMITS_LOST', name)))
  const log = guardedLogCheck(db, options)
  problems.push(...log.problems)
  const versions = rowsOrNone<VersionRow>(
    db,
    `SELECT version.id, version.file_id, version.sha256, version.size_bytes, version.number, documents.title,
       cases.title AS case_title
     FROM document_versions AS version
     LEFT JOIN documents ON documents.id = version.document_id LEFT JOIN cases ON cases.id = documents.case_id
     WHERE version.file_id IS NOT NULL AND version.destroyed_at IS NULL ORDER BY version.id`,
  )
  let bytes = 0
  for (const [index, version] of versions.entries()) {
    options.signal?.throwIfAborted()
    problems.push(...(await checkVersion(archive, version, options)))
    bytes += version.size_bytes
    options.onProgress?.(index + 1, versions.length)
    await setImmediate()
  }
  return {
    problems,
    cases: rowsOrNone<{ n: number }>(db, 'SELECT count(*) AS n FROM cases')[0]?.n ?? 0,
    files: versions.length,
    bytes,
    logEntries: log.entries,
    orphans: await listOrphansOrNone(archive),
    ms: Math.round(performance.now() - started),
  }
}

/** A database that cannot be read knows no file; nothing may be called an orphan then. */
async function listOrphansOrNone(archive: Archive): Promise<FileId[]> {
  try {
    return await listOrphans(archive)
  } catch (error) {
    if (isDamage(error)) return []
    throw error
  }
}

/** Beyond this many the rest of the file is not named page by page. */
const MOST_PAGES = 50

async function checkPages(archive: Archive): Promise<ArchiveProblem[]> {
  const problems: ArchiveProblem[] = []
  const path = join(archive.folder, 'archive.db')
  // A page whose newest copy is in the write-ahead log may lie torn in the file (a full disk, a kill); moving the log
  // into the file mends it. No page is written while it is read.
  const release = holdCheckpoints(archive.connection())
  try {
    for await (const page of damagedPages(path, archive.master().derive('database'))) {
      problems.push(problem('DATABASE_DAMAGED', `page ${page}`))
      if (problems.length === MOST_PAGES) break
    }
  } finally {
    release()
  }
  return problems
}

function* checkDatabase(archive: Archive): Generator<ArchiveProblem> {
  const { raw } = archive.connection()
  try {
    const rows = raw.pragma('integrity_check(50)') as { integrity_check: string }[]
    for (const row of rows)
      if (row.integrity_check !== 'ok') yield problem('DATABASE_DAMAGED', row.integrity_check)
    const keys = raw.pragma('foreign_key_check') as { table: string; rowid: number }[]
    for (const key of keys.slice(0, 50)) yield problem('FOREIGN_KEY_BROKEN', `${key.table} ${key.rowid}`)
    const missing = countUnindexed(archive)
    if (missing > 0) yield problem('INDEX_INCOMPLETE', String(missing))
  } catch (error) {
    yield problem('DATABASE_DAMAGED', error instanceof Error ? error.message : String(error))
  }
}

/** Cases that search cannot find though nothing is being made. */
function countUnindexed({ db, index }: Archive): number {
  const rows = db.allSql<{ rid: number | null }>(
    "SELECT search_rid AS rid FROM cases WHERE state <> 'deleted'",
  )
  const blocks = index.blocks()
  const missing = rows.filter(({ rid }) => rid === null || !blocks.some((block) => holds(block, rid)))
  return Math.max(0, missing.length - index.waiting())
}

function guardedLogCheck(
  db: ReadableDb,
  options: ArchiveCheckOptions,
): { readonly entries: number; readonly problems: readonly ArchiveProblem[] } {
  try {
    const { entries, firstBrokenSeq } = options.checkLog(db)
    return {
      entries,
      problems: firstBrokenSeq === null ? [] : [problem('LOG_BROKEN', String(firstBrokenSeq))],
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    return { entries: 0, problems: [problem('DATABASE_DAMAGED', error.message)] }
  }
}

async function checkVersion(
  archive: Archive,
  version: VersionRow,
  options: ArchiveCheckOptions,
): Promise<ArchiveProblem[]> {
  const document = { caseTitle: version.case_title ?? '', title: version.title ?? '', number: version.number }
  const about = { versionId: version.id, fileId: version.file_id, document }
  try {
    const file = archive.vault.open(version.file_id)
    try {
      const digest = await digestOf(file)
      if (digest !== version.sha256 || file.sizeBytes !== version.size_bytes)
        return [{ ...about, code: 'DIGEST_DIFFERS', detail: digest }]
      const codes = (await options.checkFile?.({ versionId: version.id, source: file })) ?? []
      return codes.map((detail) => ({ ...about, code: 'CONTENT', detail }))
    } finally {
      file.close()
    }
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'FILE_NOT_FOUND')
      return [{ ...about, code: 'FILE_MISSING', detail: '' }]
    if (error instanceof ArchiveError && error.code === 'FILE_DAMAGED')
      return [{ ...about, code: 'FILE_DAMAGED', detail: `chunk ${String(error.data.chunk)}` }]
    throw error
  }
}

const READ_BYTES = 1024 * 1024

async function digestOf(source: ByteSource): Promise<string> {
  const hash = createHash('sha256')
  for (let offset = 0; offset < source.sizeBytes; offset += READ_BYTES) {
    hash.update(source.read(offset, Math.min(READ_BYTES, source.sizeBytes - offset)))
    await setImmediate()
  }
  return hash.digest('hex')
}

/** Rows, or none when the pages they lie on are damaged (which `checkDatabase` has said). */
function rowsOrNone<Row>(db: ReadableDb, sql: string): Row[] {
  try {
    return db.allSql<Row>(sql)
  } catch (error) {
    if (isDamage(error)) return []
    throw error
  }
}

function isDamage(error: unknown): error is ArchiveError {
  return error instanceof ArchiveError && error.code === 'DATABASE_DAMAGED'
}

function problem(code: ArchiveProblem['code'], detail: string): ArchiveProblem {
  return { code, versionId: null, fileId: null, document: null, detail }
}

/** Finishes disposals a crash cut off: destroys the files whose versions were disposed of. */
export async function finishDisposals(archive: Archive, forget: (fileId: FileId) => void): Promise<number> {
  const files = listFilesToDestroy(archive.db)
  for (const fileId of files) {
    await archive.vault.destroy(fileId)
    forget(fileId)
  }
  return files.length
}
