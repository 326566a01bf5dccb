import { describe, expect, it } from 'vitest'
import { manualClock } from '../../../../../electron/core/kit/clock.ts'
import { createRateLimit } from '../../../../../electron/core/portal/rate-limit.ts'

describe('a rate limit', () => {
  it('allows a burst, then refills with time, for each key apart', () => {
    const clock = manualClock('2026-12-01T00:00:00Z')
    const limit = createRateLimit({ perMinute: 60, burst: 3, clock })
    const takes = (key: string, times: number) => Array.from({ length: times }, () => limit.take(key))
    expect(takes('a', 4)).toEqual([true, true, true, false])
    expect(takes('b', 1)).toEqual([true])
    clock.advance(2000)
    expect(takes('a', 3)).toEqual([true, true, false])
    clock.advance(3600_000)
    expect(takes('a', 4)).toEqual([true, true, true, false])
  })

  it('forgets the oldest key rather than grow', () => {
    const clock = manualClock('2026-12-01T00:00:00Z')
    const limit = createRateLimit({ perMinute: 1, burst: 1, clock, maxKeys: 2 })
    expect(['a', 'b', 'c', 'a', 'a'].map(limit.take)).toEqual([true, true, true, true, false])
  })
})
