import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { openPageFiles } from '../../../electron/app/serve/page-files.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { type BrowserHost, startBrowserHost } from '../../../electron/host/browser/server.ts'
import { createFakeOffice, type FakeOffice } from './fake-office.ts'
import type { FakeState } from './fake-state.ts'

const VITE_CONFIG = fileURLToPath(new URL('../../../renderer/vite.config.ts', import.meta.url))

/** Builds the real renderer into a temporary folder, once per test file. `OFFICE_PAGES` names a ready build. */
export async function buildPages(): Promise<string> {
  if (process.env.OFFICE_PAGES) return process.env.OFFICE_PAGES
  const folder = await mkdtemp(join(tmpdir(), 'keiyaku-pages-'))
  await build({ configFile: VITE_CONFIG, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  return folder
}

/** The fake office behind the real browser host: real pages, real transport, real content security policy. */
export async function startFakeOffice(
  state: FakeState,
  pages: string,
): Promise<{ readonly office: FakeOffice; readonly host: BrowserHost }> {
  const office = createFakeOffice(state)
  const host = await startBrowserHost({
    application: office.application,
    pageFiles: await openPageFiles(pages),
    logger: silentLogger,
    port: 0,
  })
  return { office, host }
}
