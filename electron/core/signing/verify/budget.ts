/**
 * Time and fairness of one verification: a deadline, a cancel signal, and regular pauses so that the window of the app
 * stays alive. Every loop whose length a file decides calls `tick` or `pause`.
 */

/** Thrown by `tick` and `pause`; turned into a verdict by `verifyPdf`, never seen by callers. */
export class BudgetExceeded extends Error {
  readonly reason: 'time' | 'cancelled'

  constructor(reason: 'time' | 'cancelled') {
    super(reason === 'time' ? 'Time limit reached' : 'Cancelled')
    this.name = 'BudgetExceeded'
    this.reason = reason
  }
}

export type Budget = {
  /** Synchronous check; throws BudgetExceeded. Cheap enough for inner loops. */
  readonly tick: () => void
  /** The same, and gives way to the event loop when 12 ms have passed since the last time. */
  readonly pause: () => Promise<void>
  /** The result of foreign work, or undefined when it fails or the deadline comes first: nothing outside may hang us. */
  readonly within: <T>(work: Promise<T>) => Promise<T | undefined>
}

const SLICE_MS = 12
/** Kept for finishing offline when a server does not answer. */
const RESERVE_MS = 2_000

/** A server that fails is no server: the report then says that revocation is unknown. */
function ignored(error: unknown): undefined {
  if (error instanceof Error) return undefined
  throw error
}

export function createBudget(timeLimitMs: number, signal?: AbortSignal): Budget {
  const deadline = performance.now() + timeLimitMs
  let sliceEnd = performance.now() + SLICE_MS
  let calls = 0
  const check = (): number => {
    const now = performance.now()
    if (signal?.aborted === true) throw new BudgetExceeded('cancelled')
    if (now > deadline) throw new BudgetExceeded('time')
    return now
  }
  return {
    tick: () => {
      calls += 1
      if ((calls & 63) === 0) check()
    },
    pause: async () => {
      if (check() < sliceEnd) return
      await new Promise<void>((resolve) => setImmediate(resolve))
      sliceEnd = performance.now() + SLICE_MS
    },
    within: async (work) => {
      const leftMs = Math.max(0, deadline - performance.now() - RESERVE_MS)
      const timer = Promise.withResolvers<undefined>()
      const handle = setTimeout(() => timer.resolve(undefined), leftMs)
      try {
        return await Promise.race([work.catch(ignored), timer.promise])
      } finally {
        clearTimeout(handle)
      }
    },
  }
}
