/** Page 1 of a 100 MB, 2,500-page encrypted file in the viewer: the real office, its loopback host, a real browser. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { ensureBuilt } from '../../electron/build.ts'
import { loginLabel } from '../../electron/core/archive/keyslots.ts'
import { openArchive } from '../../electron/core/archive/open.ts'
import { insertCase } from '../../electron/core/archive/tables/cases.ts'
import type { Change } from '../../electron/core/archive/tables/changes.ts'
import { insertDocument } from '../../electron/core/archive/tables/documents.ts'
import { listUsers } from '../../electron/core/archive/tables/users.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { CaseFields } from '../../shared/model/case.ts'
import { launchBrowser, whyNoBrowser } from '../support/browser.ts'
import { manyPagesPdf } from '../support/many-pages-pdf.ts'
import { must, type OfficeProcess, startOfficeProcess } from '../support/office-process.ts'
import { type Measurement, measured } from './measurement.ts'

const PAGES = 2500
const BYTES_PER_PAGE = 40_000
const ROUNDS = 5
const LIMIT_MS = 1000
/** Cross-reference table, page tree and the first pages; far from the whole. */
const LIMIT_MEGABYTES = 10
const LOGIN = { loginName: 'bench', password: 'bench password' }

export async function* measureViewer(): AsyncIterable<Measurement> {
  const missing = await whyNoBrowser()
  if (missing !== undefined) throw new Error(missing)
  await ensureBuilt(['renderer', 'portal'])
  const data = await mkdtemp(join(tmpdir(), 'desk-bench-viewer-'))
  try {
    const { address, sizeBytes } = await officeWithLongDocument(data)
    const office = await startOfficeProcess(data)
    const browser = await launchBrowser()
    try {
      yield* measureOpenings({ browser, office, address, sizeBytes })
    } finally {
      await browser.close()
      await office.stop()
    }
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

async function* measureOpenings(stage: {
  readonly browser: Browser
  readonly office: OfficeProcess
  readonly address: string
  readonly sizeBytes: number
}): AsyncIterable<Measurement> {
  const context = await stage.browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'ja-JP' })
  const page = await context.newPage()
  let readBytes = 0
  // What came over the wire, also of answers that pdf.js breaks off.
  const network = await context.newCDPSession(page)
  const fileRequests = new Set<string>()
  await network.send('Network.enable')
  network.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (new URL(request.url).pathname.startsWith('/files/')) fileRequests.add(requestId)
  })
  network.on('Network.dataReceived', ({ requestId, dataLength }) => {
    if (fileRequests.has(requestId)) readBytes += dataLength
  })
  await page.goto(await stage.office.openingUrl())
  await page.getByLabel('ログイン名').fill(LOGIN.loginName)
  await page.getByLabel('パスワード', { exact: true }).fill(LOGIN.password)
  await page.getByRole('button', { name: 'ログイン' }).click()
  await page.getByRole('navigation', { name: 'メインメニュー' }).waitFor()
  const times: number[] = []
  let bytesToPage1 = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    await openAt(page, '#/')
    await page.getByRole('heading', { name: 'ホーム' }).waitFor()
    readBytes = 0
    times.push(await timeToPage(page, stage.address, 1))
    bytesToPage1 = Math.max(bytesToPage1, readBytes)
  }
  const [first = Number.NaN] = times
  const name = `page 1 of ${Math.round(stage.sizeBytes / 1e6)} MB, ${PAGES} pages, encrypted`
  yield measured(`${name}: first opening`, first, 'ms', { atMost: LIMIT_MS }, 'pdf.js is loaded, too')
  yield measured(`${name}: slowest of the next`, Math.max(...times.slice(1)), 'ms', { atMost: LIMIT_MS })
  yield measured(`${name}: read`, bytesToPage1 / 1e6, 'MB', { atMost: LIMIT_MEGABYTES }, 'in ranges')
  const started = performance.now()
  await page.getByLabel('ページ番号').fill(String(PAGES - 500))
  await page.keyboard.press('Enter')
  await page.locator(`[data-page="${PAGES - 500}"] canvas[data-drawn]`).waitFor()
  yield measured('jump to page 2,000', performance.now() - started, 'ms', { atMost: LIMIT_MS })
  await page.waitForTimeout(2000)
  yield measured('read until then', readBytes / 1e6, 'MB', { atMost: 2 * LIMIT_MEGABYTES })
  await context.close()
}

async function timeToPage(page: Page, address: string, number: number): Promise<number> {
  const started = performance.now()
  await openAt(page, address)
  await page.locator(`[data-page="${number}"] canvas[data-drawn]`).waitFor()
  return performance.now() - started
}

async function openAt(page: Page, hash: string): Promise<void> {
  await page.evaluate((target) => {
    window.location.hash = target
  }, hash)
}

/** A set-up office whose only case has the long document. */
async function officeWithLongDocument(data: string) {
  const office = await startOfficeProcess(data)
  must(
    await office.client.session.setUp({
      townName: '扶桑町',
      displayName: '計測',
      department: '行政課',
      ...LOGIN,
    }),
  )
  await office.stop()
  const bytes = manyPagesPdf(PAGES, BYTES_PER_PAGE)
  const archive = await openArchive(
    { folder: data, clock: systemClock },
    {
      label: loginLabel(LOGIN.loginName),
      secret: { kind: 'password', password: LOGIN.password },
    },
  )
  try {
    const file = await archive.vault.put(bytes)
    const [user] = listUsers(archive.db)
    if (user === undefined) throw new Error('Nobody is registered')
    const change: Change = { userId: user.id, who: user.displayName, at: systemClock.now(), why: '' }
    const fields = CaseFields.parse({
      title: '道路台帳整備業務委託',
      method: 'open-bid',
      kind: 'service',
      amount: 12_000_000,
      contractDate: '2026-04-01',
      department: '行政課',
      counterparties: [],
    })
    return archive.transaction((db) => {
      const caseId = insertCase(db, fields, change, { state: 'concluded' })
      const document = insertDocument(
        db,
        {
          caseId,
          title: '道路台帳',
          fileName: '道路台帳.pdf',
          role: 'attachment',
          pages: PAGES,
          preflight: null,
          file,
          reason: 'import',
        },
        change,
      )
      return { address: `#/cases/${caseId}/documents/${document.id}`, sizeBytes: bytes.length }
    })
  } finally {
    archive.close()
  }
}
