/** Asks the portal for events, one long poll after the other; the office never listens to the network. */

import { describeError } from '../dispatch.ts'
import type { Office } from '../office.ts'
import { CodedFailure } from './failure-codes.ts'
import { applyPortalEvent } from './portal-events.ts'

export type PortalPoll = { readonly stop: () => Promise<void>; readonly pollNow: () => Promise<void> }

const LONG_POLL_MS = 20_000
const PAUSE_AFTER_FAILURE_MS = 3_000
const LONGEST_PAUSE_MS = 60_000

export function startPortalPoll(office: Office): PortalPoll {
  const abort = new AbortController()
  let failures = 0
  const once = async (waitMs: number): Promise<boolean> => {
    const portal = office.services.portal()
    if (portal === undefined) return false
    const page = await portal.client.pullEvents({ waitMs, signal: abort.signal })
    if (!page.ok) {
      office.logger.warn('portal.poll-failed', { code: page.error.code })
      return false
    }
    const { logId, events } = page.value
    for (const event of events) await applyPortalEvent(office, logId, event)
    const last = events.at(-1)
    // Acknowledged after the effects are durable; a kill in between only brings the same events again.
    if (last === undefined) return true
    const acknowledged = await portal.client.acknowledge(logId, last.seq)
    // The same events would come again at once, as often as the network carries them.
    if (!acknowledged.ok) office.logger.warn('portal.acknowledge-failed', { code: acknowledged.error.code })
    return acknowledged.ok
  }
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      abort.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  const loop = async () => {
    while (!abort.signal.aborted) {
      const started = performance.now()
      let worked = false
      try {
        worked = await once(LONG_POLL_MS)
      } catch (error) {
        if (!(error instanceof CodedFailure)) office.logger.error('portal.poll-failed', describeError(error))
      }
      failures = worked ? 0 : failures + 1
      if (abort.signal.aborted) return
      if (!worked) await pause(Math.min(LONGEST_PAUSE_MS, PAUSE_AFTER_FAILURE_MS * failures))
      // A portal that answers at once with nothing must not make this a busy loop.
      else if (performance.now() - started < 50) await pause(50)
    }
  }
  const ended = loop()
  return {
    stop: async () => {
      abort.abort()
      await ended
    },
    pollNow: async () => {
      await once(0)
    },
  }
}
