/**
 * Events for the office: an append-only file, one line `<crc32> <json>` each, fsynced before anybody is told.
 *
 * [Note: A torn last line]
 * A crash while a line is written leaves an incomplete last line. Nobody was told of that event, so it is cut off at the next start.
 * A bad line with good ones behind it cannot come from a crash: the portal refuses to start.
 */
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { PortalEvent } from '../../../shared/portal-api/wire.ts'
import { writeFileDurably } from '../kit/durable-file.ts'
import { newId } from '../kit/ids.ts'
import { PortalStartError } from './errors.ts'

const Header = z.object({ version: z.literal(1), logId: z.string(), firstSeq: z.number().int().min(1) })
type Header = z.output<typeof Header>
/** `logId`: the log the number belongs to; files of earlier versions have none. */
const Acknowledged = z.object({ logId: z.string().optional(), seq: z.number().int().min(0) })

/** An event before the log gave it its number. */
export type NewPortalEvent = PortalEvent extends infer E
  ? E extends PortalEvent
    ? Omit<E, 'seq' | 'id'>
    : never
  : never

export type EventLog = {
  readonly logId: string
  readonly acknowledgedSeq: () => number
  /** Every event still in the file, acknowledged or not. */
  readonly history: () => readonly PortalEvent[]
  /** Events not acknowledged yet, in order; at most 200 at a time. */
  readonly waiting: () => readonly PortalEvent[]
  /**
   * Stores an event durably. `beforeRelease` runs when it is on disk and before any reader sees it.
   * Rejects with the error of the file system or of `beforeRelease`, and then the event does not exist.
   */
  readonly append: (event: NewPortalEvent, beforeRelease?: () => Promise<void>) => Promise<PortalEvent>
  /** Idempotent; numbers beyond the newest event are taken as the newest. */
  readonly acknowledge: (seq: number) => Promise<void>
  /** Resolves when there is an event after `seq`, after `waitMs`, or when the log is closed. */
  readonly waitFor: (seq: number, waitMs: number, signal?: AbortSignal) => Promise<void>
  /** Ends every `waitFor`, before the server stops. */
  readonly wakeReaders: () => void
  readonly close: () => Promise<void>
}

/** Lines kept after everything in them was acknowledged, before the file is started anew. */
const COMPACT_ABOVE_BYTES = 1 << 20
const MAX_PAGE = 200

export async function openEventLog(
  folder: string,
  compactAboveBytes = COMPACT_ABOVE_BYTES,
): Promise<EventLog> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'events.log')
  const ackPath = join(folder, 'acknowledged.json')
  const loaded = await load(path)
  const state = {
    ...loaded,
    acknowledged: await loadAcknowledged(ackPath, loaded),
    file: await open(path, 'r+'),
    hasLeftover: false,
    readers: new Set<() => void>(),
  }
  let tail: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = tail.then(work, work)
    tail = next.catch((error: unknown) => error) // The caller of `work` gets the error; the queue goes on.
    return next
  }
  const release = (): void => {
    for (const wake of [...state.readers]) wake()
  }

  return {
    logId: state.header.logId,
    acknowledgedSeq: () => state.acknowledged,
    history: () => state.events,
    waiting: () => state.events.filter((event) => event.seq > state.acknowledged).slice(0, MAX_PAGE),
    append: (event, beforeRelease) =>
      inTurn(async () => {
        const full = PortalEvent.parse({ ...event, seq: state.nextSeq, id: newId() })
        await storeLine(state, formatLine(full), beforeRelease)
        state.nextSeq += 1
        state.events.push(full)
        release()
        return full
      }),
    acknowledge: (seq) =>
      inTurn(async () => {
        const upTo = Math.min(seq, state.nextSeq - 1)
        if (upTo <= state.acknowledged) return
        await storeAcknowledged(ackPath, { logId: state.header.logId, seq: upTo })
        state.acknowledged = upTo
        if (upTo < state.nextSeq - 1 || state.sizeBytes <= compactAboveBytes) return
        const header = formatLine({ version: 1, logId: state.header.logId, firstSeq: state.nextSeq })
        await writeFileDurably(path, header)
        await state.file.close()
        state.file = await open(path, 'r+')
        state.sizeBytes = header.length
        state.events = []
      }),
    waitFor: async (seq, waitMs, signal) => {
      if (state.events.some((event) => event.seq > seq) || signal?.aborted === true) return
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', wake)
          state.readers.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, waitMs)
        signal?.addEventListener('abort', wake)
        state.readers.add(wake)
      })
    },
    wakeReaders: release,
    close: () =>
      inTurn(async () => {
        release()
        await state.file.close()
      }),
  }
}

type Loaded = { header: Header; events: PortalEvent[]; nextSeq: number; sizeBytes: number }

async function load(path: string): Promise<Loaded> {
  const bytes = await readIfPresent(path)
  if (bytes === undefined || !bytes.includes(10)) {
    const header: Header = { version: 1, logId: newId(), firstSeq: 1 }
    const line = formatLine(header)
    await writeFileDurably(path, line)
    return { header, events: [], nextSeq: 1, sizeBytes: line.length }
  }
  const sizeBytes = bytes.lastIndexOf(10) + 1
  const [first = '', ...lines] = bytes.toString('utf8', 0, sizeBytes - 1).split('\n')
  const header = Header.safeParse(readLine(first))
  if (!header.success) throw new PortalStartError('EVENT_LOG_DAMAGED', 'header')
  const events = lines.map((line, index) => {
    const event = PortalEvent.safeParse(readLine(line))
    if (!event.success || event.data.seq !== header.data.firstSeq + index)
      throw new PortalStartError('EVENT_LOG_DAMAGED', `line ${index + 2}`)
    return event.data
  })
  if (sizeBytes < bytes.length) await cutOff(path, sizeBytes)
  return { header: header.data, events, nextSeq: header.data.firstSeq + events.length, sizeBytes }
}

/** `sizeBytes`: how much of the file counts. `hasLeftover`: there may be bytes behind that. */
type LogFile = { readonly file: FileHandle; sizeBytes: number; hasLeftover: boolean }

/**
 * A line that is not stored altogether, or whose `beforeRelease` fails, is taken back. Where that fails, too, the next line
 * waits for it: nothing is ever written behind a line that does not count.
 */
async function storeLine(log: LogFile, line: Buffer, beforeRelease?: () => Promise<void>): Promise<void> {
  if (log.hasLeftover) await cutLeftover(log)
  log.hasLeftover = true
  try {
    await writeWhole(log.file, line, log.sizeBytes)
    await log.file.datasync()
    await beforeRelease?.()
  } catch (error) {
    await cutLeftover(log).catch((cutError: unknown) => {
      const text = 'A line of events.log could not be taken back'
      throw new AggregateError([error, cutError], text, { cause: cutError })
    })
    throw error
  }
  log.hasLeftover = false
  log.sizeBytes += line.length
}

/** A nearly full disk takes a part and reports no error. */
async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw Object.assign(new Error('The disk took nothing'), { code: 'ENOSPC' })
    done += bytesWritten
  }
}

async function cutLeftover(log: LogFile): Promise<void> {
  await log.file.truncate(log.sizeBytes)
  await log.file.datasync()
  log.hasLeftover = false
}

async function cutOff(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.truncate(sizeBytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What another log had acknowledged says nothing of this one. A number without a log is believed once, and then named. */
async function loadAcknowledged(path: string, { header, nextSeq }: Loaded): Promise<number> {
  const bytes = await readIfPresent(path)
  if (bytes === undefined) return 0
  const parsed = Acknowledged.safeParse(readJson(bytes.toString('utf8')))
  if (!parsed.success) throw new PortalStartError('EVENT_LOG_DAMAGED', 'acknowledged.json')
  const { logId, seq } = parsed.data
  if (logId !== undefined) return logId === header.logId ? seq : 0
  const believed = seq < nextSeq ? seq : 0
  await storeAcknowledged(path, { logId: header.logId, seq: believed })
  return believed
}

async function storeAcknowledged(path: string, acknowledged: z.output<typeof Acknowledged>): Promise<void> {
  await writeFileDurably(path, Buffer.from(JSON.stringify(acknowledged)))
}

async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function formatLine(value: unknown): Buffer {
  const json = JSON.stringify(value)
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}\n`)
}

function readLine(line: string): unknown {
  const json = line.slice(9)
  return crc32(json).toString(16).padStart(8, '0') === line.slice(0, 8) ? readJson(json) : undefined
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
