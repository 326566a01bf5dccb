import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PDFDocument, StandardFonts } from 'pdf-lib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { type RunningPortal, runPortal } from '../../support/portal.ts'
import { builtPortalPages } from '../../support/portal-pages.ts'
import { expectAccessible, readToEnd, sendPackage, type Visit, visit } from './journey.ts'

const noBrowser = await whyNoBrowser()
const PAGES = 12

/** Beside the repository on machines that have them; see the issue. */
const SAMPLES = resolve(fileURLToPath(import.meta.url), '../../../../../shared/samples')
const samples = existsSync(SAMPLES) ? readdirSync(SAMPLES).filter((name) => name.endsWith('.pdf')) : []

/** Portrait and landscape pages; the word "needle" at the foot of page 7 only. */
async function mixedPdf(): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.Helvetica)
  for (let number = 1; number <= PAGES; number++) {
    const page = document.addPage(number % 3 === 0 ? [1190.55, 841.89] : [595.28, 841.89])
    page.drawText(`Page ${number}`, { x: 60, y: 760, size: 24, font })
    if (number === 7) page.drawText('a needle in the hay', { x: 60, y: 50, size: 14, font })
  }
  return document.save()
}

describe.skipIf(noBrowser !== undefined)('the PDF viewer', () => {
  let browser: Browser
  let portal: RunningPortal
  let url: string
  const visits: Visit[] = []

  beforeAll(async () => {
    portal = await runPortal({ pagesDir: await builtPortalPages() })
    browser = await launchBrowser()
    const document = { id: 'a', title: '図面', role: 'sign', pages: PAGES, bytes: await mixedPdf() } as const
    url = (await sendPackage(portal, { documents: [document] })).url
  })
  afterEach(async () => {
    for (const { context, faults } of visits.splice(0)) {
      await context.close()
      expect(faults).toEqual([])
    }
  })
  afterAll(async () => {
    await browser?.close()
    await portal?.close()
  })
  async function opened(): Promise<Page> {
    const arrived = await visit(browser, portal.url)
    visits.push(arrived)
    await arrived.page.goto(url)
    await arrived.page.locator('[data-page="1"] canvas[data-drawn]').waitFor()
    return arrived.page
  }
  const isInSight = (page: Page, selector: string): Promise<boolean> =>
    page.evaluate((css) => {
      const area = document.querySelector('.pdf-pages')?.getBoundingClientRect()
      const box = document.querySelector(css)?.getBoundingClientRect()
      return area !== undefined && box !== undefined && box.top >= area.top && box.bottom <= area.bottom
    }, selector)

  it('draws only the pages near the screen, each as wide as the screen allows', async () => {
    const page = await opened()
    expect(await page.locator('.pdf-page').count()).toBe(PAGES)
    expect(await page.locator('.pdf-page canvas').count()).toBeLessThan(6)
    const widths = await page.locator('.pdf-page').evaluateAll((all) => all.map((one) => one.clientWidth))
    expect(widths[0]).toBe(992)
    expect(widths[2]).toBeGreaterThan(1200)
    expect(widths[2]).toBeLessThanOrEqual(1280)
  })

  it('goes to a page by number, by button and by thumbnail', async () => {
    const page = await opened()
    await page.getByLabel('ページ番号').fill('９')
    await page.keyboard.press('Enter')
    await page.locator('[data-page="9"] canvas[data-drawn]').waitFor()
    await page.getByRole('button', { name: '次のページ' }).click()
    await expect.poll(() => page.getByLabel('ページ番号').inputValue()).toBe('10')
    await page.getByRole('button', { name: 'ページ一覧' }).click()
    await expectAccessible(page)
    await page
      .getByRole('navigation', { name: 'ページ一覧' })
      .getByRole('button', { name: '2 ページ', exact: true })
      .click()
    await expect.poll(() => page.getByLabel('ページ番号').inputValue()).toBe('2')
    await page.getByLabel('ページ番号').fill('あ')
    await page.keyboard.press('Enter')
    expect(await page.getByLabel('ページ番号').inputValue()).toBe('2')
  })

  it('finds a word, shows the place, and says when there is none', async () => {
    const page = await opened()
    await page.locator('.pdf-pages').focus()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('ＮＥＥＤＬＥ')
    await page.getByText('1 / 1 件').waitFor()
    await page.locator('.pdf-mark-current').waitFor()
    await expect.poll(() => isInSight(page, '.pdf-mark-current')).toBe(true)
    await page.getByLabel('文書内を検索').fill('nowhere')
    await page.getByText('見つかりません').waitFor()
    expect(await page.locator('.pdf-mark').count()).toBe(0)
  })

  it('zooms by button, list and key, and stays at the page', async () => {
    const page = await opened()
    await page.getByLabel('ページ番号').fill('5')
    await page.keyboard.press('Enter')
    await page.locator('[data-page="5"] canvas[data-drawn]').waitFor()
    const width = () => page.locator('[data-page="5"]').evaluate((one) => one.clientWidth)
    const before = await width()
    await page.getByRole('button', { name: '拡大' }).click()
    await expect.poll(width).toBeGreaterThan(before)
    await page.getByLabel('表示倍率').selectOption('0.5')
    await expect.poll(width).toBe(Math.round((595.28 * 96) / 72 / 2))
    await page.locator('.pdf-pages').focus()
    await page.keyboard.press('0')
    await expect.poll(width).toBe(before)
    expect(await page.getByLabel('ページ番号').inputValue()).toBe('5')
  })

  it.skipIf(samples.length === 0)(
    'shows real municipal PDFs of every make to their last page',
    { timeout: 120_000 },
    async () => {
      for (const [index, name] of samples.entries()) {
        const bytes = await readFile(join(SAMPLES, name))
        const pages = (await PDFDocument.load(bytes)).getPageCount()
        const document = { id: `s${index}`, title: name, role: 'sign', pages, bytes } as const
        const arrived = await visit(browser, portal.url)
        visits.push(arrived)
        await arrived.page.goto((await sendPackage(portal, { documents: [document] })).url)
        await arrived.page.locator('[data-page="1"] canvas[data-drawn]').waitFor()
        await arrived.page.getByLabel('ページ番号').fill(String(pages))
        await arrived.page.keyboard.press('Enter')
        await arrived.page.locator(`[data-page="${pages}"] canvas[data-drawn]`).waitFor()
        await readToEnd(arrived.page)
        await arrived.page.getByText('すべての文書を確認しました').waitFor()
      }
    },
  )

  it('lets text be selected where it stands', async () => {
    const page = await opened()
    const text = page.locator('[data-page="1"] .textLayer span', { hasText: 'Page 1' })
    await text.waitFor()
    const box = await text.boundingBox()
    expect(box?.height).toBeGreaterThan(20)
    await text.dblclick()
    expect(await page.evaluate(() => getSelection()?.toString().trim())).toMatch(/^(Page|1)$/)
  })
})
