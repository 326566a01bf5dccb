import { hasJudge, JUDGES, type Judge } from './outside-judges.ts'

/** Says loudly which outside judges are missing, before any test runs. */
export function setup(): void {
  const missing = (Object.keys(JUDGES) as Judge[]).filter((judge) => !hasJudge(judge))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((judge) => JUDGES[judge]))].join(' ')
  console.warn(
    `\n*** ${missing.length} outside judge(s) missing: ${missing.join(', ')}. Their tests are skipped. ` +
      `On Debian: apt-get install ${packages} ***\n`,
  )
}
