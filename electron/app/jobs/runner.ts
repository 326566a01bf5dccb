/**
 * Runs queued jobs one after the other, for as long as the archive is open. A job is leased before it runs and finished
 * after its effect is durable; a killed process leaves a lease that the next one takes over (`releaseDeadLeases`).
 */
import type { CaseId, EpochMs } from '../../../shared/model/brand.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import {
  countJobAnew,
  type Job,
  leaseJob,
  markJobDead,
  markJobDone,
  markJobRetry,
  nextJobAt,
  noteJobProgress,
} from '../../core/archive/tables/jobs.ts'
import { newId } from '../../core/kit/ids.ts'
import { describeError } from '../dispatch.ts'
import type { Office } from '../office.ts'
import { outcomeOfError } from './failure-codes.ts'
import type { JobKind } from './job-kinds.ts'

export type JobContext = {
  readonly caseId: CaseId | null
  readonly attempt: number
  /** What an earlier attempt noted; undefined at the first. */
  readonly progress: unknown
  /** Records a finished step, durably. */
  readonly note: (progress: unknown) => void
  /** The same inside the transaction of the step's own effect. */
  readonly noteIn: (db: WritableDb, progress: unknown) => void
  /** The job is done when this transaction is: its last effect is not repeated after a kill. */
  readonly finishIn: (db: WritableDb) => void
  readonly signal: AbortSignal
}

/** `later`: not now, for the reason named by `code` (shown to the clerk). */
export type JobOutcome = 'done' | { readonly later: EpochMs; readonly code: string }

export type JobHandler = {
  readonly kind: string
  readonly run: (office: Office, payload: unknown, context: JobContext) => Promise<JobOutcome>
  /** Tells the clerk what keeps the job waiting; undefined code = nothing any more. */
  readonly tell?: ((office: Office, payload: unknown, code: string | null) => void) | undefined
}

/** Ties a kind to its function while the compiler still knows the payload. */
export function jobHandler<Payload>(
  kind: JobKind<Payload>,
  run: (office: Office, payload: Payload, context: JobContext) => Promise<JobOutcome>,
  tell?: (office: Office, payload: Payload, code: string | null) => void,
): JobHandler {
  const parse = (payload: unknown) => kind.payload.parse(payload)
  return {
    kind: kind.kind,
    run: (office, payload, context) => run(office, parse(payload), context),
    tell: tell && ((office, payload, code) => tell(office, parse(payload), code)),
  }
}

export type JobRunner = { readonly wake: () => void; readonly stop: () => Promise<void> }

const LEASE_MS = 10 * 60_000
const LONGEST_SLEEP_MS = 30_000
/** The archive itself failed: it is not asked again at once, and not given up. */
const AFTER_FAILURE_MS = 5_000
/** Waiting after the 1st, 2nd, … failure that another try may mend. */
const RETRY_MS = [2_000, 10_000, 30_000, 60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000]
/** A bug is not mended by trying: after so many in a row the job is dead and shown. An outage before them does not count. */
const ATTEMPTS_OF_A_BUG = 5

export function startJobRunner(office: Office, handlers: readonly JobHandler[]): JobRunner {
  const owner = newId()
  const byKind = new Map(handlers.map((handler) => [handler.kind, handler]))
  const abort = new AbortController()
  let wakeUp: () => void = () => undefined
  let woken = false

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
      if (woken || abort.signal.aborted) wakeUp()
    })

  const runOne = async (): Promise<boolean> => {
    const now = office.clock.now()
    const job = office.archive.transaction((db) =>
      leaseJob(db, [...byKind.keys()], { owner, leaseMs: LEASE_MS }, now),
    )
    if (job === undefined) return false
    const handler = byKind.get(job.kind)
    if (handler !== undefined) await runJob(office, handler, job, { owner, signal: abort.signal })
    return true
  }

  const loop = async () => {
    while (!abort.signal.aborted) {
      woken = false
      let wait = AFTER_FAILURE_MS
      try {
        if (await runOne()) continue
        const next = nextJobAt(office.archive.db)
        wait = next === undefined ? LONGEST_SLEEP_MS : next - office.clock.now()
      } catch (error) {
        office.logger.error('jobs.failed', describeError(error))
      }
      await sleep(Math.min(LONGEST_SLEEP_MS, Math.max(50, wait)))
    }
  }
  const ended = loop()
  return {
    wake: () => {
      woken = true
      wakeUp()
    },
    stop: async () => {
      abort.abort()
      wakeUp()
      await ended
    },
  }
}

async function runJob(
  office: Office,
  handler: JobHandler,
  job: Job,
  run: { readonly owner: string; readonly signal: AbortSignal },
): Promise<void> {
  const noteIn = (db: WritableDb, progress: unknown) => {
    const leaseUntil = (office.clock.now() + LEASE_MS) as EpochMs
    if (!noteJobProgress(db, job.id, { owner: run.owner, leaseUntil }, progress))
      throw new Error('The job belongs to another process now')
  }
  const context: JobContext = {
    caseId: job.caseId,
    attempt: job.attempts,
    progress: job.progress ?? undefined,
    signal: run.signal,
    note: (progress) => office.archive.transaction((db) => noteIn(db, progress)),
    noteIn,
    finishIn: (db) => markJobDone(db, job.id, office.clock.now()),
  }
  try {
    const outcome = await handler.run(office, job.payload, context)
    if (outcome === 'done') {
      office.archive.transaction((db) => markJobDone(db, job.id, office.clock.now()))
      handler.tell?.(office, job.payload, null)
    } else {
      office.archive.transaction((db) => markJobRetry(db, job.id, outcome.later, outcome.code))
      handler.tell?.(office, job.payload, outcome.code)
    }
  } catch (error) {
    const now = office.clock.now()
    const failure = outcomeOfError(error)
    const isNewBug = failure.isBug && job.lastError !== failure.code
    const attempts = isNewBug ? 1 : job.attempts
    const isDead = failure.isBug && attempts >= ATTEMPTS_OF_A_BUG
    office.logger.error('job.failed', describeError(error), {
      kind: job.kind,
      job: job.id,
      code: failure.code,
    })
    const waitMs = RETRY_MS[Math.min(attempts, RETRY_MS.length) - 1] ?? LONGEST_SLEEP_MS
    office.archive.transaction((db) => {
      if (isNewBug) countJobAnew(db, job.id)
      if (isDead) markJobDead(db, job.id, now, failure.code)
      else markJobRetry(db, job.id, (now + waitMs) as EpochMs, failure.code)
    })
    handler.tell?.(office, job.payload, failure.code)
  }
}
