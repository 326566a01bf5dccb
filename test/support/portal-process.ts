/**
 * The portal as a process of its own, to be killed. Started as a script it is that process:
 * `node portal-process.ts <dataDir> <port> <officeTokenSha256> [pagesDir]` prints the port once it listens.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sha256Hex } from '../../electron/core/kit/bytes.ts'
import { startPortalServer } from '../../electron/core/portal/server.ts'

const SELF = fileURLToPath(import.meta.url)

export type PortalProcess = {
  readonly port: number
  readonly url: string
  /** SIGKILL: no goodbye. */
  readonly kill: () => Promise<void>
}

export async function startPortalProcess(options: {
  readonly dataDir: string
  readonly officeToken: string
  /** 0 = any; give the old one for a restart. */
  readonly port: number
  readonly pagesDir?: string
}): Promise<PortalProcess> {
  const args = [SELF, options.dataDir, String(options.port), sha256Hex(options.officeToken)]
  const child = spawn(process.execPath, [...args, ...(options.pagesDir ? [options.pagesDir] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await firstNumber(child)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

function firstNumber(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(Number(data.toString())))
    child.once('exit', (code) => reject(new Error(`The portal ended with ${code}`)))
  })
}

if (process.argv[1] === SELF) {
  const [, , dataDir = '', port = '0', sha256 = '', pagesDir] = process.argv
  const server = await startPortalServer({
    dataDir,
    port: Number(port),
    officeToken: { sha256 },
    ...(pagesDir !== undefined && { pagesDir }),
  })
  process.stdout.write(`${server.port}\n`)
}
