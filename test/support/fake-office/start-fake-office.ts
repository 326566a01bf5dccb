import { programPaths } from '../../../electron/app/program-paths.ts'
import { openPageFiles } from '../../../electron/app/serve/page-files.ts'
import { ensureBuilt } from '../../../electron/build.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { type BrowserHost, startBrowserHost } from '../../../electron/host/browser/server.ts'
import type { FakeOffice } from './fake-context.ts'
import { createFakeOffice } from './fake-office.ts'
import type { FakeState } from './fake-state.ts'

/** The folder of the built pages, built anew when a source changed. `OFFICE_PAGES` names another build. */
export async function buildPages(): Promise<string> {
  if (process.env.OFFICE_PAGES) return process.env.OFFICE_PAGES
  await ensureBuilt(['renderer'])
  return programPaths.officePages
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
