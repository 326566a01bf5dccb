import { createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'

export const PAGE_SIZE_BYTES = 16_384
const SALT_BYTES = 16
const MAC_BYTES = 64

/**
 * Whether a database was written with this key, by the MAC of its first page, without letting SQLite near it:
 * opening a database that has a journal or write-ahead log with a wrong key can destroy it.
 * `absent` = no file or an empty one (any key fits).
 *
 * SQLCipher 4 page: [salt 16 on page 1] ciphertext … IV 16, HMAC-SHA-512 64. MAC key = PBKDF2-SHA-512(raw key,
 * salt xor 0x3a, 2 rounds); the MAC covers ciphertext, IV and the page number (little endian).
 * Does not prove that the other pages are whole, nor that page 1 is the newest (it may be in the write-ahead log).
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
  const macSalt = Buffer.from(page.subarray(0, SALT_BYTES).map((byte) => byte ^ 0x3a))
  const macKey = pbkdf2Sync(key, macSalt, 2, 32, 'sha512')
  const mac = createHmac('sha512', macKey)
    .update(page.subarray(SALT_BYTES, PAGE_SIZE_BYTES - MAC_BYTES))
    .update(Buffer.from([1, 0, 0, 0]))
    .digest()
  return timingSafeEqual(mac, page.subarray(PAGE_SIZE_BYTES - MAC_BYTES)) ? 'fits' : 'differs'
}
