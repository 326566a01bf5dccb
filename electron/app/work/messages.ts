/** What the pool and a worker say to each other. One task at a time per worker. */
export type ToWorker =
  | { readonly kind: 'run'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'cancel'; readonly id: number }

export type FromWorker =
  | { readonly kind: 'progress'; readonly id: number; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'thrown'; readonly id: number; readonly error: ThrownError }

/** An error as it crosses the thread: class instances do not survive, these fields do. */
export type ThrownError = {
  readonly name: string
  readonly message: string
  readonly code: string | undefined
  readonly data: unknown
  readonly stack: string | undefined
}

/** What a task is given beside its input. */
export type TaskControl = {
  /** Aborted when the caller cancels. A task that does not look at it is ended with its thread. */
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** A task is a function whose input and output can be structured-cloned: plain data, bytes, no functions. */
export type WorkTask<Input, Output> = (input: Input, control: TaskControl) => Promise<Output>
