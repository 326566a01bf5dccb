/** `npm run --silent desk -- …`: the commands of interfaces that stay stable. Also the process that runs the portal alone. */
import { enableCompileCache } from 'node:module'
import { resolve } from 'node:path'
import type { CommandTable } from './app/cli/command.ts'
import { linesFromOffice } from './app/cli/office-lines.ts'
import { runCommandLine } from './app/cli/run-command.ts'

// From the sources: the second command finds types stripped and code compiled, which more than halves its start.
if (import.meta.url.endsWith('.ts')) enableCompileCache(resolve(import.meta.dirname, '../dist/cache'))

const COMMANDS: CommandTable = {
  sign: async () => (await import('./app/cli/sign.ts')).signCommand,
  renew: async () => (await import('./app/cli/renew.ts')).renewCommand,
  verify: async () => (await import('./app/cli/verify.ts')).verifyCommand,
  preflight: async () => (await import('./app/cli/preflight.ts')).preflightCommand,
  repair: async () => (await import('./app/cli/repair.ts')).repairCommand,
  portal: async () => (await import('./app/cli/portal.ts')).portalCommand,
  archive: async () => (await import('./app/cli/archive.ts')).archiveCommand,
  start: async () => (await import('./start-command.ts')).startCommand,
  pkcs11: async () => (await import('./app/cli/pkcs11.ts')).pkcs11Command,
}

const end = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort())

// Started by the office as its child: when the office is gone, however it went, so are we.
if (process.env.KEIYAKU_CHILD === '1') {
  process.stdin.on('close', () => end.abort())
  process.stdin.resume()
}

const onLine = linesFromOffice()

/** Electron's utility process hands its arguments over in the environment. */
const handedOver = process.env.KEIYAKU_ARGUMENTS
const args: string[] = handedOver === undefined ? process.argv.slice(2) : JSON.parse(handedOver)

process.exitCode = await runCommandLine(COMMANDS, args, {
  print: (text) => process.stdout.write(`${text}\n`),
  tell: (text) => process.stderr.write(`${text}\n`),
  onLine,
  ended: end.signal,
})
if (process.env.KEIYAKU_CHILD === '1') process.stdin.destroy()
