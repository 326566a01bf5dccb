/** Doubles of the part of Electron that the host drives: they keep what was set and let a test raise events. */
import { EventEmitter } from 'node:events'
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron'
import type { IpcMainPort } from '../../electron/host/electron/bridge-ipc.ts'
import type { ElectronApi, SessionPort } from '../../electron/host/electron/electron-api.ts'
import type { NavigatingContents } from '../../electron/host/electron/lock-down.ts'
import type { Sender } from '../../electron/host/electron/sender-check.ts'

type PermissionRequest = (contents: unknown, permission: string, callback: (granted: boolean) => void) => void

export class FakeContents extends EventEmitter implements NavigatingContents {
  readonly id: number
  readonly sent: { readonly channel: string; readonly value: unknown }[] = []
  prints = 0
  openHandler: ((details: { url: string }) => { action: 'deny' }) | undefined

  constructor(id: number) {
    super()
    this.id = id
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void {
    this.openHandler = handler
  }
  send(channel: string, value: unknown): void {
    this.sent.push({ channel, value })
  }
  print(): void {
    this.prints += 1
  }
  /** Tries a navigation; true when nobody prevented it. */
  navigate(event: string, url: string, isMainFrame = true): boolean {
    let prevented = false
    this.emit(event, { url, isMainFrame, preventDefault: () => (prevented = true) })
    return !prevented
  }
}

export class FakeWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions
  readonly webContents: FakeContents
  readonly loaded: string[] = []
  readonly shown: string[] = []
  destroyed = false
  minimized = false

  constructor(options: BrowserWindowConstructorOptions, id: number) {
    super()
    this.options = options
    this.webContents = new FakeContents(id)
  }
  async loadURL(url: string): Promise<void> {
    this.loaded.push(url)
  }
  isDestroyed(): boolean {
    return this.destroyed
  }
  isMinimized(): boolean {
    return this.minimized
  }
  restore(): void {
    this.minimized = false
  }
  show(): void {
    this.shown.push('show')
  }
  focus(): void {
    this.shown.push('focus')
  }
  close(): void {
    this.destroyed = true
    this.emit('closed')
  }
}

export class FakeSession implements SessionPort {
  readonly partition: string
  readonly handlers = new Map<string, (request: Request) => Promise<Response>>()
  request: PermissionRequest | undefined
  check: ((contents: unknown, permission: string) => boolean) | undefined
  device: (() => boolean) | undefined
  display: ((request: unknown, callback: (streams: object) => void) => void) | undefined

  constructor(partition: string) {
    this.partition = partition
  }
  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
      this.handlers.set(scheme, handler)
    },
  }
  setPermissionRequestHandler(handler: PermissionRequest): void {
    this.request = handler
  }
  setPermissionCheckHandler(handler: (contents: unknown, permission: string) => boolean): void {
    this.check = handler
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.device = handler
  }
  setDisplayMediaRequestHandler(
    handler: (request: unknown, callback: (streams: object) => void) => void,
  ): void {
    this.display = handler
  }
}

export class FakeApp extends EventEmitter {
  readonly did: string[] = []
  isFirst = true
  requestSingleInstanceLock(): boolean {
    return this.isFirst
  }
  async whenReady(): Promise<void> {
    this.did.push('ready')
  }
  quit(): void {
    this.did.push('quit')
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (!prevented) this.did.push('ended')
  }
  exit(code: number): void {
    this.did.push(`exit ${code}`)
  }
}

export type FakeElectron = {
  readonly api: ElectronApi
  readonly app: FakeApp
  readonly windows: FakeWindow[]
  readonly sessions: FakeSession[]
  readonly schemes: unknown[]
  readonly menus: MenuItemConstructorOptions[][]
  readonly errorBoxes: string[]
  /** What the page's preload would send. */
  readonly invoke: (event: Sender, ...args: unknown[]) => Promise<unknown>
}

export function fakeElectron(): FakeElectron {
  const app = new FakeApp()
  const windows: FakeWindow[] = []
  const sessions: FakeSession[] = []
  const schemes: unknown[] = []
  const menus: MenuItemConstructorOptions[][] = []
  const errorBoxes: string[] = []
  const listeners = new Map<string, Parameters<IpcMainPort['handle']>[1]>()
  return {
    app,
    windows,
    sessions,
    schemes,
    menus,
    errorBoxes,
    invoke: async (event, ...args) => {
      const listener = listeners.get('bridge:call')
      if (listener === undefined) throw new Error('Nobody handles bridge:call')
      return listener(event, ...args)
    },
    api: {
      app,
      ipcMain: { handle: (channel, listener) => listeners.set(channel, listener) },
      protocol: { registerSchemesAsPrivileged: (list) => schemes.push(...list) },
      openSession: (partition) => {
        const session = new FakeSession(partition)
        sessions.push(session)
        return session
      },
      openWindow: (options) => {
        const window = new FakeWindow(options, windows.length + 1)
        windows.push(window)
        app.emit('web-contents-created', {}, window.webContents)
        return window
      },
      safeStorage: {
        isAsyncEncryptionAvailable: async () => false,
        encryptStringAsync: async (text) => Buffer.from(text),
        decryptStringAsync: async (sealed) => ({ result: sealed.toString(), shouldReEncrypt: false }),
        getSelectedStorageBackend: () => 'basic_text',
      },
      setMenu: (template) => menus.push(template),
      showErrorBox: (title) => errorBoxes.push(title),
    },
  }
}
