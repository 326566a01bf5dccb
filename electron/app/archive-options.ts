import type { OpenOptions } from '../core/archive/open.ts'
import { describeError } from './dispatch.ts'
import type { Runtime } from './runtime.ts'

/** How this program opens or makes its archive. */
export function archiveOptions({ dataDir, clock, logger }: Runtime): OpenOptions {
  return {
    folder: dataDir,
    clock,
    onBackgroundTrouble: (work, error) => logger.error(`${work}.failed`, describeError(error)),
  }
}
