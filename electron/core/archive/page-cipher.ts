/**
 * SQLCipher 4 pages, read and written by ourselves: to know whether a key fits before SQLite touches a file, to find a
 * changed byte in pages SQLite never reads (free ones), and to give a database another key while work goes on.
 *
 * Page: [salt 16, on page 1 only] ciphertext (AES-256-CBC under the raw key, no padding) … IV 16, HMAC-SHA-512 64.
 * MAC key = PBKDF2-SHA-512(raw key, salt xor 0x3a, 2 rounds, 32 bytes); the MAC covers ciphertext, IV and the page
 * number (u32 little endian).
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'

export const PAGE_SIZE_BYTES = 16_384
const SALT_BYTES = 16
const IV_BYTES = 16
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
 * Reads the whole file in slices and lets other work run between them; the caller sees to it that no page is written
 * meanwhile (`holdCheckpoints`).
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

/** Re-encrypts single pages of one database; the salt stays. */
export type PageCipher = {
  /** The page under the new key, or undefined when its MAC does not fit the old one. A page never written stays zero. */
  readonly reseal: (page: Buffer, number: number) => Buffer | undefined
}

export function pageCipher(
  firstPage: Buffer,
  keys: { readonly from: Buffer; readonly to: Buffer },
): PageCipher {
  const oldMacKey = macKeyOf(firstPage, keys.from)
  const newMacKey = macKeyOf(firstPage, keys.to)
  return {
    reseal: (page, number) => {
      if (isZero(page)) return page
      if (!isWholePage(page, number, oldMacKey)) return undefined
      const start = number === 1 ? SALT_BYTES : 0
      const end = PAGE_SIZE_BYTES - IV_BYTES - MAC_BYTES
      const oldIv = page.subarray(end, end + IV_BYTES)
      const decipher = createDecipheriv('aes-256-cbc', keys.from, oldIv).setAutoPadding(false)
      const plain = decipher.update(page.subarray(start, end))
      const newIv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-cbc', keys.to, newIv).setAutoPadding(false)
      const sealed = Buffer.concat([page.subarray(0, start), cipher.update(plain), newIv])
      plain.fill(0)
      return Buffer.concat([sealed, macOf(sealed.subarray(start), number, newMacKey)])
    },
  }
}

function macKeyOf(firstPage: Buffer, key: Buffer): Buffer {
  const salt = Buffer.from(firstPage.subarray(0, SALT_BYTES).map((byte) => byte ^ 0x3a))
  return pbkdf2Sync(key, salt, 2, 32, 'sha512')
}

function isWholePage(page: Buffer, number: number, macKey: Buffer): boolean {
  const covered = page.subarray(number === 1 ? SALT_BYTES : 0, PAGE_SIZE_BYTES - MAC_BYTES)
  return timingSafeEqual(macOf(covered, number, macKey), page.subarray(PAGE_SIZE_BYTES - MAC_BYTES))
}

function macOf(covered: Buffer, number: number, macKey: Buffer): Buffer {
  const place = Buffer.alloc(4)
  place.writeUInt32LE(number)
  return createHmac('sha512', macKey).update(covered).update(place).digest()
}

function isZero(page: Buffer): boolean {
  return page.every((byte) => byte === 0)
}
