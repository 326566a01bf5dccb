import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the program's own files lie: run from the sources, or bundled in dist/electron. */
export type ProgramPaths = {
  readonly resources: string
  /** Built pages of the office and of the portal. */
  readonly officePages: string
  readonly portalPages: string
  /** What `desk` runs. */
  readonly commandLine: string
  readonly preload: string
}

/** Both electron/app and dist/electron lie two levels below the root. */
const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)))
const IS_SOURCE = import.meta.url.endsWith('.ts')

export const programPaths: ProgramPaths = {
  resources: join(ROOT, 'resources'),
  officePages: join(ROOT, 'dist/renderer'),
  portalPages: join(ROOT, 'dist/portal'),
  commandLine: join(ROOT, IS_SOURCE ? 'electron/cli.ts' : 'dist/electron/cli.js'),
  preload: join(ROOT, 'dist/electron/preload.cjs'),
}
