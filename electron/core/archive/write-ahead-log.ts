/**
 * What a crash may leave beside the database. SQLite reads it at the next opening up to the first frame that is not as it
 * was written, and leaves out the rest without a word: rightly so when the crash tore the last write, silently when somebody
 * changed a byte. A commit that lies behind such a frame was complete once: that tells the two apart.
 * File format: sqlite.org/fileformat2.html, section 4 (headers lie in the clear, pages are encrypted).
 */
import { closeSync, createReadStream, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileDurably } from '../kit/durable-file.ts'
import { isFull } from './errors.ts'
import { PAGE_SIZE_BYTES } from './page-cipher.ts'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** Of the header: the bytes its checksum speaks of. */
const CHECKED_BYTES = 24

/**
 * @param path of the log; it must be there
 * @returns the number, from 1, of the last frame that ends a transaction of this log; 0 = none
 */
export function lastCommittedFrame(path: string): number {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const header = readAt(file, 0, HEADER_BYTES)
    if (size < HEADER_BYTES + FRAME_HEADER_BYTES) return 0
    const salts = saltsOf(file, header)
    const frameBytes = FRAME_HEADER_BYTES + PAGE_SIZE_BYTES
    let last = 0
    for (let frame = 1; HEADER_BYTES + frame * frameBytes <= size; frame += 1) {
      const start = readAt(file, HEADER_BYTES + (frame - 1) * frameBytes, FRAME_HEADER_BYTES)
      const endsTransaction = start.readUInt32BE(4) !== 0
      if (endsTransaction && start.subarray(8, 16).equals(salts)) last = frame
    }
    return last
  } finally {
    closeSync(file)
  }
}

const DAMAGED_LOG = 'archive.db-wal-damaged'

/** Logs with commits that could not be read, as they were found. That one lies there is a finding of `archive check`. */
export function listDamagedLogs(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(DAMAGED_LOG))
    .sort()
}

/**
 * Before anything is written over it; an earlier finding stays. On a disk without room nothing is kept: the opening and the
 * 操作ログ tell of it all the same.
 */
export async function keepDamagedLog(folder: string): Promise<void> {
  const kept = listDamagedLogs(folder)
  let number = 1
  while (kept.includes(`${DAMAGED_LOG}-${number}`)) number += 1
  const log = createReadStream(join(folder, 'archive.db-wal'))
  try {
    await writeFileDurably(join(folder, `${DAMAGED_LOG}-${number}`), log)
  } catch (error) {
    if (!isFull(error)) throw error
  }
}

/** Frames of earlier uses of the file have others. Where the header itself was changed, those of the first frame. */
function saltsOf(file: number, header: Buffer): Buffer {
  if (isHeaderWhole(header)) return header.subarray(16, 24)
  return readAt(file, HEADER_BYTES, FRAME_HEADER_BYTES).subarray(8, 16)
}

function isHeaderWhole(header: Buffer): boolean {
  const isBigEndian = (header.readUInt32BE(0) & 1) === 1
  const word = (at: number) => (isBigEndian ? header.readUInt32BE(at) : header.readUInt32LE(at))
  let first = 0
  let second = 0
  for (let at = 0; at < CHECKED_BYTES; at += 8) {
    first = (first + word(at) + second) >>> 0
    second = (second + word(at + 4) + first) >>> 0
  }
  return header.readUInt32BE(24) === first && header.readUInt32BE(28) === second
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  readSync(file, bytes, 0, length, position)
  return bytes
}
