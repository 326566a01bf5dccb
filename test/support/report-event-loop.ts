/**
 * Loaded into a process under test (`NODE_OPTIONS=--import …`, EVENT_LOOP_REPORT=file): every quarter of a second it
 * appends the longest time that the main thread was blocked, one JSON value a line. Whoever reads the file leaves out
 * what happened before the program was ready.
 */
import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { type EventLoopWindow, watchEventLoop } from './event-loop-monitor.ts'

const WINDOW_MS = 250

const path = process.env.EVENT_LOOP_REPORT
// Children and worker threads inherit the variable; the report is about the process it was set for.
if (path !== undefined && isMainThread && process.env.KEIYAKU_CHILD !== '1') {
  let monitor = watchEventLoop()
  setInterval(() => {
    const { longestMs, longestComputedMs } = monitor.stop()
    const window: EventLoopWindow = { atEpochMs: Date.now(), longestMs, longestComputedMs }
    appendFileSync(path, `${JSON.stringify(window)}\n`)
    monitor = watchEventLoop()
  }, WINDOW_MS).unref()
}
