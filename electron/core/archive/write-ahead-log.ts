/**
 * What a crash may leave beside the database. SQLite reads it at the next opening up to the first frame that is not as it
 * was written, and leaves out the rest without a word: rightly so when the crash tore the last write, silently when somebody
 * changed a byte. A commit that lies behind such a frame was complete once: that tells the two apart.
 * File format: sqlite.org/fileformat2.html, section 4 (headers lie in the clear, pages are encrypted).
 */
import { closeSync, copyFileSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { isFull } from './errors.ts'
import { PAGE_SIZE_BYTES } from './page-cipher.ts'

/** A log with commits that could not be read, as it was found. That it lies there is a finding of `archive check`. */
export const DAMAGED_LOG = 'archive.db-wal-damaged'

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

/** Before anything is written over it. On a disk without room nothing is kept; the 操作ログ tells of it all the same. */
export function keepDamagedLog(folder: string): void {
  try {
    copyFileSync(join(folder, 'archive.db-wal'), join(folder, DAMAGED_LOG))
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
