import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { busyOffice } from '../../support/fake-office/fake-state.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import {
  caseIdOf,
  expectSound,
  goTo,
  keepPicture,
  logIn,
  type OfficeVisit,
  visitOffice,
} from './office-steps.ts'

const missing = await whyNoBrowser()

describe.skipIf(missing !== undefined)('変更契約', () => {
  let browser: Browser
  let pages: string
  let visit: OfficeVisit

  beforeAll(async () => {
    browser = await launchBrowser()
    pages = await buildPages()
  }, 120_000)
  afterAll(() => browser?.close())
  afterEach(() => visit?.close())

  it('names its 原契約 by what people know of it, takes over what is the same, and both cases lead to each other', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    const originalId = caseIdOf(office, '山那橋')
    await logIn(page, 'clerk')
    await goTo(page, '#/cases/new')
    const find = page.getByLabel('原契約を探す')
    await find.fill('ないはずの契約')
    await page.getByText('見つかりません。言葉を変えてみてください。').waitFor()
    await find.fill('山那橋')
    await page.getByText('1件見つかりました。').waitFor()
    await find.scrollIntoViewIfNeeded()
    await keepPicture(page, 'amendment-search')
    await expectSound(visit)
    await page.getByRole('list', { name: '見つかった契約' }).getByRole('button').click()
    await page.getByText(/令和8年1月28日.*の原契約の申出書が、この変更契約にも使えます。/).waitFor()
    expect(await page.getByLabel('件名・業務名').inputValue()).toMatch(/山那橋.*（変更契約）$/)
    await page.getByText('変更後の総額を入力します。').waitFor()
    await page.getByText('この内容で案件をつくる').scrollIntoViewIfNeeded()
    await keepPicture(page, 'amendment-chosen')
    await expectSound(visit)
    await page.getByLabel(/^書面に指定する/).check()
    await page.getByText('書面に指定したため、原契約の申出書と署名者は引き継ぎません。').waitFor()
    await page.getByLabel(/^書面に指定する/).uncheck()
    await page.getByRole('button', { name: 'この内容で案件をつくる' }).click()
    const chain = page.getByRole('list').filter({ hasText: '（この案件）' })
    await chain.waitFor()
    await page.getByText(/（原契約から引き継ぎ）$/).waitFor()
    await keepPicture(page, 'amendment-overview')
    await expectSound(visit)
    await chain.getByRole('link', { name: /山那橋/ }).click()
    await page.getByRole('heading', { level: 1, name: /橋$|工事$/ }).waitFor()
    expect(await page.evaluate(() => window.location.hash)).toContain(originalId)
    await page
      .getByRole('list')
      .filter({ hasText: '（この案件）' })
      .getByRole('link', { name: /（変更契約）$/ })
      .waitFor()
  }, 60_000)

  it('begins at the concluded contract itself', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    await logIn(page, 'clerk')
    await goTo(page, `#/cases/${caseIdOf(office, '山那橋')}`)
    await page.getByRole('button', { name: 'その他の操作' }).click()
    await page.getByRole('menuitem', { name: '変更契約をつくる' }).click()
    await page.getByText('この変更契約にも使えます。').waitFor()
    expect(await page.getByLabel('商号又は名称').inputValue()).not.toBe('')
    await page.getByRole('button', { name: '変更契約ではない（外す）' }).click()
    await page.getByLabel('原契約を探す').waitFor()
  }, 60_000)
})
