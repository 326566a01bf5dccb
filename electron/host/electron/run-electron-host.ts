import type { Application } from '../../app/host-port.ts'
import type { HostServices } from '../../app/host-services.ts'
import type { PageFiles } from '../../app/serve/page-files.ts'
import { createPageServer } from '../../app/serve/page-server.ts'
import type { Logger } from '../../core/kit/logger.ts'
import { createBridgeIpc } from './bridge-ipc.ts'
import type { ElectronApi } from './electron-api.ts'
import { openKeychain } from './keychain.ts'
import { lockNavigation } from './lock-down.ts'
import { menuTemplate } from './menu.ts'
import { SCHEME_PRIVILEGES } from './office-scheme.ts'
import { type OfficeWindow, openOfficeWindow } from './office-window.ts'

export type ElectronHostParts = {
  readonly startApplication: (services: HostServices) => Promise<Application>
  readonly openPageFiles: () => Promise<PageFiles>
  readonly startProgram: HostServices['startProgram']
  readonly preloadPath: string
  readonly platform: NodeJS.Platform
  readonly logger: Logger
}

const CLOSE_TIMEOUT_MS = 5_000

/**
 * Runs the application in Electron's window. Call it before Electron is ready: a scheme gets its rights only then.
 * Resolves when the window is loading, or when this start gave way to one that runs already.
 */
export async function runElectronHost(api: ElectronApi, parts: ElectronHostParts): Promise<void> {
  api.protocol.registerSchemesAsPrivileged([SCHEME_PRIVILEGES])
  if (!api.app.requestSingleInstanceLock()) {
    api.app.quit()
    return
  }
  let window: OfficeWindow | undefined
  let application: Application | undefined
  api.app.on('web-contents-created', (_event, contents) => lockNavigation(contents, parts.logger))
  api.app.on('second-instance', () => window?.bringToFront())
  api.app.on('window-all-closed', () => api.app.quit())
  api.app.on('child-process-gone', (_event, { type, reason }) =>
    parts.logger.warn('process-gone', { type, reason }),
  )
  closeBeforeQuit(api, parts.logger, () => application)
  try {
    await api.app.whenReady()
    application = await parts.startApplication({
      keychain: await openKeychain(api.safeStorage, parts.platform),
      startProgram: parts.startProgram,
    })
    const { logger } = parts
    const servePage = createPageServer({ application, pageFiles: await parts.openPageFiles(), logger })
    const ipc = createBridgeIpc(api.ipcMain, application, logger)
    window = openOfficeWindow(api, { servePage, ipc, preloadPath: parts.preloadPath, logger })
    const opened = window
    api.setMenu(menuTemplate(parts.platform, () => opened.print()))
    await opened.load()
  } catch (error) {
    parts.logger.error('start-failed', error)
    api.showErrorBox(
      '電子契約デスクを起動できません',
      '起動の途中で問題が起きました。パソコンを再起動しても直らないときは、システム管理者に連絡してください。',
    )
    api.app.exit(1)
  }
}

/** The archive is closed before the process ends; a part that hangs does not keep it alive. */
function closeBeforeQuit(api: ElectronApi, logger: Logger, application: () => Application | undefined): void {
  let state: 'running' | 'closing' | 'closed' = 'running'
  api.app.on('before-quit', (event) => {
    const open = application()
    if (state === 'closed' || open === undefined) return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    withTimeout(open.close(), CLOSE_TIMEOUT_MS)
      .catch((error: unknown) => logger.error('close-failed', error))
      .finally(() => {
        state = 'closed'
        api.app.quit()
      })
  })
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Not closed within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
