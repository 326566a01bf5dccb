import type { Clock } from '../kit/clock.ts'

export type RateLimit = {
  /** Takes one from the bucket of `key`; false when it is empty. */
  readonly take: (key: string) => boolean
}

/**
 * Token buckets: `burst` requests at once, refilled with `perMinute`. Kept in memory only; a restart forgives.
 * At most `maxKeys` buckets: the oldest is forgotten first, so a flood of addresses cannot fill the memory.
 */
export function createRateLimit(options: {
  readonly perMinute: number
  readonly burst: number
  readonly clock: Clock
  readonly maxKeys?: number
}): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>()
  const maxKeys = options.maxKeys ?? 20_000
  return {
    take: (key) => {
      const now = options.clock.now()
      const bucket = buckets.get(key) ?? { left: options.burst, at: now }
      const refilled = bucket.left + (Math.max(0, now - bucket.at) / 60_000) * options.perMinute
      const left = Math.min(options.burst, refilled)
      buckets.delete(key)
      if (buckets.size >= maxKeys) {
        const oldest = buckets.keys().next()
        if (oldest.done !== true) buckets.delete(oldest.value)
      }
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now })
      return left >= 1
    },
  }
}
