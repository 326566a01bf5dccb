import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../../electron/core/kit/clock.ts'
import type { DocumentId } from '../../../shared/model/brand.ts'
import { openChunk, openNotice } from '../../../shared/portal-api/package-sealing.ts'
import {
  findConsentProblems,
  openResponse,
  sealResponse,
} from '../../../shared/portal-api/response-sealing.ts'
import { CHUNK_BYTES, PortalPublicStatus } from '../../../shared/portal-api/wire.ts'
import { consentTo, miniBrowser, publish, type RunningPortal, runPortal } from '../../support/portal.ts'
import { makeTestPackage, TEST_CONTACT } from '../../support/portal-package.ts'

const open: RunningPortal[] = []
async function started(...args: Parameters<typeof runPortal>): Promise<RunningPortal> {
  const portal = await runPortal(...args)
  open.push(portal)
  return portal
}
afterEach(async () => {
  for (const portal of open.splice(0)) await portal.close()
})

async function codeOf(response: Response): Promise<unknown> {
  return { status: response.status, ...((await response.json()) as object) }
}

async function pull(portal: RunningPortal) {
  const page = await portal.office.pullEvents()
  if (!page.ok) throw new Error(page.error.code)
  return page.value
}

describe('the way of a consent', () => {
  it('goes from the office through the portal to the browser and back', async () => {
    const portal = await started()
    const bytes = Buffer.alloc(CHUNK_BYTES + 17, 'x')
    const made = await makeTestPackage({
      accessCode: 'Fuso2026',
      documents: [{ id: 'a', title: '契約書', role: 'sign', pages: 1, bytes }],
    })
    const progress: number[] = []
    const put = await portal.office.putPackage(made.sealed.record, made.sealedChunk, {
      onProgress: ({ doneChunks }) => progress.push(doneChunks),
    })
    expect(put).toMatchObject({ ok: true, value: { state: 'open', missingChunks: [] } })
    expect(progress).toEqual([0, 1, 2])

    const browser = await miniBrowser(portal.url, made.link, 'Ｆｕｓｏ２０２６')
    const status = PortalPublicStatus.parse(await (await browser.post('/status')).json())
    expect(status).toMatchObject({ state: 'open', accessCodeRequired: true, failuresLeft: 5 })
    expect(await openNotice(made.link, status.notice)).toEqual(TEST_CONTACT)

    const manifest = await browser.open()
    const documentId = 'a' as DocumentId
    const parts: Uint8Array[] = []
    for (const index of [0, 1]) {
      const chunk = await browser.post(`/documents/a/chunks/${index}`)
      const place = { linkId: made.link.linkId, documentId, index, chunkCount: 2 }
      parts.push(await openChunk(browser.keys.contentKey, place, new Uint8Array(await chunk.arrayBuffer())))
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true)
    await browser.post('/seen', JSON.stringify({ documentId }))

    const sealed = await sealResponse(manifest, consentTo(manifest))
    const receipt = await browser.post('/response', sealed)
    expect(receipt.status).toBe(200)

    const page = await pull(portal)
    expect(page.events.map(({ kind, seq }) => [seq, kind])).toEqual([
      [1, 'opened'],
      [2, 'document-seen'],
      [3, 'response'],
    ])
    const event = page.events[2]
    if (event?.kind !== 'response' || made.sealed.responsePublicKey === undefined)
      throw new Error('no response')
    expect(event.ipAddress).toBe('127.0.0.1')
    const opened = await openResponse({
      linkId: event.linkId,
      packageId: made.facts.packageId,
      officePrivateKey: made.officeKeys.privateKey,
      responsePublicKey: made.sealed.responsePublicKey,
      sealed: event.sealed,
    })
    if (opened.response.kind !== 'consent') throw new Error('no consent')
    expect(findConsentProblems(opened.response, made.facts)).toEqual([])
  })

  it('makes one event of the same response sent many times, also after a restart', async () => {
    let portal = await started()
    const made = await makeTestPackage()
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    const manifest = await browser.open()
    const sealed = await sealResponse(manifest, consentTo(manifest))
    const answers = await Promise.all([1, 2, 3, 4].map(() => browser.post('/response', sealed)))
    const receipts = await Promise.all(answers.map((answer) => answer.text()))
    expect(new Set(receipts).size).toBe(1)
    open.pop()
    portal = await portal.restart()
    open.push(portal)
    const again = await miniBrowser(portal.url, made.link)
    expect(await (await again.post('/response', sealed)).text()).toBe(receipts[0])
    expect((await pull(portal)).events.filter(({ kind }) => kind === 'response')).toHaveLength(1)
  })

  it('refuses a second, different response and reading after the first', async () => {
    const portal = await started()
    const made = await makeTestPackage()
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    const manifest = await browser.open()
    await browser.post('/response', await sealResponse(manifest, consentTo(manifest)))
    const second = await browser.post('/response', await sealResponse(manifest, consentTo(manifest)))
    expect(await codeOf(second)).toEqual({ status: 409, code: 'LINK_ANSWERED' })
    expect(await codeOf(await browser.post('/open'))).toEqual({ status: 409, code: 'LINK_ANSWERED' })
    expect(await readdir(join(portal.dataDir, 'links', made.link.linkId))).toEqual(['link.json'])
  })

  it('lets the office acknowledge twice and gives only what is new', async () => {
    const portal = await started()
    const made = await makeTestPackage()
    await publish(portal, made)
    await (await miniBrowser(portal.url, made.link)).open()
    const { logId } = await pull(portal)
    for (let times = 0; times < 2; times++)
      expect(await portal.office.acknowledge(logId, 1)).toEqual({ ok: true, value: undefined })
    expect(await pull(portal)).toEqual({ logId, events: [], acknowledgedSeq: 1 })
    expect(await portal.office.acknowledge('another-log', 1)).toMatchObject({
      ok: false,
      error: { code: 'PORTAL_REFUSED_REQUEST' },
    })
  })

  it('wakes the office that waits for events', async () => {
    const portal = await started()
    const made = await makeTestPackage()
    await publish(portal, made)
    const waiting = portal.office.pullEvents({ waitMs: 20_000 })
    await (await miniBrowser(portal.url, made.link)).open()
    const page = await waiting
    expect(page.ok && page.value.events.map(({ kind }) => kind)).toEqual(['opened'])
  })
})

describe('wrong access codes', () => {
  it('lock the link at the fifth, also when they come at once; the office sees and unlocks', async () => {
    const portal = await started()
    const made = await makeTestPackage({ accessCode: 'right1' })
    await publish(portal, made)
    const wrong = await miniBrowser(portal.url, made.link, 'wrong1')
    const answers = await Promise.all(
      Array.from({ length: 9 }, async () => codeOf(await wrong.post('/open'))),
    )
    expect(answers.filter((answer) => (answer as { code: string }).code === 'TOKEN_WRONG')).toHaveLength(4)
    expect(answers.at(-1)).toEqual({ status: 423, code: 'LINK_LOCKED', failuresLeft: 0 })

    const right = await miniBrowser(portal.url, made.link, 'right1')
    expect(await codeOf(await right.post('/open'))).toMatchObject({ status: 423 })
    const kinds = (await pull(portal)).events.map(({ kind }) => kind)
    expect(kinds).toEqual(['code-failed', 'code-failed', 'code-failed', 'code-failed', 'locked'])
    expect(await portal.office.linkStatus(made.link.linkId)).toMatchObject({
      ok: true,
      value: { locked: true, failures: 5 },
    })
    expect(await portal.office.unlockLink(made.link.linkId)).toMatchObject({
      ok: true,
      value: { locked: false, failures: 0 },
    })
    expect((await right.open()).caseTitle).toBe(made.facts.caseTitle)
  })

  it('are still counted after a restart, and forgiven by the right one', async () => {
    let portal = await started()
    const made = await makeTestPackage({ accessCode: 'right1' })
    await publish(portal, made)
    const wrong = await miniBrowser(portal.url, made.link, 'wrong1')
    for (let times = 0; times < 3; times++) await wrong.post('/open')
    open.pop()
    portal = await portal.restart()
    open.push(portal)
    expect(await codeOf(await (await miniBrowser(portal.url, made.link, 'no')).post('/open'))).toEqual({
      status: 401,
      code: 'TOKEN_WRONG',
      failuresLeft: 1,
    })
    await (await miniBrowser(portal.url, made.link, 'right1')).open()
    expect(await portal.office.linkStatus(made.link.linkId)).toMatchObject({ value: { failures: 0 } })
  })

  it('of 200 characters are judged like any other', async () => {
    const portal = await started()
    const code = 'x9'.repeat(100)
    const made = await makeTestPackage({ accessCode: code })
    await publish(portal, made)
    await expect((await miniBrowser(portal.url, made.link, code)).open()).resolves.toBeDefined()
    const other = await miniBrowser(portal.url, made.link, `${code}a`)
    expect(await codeOf(await other.post('/open'))).toMatchObject({ status: 401, failuresLeft: 4 })
  })
})

describe('a dead link', () => {
  it('that lapsed says so, keeps no ciphertext and can still be replaced', async () => {
    const clock = manualClock('2026-12-01T00:00:00Z')
    const portal = await started({ clock })
    const made = await makeTestPackage({ deadline: Date.parse('2026-12-10T00:00:00Z') })
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    const manifest = await browser.open()
    clock.set(new Date('2026-12-10T00:00:00Z'))
    const late = await browser.post('/response', await sealResponse(manifest, consentTo(manifest)))
    expect(await codeOf(late)).toEqual({ status: 410, code: 'LINK_EXPIRED' })
    expect(await readdir(join(portal.dataDir, 'links', made.link.linkId))).toEqual(['link.json'])
    const status = PortalPublicStatus.parse(await (await browser.post('/status')).json())
    expect(status.state).toBe('expired')
    expect(await openNotice(made.link, status.notice)).toEqual(TEST_CONTACT)
    expect(await portal.office.closeLink(made.link.linkId, 'replaced')).toMatchObject({
      value: { state: 'replaced' },
    })
  })

  it('that lapsed while nobody looked is emptied, and forgotten after 400 days', async () => {
    const clock = manualClock('2026-12-01T00:00:00Z')
    let portal = await started({ clock })
    const made = await makeTestPackage({ deadline: Date.parse('2026-12-10T00:00:00Z') })
    await publish(portal, made)
    const again = async (): Promise<void> => {
      open.pop()
      portal = await portal.restart()
      open.push(portal)
    }
    clock.set(new Date('2026-12-11T00:00:00Z'))
    await again()
    expect(await readdir(join(portal.dataDir, 'links', made.link.linkId))).toEqual(['link.json'])
    clock.set(new Date('2028-01-14T00:00:00Z'))
    await again()
    expect(await portal.office.linkStatus(made.link.linkId)).toMatchObject({ value: { state: 'expired' } })
    clock.set(new Date('2028-01-16T00:00:00Z'))
    await again()
    expect(await readdir(join(portal.dataDir, 'links'))).toEqual([])
  })

  it('that was revoked or replaced answers nothing more', async () => {
    const portal = await started()
    for (const reason of ['revoked', 'replaced'] as const) {
      const made = await makeTestPackage()
      await publish(portal, made)
      for (let times = 0; times < 2; times++)
        expect(await portal.office.closeLink(made.link.linkId, reason)).toMatchObject({
          value: { state: reason },
        })
      const browser = await miniBrowser(portal.url, made.link)
      expect(await codeOf(await browser.post('/open'))).toEqual({
        status: 410,
        code: reason === 'revoked' ? 'LINK_REVOKED' : 'LINK_REPLACED',
      })
      expect(await portal.office.putPackage(made.sealed.record, made.sealedChunk)).toMatchObject({
        ok: false,
        error: { code: 'PORTAL_LINK_CLOSED' },
      })
    }
  })

  it('cannot be revoked once it was answered: the office must read the answer', async () => {
    const portal = await started()
    const made = await makeTestPackage()
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    const manifest = await browser.open()
    await browser.post('/response', await sealResponse(manifest, consentTo(manifest)))
    expect(await portal.office.closeLink(made.link.linkId, 'revoked')).toMatchObject({
      ok: false,
      error: { code: 'PORTAL_LINK_CLOSED', data: { detail: 'LINK_ANSWERED' } },
    })
  })

  it('that was deleted or never was, or is still being uploaded, is unknown', async () => {
    const portal = await started()
    const made = await makeTestPackage()
    const browser = await miniBrowser(portal.url, made.link)
    expect(await codeOf(await browser.post('/status'))).toEqual({ status: 404, code: 'LINK_UNKNOWN' })
    const failing = async (): Promise<Uint8Array> => Promise.reject(new Error('stop'))
    await expect(portal.office.putPackage(made.sealed.record, failing)).rejects.toThrow('stop')
    expect(await codeOf(await browser.post('/status'))).toEqual({ status: 404, code: 'LINK_UNKNOWN' })
    await publish(portal, made)
    for (let times = 0; times < 2; times++)
      expect(await portal.office.deleteLink(made.link.linkId)).toEqual({ ok: true, value: undefined })
    expect(await codeOf(await browser.post('/open'))).toEqual({ status: 404, code: 'LINK_UNKNOWN' })
    expect(await readdir(join(portal.dataDir, 'links'))).toEqual([])
  })
})

describe('a download', () => {
  it('is read as often as wanted for its time, and told to the office', async () => {
    const clock = manualClock('2026-12-01T00:00:00Z')
    const portal = await started({ clock })
    const made = await makeTestPackage({
      kind: 'download',
      deadline: Date.parse('2026-12-15T00:00:00Z'),
      documents: [{ id: 'a', title: '契約書', role: 'signed', pages: 1, bytes: Buffer.from('%PDF') }],
    })
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    await browser.open()
    for (let times = 0; times < 3; times++)
      expect((await browser.post('/documents/a/chunks/0')).status).toBe(200)
    expect((await pull(portal)).events.map(({ kind }) => kind)).toEqual(['opened', 'downloaded'])
    expect(await codeOf(await browser.post('/response', new Uint8Array(200)))).toMatchObject({ status: 400 })
    clock.set(new Date('2026-12-15T00:00:00Z'))
    expect(await codeOf(await browser.post('/documents/a/chunks/0'))).toMatchObject({ status: 410 })
  })
})

describe('an upload', () => {
  it('goes on where it stopped and is refused when the package is another one', async () => {
    const portal = await started()
    const bytes = Buffer.alloc(3 * CHUNK_BYTES, 1)
    const made = await makeTestPackage({
      documents: [{ id: 'a', title: 'x', role: 'sign', pages: 1, bytes }],
    })
    let calls = 0
    const breaking = async (id: DocumentId, index: number): Promise<Uint8Array> => {
      calls += 1
      if (calls === 3) throw new Error('cable')
      return made.sealedChunk(id, index)
    }
    await expect(portal.office.putPackage(made.sealed.record, breaking)).rejects.toThrow('cable')
    const asked: number[] = []
    const put = await portal.office.putPackage(made.sealed.record, async (id, index) => {
      asked.push(index)
      return made.sealedChunk(id, index)
    })
    expect(put.ok).toBe(true)
    expect(asked).toEqual([2])
    const changed = { ...made.sealed.record, allowedNetworks: ['10.0.0.0/8'] }
    expect(await portal.office.putPackage(changed, made.sealedChunk)).toMatchObject({
      ok: false,
      error: { code: 'PORTAL_LINK_DIFFERS' },
    })
    expect(await portal.office.putPackage(made.sealed.record, made.sealedChunk)).toMatchObject({
      ok: true,
      value: { state: 'open' },
    })
  })

  it('that nobody finished within a day leaves nothing behind, and can begin anew', async () => {
    const clock = manualClock('2026-12-01T00:00:00Z')
    let portal = await started({ clock })
    const made = await makeTestPackage({ deadline: Date.parse('2026-12-20T00:00:00Z') })
    const breaking = async (): Promise<Uint8Array> => {
      throw new Error('cable')
    }
    await expect(portal.office.putPackage(made.sealed.record, breaking)).rejects.toThrow('cable')
    const sweptAt = async (time: string): Promise<string[]> => {
      clock.set(new Date(time))
      open.pop()
      portal = await portal.restart()
      open.push(portal)
      return readdir(join(portal.dataDir, 'links'))
    }
    expect(await sweptAt('2026-12-01T23:59:00Z')).toEqual([made.link.linkId])
    expect(await sweptAt('2026-12-02T00:00:00Z')).toEqual([])
    await publish(portal, made)
    await expect((await miniBrowser(portal.url, made.link)).open()).resolves.toBeDefined()
    expect(await sweptAt('2026-12-19T00:00:00Z')).toEqual([made.link.linkId])
  })
})

describe('the folder of the portal', () => {
  it('holds no name, title, address or text in UTF-8 or UTF-16', async () => {
    const portal = await started()
    const made = await makeTestPackage({ accessCode: 'Fuso2026' })
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link, 'Fuso2026')
    const manifest = await browser.open()
    await browser.post('/seen', JSON.stringify({ documentId: 'doc1' }))
    const words = [
      '髙﨑',
      '山髙建設',
      '道路改良',
      '工事請負',
      '契約書',
      '本文',
      'takasaki',
      'Fuso2026',
      '扶桑町',
      '行政課',
    ]
    const searched = async (): Promise<number> => {
      let files = 0
      for (const entry of await readdir(portal.dataDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue
        files += 1
        const bytes = await readFile(join(entry.parentPath, entry.name))
        for (const word of words)
          for (const form of [
            Buffer.from(word),
            Buffer.from(word, 'utf16le'),
            Buffer.from(word, 'utf16le').swap16(),
          ])
            expect(bytes.includes(form), `${word} in ${entry.name}`).toBe(false)
      }
      return files
    }
    expect(await searched()).toBe(4)
    await browser.post('/response', await sealResponse(manifest, consentTo(manifest)))
    expect(await searched()).toBeGreaterThanOrEqual(2)
  })
})
