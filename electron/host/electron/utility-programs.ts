import { createInterface } from 'node:readline'
import { utilityProcess } from 'electron'
import type { StartProgram } from '../../app/host-services.ts'

const STOP_TIMEOUT_MS = 2_000

/**
 * Starts `desk <args>` as a utility process. Electron itself cannot run as Node in the packaged program (fuse
 * `runAsNode` is off); a utility process ends with Electron. It takes its arguments from the environment.
 */
export function utilityPrograms(commandLinePath: string): StartProgram {
  return (args) => {
    const child = utilityProcess.fork(commandLinePath, [], {
      serviceName: `desk ${args[0] ?? ''}`,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, KEIYAKU_ARGUMENTS: JSON.stringify(args) },
    })
    const listeners: ((line: string) => void)[] = []
    child.once('spawn', () => {
      if (child.stdout === null) return
      createInterface({ input: child.stdout }).on('line', (line) => {
        for (const listener of listeners) listener(line)
      })
    })
    let hasExited = false
    const exited = new Promise<number>((resolve) => {
      child.once('exit', (code) => {
        hasExited = true
        resolve(code)
      })
    })
    return {
      processId: child.pid,
      onLine: (listener) => listeners.push(listener),
      send: (line) => {
        if (!hasExited) child.postMessage(line)
      },
      exited,
      stop: async () => {
        if (hasExited) return
        child.kill()
        const timeout = new Promise<void>((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS).unref())
        await Promise.race([exited, timeout])
      },
    }
  }
}
