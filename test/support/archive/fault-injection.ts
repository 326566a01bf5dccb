/** Makes system calls of a process fail, as a dying disk does: strace injects the error, the program is the real one. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Fault = {
  /** Names of system calls, parted by commas. */
  readonly calls: string
  readonly error: 'EIO' | 'ENOSPC'
  /** Which of these calls of a thread fail: `7` only the seventh, `7+` all from the seventh on. */
  readonly when: string
}

/** True where a process may be traced; said loudly where not. */
export const canInjectFaults: boolean = (() => {
  const probe = spawnSync('strace', ['-f', '-o', '/dev/null', '-e', 'trace=fsync', 'true'])
  if (probe.status === 0) return true
  console.warn('*** strace is not there or may not trace: the tests of a failing disk are skipped. ***')
  return false
})()

export type FaultyRun = {
  readonly output: readonly string[]
  readonly errors: string
  /** undefined: it did not end by itself in time, and was killed. */
  readonly code: number | undefined
  /** How many calls failed because of us. */
  readonly injected: number
}

const LONGEST_RUN_MS = 8_000

/** Runs a Node script to its end under a fault, or kills it when the fault did not end it. */
export async function runWithFault(
  script: string,
  args: readonly string[],
  fault: Fault,
): Promise<FaultyRun> {
  const scratch = mkdtempSync(join(tmpdir(), 'desk-fault-'))
  const tracing = [
    ...['-f', '-qq', '--seccomp-bpf', '-o', join(scratch, 'trace')],
    ...['-e', `trace=${fault.calls}`],
    ...['-e', `inject=${fault.calls}:error=${fault.error}:when=${fault.when}`],
  ]
  const child = spawn('strace', [...tracing, process.execPath, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // A group of its own, so that strace and what it runs end together.
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, LONGEST_RUN_MS)
  const code = await new Promise<number | undefined>((resolve) =>
    child.on('close', (status) => resolve(status ?? undefined)),
  )
  clearTimeout(timer)
  const injected = readFileSync(join(scratch, 'trace'), 'utf8').split('(INJECTED)').length - 1
  rmSync(scratch, { recursive: true, force: true })
  return { output: output.split('\n').slice(0, -1), errors, code, injected }
}
