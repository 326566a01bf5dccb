/** The contractor at a real browser: opens the mailed link and does what the page asks. */
import type { Browser, BrowserContext, Page } from 'playwright-core'

export type Contractor = {
  readonly page: Page
  readonly enterCode: (code: string) => Promise<void>
  /** Opens every tab to be signed and scrolls each to its end. */
  readonly readEverything: () => Promise<void>
  readonly complete: () => Promise<void>
  readonly decline: (reason: string) => Promise<void>
  readonly close: () => Promise<void>
}

export async function visitLink(browser: Browser, link: string): Promise<Contractor> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'ja-JP',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  await page.goto(link)
  return {
    page,
    enterCode: async (code) => {
      await page.getByLabel('アクセスコード').fill(code)
      await page.getByRole('button', { name: '次へ' }).click()
      await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    },
    readEverything: async () => {
      await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
      const tabs = page.getByRole('tab')
      const count = await tabs.count()
      await readToEnd(page)
      for (let index = 1; index < count; index += 1) {
        await tabs.nth(index).click()
        await readToEnd(page)
      }
      await page.getByText('すべての文書を確認しました').waitFor()
    },
    complete: async () => {
      await page.getByRole('button', { name: '完了', exact: true }).click()
      await page.getByRole('button', { name: '署名手続きを完了する' }).click()
      await page.getByRole('heading', { name: '署名手続きが完了しました', level: 1 }).waitFor()
    },
    decline: async (reason) => {
      await page.getByRole('button', { name: '辞退する' }).click()
      await page.getByRole('dialog').getByRole('textbox').fill(reason)
      await page.getByRole('dialog').getByRole('button', { name: /辞退/ }).last().click()
      await page.getByRole('heading', { level: 1, name: /辞退/ }).waitFor()
    },
    close: () => context.close(),
  }
}

/** Scrolls the shown document to its end, as a reader would. */
async function readToEnd(page: Page): Promise<void> {
  await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
  await page.locator('.pdf-pages').evaluate((area) => {
    area.scrollTop = area.scrollHeight
  })
}
