/** What the browser tests of the portal share: a portal with its pages, a browser, and the contractor's steps. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { formatPortalLink } from '../../../shared/portal-api/link.ts'
import type { PortalResponse } from '../../../shared/portal-api/response.ts'
import { findConsentProblems, openResponse } from '../../../shared/portal-api/response-sealing.ts'
import { addAxe, axeProblems } from '../../support/axe.ts'
import { publish, type RunningPortal } from '../../support/portal.ts'
import { makeTestPackage, type TestPackage, type TestPackageOptions } from '../../support/portal-package.ts'

export type Visit = {
  readonly context: BrowserContext
  readonly page: Page
  /** Console errors and requests to other origins, which no page may have. */
  readonly faults: readonly string[]
}

export async function visit(
  browser: Browser,
  portalUrl: string,
  viewport = { width: 1280, height: 800 },
): Promise<Visit> {
  const context = await browser.newContext({ viewport, locale: 'ja-JP', acceptDownloads: true })
  context.setDefaultTimeout(15_000)
  await addAxe(context)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    // A refused request is part of the game; a violated policy or a crash is not.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'blob:' && url.protocol !== 'data:' && url.origin !== portalUrl)
      faults.push(request.url())
  })
  return { context, page, faults }
}

export async function sendPackage(
  portal: RunningPortal,
  options: TestPackageOptions,
): Promise<{ readonly made: TestPackage; readonly url: string }> {
  const made = await makeTestPackage(options)
  await publish(portal, made)
  return { made, url: await formatPortalLink(portal.url, made.link) }
}

/** Scrolls the shown document to its end, as a reader would. */
export async function readToEnd(page: Page): Promise<void> {
  await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
  await page.locator('.pdf-pages').evaluate((area) => {
    area.scrollTop = area.scrollHeight
  })
}

export async function expectAccessible(page: Page): Promise<void> {
  expect(await axeProblems(page)).toEqual([])
  const tooWide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth - clientWidth
  })
  expect(tooWide, 'pixels to scroll sideways').toBeLessThanOrEqual(0)
}

export function headingOf(page: Page, name: string) {
  return page.getByRole('heading', { name, level: 1 })
}

/** Every response the office got for a package, opened and checked. */
export async function responsesAtOffice(
  portal: RunningPortal,
  made: TestPackage,
): Promise<readonly PortalResponse[]> {
  const page = await portal.office.pullEvents()
  if (!page.ok || made.sealed.responsePublicKey === undefined) throw new Error('no events')
  const responses: PortalResponse[] = []
  for (const event of page.value.events) {
    if (event.kind !== 'response' || event.linkId !== made.link.linkId) continue
    const { response } = await openResponse({
      linkId: event.linkId,
      packageId: made.facts.packageId,
      officePrivateKey: made.officeKeys.privateKey,
      responsePublicKey: made.sealed.responsePublicKey,
      sealed: event.sealed,
    })
    if (response.kind === 'consent') expect(findConsentProblems(response, made.facts)).toEqual([])
    responses.push(response)
  }
  return responses
}
