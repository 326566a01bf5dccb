import { monitorEventLoopDelay } from 'node:perf_hooks'

export type EventLoopReport = {
  /** The longest time in ms that nothing else could run. */
  readonly longestMs: number
  readonly p99Ms: number
  /** How often it was longer than `limitMs`. */
  readonly overLimit: number
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
  let expected = performance.now() + RESOLUTION_MS
  const timer = setInterval(() => {
    const now = performance.now()
    if (now - expected > limitMs) overLimit += 1
    expected = now + RESOLUTION_MS
  }, RESOLUTION_MS)
  timer.unref()
  return {
    stop: () => {
      histogram.disable()
      clearInterval(timer)
      const ofMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
      return { longestMs: ofMs(histogram.max), p99Ms: ofMs(histogram.percentile(99)), overLimit }
    },
  }
}
