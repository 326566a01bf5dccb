import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type EventLog,
  type NewPortalEvent,
  openEventLog,
} from '../../../../../electron/core/portal/event-log.ts'
import type { EpochMs } from '../../../../../shared/model/brand.ts'
import { newPortalLink } from '../../../../../shared/portal-api/link.ts'

const { linkId } = newPortalLink('signing')
const opened: NewPortalEvent = {
  kind: 'opened',
  linkId,
  receivedAt: 1 as EpochMs,
  ipAddress: '192.0.2.1',
  userAgent: 'ブラウザー',
}

describe('the event log', () => {
  let folder: string
  let log: EventLog
  const file = () => join(folder, 'events.log')
  const reopen = async (compactAboveBytes?: number): Promise<void> => {
    await log.close()
    log = await openEventLog(folder, compactAboveBytes)
  }
  const numbers = () => log.waiting().map(({ seq }) => seq)
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keiyaku-events-'))
    log = await openEventLog(folder)
  })
  afterEach(async () => {
    await log.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('numbers events one after the other, also when they come at once and after a restart', async () => {
    await Promise.all([1, 2, 3].map(() => log.append(opened)))
    const { logId } = log
    await reopen()
    await log.append(opened)
    expect(numbers()).toEqual([1, 2, 3, 4])
    expect(log.logId).toBe(logId)
    expect(log.waiting()[0]).toMatchObject(opened)
  })

  it('cuts off a line that a crash left incomplete, at every length', async () => {
    await log.append(opened)
    const whole = await stat(file())
    await log.append(opened)
    const both = await readFile(file())
    for (let size = whole.size + 1; size < both.length; size += 7) {
      await log.close()
      await writeFile(file(), both)
      await truncate(file(), size)
      log = await openEventLog(folder)
      expect(numbers()).toEqual([1])
      expect((await stat(file())).size).toBe(whole.size)
    }
    await log.append(opened)
    expect(numbers()).toEqual([1, 2])
  })

  it('refuses to start when an earlier line is damaged', async () => {
    await log.append(opened)
    await log.append(opened)
    const bytes = await readFile(file())
    bytes[bytes.length >> 1] = 0x21
    await writeFile(file(), bytes)
    await expect(openEventLog(folder)).rejects.toMatchObject({ code: 'EVENT_LOG_DAMAGED' })
  })

  it('refuses to start when somebody added a line', async () => {
    await log.append(opened)
    await appendFile(file(), '00000000 {}\n')
    await expect(openEventLog(folder)).rejects.toMatchObject({ code: 'EVENT_LOG_DAMAGED' })
  })

  it('gives acknowledged events no more, and keeps counting after it was started anew', async () => {
    await reopen(100)
    for (let count = 0; count < 5; count++) await log.append(opened)
    await log.acknowledge(3)
    expect(numbers()).toEqual([4, 5])
    await log.acknowledge(2)
    expect(log.acknowledgedSeq()).toBe(3)
    await log.acknowledge(99)
    expect(log.acknowledgedSeq()).toBe(5)
    expect((await stat(file())).size).toBeLessThan(200)
    await reopen(100)
    await log.append(opened)
    expect(numbers()).toEqual([6])
  })

  it('shows an event only after what belongs to it is done', async () => {
    let before: readonly number[] = []
    await log.append(opened, async () => {
      before = numbers()
    })
    expect(before).toEqual([])
    expect(numbers()).toEqual([1])
  })

  it('has no event when the file cannot be written', async () => {
    await log.append(opened)
    const broken: NewPortalEvent = { ...opened, kind: 'response', sealed: undefined as unknown as string }
    await expect(log.append(broken)).rejects.toThrow()
    await log.append(opened)
    await reopen()
    expect(numbers()).toEqual([1, 2])
  })

  it('wakes a reader by an event, by time and by being closed', async () => {
    const byEvent = log.waitFor(0, 60_000)
    await log.append(opened)
    await byEvent
    await log.waitFor(1, 5)
    const byClose = log.waitFor(1, 60_000)
    await log.close()
    await byClose
    log = await openEventLog(folder)
  })
})
