import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startPortalPoll } from '../../../../../electron/app/jobs/portal-poll.ts'
import type { Office } from '../../../../../electron/app/office.ts'
import { fail } from '../../../../../shared/result.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a portal that cannot store the acknowledgement is asked again later, not at once', async () => {
  const warned: unknown[] = []
  const event = { seq: 7, linkId: '0'.repeat(26), kind: 'opened' }
  const pullEvents = vi.fn(async () => ({ ok: true, value: { logId: 'log', events: [event] } }))
  const acknowledge = vi.fn(async () => fail('PORTAL_STORAGE_FULL', { detail: 'STORAGE_FULL' }))
  const office = {
    archive: { db: { first: () => undefined }, transaction: () => false },
    clock: { now: () => Date.now() },
    logger: { warn: (...words: unknown[]) => void warned.push(words) },
    services: { portal: () => ({ client: { pullEvents, acknowledge } }) },
  }
  const poll = startPortalPoll(office as unknown as Office)
  await vi.advanceTimersByTimeAsync(2_900)
  expect(pullEvents).toHaveBeenCalledTimes(1)
  expect(acknowledge).toHaveBeenCalledExactlyOnceWith('log', 7)
  expect(warned).toEqual([['portal.acknowledge-failed', { code: 'PORTAL_STORAGE_FULL' }]])
  await vi.advanceTimersByTimeAsync(200)
  expect(pullEvents).toHaveBeenCalledTimes(2)
  await poll.stop()
})
