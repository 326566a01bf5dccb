import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron'
import type { IpcMainPort } from './bridge-ipc.ts'
import type { SafeStoragePort } from './keychain.ts'
import type { NavigatingContents, PermissionSession } from './lock-down.ts'
import type { SCHEME_PRIVILEGES } from './office-scheme.ts'

/**
 * The part of Electron that the host drives. electron/main.ts passes the real objects, so the compiler checks these
 * types against electron.d.ts; tests pass doubles, because the binary is not on every machine.
 */
export type ElectronApi = {
  readonly app: AppPort
  readonly ipcMain: IpcMainPort
  readonly protocol: { readonly registerSchemesAsPrivileged: (schemes: (typeof SCHEME_PRIVILEGES)[]) => void }
  readonly openSession: (partition: string) => SessionPort
  readonly openWindow: (options: BrowserWindowConstructorOptions, session: SessionPort) => WindowPort
  readonly safeStorage: SafeStoragePort
  readonly setMenu: (template: MenuItemConstructorOptions[]) => void
  readonly showErrorBox: (title: string, text: string) => void
}

export type AppPort = {
  readonly requestSingleInstanceLock: () => boolean
  readonly whenReady: () => Promise<void>
  readonly quit: () => void
  readonly exit: (code: number) => void
  on(event: 'second-instance' | 'window-all-closed', listener: () => void): unknown
  on(event: 'before-quit', listener: (event: { preventDefault: () => void }) => void): unknown
  on(event: 'web-contents-created', listener: (event: unknown, contents: NavigatingContents) => void): unknown
  on(
    event: 'child-process-gone',
    listener: (event: unknown, details: { readonly type: string; readonly reason: string }) => void,
  ): unknown
}

export type SessionPort = PermissionSession & {
  readonly protocol: {
    readonly handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void
  }
}

export type WindowPort = {
  readonly webContents: {
    readonly id: number
    readonly send: (channel: string, value: unknown) => void
    readonly print: () => void
    on(
      event: 'render-process-gone',
      listener: (event: unknown, details: { readonly reason: string }) => void,
    ): unknown
  }
  readonly loadURL: (url: string) => Promise<void>
  readonly isDestroyed: () => boolean
  readonly isMinimized: () => boolean
  readonly restore: () => void
  readonly show: () => void
  readonly focus: () => void
  readonly close: () => void
  on(event: 'closed', listener: () => void): unknown
  once(event: 'ready-to-show', listener: () => void): unknown
}
