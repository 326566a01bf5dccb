import {
  type DeliveryDependencies,
  type DeliverySummary,
  deliverOutbox,
  recoverOutbox,
} from './deliver-outbox.ts'

/** A running delivery. `wake` says that a mail was queued; `stop` waits for the mail under way. */
export type OutboxLoop = {
  readonly wake: () => void
  readonly stop: () => Promise<void>
}

export type OutboxLoopOptions = {
  /** Longest sleep between two looks at the outbox, and the pause after a failure of the server. */
  readonly pollMs: number
  /** A failure of our own side (the store): the loop goes on after `pollMs`; the app shows it. */
  readonly onError: (error: unknown) => void
  readonly onRun?: (summary: DeliverySummary) => void
}

/**
 * Delivers for as long as the program runs: recovers once, then sends what is due, sleeps until the next mail is due
 * or until woken. Only one delivery runs at a time.
 */
export function startOutboxLoop(dependencies: DeliveryDependencies, options: OutboxLoopOptions): OutboxLoop {
  const stopping = new AbortController()
  let rouse: () => void = () => undefined
  let woken = false
  const wake = () => {
    woken = true
    rouse()
  }

  const sleep = async (delayMs: number) => {
    if (woken || stopping.signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs)
      rouse = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  const run = async () => {
    let recovered = false
    while (!stopping.signal.aborted) {
      let delayMs = options.pollMs
      woken = false
      try {
        if (!recovered) await recoverOutbox(dependencies)
        recovered = true
        const summary = await deliverOutbox(dependencies, stopping.signal)
        options.onRun?.(summary)
        if (summary.stoppedBy === null) delayMs = await pauseMs(dependencies, options.pollMs)
      } catch (error) {
        options.onError(error)
      }
      await sleep(delayMs)
    }
  }

  const finished = run()
  return {
    wake,
    stop: async () => {
      stopping.abort()
      wake()
      await finished
    },
  }
}

async function pauseMs(dependencies: DeliveryDependencies, pollMs: number): Promise<number> {
  const due = await dependencies.store.nextDueAt()
  if (due === null) return pollMs
  return Math.min(Math.max(due - dependencies.clock.now(), 50), pollMs)
}
