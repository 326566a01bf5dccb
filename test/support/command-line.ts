/** Runs `desk …` as people do: the real program in a process of its own. Or, much faster, its commands in this process. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { archiveCommand } from '../../electron/app/cli/archive.ts'
import { runCommandLine } from '../../electron/app/cli/run-command.ts'

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

/** `desk archive …` without a process of its own; one after another, because the environment is the process's. */
export function archiveHere(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<CommandOutcome> {
  const outcome = lastHere.then(() => runHere(environment, args))
  lastHere = outcome.then(
    () => undefined,
    (error: unknown) => error, // Told to whoever asked.
  )
  return outcome
}
let lastHere: Promise<unknown> = Promise.resolve()

async function runHere(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<CommandOutcome> {
  const printed: string[] = []
  const told: string[] = []
  const before = { ...process.env }
  Object.assign(process.env, environment)
  try {
    const code = await runCommandLine({ archive: async () => archiveCommand }, ['archive', ...args], {
      print: (text) => printed.push(`${text}\n`),
      tell: (text) => told.push(`${text}\n`),
      onLine: () => undefined,
      ended: new AbortController().signal,
    })
    return { code, output: printed.join(''), messages: told.join('') }
  } finally {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  }
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
