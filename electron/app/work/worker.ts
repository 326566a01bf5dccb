import type { MessagePort } from 'node:worker_threads'
import type { FromWorker, TaskControl, ThrownError, ToWorker } from './messages.ts'

type AnyTask = (input: never, control: TaskControl) => Promise<unknown>

/** The side of a worker thread: runs the tasks of a table as they are asked for. */
export function serveTasks(port: MessagePort, tasks: Readonly<Record<string, AnyTask>>): void {
  const running = new Map<number, AbortController>()
  const post = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

  const run = async (id: number, name: string, input: unknown) => {
    const aborter = new AbortController()
    running.set(id, aborter)
    try {
      const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined
      if (task === undefined) throw new Error(`Unknown task ${name}`)
      const control: TaskControl = {
        signal: aborter.signal,
        onProgress: (done, total) => post({ kind: 'progress', id, done, total }),
      }
      // The pool's `runTask` is typed by the same table: the input is of the task named.
      const value = await task(input as never, control)
      post({ kind: 'done', id, value }, ownBuffers(value))
    } catch (error) {
      post({ kind: 'thrown', id, error: describe(error) })
    } finally {
      running.delete(id)
    }
  }
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'cancel') running.get(message.id)?.abort()
    else void run(message.id, message.name, message.input)
  })
}

/**
 * Buffers of an answer that may move instead of being copied: those that belong to one array as a whole.
 * A Node `Buffer` is often a slice of a shared pool, which must stay.
 */
export function ownBuffers(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const visit = (part: unknown, depth: number): void => {
    if (depth > 6 || typeof part !== 'object' || part === null) return
    if (ArrayBuffer.isView(part)) {
      const { buffer, byteLength } = part
      if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength && byteLength > 0)
        found.add(buffer)
      return
    }
    for (const child of Object.values(part)) visit(child, depth + 1)
  }
  visit(value, 0)
  return [...found]
}

function describe(error: unknown): ThrownError {
  if (!(error instanceof Error))
    return { name: 'NonError', message: typeof error, code: undefined, data: undefined, stack: undefined }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const data = 'data' in error ? plain(error.data) : undefined
  return { name: error.name, message: error.message, code, data, stack: error.stack }
}

/** Data of an error are codes and numbers; anything that cannot be cloned is left out rather than failing twice. */
function plain(data: unknown): unknown {
  try {
    return structuredClone(data)
  } catch (error) {
    return { notCloneable: error instanceof Error ? error.name : 'unknown' }
  }
}
