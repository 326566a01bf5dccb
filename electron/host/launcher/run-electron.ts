import { type ChildProcess, spawn } from 'node:child_process'

/** How long Electron may take to die of a missing library or a refused sandbox before it counts as running. */
const EARLY_END_MS = 10_000

/**
 * [Note: young objects] Megabytes. V8 lets the space for new objects grow to 48 MB and keeps it; a search leaves little
 * behind that lives on. With 12 MB the process with 1,000,000 cases in its index took some 80 MB less and answered as
 * fast (`npm run bench -- search`, 2026-11-28). `npm start` says the same to Node.
 */
const ENGINE_FLAGS = '--max-semi-space-size=4'

/**
 * Runs Electron on the program folder and waits for its end.
 * @returns `'cannot-run'` when it ended with an error soon after the start: this machine lacks something it needs
 */
export function runElectron(
  binary: string,
  programFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<'ended' | 'cannot-run'> {
  return new Promise((resolve) => {
    const started = performance.now()
    const child = spawn(binary, [`--js-flags=${ENGINE_FLAGS}`, programFolder], {
      stdio: 'inherit',
      env: environment,
    })
    const forward = forwardSignals(child)
    const finish = (isError: boolean) => {
      forward.stop()
      resolve(isError && performance.now() - started < EARLY_END_MS ? 'cannot-run' : 'ended')
    }
    child.once('error', () => finish(true))
    child.once('close', (code, signal) => finish(code !== 0 && !forward.wasAsked() && signal !== 'SIGTERM'))
  })
}

/** Ctrl+C in the terminal ends the window as closing it would. */
function forwardSignals(child: ChildProcess): {
  readonly stop: () => void
  readonly wasAsked: () => boolean
} {
  let asked = false
  const pass = (signal: NodeJS.Signals) => {
    asked = true
    child.kill(signal)
  }
  process.on('SIGINT', pass).on('SIGTERM', pass)
  return {
    stop: () => {
      process.off('SIGINT', pass).off('SIGTERM', pass)
    },
    wasAsked: () => asked,
  }
}
