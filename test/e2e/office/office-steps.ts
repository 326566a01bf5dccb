/** What the browser tests of the office share: pages with their faults watched, log-in, going places, judging a screen. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { addAxe, axeProblems } from '../../support/axe.ts'
import type { FakeOffice } from '../../support/fake-office/fake-context.ts'
import type { FakeState } from '../../support/fake-office/fake-state.ts'
import { startFakeOffice } from '../../support/fake-office/start-fake-office.ts'

export type OfficeVisit = {
  readonly page: Page
  readonly context: BrowserContext
  readonly office: FakeOffice
  /** Console errors, crashes, requests to other origins: no page may have any. */
  readonly faults: string[]
  readonly close: () => Promise<void>
}

export const PASSWORD = 'correct horse 町'

/** A fake office with a page open at its first screen. */
export async function visitOffice(
  browser: Browser,
  state: FakeState,
  pages: string,
  viewport = { width: 1280, height: 800 },
): Promise<OfficeVisit> {
  const { office, host } = await startFakeOffice(state, pages)
  const context = await browser.newContext({ viewport, locale: 'ja-JP', acceptDownloads: true })
  context.setDefaultTimeout(10_000)
  await addAxe(context)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (!['blob:', 'data:'].includes(url.protocol) && url.origin !== host.origin) faults.push(request.url())
  })
  await page.goto(host.openingUrl())
  await page.locator('h1').first().waitFor()
  return {
    page,
    context,
    office,
    faults,
    close: async () => {
      await context.close()
      await host.close()
    },
  }
}

export async function logIn(page: Page, loginName: string): Promise<void> {
  await page.getByLabel('ログイン名').fill(loginName)
  await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'ログインする' }).click()
  await page.getByRole('navigation', { name: 'メインメニュー' }).waitFor()
}

export async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /利用者メニュー/ }).click()
  await page.getByRole('menuitem', { name: 'ログアウト' }).click()
  await page.getByLabel('ログイン名').waitFor()
}

export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((target) => {
    window.location.hash = target
  }, hash)
}

/** The id of the one case whose title contains the words. */
export function caseIdOf(office: FakeOffice, words: string): string {
  const found = office.state.cases.find((record) => record.fields.title.includes(words))
  if (!found) throw new Error(`No case: ${words}`)
  return found.id
}

export function documentIdOf(office: FakeOffice, words: string): string {
  const record = office.state.cases.find((candidate) => candidate.fields.title.includes(words))
  const [document] = record?.documents ?? []
  if (!document) throw new Error(`No document: ${words}`)
  return document.id
}

/** Nothing that axe can find wrong, nothing in the console, no call that misses the bridge table. */
export async function expectSound({ page, faults, office }: OfficeVisit): Promise<void> {
  expect(await axeProblems(page)).toEqual([])
  expect(faults).toEqual([])
  expect(office.incidents).toEqual([])
}

/** Keeps a picture for a person to judge, when `SCREENSHOTS` names a folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
