import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
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
    await writeFile(join(folder, '一覧.csv'), 'ファイル名,件名\r\na.pdf,橋梁補修工事\r\n')
    await writeFile(join(folder, 'a.pdf'), plainPdf(3_000))
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
    await page.getByText('この控えから復旧できます').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-drill')
    await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click()
    await keepPicture(page, 'keeping-backup')
  })

  it('takes files and a table, understands the columns, and reports a dry run line by line', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'records')
    await goTo(page, '#/keeping/import')
    const inputs = page.locator('input[type=file]')
    await inputs.nth(0).setInputFiles(join(folder, 'a.pdf'))
    await page.getByText('PDF 1件').waitFor()
    await page.locator('input[type=file][accept*=csv]').setInputFiles(join(folder, '一覧.csv'))
    await page.getByText('見出しから対応を読み取りました').waitFor()
    await page.getByLabel(/^この取り込みの名前/).fill('令和5年度 紙の契約')
    await page.getByRole('button', { name: '試しに調べる' }).click()
    await page.getByText('この名前のPDFが選ばれていません').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-import')
  })

  it('prints copies and history, and makes a new master key', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'all')
    await goTo(page, '#/keeping/print')
    await page.getByLabel(/^契約を探す/).fill('工事')
    await page.getByRole('button', { name: '写しをつくる' }).first().click()
    await page.getByRole('button', { name: '表紙を開く' }).waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-print')
    await goTo(page, '#/keeping/keys')
    await page.getByRole('button', { name: '元の鍵をつくり直す' }).click()
    await page.getByLabel(/^理由/).fill('人事異動')
    await page.getByRole('button', { name: '元の鍵をつくり直す' }).last().click()
    await page.getByText('元の鍵をつくり直しました。').first().waitFor()
    await expectSound(visit)
    await keepPicture(page, 'keeping-keys')
  })
})
