import { availableParallelism } from 'node:os'
import type { Logger } from '../../core/kit/logger.ts'
import type { Tasks } from './task-table.ts'
import { createThreadPool, type ThreadPool } from './thread-pool.ts'

/** Heavy work off the main thread, by the names in task-table.ts. */
export type WorkPool = ThreadPool<Tasks>

/** From the sources beside this file, or in the bundle from the file of the same name beside it. */
const ENTRY = import.meta.url.endsWith('.ts') ? './worker-entry.ts' : './worker-entry.js'

/** Threads start with their first task. One processor is left to the window. */
export function openWorkPool(
  logger: Logger,
  size = Math.max(1, Math.min(4, availableParallelism() - 1)),
): WorkPool {
  return createThreadPool<Tasks>({ entry: new URL(ENTRY, import.meta.url), size, logger })
}
