import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { RunningProgram, StartProgram } from '../host-services.ts'

const STOP_TIMEOUT_MS = 2_000

/**
 * Starts `desk <args>` with Node. The child watches its standard input: when we are gone, however we went, the
 * operating system closes it and the child ends.
 */
export function nodePrograms(commandLinePath: string): StartProgram {
  return (args) => {
    const child = spawn(process.execPath, [commandLinePath, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, KEIYAKU_CHILD: '1' },
      windowsHide: true,
    })
    // Writing to a child that died raises EPIPE here; its end is reported by `exited`.
    child.stdin.on('error', () => undefined)
    const lines = createInterface({ input: child.stdout })
    return {
      processId: child.pid,
      onLine: (listener) => {
        lines.on('line', listener)
      },
      send: (line) => {
        child.stdin.write(`${line}\n`)
      },
      exited: exitOf(child),
      stop: () => stop(child),
    }
  }
}

function exitOf(child: ChildProcess): RunningProgram['exited'] {
  return new Promise((resolve) => {
    child.once('error', () => resolve(-1))
    child.once('close', (code) => resolve(code ?? -1))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.stdin?.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(timer)
}
