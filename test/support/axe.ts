/** WCAG 2.1 A and AA by axe-core, in the page under test. */
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'

type AxeResults = {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}
type AxeWindow = {
  readonly axe: { readonly run: (scope: Document, options: unknown) => Promise<AxeResults> }
}

/** Brings axe-core into every page of a context; not subject to the page's content security policy. */
export async function addAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') })
}

/** What is wrong on the page now, one readable line per place; empty = nothing found. */
export async function axeProblems(page: Page): Promise<readonly string[]> {
  const results = await page.evaluate(() =>
    (window as unknown as AxeWindow).axe.run(document, {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] },
    }),
  )
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html}\n  ${failureSummary ?? ''}`),
  )
}
