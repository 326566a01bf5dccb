import { Worker } from 'node:worker_threads'
import { fail, ok, type Result } from '../../../shared/result.ts'
import type { Logger } from '../../core/kit/logger.ts'
import type { FromWorker, TaskControl, ThrownError, ToWorker } from './messages.ts'

type AnyTasks = Readonly<Record<string, (input: never, control: TaskControl) => Promise<unknown>>>
type InputOf<Task> = Task extends (input: infer Input, control: TaskControl) => unknown ? Input : never
type OutputOf<Task> = Task extends (...args: never[]) => Promise<infer Output> ? Output : never

export type TaskFailure =
  | { readonly code: 'TASK_CANCELLED'; readonly data: Record<string, never> }
  /** The thread died: out of memory, a fault in native code. Its task was not finished; the next gets a fresh thread. */
  | { readonly code: 'WORKER_CRASHED'; readonly data: { readonly reason: string } }

export type TaskOptions = {
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
  /** Buffers of the input that are given away instead of copied; the caller cannot read them afterwards. */
  readonly transfer?: readonly ArrayBuffer[]
}

export type ThreadPool<Tasks extends AnyTasks> = {
  /**
   * Runs a task in a thread of its own, in the order of asking.
   * @returns the output; `TASK_CANCELLED` as soon as the signal aborts; `WORKER_CRASHED`
   * @throws TaskError what the task itself threw, with its `code` and `data`
   */
  readonly runTask: <Name extends keyof Tasks & string>(
    name: Name,
    input: InputOf<Tasks[Name]>,
    options?: TaskOptions,
  ) => Promise<Result<OutputOf<Tasks[Name]>, TaskFailure>>
  /** Ends all threads; tasks still running are cancelled. */
  readonly close: () => Promise<void>
}

export type ThreadPoolOptions = {
  /** The module a thread starts with: it calls `serveTasks` with the same table. */
  readonly entry: URL
  /** Threads at most. Two leave a small office PC responsive. */
  readonly size: number
  readonly logger: Logger
  /** How long a cancelled task may take to stop by itself before its thread is ended. */
  readonly cancelGraceMs?: number
  /** Heap of one thread; beyond it the thread dies instead of the program. */
  readonly heapMegabytes?: number
}

/** What a task threw, in the caller's thread. */
export class TaskError extends Error {
  readonly code: string | undefined
  readonly data: unknown

  constructor(thrown: ThrownError) {
    super(thrown.message)
    this.name = thrown.name
    this.code = thrown.code
    this.data = thrown.data
    if (thrown.stack !== undefined) this.stack = thrown.stack
  }
}

type Outcome = Result<unknown, TaskFailure>
type Job = {
  readonly id: number
  readonly name: string
  readonly input: unknown
  readonly options: TaskOptions
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: Error) => void
}
/** One thread and what it does now. A retiring thread was told to end and takes no more work. */
type Seat = { readonly thread: Worker; job: Job | undefined; retiring: boolean }
type Office = {
  readonly options: ThreadPoolOptions
  readonly queue: Job[]
  readonly seats: Set<Seat>
  closed: boolean
}

const DEFAULT_CANCEL_GRACE_MS = 500
const DEFAULT_HEAP_MEGABYTES = 1_024

export function createThreadPool<Tasks extends AnyTasks>(options: ThreadPoolOptions): ThreadPool<Tasks> {
  const office: Office = { options, queue: [], seats: new Set(), closed: false }
  let lastId = 0
  return {
    runTask: (name, input, taskOptions = {}) =>
      new Promise((resolve, reject) => {
        lastId += 1
        const id = lastId
        // The worker ran the task of this name: its answer has that task's type.
        const settle = (outcome: Outcome) => resolve(outcome as Result<never, TaskFailure>)
        if (office.closed || taskOptions.signal?.aborted === true) {
          settle(fail('TASK_CANCELLED', {}))
          return
        }
        const job: Job = { id, name, input, options: taskOptions, resolve: settle, reject }
        taskOptions.signal?.addEventListener('abort', () => cancel(office, job), { once: true })
        office.queue.push(job)
        assign(office)
      }),
    close: () => closeOffice(office),
  }
}

/** Gives waiting jobs to idle threads, and opens threads up to the limit. */
function assign(office: Office): void {
  while (office.queue.length > 0 && !office.closed) {
    const idle = [...office.seats].find((seat) => seat.job === undefined && !seat.retiring)
    if (idle === undefined && office.seats.size >= office.options.size) return
    const job = office.queue.shift()
    if (job !== undefined) start(office, idle ?? openSeat(office), job)
  }
}

function openSeat(office: Office): Seat {
  const { entry, heapMegabytes = DEFAULT_HEAP_MEGABYTES } = office.options
  const thread = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } })
  const seat: Seat = { thread, job: undefined, retiring: false }
  thread.on('message', (message: FromWorker) => {
    if (message.id !== seat.job?.id) return
    if (message.kind === 'progress') seat.job.options.onProgress?.(message.done, message.total)
    else if (message.kind === 'done') finish(office, seat, (job) => job.resolve(ok(message.value)))
    else finish(office, seat, (job) => job.reject(new TaskError(message.error)))
  })
  thread.on('messageerror', () => lose(office, seat, 'message'))
  thread.on('error', (error) => lose(office, seat, reasonOf(error)))
  thread.on('exit', (code) => lose(office, seat, `exit ${code}`))
  office.seats.add(seat)
  return seat
}

function start(office: Office, seat: Seat, job: Job): void {
  seat.job = job
  seat.thread.ref()
  const message: ToWorker = { kind: 'run', id: job.id, name: job.name, input: job.input }
  try {
    seat.thread.postMessage(message, [...(job.options.transfer ?? [])])
  } catch (error) {
    // The input cannot be cloned: a bug of the caller, not of the thread.
    finish(office, seat, ({ reject }) => reject(error instanceof Error ? error : new Error(String(error))))
  }
}

/** An idle thread does not keep the program alive. */
function finish(office: Office, seat: Seat, settle: (job: Job) => void): void {
  const { job } = seat
  seat.job = undefined
  if (job !== undefined) settle(job)
  seat.thread.unref()
  assign(office)
}

function lose(office: Office, seat: Seat, reason: string): void {
  if (!office.seats.delete(seat)) return
  if (!seat.retiring) office.options.logger.warn('worker-lost', { reason })
  finish(office, seat, (job) => job.resolve(fail('WORKER_CRASHED', { reason })))
}

/** The caller has its answer at once; the thread gets a moment to stop by itself. */
function cancel(office: Office, job: Job): void {
  job.resolve(fail('TASK_CANCELLED', {}))
  const waiting = office.queue.indexOf(job)
  if (waiting >= 0) office.queue.splice(waiting, 1)
  const seat = [...office.seats].find((candidate) => candidate.job === job)
  if (seat === undefined) return
  seat.thread.postMessage({ kind: 'cancel', id: job.id } satisfies ToWorker)
  const graceMs = office.options.cancelGraceMs ?? DEFAULT_CANCEL_GRACE_MS
  setTimeout(() => {
    if (seat.job === job) void retire(seat)
  }, graceMs).unref()
}

function retire(seat: Seat): Promise<number> {
  seat.retiring = true
  return seat.thread.terminate()
}

async function closeOffice(office: Office): Promise<void> {
  office.closed = true
  const seats = [...office.seats]
  const jobs = [...office.queue.splice(0), ...seats.flatMap(({ job }) => job ?? [])]
  for (const job of jobs) job.resolve(fail('TASK_CANCELLED', {}))
  await Promise.all(seats.map(retire))
}

function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
