/**
 * `npm run bench -- vault`: the encrypted files beside the raw cipher; then page 1 of a 100 MB, 2,500-page file in the viewer of the
 * real office, in a real browser.
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openVault } from '../../electron/core/archive/vault.ts'
import { CHUNK_SIZE_BYTES } from '../../electron/core/archive/vault-format.ts'
import { type Measurement, measured, medianMs, shown } from './measurement.ts'
import { measureViewer } from './viewer.ts'

const LARGE_BYTES = 100_000_000
const MEGA = 1_000_000

export async function* run(): AsyncIterable<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'desk-bench-vault-'))
  try {
    const vault = await openVault(folder, { generation: 1, key: randomBytes(32) })
    const plain = randomBytes(LARGE_BYTES)
    const raw = await medianMs(3, 1, () => {
      const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
      for (let at = 0; at < plain.length; at += CHUNK_SIZE_BYTES)
        cipher.update(plain.subarray(at, at + CHUNK_SIZE_BYTES))
      cipher.final()
    })
    const digest = await medianMs(3, 1, () => createHash('sha256').update(plain).digest())
    yield shown('raw AES-256-GCM', LARGE_BYTES / raw / 1000, 'MB/s')
    yield shown('raw SHA-256', LARGE_BYTES / digest / 1000, 'MB/s')
    const put = await medianMs(3, 1, () => vault.put(plain))
    const { fileId } = await vault.put(plain)
    yield shown('store 100 MB durably (cipher, SHA-256, fsync)', LARGE_BYTES / put / 1000, 'MB/s')
    yield measured('store 100 MB / (raw cipher + raw SHA-256)', put / (raw + digest), 'x', { atMost: 3 })
    const readAll = await medianMs(3, 1, () => {
      const file = vault.open(fileId)
      for (let at = 0; at < file.sizeBytes; at += MEGA) file.read(at, Math.min(MEGA, file.sizeBytes - at))
      file.close()
    })
    yield shown('read 100 MB', LARGE_BYTES / readAll / 1000, 'MB/s')
    yield measured('read 100 MB / raw cipher', readAll / raw, 'x', { atMost: 5 }, 'with disk and two copies')
    const firstPage = await medianMs(20, 3, () => {
      const file = vault.open(fileId)
      // What a viewer asks for first: the end (cross-reference data), the start, and some objects between.
      file.read(file.sizeBytes - 65_536, 65_536)
      for (const share of [0, 0.1, 0.5, 0.9]) file.read(Math.floor(share * file.sizeBytes * 0.99), 65_536)
      file.close()
    })
    yield measured('open a 100 MB file and read what page 1 needs', firstPage, 'ms', { atMost: 50 })
    const file = vault.open(fileId)
    const small = await medianMs(200, 20, () =>
      file.read(Math.floor(Math.random() * (file.sizeBytes - 4096)), 4096),
    )
    file.close()
    yield measured('random 4 kB', small, 'ms', { atMost: 5 })
    yield measured('memory after all', process.memoryUsage().rss / MEGA, 'MB', { atMost: 500 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  yield* measureViewer()
}
