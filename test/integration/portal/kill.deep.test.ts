import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { newSecret } from '../../../electron/core/kit/ids.ts'
import {
  createOfficePortalClient,
  type OfficePortalClient,
} from '../../../electron/core/portal/office-client.ts'
import { sealResponse } from '../../../shared/portal-api/response-sealing.ts'
import { CHUNK_BYTES } from '../../../shared/portal-api/wire.ts'
import type { Result } from '../../../shared/result.ts'
import { consentTo, miniBrowser } from '../../support/portal.ts'
import { makeTestPackage, type TestPackage } from '../../support/portal-package.ts'
import { type PortalProcess, startPortalProcess } from '../../support/portal-process.ts'

const KILLS = 40

/** Repeats until it works, as job queue and contractor do. */
async function insist<T, E>(ask: () => Promise<Result<T, E>>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer.ok) return answer.value
    await sleep(20)
  }
}

async function insistFetch(ask: () => Promise<Response>): Promise<Response> {
  for (;;) {
    try {
      const response = await ask()
      if (response.ok) return response
      throw new Error(`${response.status} ${await response.text()}`)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error // TypeError is fetch's word for a broken connection.
      await sleep(20)
    }
  }
}

async function oneCase(office: OfficePortalClient, url: string): Promise<TestPackage> {
  const bytes = Buffer.alloc(2 * CHUNK_BYTES + 9, 5)
  const made = await makeTestPackage({ documents: [{ id: 'a', title: 'x', role: 'sign', pages: 1, bytes }] })
  await insist(() => office.putPackage(made.sealed.record, made.sealedChunk))
  const browser = await miniBrowser(url, made.link)
  await insistFetch(() => browser.post('/status'))
  for (const index of [0, 1, 2]) await insistFetch(() => browser.post(`/documents/a/chunks/${index}`))
  const manifest = await insist(async () => {
    try {
      return { ok: true, value: await browser.open() } as const
    } catch (error) {
      return { ok: false, error } as const
    }
  })
  const sealed = await sealResponse(manifest, consentTo(manifest))
  await insistFetch(() => browser.post('/response', sealed))
  return made
}

it(`keeps every package and every answer through ${KILLS} kills at random moments`, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'keiyaku-portal-killing-'))
  const officeToken = newSecret()
  let running: PortalProcess = await startPortalProcess({ dataDir, officeToken, port: 0 })
  const { url, port } = running
  const office = createOfficePortalClient({ url, officeToken, timeoutMs: 10_000 })
  let isKilling = true
  const killer = (async () => {
    for (let kills = 0; kills < KILLS; kills++) {
      await sleep(randomInt(10, 250))
      await running.kill()
      running = await startPortalProcess({ dataDir, officeToken, port })
    }
    isKilling = false
  })()
  const made: TestPackage[] = []
  const received = new Map<string, number>()
  let lastSeq = 0
  const collect = async (): Promise<void> => {
    const page = await insist(() => office.pullEvents())
    for (const event of page.events) {
      if (event.seq <= lastSeq) continue // Seen before; the acknowledgement got lost.
      expect(event.seq).toBe(lastSeq + 1)
      lastSeq = event.seq
      if (event.kind === 'response') received.set(event.linkId, (received.get(event.linkId) ?? 0) + 1)
    }
    await insist(() => office.acknowledge(page.logId, lastSeq))
  }
  try {
    while (isKilling || made.length < 4) {
      made.push(await oneCase(office, url))
      await collect()
    }
    await killer
    await collect()
    expect(made.length).toBeGreaterThan(3)
    for (const { link } of made) {
      expect(received.get(link.linkId)).toBe(1)
      expect(await office.linkStatus(link.linkId)).toMatchObject({ value: { state: 'answered' } })
    }
    expect(received.size).toBe(made.length)
  } finally {
    await running.kill()
    await rm(dataDir, { recursive: true, force: true })
  }
})
