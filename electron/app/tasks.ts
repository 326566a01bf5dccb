/** Long work that a person started: progress, cancel, and the outcome, on this log-in and on later ones. */
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import { newId } from '../core/kit/ids.ts'
import type { Logger } from '../core/kit/logger.ts'
import { describeError } from './dispatch.ts'
import type { Connection } from './host-port.ts'

/** Why a signal aborted: the program ends. Work that can go on at the next start leaves everything as it stands. */
export const PROGRAM_ENDS = 'program ends'

export type TaskControl = {
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
}

export type TaskEntry = {
  /** The person who started it, also on a later log-in; the connection while nobody is logged in on it. */
  readonly owner: string
  state: 'running' | 'done' | 'cancelled' | 'failed'
  /** Whatever the task keeps up to date for its result procedure. */
  readonly result: unknown
}

export type TaskRegistry = {
  /**
   * Starts `run` without waiting; `result` is an object the work fills while it goes on.
   * Work that could not be done resolves to 'failed' (its result says why); what it throws is a bug and goes to the log.
   */
  readonly start: <T>(
    connection: Connection,
    label: string,
    result: T,
    run: (control: TaskControl, result: T) => Promise<unknown>,
  ) => string
  readonly find: (connection: Connection, taskId: string) => TaskEntry | undefined
  readonly cancel: (connection: Connection, taskId: string) => void
  /** Cancels work of any connection; the caller has made sure that this person may. */
  readonly cancelForAll: (taskId: string) => void
  readonly cancelAll: () => Promise<void>
}

/** Often enough to be seen moving; every page asks for the outcome each time. */
const TELL_EVERY_MS = 100

/** @param ownerOf who is logged in on a connection: their tasks are theirs on every connection */
export function createTasks(
  announce: (event: BridgeEvent) => void,
  logger: Logger,
  ownerOf: (connection: Connection) => string = ({ id }) => id,
): TaskRegistry {
  const entries = new Map<
    string,
    TaskEntry & { readonly abort: AbortController; readonly ended: Promise<void> }
  >()
  return {
    start: (connection, label, result, run) => {
      const taskId = newId()
      const abort = new AbortController()
      let last = { done: 0, total: 0 }
      let toldAt = 0
      const tell = (state: TaskEntry['state']) =>
        announce({ topic: 'progress', taskId, label, done: last.done, total: last.total, state })
      const control: TaskControl = {
        signal: abort.signal,
        progress: (done, total) => {
          last = { done, total }
          if (performance.now() - toldAt < TELL_EVERY_MS && done < total) return
          toldAt = performance.now()
          tell('running')
        },
      }
      const work = async () => {
        tell('running')
        try {
          const outcome = await run(control, result)
          end(abort.signal.aborted ? 'cancelled' : outcome === 'failed' ? 'failed' : 'done')
        } catch (error) {
          if (!abort.signal.aborted) logger.error('task.failed', describeError(error), { task: taskId })
          end(abort.signal.aborted ? 'cancelled' : 'failed')
        }
      }
      const end = (state: TaskEntry['state']) => {
        const entry = entries.get(taskId)
        if (entry !== undefined) entry.state = state
        tell(state)
      }
      // The entry must exist before the work can end; the work starts after this turn.
      const ended = Promise.resolve().then(work)
      entries.set(taskId, { owner: ownerOf(connection), state: 'running', result, abort, ended })
      return taskId
    },
    find: (connection, taskId) => {
      const entry = entries.get(taskId)
      return entry?.owner === ownerOf(connection) ? entry : undefined
    },
    cancel: (connection, taskId) => {
      const entry = entries.get(taskId)
      if (entry?.owner === ownerOf(connection)) entry.abort.abort()
    },
    cancelForAll: (taskId) => entries.get(taskId)?.abort.abort(),
    cancelAll: async () => {
      for (const entry of entries.values()) entry.abort.abort(PROGRAM_ENDS)
      await Promise.all([...entries.values()].map((entry) => entry.ended))
    },
  }
}
