import { createHash } from 'node:crypto'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'

export type Instance =
  /** We are the first on this data folder; `release` when ending. */
  | { readonly kind: 'first'; readonly release: () => Promise<void> }
  /** Another start serves this folder; it gave a fresh address, or none when it hangs. */
  | { readonly kind: 'running'; readonly url: string | undefined }

/** The first start may still be opening its database. */
const ANSWER_TIMEOUT_MS = 20_000
/** Addresses of local sockets are short in every Unix. */
const SOCKET_PATH_MAX_BYTES = 100

/**
 * One browser host per data folder: a second start asks the first for an opening address instead of failing at the
 * archive's lock. The socket lies in the data folder, which only its owner can enter.
 *
 * @param openingUrl asked whenever another start comes
 */
export async function claimInstance(dataDir: string, openingUrl: () => Promise<string>): Promise<Instance> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = socketPath(dataDir)
  if (path === undefined) return { kind: 'first', release: async () => undefined }
  const running = await askRunning(path)
  if (running.connected) return { kind: 'running', url: running.url }
  // Nobody answers: what lies there is left from a start that was killed.
  if (process.platform !== 'win32') await rm(path, { force: true })
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    openingUrl().then(
      (url) => socket.end(url),
      () => socket.destroy(), // Our own start failed and says so itself.
    )
  })
  await listen(server, path)
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return {
    kind: 'first',
    release: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function socketPath(dataDir: string): string | undefined {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\keiyaku-desk-${createHash('sha256').update(dataDir.toLowerCase()).digest('hex')}`
  const path = join(dataDir, 'desk.sock')
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX_BYTES ? path : undefined
}

function askRunning(
  path: string,
): Promise<{ readonly connected: boolean; readonly url: string | undefined }> {
  return new Promise((resolve) => {
    const socket = connect(path)
    let connected = false
    let answer = ''
    socket.setEncoding('utf8')
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy())
    socket.once('connect', () => {
      connected = true
    })
    socket.on('data', (text: string) => {
      answer += text
    })
    // No such socket, or nobody behind it; 'close' follows.
    socket.once('error', () => socket.destroy())
    socket.once('close', () => resolve({ connected, url: URL.canParse(answer) ? answer : undefined }))
  })
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
