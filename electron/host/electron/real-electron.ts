import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  protocol,
  type Session,
  safeStorage,
  session as sessions,
} from 'electron'
import type { ElectronApi, SessionPort } from './electron-api.ts'

/** Electron itself as the port that the host drives. */
export function realElectron(): ElectronApi {
  const opened = new Map<SessionPort, Session>()
  return {
    app,
    ipcMain,
    protocol,
    safeStorage,
    openSession: (partition) => {
      // Without the prefix `persist:` a partition lives in memory only.
      const session = sessions.fromPartition(partition)
      opened.set(session, session)
      return session
    },
    openWindow: (options, session) => {
      const real = opened.get(session)
      if (real === undefined) throw new Error('The session was not opened here')
      return new BrowserWindow({ ...options, webPreferences: { ...options.webPreferences, session: real } })
    },
    setMenu: (template) => Menu.setApplicationMenu(Menu.buildFromTemplate(template)),
    showErrorBox: (title, text) => dialog.showErrorBox(title, text),
  }
}
