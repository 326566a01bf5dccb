/** `npm run bench -- bulk`: a thousand contracts from unsigned to B-LTA against the local TSA over HTTP. */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileSource } from '../../electron/core/kit/byte-source.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { startLocalTrustServices } from '../../electron/core/signing/local/local-trust-server.ts'
import { createTestAuthority, testSigningKey } from '../../electron/core/signing/local/test-authority.ts'
import { httpRevocationSource } from '../../electron/core/signing/revocation/http-revocation-source.ts'
import type { BulkOutcome } from '../../electron/core/signing/run-bulk.ts'
import { type BulkFile, renewBulk, signBulk } from '../../electron/core/signing/sign-bulk.ts'
import { httpTimestampAuthority } from '../../electron/core/signing/timestamp/http-timestamp-authority.ts'
import { plainPdf } from '../support/plain-pdf.ts'
import { type Measurement, measured, shown } from './measurement.ts'

const CONTRACTS = 1000

export async function* run(): AsyncIterable<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-bulk-'))
  let authority = await createTestAuthority({ nowMs: Date.now(), baseUrl: 'http://127.0.0.1:1' })
  const services = await startLocalTrustServices({ authority: () => authority, clock: systemClock, port: 0 })
  try {
    authority = await createTestAuthority({ nowMs: Date.now(), baseUrl: `http://127.0.0.1:${services.port}` })
    const files = await makeFiles(folder)
    const key = testSigningKey(authority, authority.town)
    const timestamps = httpTimestampAuthority({ url: services.tsaUrl })
    const source = httpRevocationSource()
    const validation = {
      revocation: source,
      issuers: source,
      anchors: [authority.root.certificate],
      clock: systemClock,
    }
    const memoryBefore = process.memoryUsage.rss()
    const progress: number[] = []
    const onProgress = () => progress.push(process.memoryUsage.rss())
    const start = performance.now()
    const signed = await signBulk(
      files,
      { key, clock: systemClock, timestampAuthority: timestamps },
      { onProgress },
    )
    const signedAt = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 1000)) // revocation data must be newer than the last signature
    const renewed = await renewBulk(
      files,
      { validation, authority: timestamps, requireComplete: true },
      { onProgress },
    )
    const end = performance.now()
    const done = (outcomes: readonly BulkOutcome[]) =>
      outcomes.filter((outcome) => outcome.status === 'done').length
    yield shown(`sign ${CONTRACTS} contracts, B-T`, (signedAt - start) / 1000, 's')
    yield shown(`validation data and archive timestamp for ${CONTRACTS}`, (end - signedAt - 1000) / 1000, 's')
    yield measured(`${CONTRACTS} contracts to B-LTA`, (end - start) / 1000, 's', { atMost: 30 })
    yield measured('contracts that reached B-LTA', Math.min(done(signed), done(renewed)), 'files', {
      atLeast: CONTRACTS,
    })
    const growth = (Math.max(...progress.slice(CONTRACTS)) - Math.max(...progress.slice(0, CONTRACTS))) / 1e6
    yield shown('resident memory before', memoryBefore / 1e6, 'MB')
    yield measured('peak memory of the second thousand above the first', growth, 'MB', { atMost: 100 })
    yield shown('requests to the TSA', services.counts.get('/tsa') ?? 0, 'requests')
    yield shown('requests to the OCSP responder', services.counts.get('/ocsp') ?? 0, 'requests')
  } finally {
    await services.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeFiles(folder: string): Promise<readonly BulkFile[]> {
  return Promise.all(
    Array.from({ length: CONTRACTS }, async (_, index) => {
      const path = join(folder, `${index}.pdf`)
      await writeFile(path, plainPdf(60_000, `Contract ${index}`))
      return {
        id: String(index),
        open: async () => fileSource(path),
        save: async (appended: Uint8Array) => appendFile(path, appended),
      }
    }),
  )
}
