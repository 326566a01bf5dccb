/**
 * `npm start`: Electron's window when its program is there or can be had, else the same application in a browser of
 * this machine. Builds what is older than its sources first.
 */
import { enableCompileCache } from 'node:module'
import { resolve } from 'node:path'

// Before anything else is loaded: the second start finds types stripped and code compiled, which halves its time.
enableCompileCache(resolve(import.meta.dirname, '../dist/cache'))
const { runCommandLine } = await import('./app/cli/run-command.ts')

const end = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort())

const commands = {
  start: async () => (await import('./start-command.ts')).startCommand,
}
process.exitCode = await runCommandLine(commands, ['start', ...process.argv.slice(2)], {
  print: (text) => process.stdout.write(`${text}\n`),
  tell: (text) => process.stderr.write(`${text}\n`),
  onLine: () => undefined,
  ended: end.signal,
})
