/** Runs `desk …` as people do: the real program in a process of its own. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export type CommandOutcome = { readonly code: number; readonly output: string; readonly messages: string }

const PROGRAM = join(import.meta.dirname, '../../electron/cli.ts')

export function desk(...args: string[]): Promise<CommandOutcome> {
  return deskWith({}, ...args)
}

/** The same with environment variables beside those of this process. */
export function deskWith(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<CommandOutcome> {
  return startDesk(environment, ...args).ended
}

export type RunningCommand = {
  readonly ended: Promise<CommandOutcome>
  /** Ctrl+C. */
  readonly interrupt: () => void
  /** What it has told so far on standard error. */
  readonly messages: () => string
}

/** A command that a test ends in the middle. */
export function startDesk(environment: Readonly<Record<string, string>>, ...args: string[]): RunningCommand {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let output = ''
  let messages = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages += text
  })
  const ended = new Promise<CommandOutcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, output, messages }))
  })
  return { ended, interrupt: () => child.kill('SIGINT'), messages: () => messages }
}
