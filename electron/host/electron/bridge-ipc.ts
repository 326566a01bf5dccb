import type { BridgeEvent } from '../../../shared/bridge/define.ts'
import { fail } from '../../../shared/result.ts'
import type { Application, Connection } from '../../app/host-port.ts'
import type { Logger } from '../../core/kit/logger.ts'
import { type Sender, senderRefusal } from './sender-check.ts'

/** Channels between preload and main. The names also stand in electron/preload.ts, which imports nothing. */
export const CALL_CHANNEL = 'bridge:call'
export const EVENT_CHANNEL = 'bridge:event'

/** One window as the bridge knows it. */
export type BridgeWindow = {
  readonly webContentsId: number
  readonly connection: Connection
  readonly send: (channel: string, value: unknown) => void
}

/** The part of Electron's `ipcMain` that is used. */
export type IpcMainPort = {
  readonly handle: (
    channel: string,
    listener: (event: Sender, ...args: unknown[]) => Promise<unknown>,
  ) => void
}

export type BridgeIpc = {
  /** Lets a window call and gives it its events; the returned function ends its connection. */
  readonly admit: (window: BridgeWindow) => () => void
}

/** Calls and events over Electron's IPC. Every call is checked for its sender; a refused one reaches nothing. */
export function createBridgeIpc(ipcMain: IpcMainPort, application: Application, logger: Logger): BridgeIpc {
  const windows = new Map<number, BridgeWindow>()
  ipcMain.handle(CALL_CHANNEL, async (event, channel, input) => {
    const refusal = senderRefusal(event, (id) => windows.has(id))
    const window = windows.get(event.sender.id)
    if (refusal !== undefined || window === undefined) {
      logger.warn('ipc-refused', { reason: refusal ?? 'unknown-window' })
      return fail('FORBIDDEN', { permission: 'bridge' })
    }
    if (typeof channel !== 'string') return fail('INPUT_INVALID', { paths: ['channel'] })
    return application.call(channel, input, window.connection)
  })
  return {
    admit: (window) => {
      windows.set(window.webContentsId, window)
      const unsubscribe = application.subscribe(window.connection, (event: BridgeEvent) =>
        window.send(EVENT_CHANNEL, event),
      )
      let admitted = true
      return () => {
        if (!admitted) return
        admitted = false
        unsubscribe()
        windows.delete(window.webContentsId)
        application.endConnection(window.connection)
      }
    },
  }
}
