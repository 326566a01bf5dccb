/** A file of 100 MB: time against reading, hashing and writing it; memory that does not grow with it. */
import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileSource } from '../../../../../../electron/core/kit/byte-source.ts'
import { prepareSignature } from '../../../../../../electron/core/signing/pdf/prepare-signature.ts'
import { fillSignature } from '../../../../../../electron/core/signing/pdf/prepared-signature.ts'
import { copyBase } from '../../../../../../electron/core/signing/pdf/write-update.ts'
import { makePdf } from '../../../../../support/make-pdf.ts'
import { SIGNED_AT } from './judged.ts'

const folder = mkdtempSync(join(tmpdir(), 'pdf-large-'))
const input = join(folder, 'in.pdf')

beforeAll(() => {
  const data = Buffer.alloc(1 << 20, 'Contract text. ')
  const more = new Map(
    Array.from({ length: 100 }, (_, index) => [50 + index, { dictionary: '', data }] as const),
  )
  writeFileSync(input, makePdf({ more }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Read + SHA-256 + write of the same bytes, as plainly as it can be done. */
function plainCopy(): void {
  const from = openSync(input, 'r')
  const to = openSync(join(folder, 'plain.pdf'), 'w')
  const buffer = Buffer.alloc(1 << 20)
  const hash = createHash('sha256')
  for (let length = readSync(from, buffer); length > 0; length = readSync(from, buffer)) {
    hash.update(buffer.subarray(0, length))
    writeSync(to, buffer, 0, length)
  }
  hash.digest()
  fsyncSync(to)
  closeSync(from)
  closeSync(to)
}

async function sign(): Promise<void> {
  const source = fileSource(input)
  const copy = await copyBase(source, join(folder, 'out.pdf'), 'SHA-256')
  const prepared = await prepareSignature(source, { signedAt: SIGNED_AT, baseDigest: copy.digest })
  await copy.finish(fillSignature(prepared, Buffer.alloc(4000, 1)))
  source.close()
}

test('100 MB are signed in less than twice the time of a plain copy and 64 MB of memory', async () => {
  plainCopy()
  await sign()
  const ratios: number[] = []
  const before = process.memoryUsage.rss()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 2)
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now()
    plainCopy()
    const between = performance.now()
    await sign()
    ratios.push((performance.now() - between) / (between - started))
  }
  clearInterval(timer)
  const median = ratios.sort((left, right) => left - right)[2] ?? 0
  console.log(`ratio ${median.toFixed(2)}, added memory ${((peak - before) / 1e6).toFixed(0)} MB`)
  expect(median).toBeLessThan(2)
  expect(peak - before).toBeLessThan(64e6)
})
