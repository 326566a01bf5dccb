/**
 * Outside judges: programs of other makers that say whether our files are right.
 * A missing judge is skipped loudly; `global-setup.ts` prints and counts what is missing.
 */
import { spawnSync } from 'node:child_process'

/** Program → Debian package that brings it. */
export const JUDGES = {
  pdfsig: 'poppler-utils',
  pdftoppm: 'poppler-utils',
  pdftotext: 'poppler-utils',
  mutool: 'mupdf-tools',
  qpdf: 'qpdf',
  openssl: 'openssl',
  'softhsm2-util': 'softhsm2',
} as const

export type Judge = keyof typeof JUDGES

const present = new Map<Judge, boolean>()

/** True when the judge can be started on this machine. */
export function hasJudge(judge: Judge): boolean {
  const known = present.get(judge)
  if (known !== undefined) return known
  const found = spawnSync(judge, ['--version'], { stdio: 'ignore' }).error === undefined
  present.set(judge, found)
  return found
}

/** Runs a judge; text of both streams and the exit code. Never throws for a bad exit. */
export function askJudge(
  judge: Judge,
  args: readonly string[],
  environment: Record<string, string> = {},
): { readonly code: number; readonly output: string } {
  const result = spawnSync(judge, args, {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...process.env, ...environment },
  })
  return { code: result.status ?? -1, output: `${result.stdout}${result.stderr}` }
}
