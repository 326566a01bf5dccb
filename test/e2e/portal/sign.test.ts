import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { type RunningPortal, runPortal } from '../../support/portal.ts'
import type { TestDocument } from '../../support/portal-package.ts'
import { builtPortalPages } from '../../support/portal-pages.ts'
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

describe.skipIf(noBrowser !== undefined)('the contractor signs', () => {
  let browser: Browser
  let portal: RunningPortal
  let contract: TestDocument
  let drawings: TestDocument
  let terms: TestDocument
  const visits: Visit[] = []

  beforeAll(async () => {
    portal = await runPortal({ pagesDir: await builtPortalPages() })
    browser = await launchBrowser()
    contract = { id: 'a', title: '工事請負契約書', role: 'sign', pages: 3, bytes: await samplePdf(3) }
    drawings = { id: 'b', title: '設計書', role: 'view', pages: 2, bytes: await samplePdf(2, 'Drawing') }
    terms = { id: 'c', title: '契約約款', role: 'sign', pages: 1, bytes: await samplePdf(1, 'Terms') }
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
  async function arrive(...size: { width: number; height: number }[]): Promise<Visit> {
    const arrived = await visit(browser, portal.url, ...size)
    visits.push(arrived)
    return arrived
  }

  it('one document without a code, from the mail link to 完了', async () => {
    const { made, url } = await sendPackage(portal, { documents: [contract] })
    const { page } = await arrive()
    await page.goto(url)
    const complete = page.getByRole('button', { name: '完了', exact: true })
    await complete.waitFor()
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await expectAccessible(page)
    expect(await complete.getAttribute('aria-disabled')).toBe('true')
    await complete.click({ force: true }) // Playwright would wait for it to become enabled.
    expect(await page.getByRole('dialog').count()).toBe(0)
    await readToEnd(page)
    await page.getByText('すべての文書を確認しました').waitFor()
    await complete.click()
    await page.getByRole('dialog', { name: '署名手続きの確認' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: '署名手続きを完了する' }).click()
    await headingOf(page, '署名手続きが完了しました').waitFor()
    await expectAccessible(page)
    expect(await responsesAtOffice(portal, made)).toMatchObject([
      {
        kind: 'consent',
        statement: made.facts.consentStatement,
        confirmedName: '株式会社山髙建設 代表取締役 髙﨑 𠮷男',
      },
    ])
  })

  it('several documents with a code; the view-only one is named as such and need not be read', async () => {
    const { made, url } = await sendPackage(portal, {
      accessCode: 'Fuso2026',
      documents: [contract, drawings, terms],
    })
    const { page } = await arrive()
    await page.goto(url)
    await headingOf(page, 'アクセスコードの入力').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: '次へ' }).click()
    await page.getByText('エラー：アクセスコードを入力してください。').waitFor()
    await page.getByLabel('アクセスコード').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('あと4回間違えると').waitFor()
    await expectAccessible(page)
    await page.getByLabel('アクセスコード').fill('Ｆｕｓｏ　２０２６')
    await page.keyboard.press('Enter')
    await readToEnd(page)
    await page.getByRole('tab', { name: /契約約款/ }).click()
    await readToEnd(page)
    await page.getByText('すべての文書を確認しました').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: '完了', exact: true }).click()
    await page.getByText('設計書（開いていません）').waitFor()
    await page.getByRole('button', { name: '署名手続きを完了する' }).dblclick()
    await headingOf(page, '署名手続きが完了しました').waitFor()
    const [response, ...more] = await responsesAtOffice(portal, made)
    expect(more).toEqual([])
    expect(response?.documents.map(({ id, lastPageSeen }) => [id, lastPageSeen])).toEqual([
      ['a', 3],
      ['b', 0],
      ['c', 1],
    ])
  })

  it('sees after a reload, and in a second tab, that the answer was received', async () => {
    const { made, url } = await sendPackage(portal, { documents: [terms] })
    const { page, context } = await arrive()
    const second = await context.newPage()
    for (const tab of [page, second]) {
      await tab.goto(url)
      await readToEnd(tab)
      await tab.getByRole('button', { name: '完了', exact: true }).click()
    }
    await page.getByRole('button', { name: '署名手続きを完了する' }).click()
    await headingOf(page, '署名手続きが完了しました').waitFor()
    await second.getByRole('button', { name: '署名手続きを完了する' }).click()
    await headingOf(second, '回答は受け付け済みです').waitFor()
    await page.reload()
    await headingOf(page, '回答は受け付け済みです').waitFor()
    await expectAccessible(page)
    expect(await responsesAtOffice(portal, made)).toHaveLength(1)
  })

  it('loses nothing when the code was typed and the page is reloaded in the middle', async () => {
    const { url } = await sendPackage(portal, { accessCode: 'x1', documents: [contract] })
    const { page } = await arrive()
    await page.goto(url)
    await page.getByLabel('アクセスコード').fill('x1')
    await page.keyboard.press('Enter')
    await readToEnd(page)
    await page.reload()
    await page.getByLabel('アクセスコード').fill('x1')
    await page.keyboard.press('Enter')
    await readToEnd(page)
    await page.getByText('すべての文書を確認しました').waitFor()
  })

  it('L30 with the keyboard alone', async () => {
    const { made, url } = await sendPackage(portal, { accessCode: 'k1', documents: [contract, terms] })
    const { page } = await arrive()
    await page.goto(url)
    await headingOf(page, 'アクセスコードの入力').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.type('k1')
    await page.keyboard.press('Enter')
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    const tabTo = async (isThere: () => Promise<boolean>): Promise<void> => {
      for (let presses = 0; presses < 40; presses++) {
        if (await isThere()) return
        await page.keyboard.press('Tab')
      }
      throw new Error('not reachable with Tab')
    }
    const isFocused = (selector: string) => () =>
      page.evaluate((css) => document.activeElement?.matches(css) ?? false, selector)
    const isButton = (name: string) => () =>
      page.evaluate((text) => document.activeElement?.textContent === text, name)
    await tabTo(isFocused('.pdf-pages'))
    await page.keyboard.press('End')
    await page.getByText('まだ最後のページまで確認していない文書：契約約款').waitFor()
    await tabTo(isButton('完了'))
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: /契約約款/, selected: true }).waitFor()
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await page.keyboard.press('Shift+Tab')
    await tabTo(isFocused('.pdf-pages'))
    await page.keyboard.press('End')
    await page.getByText('すべての文書を確認しました').waitFor()
    await tabTo(isButton('完了'))
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(isButton('署名手続きを完了する'))
    await page.keyboard.press('Enter')
    await headingOf(page, '署名手続きが完了しました').waitFor()
    expect(await responsesAtOffice(portal, made)).toHaveLength(1)
  })

  it('or declines, but not without a reason', async () => {
    const { made, url } = await sendPackage(portal, { documents: [contract] })
    const { page } = await arrive()
    await page.goto(url)
    await page.getByRole('button', { name: '辞退する' }).click()
    await page.getByRole('button', { name: '辞退を送信する' }).click()
    await page.getByText('辞退の理由を入力してください。').waitFor()
    await expectAccessible(page)
    await page.getByLabel('辞退の理由').fill('契約金額が見積書と違うため')
    await page.getByRole('button', { name: '辞退を送信する' }).click()
    await headingOf(page, '辞退を受け付けました').waitFor()
    await expectAccessible(page)
    expect(await responsesAtOffice(portal, made)).toMatchObject([
      { kind: 'refusal', reason: '契約金額が見積書と違うため' },
    ])
  })

  it('L30 on a phone and at 200 % zoom without scrolling sideways', async () => {
    for (const size of [
      { width: 360, height: 740 },
      { width: 640, height: 360 },
    ]) {
      const { url } = await sendPackage(portal, { documents: [contract, drawings] })
      const { page } = await arrive(size)
      await page.goto(url)
      await readToEnd(page)
      await expectAccessible(page)
      await page.getByRole('button', { name: '完了', exact: true }).click()
      await page.getByRole('button', { name: '署名手続きを完了する' }).click()
      await headingOf(page, '署名手続きが完了しました').waitFor()
      await expectAccessible(page)
    }
  })

  it('can look up the SHA-256 of what is shown', async () => {
    const { made, url } = await sendPackage(portal, { documents: [contract] })
    const { page } = await arrive()
    await page.goto(url)
    await readToEnd(page)
    await page.getByRole('button', { name: '詳細' }).click()
    await page.getByText(made.facts.documents[0]?.sha256 ?? 'none').waitFor()
    await expectAccessible(page)
  })
})
