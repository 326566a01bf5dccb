import { bridge } from '../../shared/bridge/bridge.ts'
import { createClient } from '../../shared/bridge/client.ts'
import { electronTransport, type PreloadApi } from './electron-transport.ts'
import { httpTransport } from './http-transport.ts'
import type { OfficeBridge } from './office-bridge.ts'
import { uploadFile } from './upload-file.ts'

declare global {
  interface Window {
    /** Put there by electron/preload.ts; absent in a browser. */
    readonly keiyaku?: PreloadApi
  }
}

/** The bridge of this page: Electron's window when the preload is there, else loopback HTTP. Files travel the same way in both. */
export function createOfficeBridge(): OfficeBridge {
  const transport = window.keiyaku === undefined ? httpTransport() : electronTransport(window.keiyaku)
  return {
    client: createClient(bridge, transport.call),
    fileUrl: (ticket) => `/files/${encodeURIComponent(ticket)}`,
    upload: uploadFile,
    subscribe: transport.subscribe,
  }
}
