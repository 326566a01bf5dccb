// The whole of what a page gets from Electron: two functions, no logic. Same shape as `PreloadApi` in renderer/bridge.
import { contextBridge, ipcRenderer } from 'electron'

contextBridge.exposeInMainWorld('keiyaku', {
  call: (channel: string, input: unknown): Promise<unknown> =>
    ipcRenderer.invoke('bridge:call', channel, input),
  onEvent: (listener: (event: unknown) => void): (() => void) => {
    const forward = (_event: unknown, value: unknown) => listener(value)
    ipcRenderer.on('bridge:event', forward)
    return () => {
      ipcRenderer.off('bridge:event', forward)
    }
  },
})
