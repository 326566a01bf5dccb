/** The real program as a process of its own (`npm start` without a window), driven over its loopback HTTP host. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type BridgeClient, bridge } from '../../shared/bridge/bridge.ts'
import { createClient } from '../../shared/bridge/client.ts'
import type { Result } from '../../shared/result.ts'

export type OfficeProcess = {
  readonly origin: string
  readonly processId: number
  /** A one-time address for a browser; undefined once it was used for `client`. */
  readonly client: BridgeClient
  readonly cookie: string
  readonly upload: (fileName: string, bytes: Uint8Array) => Promise<string>
  readonly download: (ticket: string) => Promise<Buffer>
  /** Another one-time address, for a browser window of its own. */
  readonly openingUrl: () => Promise<string>
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
}

const START_TIMEOUT_MS = 60_000

export async function startOfficeProcess(
  dataDir: string,
  options: { readonly log?: (line: string) => void; readonly environment?: Record<string, string> } = {},
): Promise<OfficeProcess> {
  const child = startProgram(dataDir, options)
  const url = await firstUrl(child)
  const { origin } = new URL(url)
  const cookie = await redeem(url)
  const headers = { cookie, origin, 'x-keiyaku-request': '1' }
  const client = createClient(bridge, async (channel, input) => {
    const answer = await fetch(`${origin}/bridge/${channel}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(input ?? {}),
    })
    return answer.json()
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    origin,
    processId: child.pid ?? 0,
    client,
    cookie,
    upload: async (fileName, bytes) => {
      const answer = await fetch(`${origin}/uploads`, {
        method: 'POST',
        headers: {
          ...headers,
          'x-file-name': encodeURIComponent(fileName),
          'content-type': 'application/octet-stream',
        },
        body: Uint8Array.from(bytes),
      })
      return must((await answer.json()) as Result<{ uploadId: string }, unknown>).uploadId
    },
    download: async (ticket) => {
      const answer = await fetch(`${origin}/files/${ticket}`, { headers: { cookie } })
      if (!answer.ok) throw new Error(`Download answered ${answer.status}`)
      return Buffer.from(await answer.arrayBuffer())
    },
    openingUrl: async () => {
      const second = startProgram(dataDir, options)
      return firstUrl(second)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** The value of an answer; a failure becomes an error that names its code. */
export function must<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value
  throw new Error(`Refused: ${JSON.stringify(result.error)}`)
}

function startProgram(
  dataDir: string,
  options: { readonly environment?: Record<string, string>; readonly log?: (line: string) => void },
): ChildProcess {
  const child = spawn(process.execPath, ['electron/start.ts', '--no-window', '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  })
  createInterface({ input: child.stderr }).on('line', (line) => options.log?.(line))
  return child
}

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The office did not start in time')), START_TIMEOUT_MS)
    if (child.stdout === null) throw new Error('No standard output')
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /https?:\/\/\S+\/open\/\S+/.exec(line)
      if (found === null) return
      clearTimeout(timer)
      resolve(found[0])
    })
    // `close` comes after the last line was read, `exit` may come before it.
    child.once('close', (code) => {
      clearTimeout(timer)
      reject(new Error(`The office ended at its start with code ${code}`))
    })
  })
}

async function redeem(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (cookie === undefined) throw new Error(`The opening address answered ${answer.status}`)
  return cookie
}
