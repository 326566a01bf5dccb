import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '../../../electron/core/kit/clock.ts'
import { newSecret } from '../../../electron/core/kit/ids.ts'
import { createOfficePortalClient } from '../../../electron/core/portal/office-client.ts'
import { formatPortalLink, newPortalLink } from '../../../shared/portal-api/link.ts'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { type RunningPortal, runPortal } from '../../support/portal.ts'
import { makeTestPackage, type TestDocument } from '../../support/portal-package.ts'
import { builtPortalPages } from '../../support/portal-pages.ts'
import { startPortalProcess } from '../../support/portal-process.ts'
import { samplePdf } from '../../support/sample-pdf.ts'
import {
  expectAccessible,
  headingOf,
  readToEnd,
  responsesAtOffice,
  sendPackage,
  type Visit,
  visit,
} from './journey.ts'

const noBrowser = await whyNoBrowser()
const now = Date.parse('2026-12-01T00:00:00Z')
const days = (count: number): number => count * 24 * 3600_000

describe.skipIf(noBrowser !== undefined)('in trouble the contractor', () => {
  let browser: Browser
  let portal: RunningPortal
  let contract: TestDocument
  const clock = manualClock('2026-12-01T00:00:00Z')
  const visits: Visit[] = []

  beforeAll(async () => {
    portal = await runPortal({ pagesDir: await builtPortalPages(), clock })
    browser = await launchBrowser()
    contract = { id: 'a', title: '工事請負契約書', role: 'sign', pages: 1, bytes: await samplePdf(1) }
  })
  afterEach(async () => {
    clock.set(new Date(now))
    for (const { context, faults } of visits.splice(0)) {
      await context.close()
      expect(faults).toEqual([])
    }
  })
  afterAll(async () => {
    await browser?.close()
    await portal?.close()
  })
  async function arrive(url = portal.url): Promise<Visit> {
    const arrived = await visit(browser, url)
    visits.push(arrived)
    return arrived
  }

  it('is locked out after five wrong codes until the office unlocks', async () => {
    const { made, url } = await sendPackage(portal, { accessCode: 'right', documents: [contract] })
    const { page } = await arrive()
    await page.goto(url)
    for (const left of [4, 3, 2, 1]) {
      await page.getByLabel('アクセスコード').fill(`wrong${left}`)
      await page.keyboard.press('Enter')
      await page.getByText(`あと${left}回間違えると`).waitFor()
    }
    await page.getByLabel('アクセスコード').fill('9'.repeat(200))
    await page.keyboard.press('Enter')
    const locked = headingOf(page, 'アクセスコードの誤りが5回続いたため、ロックしました')
    await locked.waitFor()
    await page.getByText('0587-93-1111').waitFor()
    await expectAccessible(page)
    await page.reload()
    await locked.waitFor()
    await portal.office.unlockLink(made.link.linkId)
    await page.getByRole('button', { name: 'もう一度試す' }).click()
    await page.getByLabel('アクセスコード').fill('right')
    await page.keyboard.press('Enter')
    await readToEnd(page)
  })

  it('without a network is told so, and the next press sends once', async () => {
    const { made, url } = await sendPackage(portal, { documents: [contract] })
    const { page, context } = await arrive()
    await page.goto(url)
    await readToEnd(page)
    await page.getByRole('button', { name: '完了', exact: true }).click()
    await context.setOffline(true)
    await page.getByRole('button', { name: '署名手続きを完了する' }).click()
    await page.getByText('送信できませんでした。インターネットの接続をご確認のうえ').waitFor()
    await expectAccessible(page)
    await context.setOffline(false)
    await page.getByRole('button', { name: '署名手続きを完了する' }).click()
    await headingOf(page, '署名手続きが完了しました').waitFor()
    expect(await responsesAtOffice(portal, made)).toHaveLength(1)
  })

  it('whose first answer got lost on the way back makes no second one', async () => {
    const { made, url } = await sendPackage(portal, { documents: [contract] })
    const { page } = await arrive()
    await page.goto(url)
    await readToEnd(page)
    await page.getByRole('button', { name: '完了', exact: true }).click()
    await page.route('**/response', async (route) => {
      await route.fetch() // The portal receives it …
      await route.abort() // … and the browser never hears of it.
    })
    await page.getByRole('button', { name: '署名手続きを完了する' }).click()
    await page.getByText('送信できませんでした').waitFor()
    await page.unroute('**/response')
    await page.getByRole('button', { name: '署名手続きを完了する' }).click()
    await headingOf(page, '署名手続きが完了しました').waitFor()
    expect(await responsesAtOffice(portal, made)).toHaveLength(1)
  })

  it('loses nothing when the portal is killed and started again', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'keiyaku-portal-kill-'))
    const officeToken = newSecret()
    const pagesDir = await builtPortalPages()
    let running = await startPortalProcess({ dataDir, officeToken, port: 0, pagesDir })
    try {
      const office = createOfficePortalClient({ url: running.url, officeToken })
      const made = await makeTestPackage({ documents: [contract] })
      expect((await office.putPackage(made.sealed.record, made.sealedChunk)).ok).toBe(true)
      const { page } = await arrive(running.url)
      await page.goto(await formatPortalLink(running.url, made.link))
      await readToEnd(page)
      await running.kill()
      await page.getByRole('button', { name: '完了', exact: true }).click()
      await page.getByRole('button', { name: '署名手続きを完了する' }).click()
      await page.getByText('送信できませんでした').waitFor()
      running = await startPortalProcess({ dataDir, officeToken, port: running.port, pagesDir })
      await page.getByRole('button', { name: '署名手続きを完了する' }).click()
      await headingOf(page, '署名手続きが完了しました').waitFor()
      await running.kill()
      running = await startPortalProcess({ dataDir, officeToken, port: running.port, pagesDir })
      await page.reload()
      await headingOf(page, '回答は受け付け済みです').waitFor()
      const events = await office.pullEvents()
      expect(events.ok && events.value.events.filter(({ kind }) => kind === 'response')).toHaveLength(1)
    } finally {
      await running.kill()
      await rm(dataDir, { recursive: true, force: true })
    }
  })

  it('gets plain words for a link that is cut, unknown, replaced, revoked or lapsed, and whom to ask', async () => {
    const replaced = await sendPackage(portal, { documents: [contract] })
    await portal.office.closeLink(replaced.made.link.linkId, 'replaced')
    const revoked = await sendPackage(portal, { documents: [contract] })
    await portal.office.closeLink(revoked.made.link.linkId, 'revoked')
    const lapsed = await sendPackage(portal, { documents: [contract], deadline: now + days(1) })
    const download = await sendPackage(portal, {
      kind: 'download',
      documents: [{ ...contract, role: 'signed' }],
      deadline: now + days(14),
    })
    const ended = await sendPackage(portal, {
      kind: 'download',
      documents: [{ ...contract, role: 'signed' }],
    })
    await portal.office.closeLink(ended.made.link.linkId, 'revoked')
    const elsewhere = await sendPackage(portal, { documents: [contract], allowedNetworks: ['10.1.0.0/16'] })
    clock.set(new Date(now + days(15)))
    const expected = [
      [`${portal.url}/`, 'リンクが正しくありません'],
      [replaced.url.slice(0, -1), 'リンクが正しくありません'],
      [await formatPortalLink(portal.url, newPortalLink('signing')), 'この手続きは見つかりません'],
      [replaced.url, 'このリンクは無効です（新しいリンクに差し替えられました）'],
      [revoked.url, 'この署名依頼は取り下げられました'],
      [lapsed.url, '回答期限を過ぎました'],
      [download.url, 'ダウンロードできる期間（14日間）が終わりました'],
      [ended.url, 'このダウンロードは終了しました'],
      [elsewhere.url, 'このネットワークからは開けません'],
    ] as const
    const { page } = await arrive()
    for (const [url, heading] of expected) {
      await page.goto('about:blank')
      await page.goto(url)
      await headingOf(page, heading).waitFor()
      await page.getByRole('heading', { name: 'お問い合わせ先' }).waitFor()
      await expectAccessible(page)
    }
    await page.goto('about:blank')
    await page.goto(lapsed.url)
    await page.getByText('扶桑町 総務部 行政課').waitFor()
  })

  it('who cannot reach the portal at first tries again with one button', async () => {
    const { url } = await sendPackage(portal, { documents: [contract] })
    const { page } = await arrive()
    await page.route('**/status', (route) => route.abort())
    await page.goto(url)
    await headingOf(page, 'サーバーにつながりません').waitFor()
    await expectAccessible(page)
    await page.unroute('**/status')
    await page.getByRole('button', { name: 'もう一度試す' }).click()
    await readToEnd(page)
  })

  it('whose document breaks off while loading loads it again with one button', async () => {
    const { url } = await sendPackage(portal, { documents: [contract] })
    const { page } = await arrive()
    await page.route('**/chunks/0', (route) => route.abort())
    await page.goto(url)
    const again = page.getByRole('button', { name: 'もう一度読み込む' })
    await again.waitFor()
    await expectAccessible(page)
    await page.unroute('**/chunks/0')
    await again.click()
    await readToEnd(page)
  })

  it('whose link lapses while the page is open is told so when answering', async () => {
    const { made, url } = await sendPackage(portal, { documents: [contract], deadline: now + days(1) })
    const { page } = await arrive()
    await page.goto(url)
    await readToEnd(page)
    await page.getByRole('button', { name: '完了', exact: true }).click()
    clock.set(new Date(now + days(2)))
    await page.getByRole('button', { name: '署名手続きを完了する' }).click()
    await headingOf(page, '回答期限を過ぎました').waitFor()
    expect(await responsesAtOffice(portal, made)).toEqual([])
  })

  it('is not shown a document that the portal changed', async () => {
    const { url } = await sendPackage(portal, { documents: [contract] })
    const { page } = await arrive()
    await page.route('**/chunks/0', async (route) => {
      const response = await route.fetch()
      const body = await response.body()
      body[100] = (body[100] ?? 0) ^ 1
      await route.fulfill({ response, body })
    })
    await page.goto(url)
    await headingOf(page, '文書を正しく読み込めませんでした').waitFor()
    await expectAccessible(page)
  })

  it('downloads the finished files, byte for byte', async () => {
    const certificate = { ...contract, id: 'z', title: '締結証明書', role: 'certificate' as const }
    const { url } = await sendPackage(portal, {
      kind: 'download',
      documents: [{ ...contract, role: 'signed' }, certificate],
      deadline: now + days(14),
    })
    const { page } = await arrive()
    await page.goto(url)
    await headingOf(page, '締結済み文書のダウンロード').waitFor()
    await expectAccessible(page)
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '工事請負契約書 をダウンロード' }).click(),
    ])
    expect(saved.suggestedFilename()).toBe('工事請負契約書.pdf')
    expect((await readFile(await saved.path())).equals(Buffer.from(contract.bytes))).toBe(true)
    await page.getByText('ダウンロードしました').waitFor()
    await expectAccessible(page)
  })

  it('loses nothing to mail scanners and previews: reading the address changes nothing', async () => {
    const { made, url } = await sendPackage(portal, { documents: [contract] })
    const before = await portal.office.pullEvents()
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])
      await fetch(url, { method, headers: { 'user-agent': 'scanner' } })
    const bare = await fetch(`${portal.url}/api/links/${made.link.linkId}/open`, { method: 'POST' })
    expect(bare.status).toBe(403)
    expect(await portal.office.pullEvents()).toEqual(before)
    expect(await portal.office.linkStatus(made.link.linkId)).toMatchObject({
      value: { state: 'open', failures: 0 },
    })
  })
})
