import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { busyOffice } from '../../support/fake-office/fake-state.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import { expectSound, goTo, keepPicture, logIn, type OfficeVisit, visitOffice } from './office-steps.ts'

const missing = await whyNoBrowser()

describe.skipIf(missing !== undefined)('the town’s certificate on a card', () => {
  let browser: Browser
  let pages: string
  let visit: OfficeVisit

  beforeAll(async () => {
    browser = await launchBrowser()
    pages = await buildPages()
  }, 120_000)
  afterAll(() => browser?.close())
  afterEach(() => visit?.close())

  it('is looked for in a module, chosen, and registered with the PIN', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'admin')
    await goTo(page, '#/settings/certificates')
    await page.getByRole('button', { name: '証明書を入れ替える' }).first().click()
    await page.getByLabel(/^ICカード・HSM（PKCS#11）/).check()
    await page.getByLabel('PKCS#11モジュールの場所').fill('/opt/missing.so')
    await page.getByRole('button', { name: 'カードの中の証明書を調べる' }).click()
    await page.getByText('この場所にPKCS#11モジュールがありません。').waitFor()
    await page.getByRole('button', { name: 'OpenSCを使う' }).click()
    await page.getByRole('button', { name: 'カードの中の証明書を調べる' }).click()
    await page.getByText('PINを間違えられる回数が残り少なくなっています。').waitFor()
    await page.getByRole('button', { name: '登録する' }).click()
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')))
      .toBe('true')
    await page.getByRole('group', { name: '署名に使う証明書' }).scrollIntoViewIfNeeded()
    await keepPicture(page, 'token-form')
    await expectSound(visit)
    await page.getByLabel(/^PIN必須$/).fill('wrong')
    await page.getByLabel(/^鍵の持ち主/).fill('扶桑町')
    await page.getByRole('button', { name: '登録する' }).click()
    await page.getByText('ICカード・HSMのPINが違います。').waitFor()
    expect(await page.getByLabel(/^PIN必須$/).inputValue()).toBe('')
    await page.getByLabel(/^PIN必須$/).fill('1234')
    await page.getByRole('button', { name: '登録する' }).click()
    await page.getByText('署名のたびにPINを入力する').waitFor()
    await keepPicture(page, 'token-registered')
    await expectSound(visit)
  }, 60_000)
})
