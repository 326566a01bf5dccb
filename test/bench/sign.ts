/** `npm run bench -- sign`: our signing beside the raw private-key operation and beside @libpdf/core, in one run. */
import { createHash, sign as rawSign } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDF, type Signer } from '@libpdf/core'
import { memorySource } from '../../electron/core/kit/byte-source.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { buildSignedData } from '../../electron/core/signing/cms/build-signed-data.ts'
import type { SigningKey } from '../../electron/core/signing/keys/signing-key.ts'
import { createTestAuthority, testSigningKey } from '../../electron/core/signing/local/test-authority.ts'
import { signFile } from '../../electron/core/signing/sign-file.ts'
import { signPdf } from '../../electron/core/signing/sign-pdf.ts'
import { plainPdf, writePlainPdf } from '../support/plain-pdf.ts'
import { type Measurement, measured, medianMs, shown } from './measurement.ts'

const LARGE_BYTES = 100_000_000
const ROUNDS = 200

export async function* run(): AsyncIterable<Measurement> {
  const authority = await createTestAuthority({ nowMs: Date.now(), baseUrl: 'http://127.0.0.1:1' })
  const key = testSigningKey(authority, authority.town)
  // First, while this process is still small: memory that others have used and given back would hide what is added.
  yield* withLargeFile((paths) => signLarge(paths, key))
  const small = plainPdf(20_000)
  const digest = createHash('sha256').update(small).digest()
  const raw = await medianMs(ROUNDS, 50, () => rawSign('sha256', digest, authority.town.privateKey))
  const cms = await medianMs(ROUNDS, 50, () => buildSignedData(digest, key))
  const ours = await medianMs(ROUNDS, 50, () => signPdf(memorySource(small), { key, clock: systemClock }))
  const peer = await medianMs(40, 5, () => signWithPeer(small, key))
  yield shown('raw RSA-2048 private-key operation', raw, 'ms')
  yield measured('CMS on top of the raw operation', cms - raw, 'ms', { atMost: 1.5 })
  yield shown('sign 20 kB, B-B', ours, 'ms')
  yield measured('sign 20 kB / raw operation', ours / raw, 'x', { atMost: 3 })
  yield shown('@libpdf/core: sign 20 kB, B-B', peer, 'ms')
  yield measured('times faster than @libpdf/core', peer / ours, 'x', { atLeast: 5 })
  yield* withLargeFile((paths) => signLargeWithPeer(paths, key))
}

async function signWithPeer(bytes: Uint8Array, key: SigningKey): Promise<Uint8Array> {
  const signer: Signer = {
    certificate: key.certificate,
    certificateChain: [...key.chain],
    keyType: 'RSA',
    signatureAlgorithm: 'RSASSA-PKCS1-v1_5',
    sign: (data) => key.sign(data),
  }
  const pdf = await PDF.load(bytes)
  const { bytes: signed } = await pdf.sign({ signer, level: 'B-B' })
  return signed
}

type Paths = { readonly input: string; readonly output: string }

async function* withLargeFile(
  measure: (paths: Paths) => AsyncIterable<Measurement>,
): AsyncIterable<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-sign-'))
  const paths = { input: join(folder, 'in.pdf'), output: join(folder, 'out.pdf') }
  try {
    writePlainPdf(paths.input, LARGE_BYTES)
    yield* measure(paths)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* signLarge({ input, output }: Paths, key: SigningKey): AsyncIterable<Measurement> {
  const sign = () => signFile(input, output, { key, clock: systemClock, level: 'b' })
  const memory = await peakMemory(sign)
  const floor = await medianMs(5, 1, () => copyAndHash(input, output))
  const ours = await medianMs(5, 1, sign)
  yield shown('read + SHA-256 + write + fsync of 100 MB', floor, 'ms')
  yield shown('sign 100 MB, disk to disk', ours, 'ms')
  yield measured('sign 100 MB / read + SHA-256 + write', ours / floor, 'x', { atMost: 2 })
  yield measured('added memory while signing 100 MB', memory, 'MB', { atMost: 64 })
}

async function* signLargeWithPeer(paths: Paths, key: SigningKey): AsyncIterable<Measurement> {
  let peer = Number.NaN
  const memory = await peakMemory(async () => {
    peer = await medianMs(2, 0, () => signFileWithPeer(paths, key))
  })
  yield shown('@libpdf/core: sign 100 MB, disk to disk', peer, 'ms')
  yield shown('@libpdf/core: added memory while signing 100 MB', memory, 'MB')
}

/** The floor: the same bytes read, hashed and written in pieces, and synced as a signed file has to be. */
async function copyAndHash(input: string, output: string): Promise<string> {
  const from = await open(input, 'r')
  const to = await open(output, 'w')
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(1 << 20)
  try {
    for (;;) {
      const { bytesRead } = await from.read(buffer, 0, buffer.length)
      if (bytesRead === 0) break
      hash.update(buffer.subarray(0, bytesRead))
      await to.write(buffer, 0, bytesRead)
    }
    await to.sync()
    return hash.digest('hex')
  } finally {
    await Promise.all([from.close(), to.close()])
  }
}

async function signFileWithPeer(paths: Paths, key: SigningKey): Promise<void> {
  const from = await open(paths.input, 'r')
  const to = await open(paths.output, 'w')
  try {
    await to.write(await signWithPeer(await from.readFile(), key))
    await to.sync()
  } finally {
    await Promise.all([from.close(), to.close()])
  }
}

/** How far resident memory rises above its start, in MB, sampled every few ms. */
async function peakMemory(action: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 2)
  await action()
  clearInterval(timer)
  peak = Math.max(peak, process.memoryUsage.rss())
  return (peak - before) / 1e6
}
