import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, expect, test } from 'vitest'
import {
  createThreadPool,
  type ThreadPool,
  type ThreadPoolOptions,
} from '../../../../../electron/app/work/thread-pool.ts'
import { ownBuffers } from '../../../../../electron/app/work/worker.ts'
import { silentLogger } from '../../../../../electron/core/kit/logger.ts'
import type { SampleTasks } from '../../../../support/work/sample-worker.ts'

const entry = new URL('../../../../support/work/sample-worker.ts', import.meta.url)
let pool: ThreadPool<SampleTasks>

function open(options: Partial<ThreadPoolOptions> = {}): ThreadPool<SampleTasks> {
  pool = createThreadPool<SampleTasks>({ entry, size: 1, logger: silentLogger, ...options })
  return pool
}
afterEach(() => pool.close())

test('runs a task in another thread and leaves the input to its caller unless it is given away', async () => {
  const bytes = new Uint8Array([1, 2, 3])
  const answer = await open().runTask('double', { bytes })
  expect(answer).toEqual({
    ok: true,
    value: { bytes: new Uint8Array([2, 4, 6]), thread: expect.any(Number) },
  })
  expect(answer.ok && answer.value.thread).not.toBe(0)
  expect(bytes.length).toBe(3)
  await pool.runTask('double', { bytes }, { transfer: [bytes.buffer] })
  expect(bytes.length).toBe(0)
})

test('reports progress in order', async () => {
  const seen: string[] = []
  const answer = await open().runTask('count', 3, {
    onProgress: (done, total) => seen.push(`${done}/${total}`),
  })
  expect([answer, seen]).toEqual([{ ok: true, value: 3 }, ['1/3', '2/3', '3/3']])
})

test('does not hold the main thread while a task computes', async () => {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const aborter = new AbortController()
  await open().runTask('count', 1)
  delay.enable()
  const spinning = pool.runTask('spin', null, { signal: aborter.signal })
  await new Promise((resolve) => setTimeout(resolve, 300))
  delay.disable()
  aborter.abort()
  expect(await spinning).toMatchObject({ error: { code: 'TASK_CANCELLED' } })
  expect(delay.percentile(50) / 1e6).toBeLessThan(50)
})

test('cancels a task that looks at its signal, and keeps the thread', async () => {
  const aborter = new AbortController()
  const thread = await open().runTask('double', { bytes: new Uint8Array(1) })
  const counting = pool.runTask('count', 1_000, { signal: aborter.signal, onProgress: () => aborter.abort() })
  expect(await counting).toEqual({ ok: false, error: { code: 'TASK_CANCELLED', data: {} } })
  expect(await pool.runTask('double', { bytes: new Uint8Array(1) })).toEqual(thread)
})

test('ends the thread of a task that does not stop, and goes on with a fresh one', async () => {
  const aborter = new AbortController()
  const before = await open({ cancelGraceMs: 20 }).runTask('double', { bytes: new Uint8Array(1) })
  const spinning = pool.runTask('spin', null, { signal: aborter.signal })
  const waiting = pool.runTask('double', { bytes: new Uint8Array(1) })
  aborter.abort()
  expect(await spinning).toMatchObject({ error: { code: 'TASK_CANCELLED' } })
  const after = await waiting
  expect(after.ok && before.ok && after.value.thread !== before.value.thread).toBe(true)
})

test('never starts a task that was cancelled while it waited or before it was asked for', async () => {
  const aborter = new AbortController()
  const first = open().runTask('count', 5)
  const second = pool.runTask('count', 5, { signal: aborter.signal, onProgress: () => expect.unreachable() })
  aborter.abort()
  expect(await second).toMatchObject({ error: { code: 'TASK_CANCELLED' } })
  expect(await first).toEqual({ ok: true, value: 5 })
  expect(await pool.runTask('spin', null, { signal: AbortSignal.abort() })).toMatchObject({ ok: false })
})

test('a thread that dies is a coded failure, and the next task gets a fresh one', async () => {
  open({ heapMegabytes: 32 })
  expect(await pool.runTask('leave', 3)).toEqual({
    ok: false,
    error: { code: 'WORKER_CRASHED', data: { reason: 'exit 3' } },
  })
  expect(await pool.runTask('fill', null)).toEqual({
    ok: false,
    error: { code: 'WORKER_CRASHED', data: { reason: 'ERR_WORKER_OUT_OF_MEMORY' } },
  })
  expect(await pool.runTask('count', 1)).toEqual({ ok: true, value: 1 })
})

test('what a task throws arrives with its class name, code, data and place', async () => {
  const thrown = await open()
    .runTask('explode', null)
    .catch((error: unknown) => error)
  expect(thrown).toMatchObject({ name: 'RangeError', code: 'PAGE_NOT_FOUND', data: { page: 3 } })
  expect((thrown as Error).stack).toContain('sample-worker.ts')
  expect(await pool.runTask('count', 1)).toEqual({ ok: true, value: 1 })
})

test('an answer or an input that cannot cross the threads is an error, not a hang', async () => {
  await expect(open().runTask('unclonable', null)).rejects.toThrow()
  const input = { bytes: new Uint8Array(1), extra: () => undefined }
  await expect(pool.runTask('double', input)).rejects.toThrow()
  expect(await pool.runTask('count', 1)).toEqual({ ok: true, value: 1 })
})

test('uses as many threads as it may', async () => {
  open({ size: 2 })
  const threads = await Promise.all(
    Array.from({ length: 6 }, () => pool.runTask('double', { bytes: new Uint8Array(1) })),
  )
  const distinct = new Set(threads.map((answer) => (answer.ok ? answer.value.thread : -1)))
  expect([...distinct].length).toBeLessThanOrEqual(2)
  const [a, b] = await Promise.all([pool.runTask('count', 20), pool.runTask('count', 20)])
  expect([a, b]).toEqual([
    { ok: true, value: 20 },
    { ok: true, value: 20 },
  ])
})

test('closing cancels what runs and what waits', async () => {
  const tasks = [open().runTask('spin', null), pool.runTask('count', 5)]
  await pool.close()
  for (const outcome of await Promise.all(tasks))
    expect(outcome).toMatchObject({ error: { code: 'TASK_CANCELLED' } })
  expect(await pool.runTask('count', 1)).toMatchObject({ error: { code: 'TASK_CANCELLED' } })
})

test('only whole buffers move; slices of a shared pool are copied', () => {
  const whole = new Uint8Array(8)
  const slice = new Uint8Array(new ArrayBuffer(16), 4, 4)
  expect(ownBuffers({ a: [whole, slice], b: { c: whole }, d: 'x', e: null })).toEqual([whole.buffer])
})
