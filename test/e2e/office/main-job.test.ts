/**
 * The main job of product.md, steps 2–10, in real browser pages: the clerk, the approver and the contractor, over the real
 * application — archive, signing, portal process, SMTP and RFC 3161 on loopback. Nothing is faked.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeApplication } from '../../../electron/app/compose.ts'
import type { Application } from '../../../electron/app/host-port.ts'
import { programPaths } from '../../../electron/app/program-paths.ts'
import { openPageFiles } from '../../../electron/app/serve/page-files.ts'
import { nodePrograms } from '../../../electron/app/work/node-program.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { type BrowserHost, startBrowserHost } from '../../../electron/host/browser/server.ts'
import { addAxe, axeProblems } from '../../support/axe.ts'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { visitLink } from '../../support/contractor.ts'
import { makeContractPdf } from '../../support/fake-office/fake-pdf.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import { builtPortalPages } from '../../support/portal-pages.ts'
import { goTo, keepPicture, logOut } from './office-steps.ts'

const missing = await whyNoBrowser()
const PASSWORD = 'correct horse 町'
const TITLE = '町道高雄12号線舗装修繕工事'
const button = (place: Page, name: string | RegExp) => place.getByRole('button', { name }).first()
const dialogButton = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true })

describe.skipIf(missing !== undefined)('the main job in real pages', () => {
  let browser: Browser
  let context: BrowserContext
  let application: Application
  let host: BrowserHost
  let folder: string
  let pages: string
  let page: Page
  const faults: string[] = []

  beforeAll(async () => {
    pages = await buildPages()
    await builtPortalPages()
    browser = await launchBrowser()
    folder = await mkdtemp(join(tmpdir(), 'keiyaku-main-job-'))
    await writeFile(join(folder, '契約書.pdf'), await makeContractPdf('工事請負契約書', 2))
    application = await composeApplication({
      dataDir: join(folder, 'office'),
      logger: silentLogger,
      quickKeys: true,
      services: { keychain: undefined, startProgram: nodePrograms(programPaths.commandLine) },
    })
    host = await startBrowserHost({
      application,
      logger: silentLogger,
      port: 0,
      pageFiles: await openPageFiles(pages),
    })
    context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'ja-JP',
      acceptDownloads: true,
    })
    context.setDefaultTimeout(20_000)
    await addAxe(context)
    page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    page.on('pageerror', (error) => faults.push(error.message))
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await application?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  async function logIn(loginName: string): Promise<void> {
    await page.getByLabel('ログイン名').fill(loginName)
    await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD)
    await button(page, 'ログインする').click()
    await page.getByRole('navigation', { name: 'メインメニュー' }).waitFor()
  }
  async function become(loginName: string, hash: string): Promise<void> {
    await logOut(page)
    await logIn(loginName)
    await goTo(page, hash)
  }
  async function expectSound(name: string): Promise<void> {
    await keepPicture(page, `main-job-${name}`)
    expect(await axeProblems(page)).toEqual([])
    expect(faults).toEqual([])
  }

  it('goes from the first start to a contract that is found again and verified', async () => {
    await setUp()
    await addUser('clerk', '佐藤 花子', '契約担当')
    await addUser('approver', '伊藤 誠', '承認者')
    await become('clerk', '#/cases/new')
    const address = await prepareCase()
    await become('approver', address)
    await button(page, '内容を確かめて決裁する').click()
    await page.getByLabel('決裁番号（文書番号）').fill('8扶行第1号')
    await dialogButton(page, '決裁する').click()
    await page.getByText('決裁が済みました。').waitFor()
    await become('clerk', address)
    await button(page, '署名を依頼する（送信）').click()
    await expectSound('send')
    await dialogButton(page, '送信する').click()
    const link = await mailedLink()
    await signAsContractor(link)
    await goTo(page, address)
    await page.getByText('相手方の署名が済みました。').waitFor()
    await become('approver', address)
    await button(page, '町の署名をする').click()
    await dialogButton(page, '署名する').click()
    await page.getByText('1件に署名しました。').waitFor()
    await dialogButton(page, '閉じる').click()
    await page.getByText('締結済').first().waitFor()
    await page.getByRole('tab', { name: /文書/ }).click()
    await page.getByRole('link', { name: '締結証明書' }).waitFor()
    await page.getByRole('link', { name: '工事請負契約書' }).click()
    await page.getByText(/髙橋 一郎（証明：.*）の署名は有効です。/).waitFor()
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await expectSound('signature-panel')
    await goTo(page, '#/archive')
    await page.getByLabel('保管庫を探す').fill('令和8年度 1,000万円以上 (株)髙橋組 舗装')
    await page.getByText('1件', { exact: true }).waitFor()
    await expectSound('archive')
    await become('admin', '#/audit')
    await button(page, '記録のつながりを検査する').click()
    await page.getByText(/件の記録は、すべてつながっています。/).waitFor()
    await expectSound('audit')
    expect(await listOf('この期間を書き出す', '操作ログ.csv')).toContain('"操作ログのつながりを検査しました"')
    await goTo(page, '#/archive/changes')
    expect(await listOf('すべて書き出す（CSV）', '訂正削除履歴.csv')).toContain('"契約金額"')
  }, 240_000)

  /** A list that is made as long work and saved when it is there. */
  async function listOf(name: string, fileName: string): Promise<string> {
    const download = page.waitForEvent('download')
    await button(page, name).click()
    expect((await download).suggestedFilename()).toBe(fileName)
    return await readFile(await (await download).path(), 'utf8')
  }

  async function setUp(): Promise<void> {
    await page.goto(host.openingUrl())
    await page.getByLabel('町の名前').fill('扶桑町')
    await page.getByLabel('氏名').fill('山田 太郎')
    await page.getByLabel('ログイン名').fill('admin')
    await page.getByLabel(/^パスワード必須$/).fill(PASSWORD)
    await page.getByLabel(/^パスワード（もう一度）/).fill(PASSWORD)
    await button(page, 'この内容で始める').click()
    const download = page.waitForEvent('download')
    await button(page, '復旧シート（PDF）を保存する').click()
    expect((await download).suggestedFilename()).toMatch(/復旧シート.*\.pdf$/)
    await page.getByLabel(/復旧シートを印刷し/).check()
    await button(page, '電子契約デスクを始める').click()
    await page.getByRole('navigation', { name: 'メインメニュー' }).waitFor()
  }

  async function addUser(loginName: string, displayName: string, role: string): Promise<void> {
    await goTo(page, '#/settings/users')
    await button(page, '利用者を追加').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('氏名').fill(displayName)
    await dialog.getByLabel('ログイン名').fill(loginName)
    await dialog.getByLabel('所属').fill('行政課')
    await dialog.getByLabel(role).check()
    await dialog.getByLabel(/^最初のパスワード/).fill(PASSWORD)
    await dialogButton(page, '保存する').click()
    await dialog.waitFor({ state: 'detached' })
  }

  /** Case, document, signers, fields, request for approval; returns the case's address. */
  async function prepareCase(): Promise<string> {
    await page.getByLabel('件名・業務名').fill(TITLE)
    await page.getByLabel('契約金額（円）').fill('12,650,000')
    await page.getByLabel('契約日（取引年月日）').fill('R8.12.1')
    await page.getByLabel('電子契約利用申出書の日付').fill('R8.11.20')
    await page.getByLabel('商号又は名称').fill('株式会社髙橋組')
    await page.getByLabel('代表者', { exact: true }).fill('髙橋 一郎')
    await button(page, 'この内容で案件をつくる').click()
    await page.getByRole('heading', { name: TITLE }).waitFor()
    const address = await page.evaluate(() => window.location.hash)
    await button(page, '文書を取り込む').click()
    await page.locator('input[type=file]').setInputFiles(join(folder, '契約書.pdf'))
    await page.getByLabel('文書名').fill('工事請負契約書')
    await page.getByRole('button', { name: '取り込む', exact: true }).click()
    await page.getByRole('link', { name: '工事請負契約書' }).waitFor()
    await button(page, '署名者を登録する').click()
    await page.getByLabel(/^メールアドレス/).fill('takahashi@example.jp')
    await page.getByLabel('アクセスコード（半角英数字）').fill('tk2026')
    await button(page, '署名者を保存する').click()
    await page.getByRole('link', { name: '署名欄を置く' }).first().click()
    await button(page, /髙橋 一郎の署名欄を追加/).click()
    await button(page, /長の署名欄を追加/).click()
    await expectSound('fields')
    await button(page, '署名欄を保存する').click()
    await page.getByText('署名欄を保存しました。').waitFor()
    await page.getByRole('link', { name: /案件へ戻る/ }).click()
    await button(page, '決裁を依頼する').click()
    await dialogButton(page, '決裁を依頼する').click()
    await page.getByText('承認者の決裁を待っています。').waitFor()
    return address
  }

  /** The contractor's link, read in the test inbox as the clerk sees it. */
  async function mailedLink(): Promise<string> {
    await page.getByText('送信しました。相手方にメールが届きます。').waitFor()
    await goTo(page, '#/settings/inbox')
    await expect
      .poll(
        async () => {
          await page.reload()
          await page
            .getByText(/届いたメール|メールはまだありません|内蔵のテスト用/)
            .first()
            .waitFor()
          return page.locator('article').count()
        },
        { timeout: 30_000, interval: 1000 },
      )
      .toBe(1)
    const mail = await page.locator('article').innerText()
    expect(mail).toContain(`扶桑町 様より${TITLE}への署名依頼が届いています`)
    const [link = ''] = /https?:\/\/\S+#\S+/.exec(mail) ?? []
    return link
  }

  async function signAsContractor(link: string): Promise<void> {
    const contractor = await visitLink(browser, link)
    await contractor.enterCode('tk2026')
    await contractor.readEverything()
    await contractor.complete()
    await contractor.close()
  }
})
