import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  expectSound,
  goTo,
  keepPicture,
  logIn,
  type OfficeVisit,
  visitOffice,
} from '../../e2e/office/office-steps.ts'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { busyOffice } from '../../support/fake-office/fake-state.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import { zipOf } from '../../support/make-zip.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

const missing = await whyNoBrowser()

describe.skipIf(missing !== undefined)('the screens of 保全', () => {
  let browser: Browser
  let pages: string
  let folder: string
  let visit: OfficeVisit

  beforeAll(async () => {
    browser = await launchBrowser()
    pages = await buildPages()
    folder = await mkdtemp(join(tmpdir(), 'keiyaku-keeping-'))
    const table = [
      'ファイル名,件名,取引先,契約日,契約金額',
      'a.pdf,橋梁補修工事,株式会社髙橋組,令和5年2月30日,"1,000,000"',
      'b.pdf,道路維持業務,㈱扶桑土木,R5.4.1,500000',
      'none.pdf,側溝改良工事,山﨑建設,R5.6.1,800000',
    ]
    await writeFile(join(folder, '一覧.csv'), iconv.encode(table.join('\r\n'), 'cp932'))
    await writeFile(join(folder, 'a.pdf'), plainPdf(3_000, 'a'))
    await writeFile(join(folder, 'b.pdf'), plainPdf(3_000, 'b'))
    await writeFile(join(folder, 'memo.docx'), 'x')
    await writeFile(join(folder, 'export.zip'), await zipOf({ '令和5年度/c.pdf': plainPdf(3_000, 'c') }))
    await writeFile(join(folder, 'damaged.zip'), 'PK\u0003\u0004 and no more')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })
  afterEach(() => visit?.close())

  it('sets up the backup, runs it, and practises the restore with the recovery sheet', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'all')
    await goTo(page, '#/keeping/backup')
    await page.getByText('バックアップ先が決まっていません').first().waitFor()
    await expectSound(visit)
    await page.getByLabel('保存先のフォルダー').fill('/mnt/nas/keiyaku')
    await page.getByRole('button', { name: '保存する' }).click()
    await page.getByRole('button', { name: '今すぐバックアップ' }).click()
    await page.getByText('バックアップはとれています。').waitFor()
    await page.getByRole('button', { name: '復旧の練習' }).click()
    await page.getByLabel('復旧シートの番号').last().fill('ABCD')
    await page.getByRole('button', { name: '練習を始める' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('この控えから復旧できます').waitFor()
    await page.getByRole('button', { name: '「復旧訓練の記録.pdf」を保存する' }).waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-drill')
    // Whoever comes back later finds it among the outcomes, and where it was started.
    await goTo(page, '#/archive/outcomes')
    await page.getByRole('row', { name: '復旧の練習' }).getByRole('button', { name: '結果を見る' }).click()
    await page.getByText('この控えから復旧できます').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-drill-outcome')
    await goTo(page, '#/keeping/backup')
    await page.getByRole('button', { name: '「復旧訓練の記録.pdf」を保存する' }).waitFor()
    await keepPicture(page, 'keeping-backup')
  })

  it('takes a ZIP and more files, understands the columns, and reports a dry run line by line', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'records')
    await goTo(page, '#/keeping/import')
    await keepPicture(page, 'keeping-import-empty')
    const files = page.locator('input[type=file][accept*=csv]')
    await files.setInputFiles([join(folder, '一覧.csv'), join(folder, 'b.pdf'), join(folder, 'memo.docx')])
    await page.getByText('PDF・CSV・ZIPではないため使いません：「memo.docx」').waitFor()
    await files.setInputFiles(join(folder, 'export.zip'))
    await page.getByText('2件（').waitFor()
    await page.getByText('見出しから対応を読み取りました').waitFor()
    await page.getByText('例：令和5年2月30日').waitFor()
    await expectSound(visit)
    await page.getByRole('button', { name: '試しに調べる' }).click()
    await page.getByText('この名前のPDFがありません。').waitFor()
    await page.getByText('取引年月日「令和5年2月30日」は、日付として読めません。').waitFor()
    await page.getByText('一覧表にないPDFが1件あります。').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-import')
    await page.setViewportSize({ width: 1280, height: 2200 })
    await keepPicture(page, 'keeping-import-whole')
    await page.setViewportSize({ width: 640, height: 900 })
    await expectSound(visit)
    await keepPicture(page, 'keeping-import-narrow')
    // Who goes away and comes back finds everything as it was.
    await goTo(page, '#/keeping/print')
    await page.getByText('契約の写し').waitFor()
    await goTo(page, '#/keeping/import')
    await page.getByText('取引年月日「令和5年2月30日」は、日付として読めません。').waitFor()
  })

  it('shows a running import to who comes back, stops it, goes on, and tells its result later', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    await logIn(page, 'records')
    await goTo(page, '#/keeping/import')
    const files = page.locator('input[type=file][accept*=csv]')
    await files.setInputFiles([join(folder, '一覧.csv'), join(folder, 'a.pdf')])
    await page.getByRole('button', { name: '取り込む', exact: true }).click()
    await page.getByRole('heading', { name: '取り込み中：一覧' }).waitFor()
    await goTo(page, '#/keeping/print')
    await page.getByText('契約の写し').waitFor()
    await goTo(page, '#/keeping/import')
    await page.getByRole('heading', { name: '取り込み中：一覧' }).waitFor()
    await keepPicture(page, 'keeping-import-running')
    await page.getByRole('button', { name: '中止する' }).first().click()
    await page.getByText('途中でやめました。 ここまで：取り込んだもの 0件').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-import-stopped')
    await page.getByRole('button', { name: '続きから取り込む' }).first().click()
    await page.getByText('終わりました。取り込んだもの 1件').waitFor()
    await page.getByRole('button', { name: '結果を見る' }).click()
    await page.getByRole('region', { name: '「一覧」の結果' }).waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-import-done')
    expect(office.incidents).toEqual([])
  })

  it('says why a ZIP is refused, and sends on what a failure left behind', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, context } = visit
    await logIn(page, 'records')
    await goTo(page, '#/keeping/import')
    const files = page.locator('input[type=file][accept*=csv]')
    await files.setInputFiles(join(folder, 'damaged.zip'))
    await page.getByText('ZIPが壊れているか、分割されています。').waitFor()
    let left = 1
    await context.route('**/uploads', (route) => {
      left -= 1
      return left < 0 ? route.abort() : route.continue()
    })
    await files.setInputFiles([join(folder, 'a.pdf'), join(folder, 'b.pdf')])
    await page.getByText('まだ受け取っていないファイルが1件あります。').waitFor()
    await keepPicture(page, 'keeping-import-left')
    await context.unroute('**/uploads')
    await page.getByRole('button', { name: '続きを送る' }).click()
    await page.getByText('2件（').waitFor()
    await page.getByRole('button', { name: '預けたものをすべて捨てる' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '預けたものをすべて捨てる' }).click()
    await page.getByText('2件（').waitFor({ state: 'detached' })
  })

  it('prints copies and history, and makes a new master key', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'all')
    await goTo(page, '#/keeping/print')
    await page.getByLabel(/^契約を探す/).fill('工事')
    const choose = page.getByRole('button', { name: /^選ぶ/ })
    await choose.first().click()
    await choose.first().click()
    await page.getByRole('button', { name: '2件の写しをつくる' }).waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-print-chosen')
    await page.getByRole('button', { name: '2件の写しをつくる' }).click()
    const save = page.getByRole('button', { name: '「電子契約の写し.pdf」を保存する' })
    await save.waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-print')
    const download = page.waitForEvent('download')
    await save.click()
    expect((await download).suggestedFilename()).toBe('電子契約の写し.pdf')
    await goTo(page, '#/keeping/keys')
    await page.getByRole('button', { name: '元の鍵をつくり直す' }).click()
    await page.getByLabel(/^理由/).fill('人事異動')
    await page.getByRole('button', { name: '元の鍵をつくり直す' }).last().click()
    await page.getByText('元の鍵をつくり直しました。').first().waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-keys')
  })
})
