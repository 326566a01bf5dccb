import type { Logger } from '../../core/kit/logger.ts'
import { OFFICE_ORIGIN } from './office-scheme.ts'

type Preventable = { readonly preventDefault: () => void }
type Navigation = Preventable & { readonly url: string; readonly isMainFrame: boolean }

/** The part of Electron's `WebContents` that navigation is locked through. */
export type NavigatingContents = {
  readonly setWindowOpenHandler: (handler: (details: { url: string }) => { action: 'deny' }) => void
  on(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect',
    listener: (details: Navigation) => void,
  ): unknown
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown
}

/** The part of Electron's `Session` that permissions are refused through. */
export type PermissionSession = {
  readonly setPermissionRequestHandler: (
    handler: (contents: unknown, permission: string, callback: (granted: boolean) => void) => void,
  ) => void
  readonly setPermissionCheckHandler: (handler: (contents: unknown, permission: string) => boolean) => void
  readonly setDevicePermissionHandler: (handler: () => boolean) => void
  readonly setDisplayMediaRequestHandler: (
    handler: (request: unknown, callback: (streams: object) => void) => void,
  ) => void
}

/** The only permission a page may use: copying text that a person selected or asked to copy. */
const PERMITTED = 'clipboard-sanitized-write'

/** The page stays ours: no navigation away, no frame, no second window, no webview. */
export function lockNavigation(contents: NavigatingContents, logger: Logger): void {
  const refuseForeign = (details: Navigation) => {
    if (details.isMainFrame && isOfficePage(details.url)) return
    details.preventDefault()
    logger.warn('navigation-refused', { isMainFrame: details.isMainFrame })
  }
  contents.on('will-navigate', refuseForeign)
  contents.on('will-frame-navigate', refuseForeign)
  contents.on('will-redirect', refuseForeign)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => {
    logger.warn('window-open-refused')
    return { action: 'deny' }
  })
}

/** Both permission handlers deny: the request and the silent check go different ways inside Chromium. */
export function denyPermissions(session: PermissionSession, logger: Logger): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    if (permission !== PERMITTED) logger.warn('permission-refused', { permission })
    callback(permission === PERMITTED)
  })
  session.setPermissionCheckHandler((_contents, permission) => permission === PERMITTED)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, callback) => callback({}))
}

/** A file opened in place of the page would leave a window without a way back. */
function isOfficePage(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}` === OFFICE_ORIGIN && !pathname.startsWith('/files/')
}
