import type { BrowserWindowConstructorOptions } from 'electron'
import type { Connection } from '../../app/host-port.ts'
import type { PageServer } from '../../app/serve/page-server.ts'
import { newId } from '../../core/kit/ids.ts'
import type { Logger } from '../../core/kit/logger.ts'
import type { BridgeIpc } from './bridge-ipc.ts'
import type { ElectronApi, WindowPort } from './electron-api.ts'
import { denyPermissions } from './lock-down.ts'
import { OFFICE_URL, SCHEME, schemeHandler } from './office-scheme.ts'

export type OfficeWindow = {
  readonly load: () => Promise<void>
  readonly bringToFront: () => void
  readonly print: () => void
}

export type OfficeWindowParts = {
  readonly servePage: PageServer
  readonly ipc: BridgeIpc
  readonly preloadPath: string
  readonly logger: Logger
}

/** A page that dies this often in a row will not get better by another reload. */
const CRASHES_MAX = 3

/** Everything that keeps a page a page. The session is passed beside it and lives in memory: no contract reaches its cache on disk. */
export function windowOptions(preloadPath: string): BrowserWindowConstructorOptions {
  return {
    width: 1360,
    height: 860,
    minWidth: 960,
    minHeight: 640,
    show: false,
    title: '電子契約デスク',
    backgroundColor: '#ffffff',
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Its dictionaries would be fetched from the internet.
      spellcheck: false,
    },
  }
}

/** Opens the one window: its own session, its own connection, locked in. */
export function openOfficeWindow(api: ElectronApi, parts: OfficeWindowParts): OfficeWindow {
  const session = api.openSession('office')
  let connection: Connection | undefined
  denyPermissions(session, parts.logger)
  session.protocol.handle(
    SCHEME,
    schemeHandler(parts.servePage, () => connection),
  )
  const window = api.openWindow(windowOptions(parts.preloadPath), session)
  let dismiss: () => void = () => undefined
  const admit = () => {
    const fresh: Connection = { id: newId(), from: 'window' }
    connection = fresh
    const end = parts.ipc.admit({
      webContentsId: window.webContents.id,
      connection: fresh,
      send: (channel, value) => {
        if (!window.isDestroyed()) window.webContents.send(channel, value)
      },
    })
    dismiss = () => {
      connection = undefined
      end()
    }
  }
  admit()
  window.on('closed', () => dismiss())
  window.once('ready-to-show', () => window.show())
  reviveAfterCrash(api, window, parts.logger, () => {
    dismiss()
    admit()
  })
  return {
    load: () => window.loadURL(OFFICE_URL),
    bringToFront: () => bringToFront(window),
    print: () => {
      if (!window.isDestroyed()) window.webContents.print()
    },
  }
}

/** The page's process died: whoever was logged in must log in again, in a page loaded anew. */
function reviveAfterCrash(api: ElectronApi, window: WindowPort, logger: Logger, renew: () => void): void {
  let crashes = 0
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    crashes += 1
    logger.warn('page-gone', { reason, crashes })
    if (crashes >= CRASHES_MAX) {
      api.showErrorBox(
        '画面を表示できません',
        '画面が繰り返し停止したため、終了します。保存された内容は失われていません。',
      )
      api.app.quit()
      return
    }
    renew()
    window.loadURL(OFFICE_URL).catch((error: unknown) => logger.error('page-reload-failed', error))
  })
}

function bringToFront(window: WindowPort): void {
  if (window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
