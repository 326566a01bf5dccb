/** A worker whose tasks misbehave in the ways a real one can. */
import { parentPort, threadId } from 'node:worker_threads'
import type { WorkTask } from '../../../electron/app/work/messages.ts'
import { serveTasks } from '../../../electron/app/work/worker.ts'

const double: WorkTask<
  { readonly bytes: Uint8Array },
  { readonly bytes: Uint8Array; readonly thread: number }
> = async ({ bytes }) => ({ bytes: bytes.map((byte) => byte * 2), thread: threadId })

const count: WorkTask<number, number> = async (upTo, { onProgress, signal }) => {
  for (let done = 1; done <= upTo; done += 1) {
    onProgress(done, upTo)
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (signal.aborted) return -done
  }
  return upTo
}

const spin: WorkTask<null, never> = async () => {
  for (;;) Math.random()
}

const fill: WorkTask<null, number> = async () => {
  const kept: number[][] = []
  for (;;) kept.push(Array.from({ length: 100_000 }, Math.random))
}

const leave: WorkTask<number, never> = async (code) => process.exit(code)

const explode: WorkTask<null, never> = async () => {
  throw Object.assign(new RangeError('no such page'), { code: 'PAGE_NOT_FOUND', data: { page: 3 } })
}

const unclonable: WorkTask<null, () => void> = async () => () => undefined

const tasks = { double, count, spin, fill, leave, explode, unclonable }
export type SampleTasks = typeof tasks

if (parentPort !== null) serveTasks(parentPort, tasks)
