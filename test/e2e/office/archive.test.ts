import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { busyOffice } from '../../support/fake-office/fake-state.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import { expectSound, goTo, keepPicture, logIn, type OfficeVisit, visitOffice } from './office-steps.ts'

const missing = await whyNoBrowser()
const WIDE = { width: 1366, height: 768 }

describe.skipIf(missing !== undefined)('the archive', () => {
  let browser: Browser
  let pages: string
  let visit: OfficeVisit

  beforeAll(async () => {
    browser = await launchBrowser()
    pages = await buildPages()
  })
  afterAll(() => browser?.close())
  afterEach(() => visit?.close())

  const field = (page: Page) => page.getByLabel('保管庫を探す')
  const hits = (page: Page) => page.getByRole('list', { name: '見つかった契約' }).getByRole('link')
  const focusedName = (page: Page) =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-current') ?? document.activeElement?.tagName,
    )

  async function archive(viewport = WIDE): Promise<Page> {
    visit = await visitOffice(browser, await busyOffice(), pages, viewport)
    const { page } = visit
    await logIn(page, 'records')
    await goTo(page, '#/archive')
    await page.getByText('7件', { exact: true }).waitFor()
    return page
  }

  it('is walked by keyboard alone: ↓ into the hits, Enter opens at the words, Esc leads back to the same hit', async () => {
    const page = await archive()
    await page.keyboard.type('山那橋')
    await page.getByText('1件', { exact: true }).waitFor()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => focusedName(page)).toBe('true')
    await page.locator('aside .pdf-pages canvas[data-drawn]').first().waitFor()
    await expectSound(visit)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /検索結果へ戻る/ }).waitFor()
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    // The fake office says that the word stands on page 3.
    await expect.poll(() => page.getByLabel('ページ番号').inputValue()).toBe('3')
    await page.getByText('語のあるページ 2 / 2').waitFor()
    await page.getByRole('button', { name: '次の一致' }).click()
    await expect.poll(() => page.getByLabel('ページ番号').inputValue()).toBe('1')
    await expectSound(visit)
    await keepPicture(page, 'archive-viewer')
    await page.keyboard.press('Escape')
    await expect.poll(() => focusedName(page)).toBe('true')
    expect(await field(page).inputValue()).toBe('山那橋')
    await page.keyboard.press('Escape')
    await expect.poll(() => focusedName(page)).toBe('INPUT')
    await page.getByRole('combobox', { name: '並び順' }).focus()
    await page.getByRole('link', { name: '保管庫' }).focus()
    await page.keyboard.press('/')
    await expect.poll(() => focusedName(page)).toBe('INPUT')
    await expectSound(visit)
  }, 60_000)

  it('keeps the focus in the field while hits come and go, and reads the count out once it has come to rest', async () => {
    const page = await archive()
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/bridge/archive.search')) asked.push(request.postData() ?? '')
    })
    await field(page).pressSequentially('山那橋', { delay: 150 })
    await page.getByText('1件', { exact: true }).waitFor()
    expect(await field(page).evaluate((element) => element === document.activeElement)).toBe(true)
    await page.getByRole('status').filter({ hasText: '1件見つかりました。' }).waitFor({ state: 'attached' })
    expect(asked.length).toBeGreaterThan(1)
    await expectSound(visit)
  }, 60_000)

  it('asks nothing in the middle of a Japanese conversion', async () => {
    const page = await archive()
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/bridge/archive.search')) asked.push(request.postData() ?? '')
    })
    await field(page).focus()
    const keys = await visit.context.newCDPSession(page)
    for (const text of ['や', 'やま', 'やまな'])
      await keys.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      })
    await page.waitForTimeout(500)
    expect(await field(page).inputValue()).toBe('やまな')
    expect(asked).toEqual([])
    await keys.send('Input.insertText', { text: '山那' })
    await page.getByText('1件', { exact: true }).waitFor()
    expect(asked.map((body) => (JSON.parse(body) as { text: string }).text)).toEqual(['山那'])
    await expectSound(visit)
  }, 60_000)

  it('says how a line was read, and takes a wrong reading back', async () => {
    const page = await archive()
    await field(page).fill('R7 1,000万円以上 件名:橋')
    const chips = page.getByRole('list', { name: '読み取った条件' }).getByRole('listitem')
    await expect.poll(() => chips.count()).toBe(3)
    expect((await chips.allInnerTexts()).map((chip) => chip.replace(/\s+/g, ' ').trim())).toEqual([
      '取引年月日：令和7年度（2025年4月〜2026年3月） 語にする ×',
      '取引金額：10,000,000円以上 語にする ×',
      '件名：橋 ×',
    ])
    await expectSound(visit)
    await page.getByRole('button', { name: /^語にする：「取引年月日/ }).click()
    expect(await field(page).inputValue()).toBe('"R7" 1,000万円以上 件名:橋')
    await chips.filter({ hasText: '語：R7' }).waitFor()
  }, 60_000)

  it('names the one condition that stands in the way when nothing is found', async () => {
    const page = await archive()
    await field(page).fill('山那橋 どこにもない語')
    const way = page.getByRole('button', { name: '「どこにもない語」を外す（1件）' })
    await way.waitFor()
    await expectSound(visit)
    await keepPicture(page, 'archive-nothing')
    await way.click()
    await page.getByText('1件', { exact: true }).waitFor()
    expect(await field(page).inputValue()).toBe('山那橋')
  }, 60_000)

  it('keeps a search, renames and reorders what is kept', async () => {
    const page = await archive()
    for (const words of ['山那橋', '公用車']) {
      await field(page).fill(words)
      await page.getByText('1件', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'この検索を保存' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '保存する' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await page.getByRole('button', { name: '整える' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('2番目の検索の名前').fill('車の契約')
    await dialog.getByRole('button', { name: '↑「車の契約」を上へ' }).click()
    await expectSound(visit)
    await keepPicture(page, 'archive-arrange')
    await dialog.getByRole('button', { name: '保存する' }).click()
    await dialog.waitFor({ state: 'detached' })
    const saved = page.getByRole('complementary', { name: '条件' }).getByRole('listitem').getByRole('button')
    await expect.poll(() => saved.allInnerTexts()).toEqual(['車の契約', '山那橋'])
    await saved.last().click()
    await expect.poll(() => field(page).inputValue()).toBe('山那橋')
  }, 60_000)

  it('opens the document itself where there is no room beside the list', async () => {
    const page = await archive({ width: 683, height: 384 })
    await field(page).fill('山那橋')
    await page.getByText('1件', { exact: true }).waitFor()
    await hits(page).first().click()
    await page.getByRole('button', { name: /検索結果へ戻る/ }).waitFor()
    await expectSound(visit)
  }, 60_000)

  it('says before it is saved who would see a folder, and shows the history in words', async () => {
    const page = await archive()
    await goTo(page, '#/archive/folders')
    await page.getByRole('button', { name: '編集' }).first().click()
    const preview = page.getByRole('region', { name: 'この設定で見られる人' })
    await preview.getByText('すべてを見る役割').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'archive-folder')
    await page.keyboard.press('Escape')
    await goTo(page, '#/archive/changes')
    const change = page.getByRole('listitem').filter({ hasText: /契約金額：15,000,000円.*15,400,000円/ })
    await change.waitFor()
    await page.getByLabel('案件名・項目・内容・理由・変更した人').fill('訂正')
    await page.locator('mark', { hasText: '訂正' }).first().waitFor()
    await expectSound(visit)
    await page.getByLabel('削除だけ').check()
    await page.getByText('条件に合う記録はありません。').waitFor()
    await expectSound(visit)
  }, 60_000)
})
