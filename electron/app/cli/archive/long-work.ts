/** Long work seen from the command line: progress on standard error, Ctrl+C cancels, the log-in stays alive meanwhile. */
import type { BridgeClient } from '../../../../shared/bridge/bridge.ts'
import type { BridgeEvent } from '../../../../shared/bridge/define.ts'
import type { Application, Connection } from '../../host-port.ts'
import { type CommandIo, Refusal } from '../command.ts'
import { reasonOf } from './refusals.ts'

export type LongWork = {
  /** Waits for a task that a procedure started; a cancelled or failed one ends too, its result procedure says how. */
  readonly ended: (taskId: string) => Promise<void>
  /** Tells how far a loop of the command itself is, at most every few seconds. */
  readonly counter: (label: string, total: number) => (done: number) => void
  /** The same bytes, with progress by size; ends with a refusal when the person ends the command. */
  readonly watched: (
    label: string,
    pieces: AsyncIterable<Uint8Array>,
    sizeBytes: number,
  ) => AsyncIterable<Uint8Array>
  readonly close: () => void
}

type Parts = {
  readonly application: Application
  readonly connection: Connection
  readonly client: BridgeClient
  readonly io: CommandIo
}
type Progress = Extract<BridgeEvent, { topic: 'progress' }>

/** Shorter work says nothing: what appears and is over at once only disturbs. */
const QUIET_MS = 1_000
const EVERY_MS = 5_000
/** Well below the shortest idle time a town can set. */
const STAY_MS = 20_000

const LABELS: Readonly<Record<string, string>> = {
  export: '書き出し',
  'verify-span': '検証',
  'print-copies': '写し',
  dispose: '廃棄',
  list: '一覧の書き出し',
  'check-log': '操作ログの検査',
  'import-check': '取り込みの下調べ',
  'import-unpack': 'ZIPの取り出し',
  'import-clear': '預かったファイルの片付け',
  import: '取り込み',
  'stamp-received': '受け取った文書のタイムスタンプ',
  'renew-evidence': '長期保存の更新',
  'rotate-key': '元の鍵のつくり直し',
}

export function createLongWork({ application, connection, client, io }: Parts): LongWork {
  const latest = new Map<string, Progress>()
  const listeners = new Set<(event: Progress) => void>()
  const unsubscribe = application.subscribe(connection, (event) => {
    if (event.topic !== 'progress') return
    latest.set(event.taskId, event)
    for (const listener of listeners) listener(event)
  })
  const staying = setInterval(() => void client.session.touch({}), STAY_MS)
  staying.unref()
  return {
    ended: (taskId) =>
      new Promise((resolve) => {
        const tell = counterOn(io)
        const cancel = () => void client.tasks.cancel({ taskId })
        const look = (event: Progress) => {
          if (event.taskId !== taskId) return
          if (event.state === 'running') tell(LABELS[event.label] ?? event.label, event.done, event.total)
          else {
            listeners.delete(look)
            io.ended.removeEventListener('abort', cancel)
            resolve()
          }
        }
        listeners.add(look)
        io.ended.addEventListener('abort', cancel)
        if (io.ended.aborted) cancel()
        const known = latest.get(taskId)
        if (known !== undefined) look(known)
      }),
    counter: (label, total) => {
      const tell = counterOn(io)
      return (done) => tell(label, done, total)
    },
    watched: (label, pieces, sizeBytes) => watch(io, label, pieces, sizeBytes),
    close: () => {
      clearInterval(staying)
      unsubscribe()
    },
  }
}

function counterOn(io: CommandIo): (label: string, done: number, total: number) => void {
  const started = performance.now()
  let next = started + QUIET_MS
  return (label, done, total) => {
    const now = performance.now()
    if (now < next || total === 0) return
    next = now + EVERY_MS
    io.tell(
      `${label}: ${done.toLocaleString('ja-JP')}／${total.toLocaleString('ja-JP')}件（${percent(done, total)}）`,
    )
  }
}

async function* watch(
  io: CommandIo,
  label: string,
  pieces: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let next = performance.now() + QUIET_MS
  let done = 0
  for await (const piece of pieces) {
    if (io.ended.aborted) throw new Refusal('CANCELLED', '中止しました。書きかけのファイルは残していません。')
    yield piece
    done += piece.length
    const now = performance.now()
    if (now < next) continue
    next = now + EVERY_MS
    io.tell(`${label}: ${percent(done, sizeBytes)}`)
  }
}

function percent(done: number, total: number): string {
  return `${Math.floor((done / Math.max(1, total)) * 100)}%`
}

/** Work that ended early: by the person, or by a bug whose record is on standard error. `kept` says what stays done. */
export function unfinished(io: CommandIo, code: string, kept: string): Refusal {
  return io.ended.aborted
    ? new Refusal('CANCELLED', `中止しました。${kept}`)
    : new Refusal(code, `途中で終わりました。${reasonOf(code)}${kept}`)
}
