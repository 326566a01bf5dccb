import { resolve } from 'node:path'
import { hasJudge, JUDGES, type Judge } from './outside-judges.ts'

/** Before any test runs: says loudly which outside judges are missing, and lets threads and programs start from compiled code. */
export function setup(): void {
  process.env.NODE_COMPILE_CACHE ??= resolve(import.meta.dirname, '../../dist/cache')
  const missing = (Object.keys(JUDGES) as Judge[]).filter((judge) => !hasJudge(judge))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((judge) => JUDGES[judge]))].join(' ')
  console.warn(
    `\n*** ${missing.length} outside judge(s) missing: ${missing.join(', ')}. Their tests are skipped. ` +
      `On Debian: apt-get install ${packages} ***\n`,
  )
}
