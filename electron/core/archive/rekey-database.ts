/**
 * Gives the database another key while the office works on: a copy is encrypted anew page by page and takes the file's
 * place by a rename, so that a crash leaves the old file with the old key or the new one with the new key.
 *
 * [Note: pages that change meanwhile] No checkpoint runs during the copy, so changes collect in the write-ahead log. Its
 * frames name their pages: after a checkpoint those few are copied again, until so few are left that it takes no time.
 * SQLite's own `rekey` works in place, holds the thread for as long as it takes, and killed half way leaves a file that
 * no key opens.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type Connection, holdCheckpoints } from './database.ts'
import { ArchiveError, diskError } from './errors.ts'
import { keyFitsDatabase, PAGE_SIZE_BYTES, type PageCipher, pageCipher } from './page-cipher.ts'

export type DatabaseKeys = { readonly from: Buffer; readonly to: Buffer }

export type RekeyOptions = {
  readonly onProgress?: ((donePages: number, totalPages: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** After so long other work gets its turn. */
const SLICE_MS = 8
/** So few changed pages are copied in one go, with everything standing still. */
const FEW_PAGES = 64
/** After so many rounds the rest is copied in one go, however much it is. */
const MOST_ROUNDS = 8

/**
 * @throws ArchiveError 'DISK_FULL' | 'DISK_FAILED' | 'DATABASE_DAMAGED' (data: problems, the damaged pages); AbortError.
 *   Then the database is as it was, with its old key.
 */
export async function rekeyDatabase(
  path: string,
  connection: Connection,
  keys: DatabaseKeys,
  options: RekeyOptions = {},
): Promise<void> {
  const copyPath = `${path}.next`
  rmSync(copyPath, { force: true })
  if (keyFitsDatabase(path, keys.to) === 'fits') return // a rotation that was cut off after the rename
  const release = holdCheckpoints(connection)
  let files: Files | undefined
  try {
    files = { source: openSync(path, 'r'), copy: openSync(copyPath, 'wx', 0o600) }
    const cipher = pageCipher(readPage(files.source, 1), keys)
    const total = pagesOf(files.source)
    await copyPages(files, cipher, pageNumbers(total), { ...options, total })
    await flush(copyPath)
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const changed = changedPages(path)
      if (changed.length <= FEW_PAGES) break
      connection.checkpoint()
      await copyPages(files, cipher, changed, { signal: options.signal, total: changed.length })
      await flush(copyPath)
    }
    options.signal?.throwIfAborted()
    // From here to the rename nothing else runs.
    finishCopy(path, connection, files, cipher)
    files = closeFiles(files)
    takePlace(path, copyPath, connection, keys.to)
  } catch (error) {
    rmSync(copyPath, { force: true })
    throw diskError(error)
  } finally {
    closeFiles(files)
    release()
  }
}

type Files = { readonly source: number; readonly copy: number }

function closeFiles(files: Files | undefined): undefined {
  if (files !== undefined) for (const descriptor of Object.values(files)) closeSync(descriptor)
}

function finishCopy(path: string, connection: Connection, files: Files, cipher: PageCipher): void {
  const last = changedPages(path)
  connection.checkpoint()
  for (const number of last) resealPage(files, cipher, number)
  ftruncateSync(files.copy, fstatSync(files.source).size)
  fsyncSync(files.copy)
}

function takePlace(path: string, copyPath: string, connection: Connection, newKey: Buffer): void {
  connection.replaceFile(newKey, () => {
    // The log's removal must be on the disk before another file lies there: its pages have the old key.
    syncFolderSync(dirname(path))
    renameSync(copyPath, path)
    syncFolderSync(dirname(path))
  })
}

function pagesOf(source: number): number {
  return Math.ceil(fstatSync(source).size / PAGE_SIZE_BYTES)
}

function* pageNumbers(total: number): Generator<number> {
  for (let number = 1; number <= total; number += 1) yield number
}

async function copyPages(
  files: Files,
  cipher: PageCipher,
  numbers: Iterable<number>,
  options: RekeyOptions & { readonly total: number },
): Promise<void> {
  let done = 0
  let began = performance.now()
  for (const number of numbers) {
    resealPage(files, cipher, number)
    done += 1
    if (performance.now() - began < SLICE_MS) continue
    options.signal?.throwIfAborted()
    options.onProgress?.(done, options.total)
    await setImmediate()
    began = performance.now()
  }
}

function resealPage(files: Files, cipher: PageCipher, number: number): void {
  const sealed = cipher.reseal(readPage(files.source, number), number)
  if (sealed === undefined)
    throw new ArchiveError('DATABASE_DAMAGED', 'A page of the database fails its check', {
      data: { problems: [`page ${number}`] },
    })
  writeWhole(files.copy, sealed, (number - 1) * PAGE_SIZE_BYTES)
}

/** A page the file is too short for has not been written yet: zeros. */
function readPage(source: number, number: number): Buffer {
  const page = Buffer.alloc(PAGE_SIZE_BYTES)
  readWhole(source, page, (number - 1) * PAGE_SIZE_BYTES)
  return page
}

/** @returns how many bytes were there */
function readWhole(descriptor: number, target: Buffer, offset: number): number {
  let done = 0
  while (done < target.length) {
    const count = readSync(descriptor, target, done, target.length - done, offset + done)
    if (count === 0) return done
    done += count
  }
  return done
}

function writeWhole(descriptor: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
}

const LOG_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/**
 * Numbers of the pages in the write-ahead log, each once (SQLite file format §4: page number u32 big endian at the start
 * of a frame's header). Frames of a transaction that was rolled back are among them: copying a page twice does no harm.
 */
function changedPages(databasePath: string): number[] {
  const path = `${databasePath}-wal`
  if (!existsSync(path)) return []
  const log = openSync(path, 'r')
  try {
    const numbers = new Set<number>()
    const header = Buffer.alloc(FRAME_HEADER_BYTES)
    for (let offset = LOG_HEADER_BYTES; ; offset += FRAME_HEADER_BYTES + PAGE_SIZE_BYTES) {
      if (readWhole(log, header, offset) < FRAME_HEADER_BYTES) break
      numbers.add(header.readUInt32BE(0))
    }
    return [...numbers].filter((number) => number > 0).sort((left, right) => left - right)
  } finally {
    closeSync(log)
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function syncFolderSync(folder: string): void {
  if (process.platform === 'win32') return // NTFS journals names; a folder cannot be opened there.
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
