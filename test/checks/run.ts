/**
 * Static checks, side by side: types per environment, Biome, Oxlint, import rules.
 * `node test/checks/run.ts` prints the output of what failed and exits 1.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** `command`: a program in node_modules, and its arguments. */
type Check = { readonly name: string; readonly command: readonly string[] }

const FOLDERS = ['shared', 'electron', 'renderer', 'test'] as const

const CHECKS: readonly Check[] = [
  ...FOLDERS.map((folder) => ({
    name: `types: ${folder}`,
    command: ['typescript-native/bin/tsc', '--noEmit', '-p', folder],
  })),
  {
    name: 'biome',
    command: [
      '.bin/biome',
      'ci',
      '--colors=off',
      '--config-path=test/checks/biome-rules.json',
      '--max-diagnostics=60',
      '.',
    ],
  },
  {
    name: 'oxlint',
    command: ['.bin/oxlint', '-c', 'test/checks/oxlint.json', '--deny-warnings', ...FOLDERS],
  },
  {
    name: 'imports',
    command: [
      '.bin/depcruise',
      '--config',
      'test/checks/dependency-cruiser.cjs',
      '--output-type',
      'err-long',
      ...FOLDERS,
    ],
  },
]

type Outcome = {
  readonly check: Check
  readonly passed: boolean
  readonly output: string
  readonly ms: number
}

function run(check: Check): Promise<Outcome> {
  const started = performance.now()
  const [program = '', ...args] = check.command
  const child = spawn(`node_modules/${program}`, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => {
    const finish = (passed: boolean, extra = '') =>
      resolve({
        check,
        passed,
        output: Buffer.concat(chunks).toString() + extra,
        ms: performance.now() - started,
      })
    child.on('error', (error) => finish(false, String(error)))
    child.on('close', (code) => finish(code === 0))
  })
}

const only = process.argv.slice(2)
const queue = CHECKS.filter((check) => only.length === 0 || only.some((word) => check.name.includes(word)))
let failed = 0
async function worker(): Promise<void> {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
    const outcome = await run(check)
    console.log(`${outcome.passed ? 'ok  ' : 'FAIL'} ${check.name} (${(outcome.ms / 1000).toFixed(1)} s)`)
    if (!outcome.passed) {
      failed += 1
      console.log(outcome.output)
    }
  }
}
await Promise.all(Array.from({ length: Math.max(1, Math.min(2, availableParallelism())) }, worker))
process.exitCode = failed === 0 ? 0 : 1
