import { readFile } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'

export type EventLoopReport = {
  /** The longest time in ms that nothing else could run. On a busy machine it includes waiting for a processor. */
  readonly longestMs: number
  /** The longest time in ms that the thread itself computed without a pause: what of it is our own work. */
  readonly longestComputedMs: number
  readonly p99Ms: number
  /** How often it was longer than `limitMs`. */
  readonly overLimit: number
  /** How often the thread itself computed for longer than `limitMs`. */
  readonly computedOverLimit: number
}

export type EventLoopMonitor = {
  /** Ends the monitoring and says what was seen. */
  readonly stop: () => EventLoopReport
}

const RESOLUTION_MS = 5

/**
 * Watches how long the main thread is blocked. The histogram says the longest delay; the timer counts the delays
 * over the limit, because a histogram cannot be asked how many.
 */
export function watchEventLoop(limitMs = 50): EventLoopMonitor {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let overLimit = 0
  let computedOverLimit = 0
  let longestComputedMs = 0
  let expected = performance.now() + RESOLUTION_MS
  let computed = process.threadCpuUsage()
  const timer = setInterval(() => {
    const now = performance.now()
    const { user, system } = process.threadCpuUsage(computed)
    const computedMs = (user + system) / 1000
    longestComputedMs = Math.max(longestComputedMs, computedMs)
    if (computedMs > limitMs) computedOverLimit += 1
    if (now - expected > limitMs) overLimit += 1
    expected = now + RESOLUTION_MS
    computed = process.threadCpuUsage()
  }, RESOLUTION_MS)
  timer.unref()
  return {
    stop: () => {
      histogram.disable()
      clearInterval(timer)
      const ofMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
      return {
        longestMs: ofMs(histogram.max),
        longestComputedMs,
        p99Ms: ofMs(histogram.percentile(99)),
        overLimit,
        computedOverLimit,
      }
    },
  }
}

/** Environment with which a program reports its event loop to `reportPath` (see report-event-loop.ts). */
export function eventLoopEnvironment(reportPath: string): Record<string, string> {
  const reporter = new URL('./report-event-loop.ts', import.meta.url).href
  return { NODE_OPTIONS: `--import ${reporter}`, EVENT_LOOP_REPORT: reportPath }
}

export type LongestBlocks = Pick<EventLoopReport, 'longestMs' | 'longestComputedMs'>
/** One line of a report. */
export type EventLoopWindow = LongestBlocks & { readonly atEpochMs: number }

/** The longest blocks after a moment, from a report. */
export async function longestBlocks(reportPath: string, sinceEpochMs: number): Promise<LongestBlocks> {
  const lines = (await readFile(reportPath, 'utf8')).trim().split('\n')
  const windows = lines.map((line): EventLoopWindow => JSON.parse(line))
  const later = windows.filter(({ atEpochMs }) => atEpochMs >= sinceEpochMs)
  return {
    longestMs: Math.max(0, ...later.map(({ longestMs }) => longestMs)),
    longestComputedMs: Math.max(0, ...later.map(({ longestComputedMs }) => longestComputedMs)),
  }
}
