/** Threads that all offices of a test file share: loading what they run takes a second. */
import { afterAll } from 'vitest'
import { openWorkPool, type WorkPool } from '../../electron/app/work/work-pool.ts'
import { silentLogger } from '../../electron/core/kit/logger.ts'

let threads: WorkPool | undefined
afterAll(async () => {
  await threads?.close()
  threads = undefined
})

export function workThreads(): WorkPool {
  threads ??= openWorkPool(silentLogger)
  return threads
}
