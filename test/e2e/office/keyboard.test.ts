import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { busyOffice } from '../../support/fake-office/fake-state.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import { caseIdOf, expectSound, goTo, type OfficeVisit, PASSWORD, visitOffice } from './office-steps.ts'

const missing = await whyNoBrowser()

/** Presses Tab until the focused thing has this name; fails after a whole round. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = []
  for (let count = 0; count < 150; count += 1) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(() => {
      const element = document.activeElement
      if (element === null || element === document.body) return ''
      const label =
        element.id === '' ? null : document.querySelector(`label[for="${CSS.escape(element.id)}"]`)
      return element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? ''
    })
    if (typeof name === 'string' ? found.trim() === name : name.test(found)) return
    seen.push(found.slice(0, 30))
  }
  throw new Error(`Not reached by keyboard: ${name}. Passed: ${seen.join(' | ')}`)
}

async function hasVisibleFocus(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement
    return element !== null && element !== document.body && getComputedStyle(element).outlineStyle !== 'none'
  })
}

describe.skipIf(missing !== undefined)('the office by keyboard alone', () => {
  let browser: Browser
  let pages: string
  let visit: OfficeVisit

  beforeAll(async () => {
    browser = await launchBrowser()
    pages = await buildPages()
  })
  afterAll(() => browser?.close())
  afterEach(() => visit?.close())

  async function logInByKeyboard(
    loginName: string,
    state: Parameters<typeof visitOffice>[1] | undefined = undefined,
  ): Promise<Page> {
    visit = await visitOffice(browser, state ?? (await busyOffice()), pages)
    const { page } = visit
    // Where one types without having touched the mouse.
    await page.locator('input:focus').waitFor()
    await page.keyboard.type(loginName)
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'ホーム' }).waitFor()
    return page
  }

  it('logs in, opens a case from the list, changes tabs with arrows and logs out', async () => {
    const page = await logInByKeyboard('clerk')
    await tabTo(page, '案件')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '案件', exact: true }).waitFor()
    await tabTo(page, '公用車(軽貨物)購入')
    expect(await hasVisibleFocus(page)).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '公用車(軽貨物)購入' }).waitFor()
    await tabTo(page, '概要')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('list', { name: '署名者の一覧' }).waitFor()
    await tabTo(page, /利用者メニュー/)
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'パスワードの変更' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByLabel('ログイン名').waitFor()
    await expectSound(visit)
  }, 60_000)

  it('sends a request, and Escape leaves the dialog without sending', async () => {
    const page = await logInByKeyboard('clerk')
    await goTo(page, `#/cases/${caseIdOf(visit.office, '公用車')}`)
    await page.getByRole('heading', { name: '公用車(軽貨物)購入' }).waitFor()
    await tabTo(page, '署名を依頼する（送信）')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(visit.office.state.cases.find((record) => record.fields.title.includes('公用車'))?.state).toBe(
      'approved',
    )
    await tabTo(page, '署名を依頼する（送信）')
    await page.keyboard.press('Enter')
    await tabTo(page, '送信する')
    await page.keyboard.press('Enter')
    await page.getByText('相手方の署名を待っています。').waitFor()
    await expectSound(visit)
  }, 60_000)

  it('adds a signature field and moves and resizes it with the arrow keys', async () => {
    const page = await logInByKeyboard('clerk', await draftWithFields())
    const { office } = visit
    const record = office.state.cases.find((candidate) => candidate.fields.title.includes('公用車'))
    if (!record?.documents[0]) throw new Error('The draft has no document')
    await goTo(page, `#/cases/${record.id}/documents/${record.documents[0].id}?mode=fields`)
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await tabTo(page, '髙橋 一郎の署名欄を追加')
    await page.keyboard.press('Enter')
    const box = page.getByRole('button', { name: /^署名欄1：髙橋 一郎、1ページ/ })
    await box.waitFor()
    expect(await box.evaluate((element) => element === document.activeElement)).toBe(true)
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowUp', 'Alt+ArrowUp', 'Shift+ArrowRight'])
      await page.keyboard.press(key)
    await tabTo(page, '署名欄を保存する')
    await page.keyboard.press('Enter')
    await page.getByText('署名欄を保存しました。').waitFor()
    // A4 is 595.28 points wide; a new field stands 60 from the right and 80 from below, 170 × 48.
    const [field] = record.signatureFields
    expect(field && { x: field.x, y: field.y, width: field.width, height: field.height }).toEqual({
      x: 355.3,
      y: 86,
      width: 175,
      height: 48,
    })
    await expectSound(visit)
  }, 60_000)

  it('opens the list of keys with ? in the viewer', async () => {
    const page = await logInByKeyboard('clerk')
    const record = visit.office.state.cases.find((candidate) => candidate.fields.title.includes('公用車'))
    await goTo(page, `#/cases/${record?.id}/documents/${record?.documents[0]?.id}`)
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'キーボードでの操作' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expectSound(visit)
  }, 60_000)
})

/** A draft that has its document and signers but no field yet. */
async function draftWithFields() {
  const state = await busyOffice()
  const record = state.cases.find((candidate) => candidate.fields.title.includes('公用車'))
  if (record) Object.assign(record, { state: 'draft', waitingFor: 'fields', signatureFields: [] })
  return state
}
