import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPageFiles } from '../../../electron/app/serve/page-files.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { type BrowserHost, startBrowserHost } from '../../../electron/host/browser/server.ts'
import type { OfficeBridge } from '../../../renderer/bridge/office-bridge.ts'
import type { BridgeEvent } from '../../../shared/bridge/define.ts'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { type FakeApplication, fakeApplication, memoryFile } from '../../support/fake-application.ts'

declare global {
  interface Window {
    bridge: OfficeBridge
    events: BridgeEvent[]
  }
}

const BRIDGE = resolve(import.meta.dirname, '../../../renderer/bridge/create-office-bridge.ts')
const noBrowser = await whyNoBrowser()

let folder: string
let browser: Browser
let host: BrowserHost
let application: FakeApplication
let page: Page

/** A page that has nothing but the bridge. */
async function buildPage(): Promise<void> {
  await writeFile(join(folder, 'index.html'), '<script type="module" src="./main.ts"></script>')
  await writeFile(
    join(folder, 'main.ts'),
    `import { createOfficeBridge } from ${JSON.stringify(BRIDGE)}
     window.bridge = createOfficeBridge()
     window.events = []
     window.bridge.subscribe((event) => window.events.push(event))`,
  )
  await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    build: { modulePreload: { polyfill: false } },
  })
}

describe.skipIf(noBrowser !== undefined)('the bridge of a page', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bridge-page-'))
    await buildPage()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true })
  })
  beforeEach(async () => {
    application = fakeApplication()
    host = await startBrowserHost({
      application,
      pageFiles: await openPageFiles(join(folder, 'dist')),
      logger: silentLogger,
      port: 0,
    })
    page = await (await browser.newContext()).newPage()
  })
  afterEach(async () => {
    await page.context().close()
    await host.close()
  })

  async function open(): Promise<void> {
    await page.goto(host.openingUrl())
    await page.waitForFunction(() => window.bridge !== undefined)
  }

  test('carries calls and answers over HTTP', async () => {
    await open()
    const answer = await page.evaluate(() => window.bridge.client.session.status({}))
    expect(answer).toEqual({ ok: true, value: { channel: 'session.status', input: {} } })
    expect(application.calls[0]?.channel).toBe('session.status')
  })

  test('hears events, and asks the page to look again after the connection was lost', async () => {
    await open()
    await expect.poll(() => application.announce({ topic: 'case-changed', caseId: 'c1' })).toBe(1)
    await page.waitForFunction(() => window.events.length > 0)
    expect(await page.evaluate(() => window.events[0])).toEqual({ topic: 'case-changed', caseId: 'c1' })
    await page.evaluate(() => {
      window.events.length = 0
    })
    const port = Number(new URL(host.origin).port)
    await host.close()
    host = await startBrowserHost({
      application,
      pageFiles: async () => undefined,
      logger: silentLogger,
      port,
    })
    await page.waitForFunction(() => window.events.some(({ topic }) => topic === 'session-changed'))
  })

  test('says that the main side is gone, instead of throwing', async () => {
    await open()
    await page.route('**/bridge/**', (route) => route.abort())
    const answer = await page.evaluate(() => window.bridge.client.session.status({}))
    expect(answer).toEqual({ ok: false, error: { code: 'HOST_UNREACHABLE', data: { reason: 'no-answer' } } })
    await page.unroute('**/bridge/**')
    await page.context().clearCookies()
    const ended = await page.evaluate(() => window.bridge.client.session.status({}))
    expect(ended).toEqual({
      ok: false,
      error: { code: 'HOST_UNREACHABLE', data: { reason: 'session-ended' } },
    })
  })

  test('uploads a file under its Japanese name with progress, and gives files back with ranges', async () => {
    await open()
    const outcome = await page.evaluate(async () => {
      const seen: number[] = []
      const file = new File([new Uint8Array(300_000).fill(7)], '設計書（髙橋）.pdf')
      const answer = await window.bridge.upload(file, { onProgress: (sent) => seen.push(sent) })
      return { answer, last: seen.at(-1) }
    })
    expect(outcome).toEqual({ answer: { ok: true, value: { uploadId: 'upload-1' } }, last: 300_000 })
    expect(application.uploads[0]?.fileName).toBe('設計書（髙橋）.pdf')
    expect(application.uploads[0]?.bytes.length).toBe(300_000)
    application.files.set('t1', memoryFile(new TextEncoder().encode('0123456789')))
    const part = await page.evaluate(async () => {
      const answer = await fetch(window.bridge.fileUrl('t1'), { headers: { range: 'bytes=3-5' } })
      return [answer.status, await answer.text()]
    })
    expect(part).toEqual([206, '345'])
  })

  test('ends an upload that is cancelled, before or while it runs', async () => {
    await open()
    const codes = await page.evaluate(async () => {
      const file = new File([new Uint8Array(30_000_000)], 'a.pdf')
      const aborter = new AbortController()
      const running = window.bridge.upload(file, {
        signal: aborter.signal,
        onProgress: () => aborter.abort(),
      })
      const answers = [await running, await window.bridge.upload(file, { signal: AbortSignal.abort() })]
      return answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))
    })
    expect(codes[1]).toBe('UPLOAD_CANCELLED')
    // The fake refuses more than 1 MB: whichever comes first, nothing was taken.
    expect(['UPLOAD_CANCELLED', 'UPLOAD_TOO_LARGE', 'HOST_UNREACHABLE']).toContain(codes[0])
    expect(application.uploads).toEqual([])
  })

  test('takes the preload of Electron where there is one', async () => {
    await page.addInitScript(() => {
      const listeners: ((event: unknown) => void)[] = []
      Object.assign(window, {
        keiyaku: {
          call: async (channel: string, input: unknown) => {
            if (channel === 'session.logOut') throw new Error("Error invoking remote method 'bridge:call'")
            for (const listener of listeners) listener({ topic: 'mail-changed' })
            for (const listener of listeners) listener({ topic: 'no such topic' })
            return { ok: true, value: { channel, input } }
          },
          onEvent: (listener: (event: unknown) => void) => {
            listeners.push(listener)
            return () => undefined
          },
        },
      })
    })
    await open()
    const seen = await page.evaluate(async () => [
      await window.bridge.client.session.status({}),
      await window.bridge.client.session.logOut({}),
      window.events,
    ])
    expect(seen).toEqual([
      { ok: true, value: { channel: 'session.status', input: {} } },
      { ok: false, error: { code: 'HOST_UNREACHABLE', data: { reason: 'no-answer' } } },
      [{ topic: 'mail-changed' }],
    ])
    expect(application.calls).toEqual([])
  })
})
