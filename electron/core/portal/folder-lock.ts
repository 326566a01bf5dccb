import { realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex } from '../kit/bytes.ts'
import { PortalStartError } from './errors.ts'

/**
 * Makes sure that one portal at a time uses a folder, by listening on a local socket named after it.
 * The system takes the name back when the process ends, also after kill -9; a file with a process id would stay and could point
 * at an innocent process after a restart. Does not see a portal on another machine that shares the folder.
 *
 * @returns gives the folder back
 * @throws PortalStartError 'FOLDER_IN_USE'
 */
export async function holdFolder(dataDir: string): Promise<() => Promise<void>> {
  const name = `keiyaku-desk-portal-${sha256Hex(await realpath(dataDir)).slice(0, 24)}`
  const server = createServer((socket) => socket.destroy())
  server.unref()
  try {
    await listen(server, socketPath(name))
  } catch (error) {
    if (!isInUse(error) || (await answers(socketPath(name))))
      throw new PortalStartError('FOLDER_IN_USE', dataDir, { cause: error })
    await rm(socketPath(name), { force: true }) // macOS only: the file of a process that was killed.
    await listen(server, socketPath(name))
  }
  return () => new Promise<void>((resolve) => server.close(() => resolve()))
}

function socketPath(name: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`)
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function answers(path: string): Promise<boolean> {
  if (process.platform !== 'darwin') return Promise.resolve(true)
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
