/**
 * The MACs of SQLCipher 4 pages, computed by ourselves: to know whether a key fits before SQLite touches a file, and to
 * find a changed byte in pages SQLite never reads (free ones).
 *
 * Page: [salt 16, on page 1 only] ciphertext … IV 16, HMAC-SHA-512 64. MAC key = PBKDF2-SHA-512(raw key, salt xor 0x3a,
 * 2 rounds, 32 bytes); the MAC covers ciphertext, IV and the page number (u32 little endian).
 */
import { createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'

export const PAGE_SIZE_BYTES = 16_384
const SALT_BYTES = 16
const MAC_BYTES = 64

/**
 * Whether a database was written with this key, by its first page. Opening a database that has a journal or
 * write-ahead log with a wrong key can destroy it. `absent` = no file or an empty one (any key fits).
 * Does not prove that page 1 is the newest: that may be in the write-ahead log.
 */
export function keyFitsDatabase(path: string, key: Buffer): 'fits' | 'differs' | 'absent' {
  if (!existsSync(path)) return 'absent'
  const page = Buffer.alloc(PAGE_SIZE_BYTES)
  const descriptor = openSync(path, 'r')
  let sizeBytes: number
  try {
    sizeBytes = readSync(descriptor, page, 0, PAGE_SIZE_BYTES, 0)
  } finally {
    closeSync(descriptor)
  }
  if (sizeBytes === 0) return 'absent'
  if (sizeBytes < PAGE_SIZE_BYTES) return 'differs'
  return isWholePage(page, 1, macKeyOf(page, key)) ? 'fits' : 'differs'
}

const PAGES_PER_READ = 256

/**
 * Numbers (from 1) of pages in the file whose MAC does not fit. A page of zeros was never written and is not counted.
 * Reads the whole file in slices and lets other work run between them; a write of this process cannot tear a slice.
 */
export async function* damagedPages(path: string, key: Buffer): AsyncGenerator<number> {
  const handle = await open(path, 'r')
  try {
    const slice = Buffer.alloc(PAGES_PER_READ * PAGE_SIZE_BYTES)
    let macKey: Buffer | undefined
    for (let first = 1; ; first += PAGES_PER_READ) {
      const { bytesRead } = await handle.read(slice, 0, slice.length, (first - 1) * PAGE_SIZE_BYTES)
      if (bytesRead === 0) return
      macKey ??= macKeyOf(slice, key)
      for (let offset = 0; offset < bytesRead; offset += PAGE_SIZE_BYTES) {
        const page = slice.subarray(offset, Math.min(bytesRead, offset + PAGE_SIZE_BYTES))
        const number = first + offset / PAGE_SIZE_BYTES
        if (page.length < PAGE_SIZE_BYTES || !(isWholePage(page, number, macKey) || isZero(page)))
          yield number
      }
    }
  } finally {
    await handle.close()
  }
}

function macKeyOf(firstPage: Buffer, key: Buffer): Buffer {
  const salt = Buffer.from(firstPage.subarray(0, SALT_BYTES).map((byte) => byte ^ 0x3a))
  return pbkdf2Sync(key, salt, 2, 32, 'sha512')
}

function isWholePage(page: Buffer, number: number, macKey: Buffer): boolean {
  const place = Buffer.alloc(4)
  place.writeUInt32LE(number)
  const mac = createHmac('sha512', macKey)
    .update(page.subarray(number === 1 ? SALT_BYTES : 0, PAGE_SIZE_BYTES - MAC_BYTES))
    .update(place)
    .digest()
  return timingSafeEqual(mac, page.subarray(PAGE_SIZE_BYTES - MAC_BYTES))
}

function isZero(page: Buffer): boolean {
  return page.every((byte) => byte === 0)
}
