import {
  appendFile,
  type FileHandle,
  mkdtemp,
  open,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
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

/** What every open file of this process uses, to be broken for one call. */
async function fileMethods(path: string): Promise<FileHandle> {
  const file = await open(path)
  await file.close()
  return Object.getPrototypeOf(file) as FileHandle
}

/** A disk that takes no more than `most` bytes of what is left from `offset`. */
async function limitWrites(path: string, most: (offset: number) => number) {
  const methods = await fileMethods(path)
  const { write } = methods
  return vi.spyOn(methods, 'write').mockImplementation(function (this: FileHandle, ...given: unknown[]) {
    const [bytes, offset, length, position] = given as [Buffer, number, number, number]
    return Reflect.apply(write, this, [bytes, offset, Math.min(length, most(offset)), position])
  } as typeof write)
}

const fullDisk = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))

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
    vi.restoreAllMocks()
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

  it('ends a line that the disk took in pieces', async () => {
    const inPieces = await limitWrites(file(), () => 100)
    await log.append(opened)
    expect(inPieces.mock.calls.length).toBeGreaterThan(1)
    inPieces.mockRestore()
    await log.append(opened)
    await reopen()
    expect(numbers()).toEqual([1, 2])
  })

  it('takes a piece of a line back when the disk takes no more', async () => {
    await log.append(opened)
    const { size } = await stat(file())
    const nothing = await limitWrites(file(), (offset) => (offset === 0 ? 100 : 0))
    await expect(log.append(opened)).rejects.toMatchObject({ code: 'ENOSPC' })
    nothing.mockRestore()
    expect((await stat(file())).size).toBe(size)
    await log.append(opened)
    await reopen()
    expect(numbers()).toEqual([1, 2])
  })

  it('takes an event back when what belongs to it cannot be done', async () => {
    await log.append(opened)
    const { size } = await stat(file())
    await expect(log.append(opened, fullDisk)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect((await stat(file())).size).toBe(size)
    expect((await log.append({ ...opened, kind: 'response', sealed: 'AA' })).seq).toBe(2)
    await reopen()
    expect(log.history().map(({ kind }) => kind)).toEqual(['opened', 'response'])
  })

  it('writes nothing behind a line that it could not take back', async () => {
    await log.append(opened)
    const { size } = await stat(file())
    const stuck = vi.spyOn(await fileMethods(file()), 'truncate').mockRejectedValue(new Error('EIO'))
    await expect(log.append(opened, fullDisk)).rejects.toThrow('events.log')
    await expect(log.append(opened)).rejects.toThrow('EIO')
    expect((await stat(file())).size).toBeGreaterThan(size)
    expect(numbers()).toEqual([1])
    stuck.mockRestore()
    expect((await log.append(opened)).seq).toBe(2)
    await reopen()
    expect(numbers()).toEqual([1, 2])
  })

  it('hides nothing of a new log behind what the old one had acknowledged', async () => {
    for (let count = 0; count < 3; count++) await log.append(opened)
    await log.acknowledge(3)
    const { logId } = log
    await log.close()
    await rm(file())
    log = await openEventLog(folder)
    expect(log.logId).not.toBe(logId)
    for (let count = 0; count < 5; count++) await log.append(opened)
    await reopen()
    expect(numbers()).toEqual([1, 2, 3, 4, 5])
    await log.acknowledge(2)
    await reopen()
    expect(numbers()).toEqual([3, 4, 5])
  })

  it('believes an acknowledgement that names no log once, and only when the log reaches so far', async () => {
    const acknowledged = join(folder, 'acknowledged.json')
    for (let count = 0; count < 3; count++) await log.append(opened)
    await writeFile(acknowledged, '{"seq":2}')
    await reopen()
    expect(numbers()).toEqual([3])
    expect(JSON.parse(await readFile(acknowledged, 'utf8'))).toEqual({ logId: log.logId, seq: 2 })
    await writeFile(acknowledged, '{"seq":4}')
    await reopen()
    expect(numbers()).toEqual([1, 2, 3])
    await log.append(opened)
    await reopen()
    expect(numbers()).toEqual([1, 2, 3, 4])
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
