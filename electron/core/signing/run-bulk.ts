import { SigningError, type SigningErrorCode } from './errors.ts'

/** How one file of a batch ended. */
export type BulkOutcome = {
  readonly id: string
  readonly status: 'done' | 'waiting' | 'failed' | 'not-started'
  /** For `failed`: why. */
  readonly code?: SigningErrorCode
  /** For `waiting`: when to try again, ms since 1970. */
  readonly waitUntilMs?: number
}

export type BulkProgress = {
  readonly stage: string
  readonly done: number
  readonly failed: number
  readonly total: number
}

export type BulkControl = {
  /** How many files are worked on at once (default 4, so that waiting for the authority overlaps). */
  readonly concurrency?: number
  /** Files under way are finished, the rest is `not-started`. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: BulkProgress) => void
}

/** Failures that every further file would meet too: the batch stops instead of running into them a thousand times. */
const STOPPING: ReadonlySet<SigningErrorCode> = new Set<SigningErrorCode>([
  'TSA_UNREACHABLE',
  'TSA_HTTP_ERROR',
  'TSA_REFUSED',
  'TSA_ANSWER_INVALID',
  'TOKEN_UNAVAILABLE',
  'TOKEN_PIN_WRONG',
  'TOKEN_PIN_LOCKED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_NOT_YET_VALID',
  'CERTIFICATE_NOT_FOR_SIGNING',
  'KEY_ALGORITHM_REFUSED',
  'KEY_CERTIFICATE_MISMATCH',
])

/**
 * Works through a batch: every file has its own outcome, a failing file does not stop the others, a failing key or
 * authority does. Memory stays flat: only the files under way are held.
 *
 * @param work does one file; throws SigningError for an expected failure; any other error ends the batch (a bug)
 */
export async function runBulk<Item extends { readonly id: string }>(
  stage: string,
  items: readonly Item[],
  control: BulkControl,
  work: (item: Item) => Promise<Omit<BulkOutcome, 'id'>>,
): Promise<readonly BulkOutcome[]> {
  const outcomes: BulkOutcome[] = items.map(({ id }) => ({ id, status: 'not-started' }))
  let next = 0
  let done = 0
  let failed = 0
  let stopped = false
  const worker = async (): Promise<void> => {
    while (!stopped && control.signal?.aborted !== true) {
      const index = next++
      const item = items[index]
      if (item === undefined) return
      const outcome = await attempt(item, work)
      outcomes[index] = { id: item.id, ...outcome }
      if (outcome.status === 'failed') failed++
      if (outcome.code !== undefined && STOPPING.has(outcome.code)) stopped = true
      done++
      control.onProgress?.({ stage, done, failed, total: items.length })
    }
  }
  const count = Math.max(1, Math.min(control.concurrency ?? 4, items.length))
  await Promise.all(Array.from({ length: count }, worker))
  return outcomes
}

async function attempt<Item>(
  item: Item,
  work: (item: Item) => Promise<Omit<BulkOutcome, 'id'>>,
): Promise<Omit<BulkOutcome, 'id'>> {
  try {
    return await work(item)
  } catch (error) {
    if (error instanceof SigningError) return { status: 'failed', code: error.code }
    throw error
  }
}
