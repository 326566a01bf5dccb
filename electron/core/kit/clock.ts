import type { EpochMs } from '../../../shared/model/brand.ts'

/** Where the time comes from. Product code never reads the machine's clock in any other way. */
export type Clock = { readonly now: () => EpochMs }

export const systemClock: Clock = { now: () => Date.now() as EpochMs }

/** A clock that stands still until it is moved: for tests and time travel (sign 2026, verify 2046). */
export type ManualClock = Clock & {
  readonly set: (time: EpochMs | Date) => void
  readonly advance: (ms: number) => void
}

export function manualClock(start: EpochMs | Date | string): ManualClock {
  let current = new Date(start).getTime()
  return {
    now: () => current as EpochMs,
    set: (time) => {
      current = new Date(time).getTime()
    },
    advance: (ms) => {
      current += ms
    },
  }
}
