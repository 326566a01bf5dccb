/**
 * Work that must happen though the program may die at any moment. A job is written with its cause, leased while it runs
 * and taken again when the lease ran out. `progress` holds the steps already done, so a retry does not repeat them.
 * States: queued → running → done | dead | cancelled; a dead job stays visible until a person retries or cancels it.
 */
import { sql } from 'kysely'
import { z } from 'zod'
import { CaseId, EpochMs } from '../../../../shared/model/brand.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'

export const JobState = z.enum(['queued', 'running', 'done', 'dead', 'cancelled'])
export type JobState = z.output<typeof JobState>

export type Job = {
  readonly id: string
  readonly kind: string
  readonly caseId: CaseId | null
  /** To be parsed by the definition of its kind. */
  readonly payload: unknown
  readonly progress: unknown
  readonly state: JobState
  readonly attempts: number
  readonly createdAt: EpochMs
  readonly nextAttemptAt: EpochMs | null
  readonly finishedAt: EpochMs | null
  /** Code of the last failure. */
  readonly lastError: string | null
}

export type NewJob = {
  readonly kind: string
  /** While a job of this kind and key waits or runs, a second one is not made. */
  readonly uniqueKey?: string | undefined
  readonly caseId?: CaseId | undefined
  readonly payload: unknown
  readonly notBefore?: EpochMs | undefined
}

const COLUMNS = [
  'id',
  'kind',
  'case_id',
  'payload_json',
  'progress_json',
  'state',
  'attempts',
  'created_at',
  'next_attempt_at',
  'finished_at',
  'last_error',
] as const

/** Written out, not bound: only so SQLite sees that the index of open jobs fits. */
const IS_OPEN = sql<boolean>`state IN ('queued', 'running')`

/** @returns the new job's id, or the id of the one that already waits or runs */
export function queueJob(db: WritableDb, job: NewJob, at: EpochMs): string {
  if (job.uniqueKey !== undefined) {
    const known = db.first(
      query
        .selectFrom('jobs')
        .select(['id', 'state', 'next_attempt_at'])
        .where('kind', '=', job.kind)
        .where('unique_key', '=', job.uniqueKey)
        .where(IS_OPEN),
    )
    if (known !== undefined) {
      // Wanted again while it waits for its next try: tried when it is wanted, not after the long pause.
      const due = job.notBefore ?? at
      if (known.state === 'queued' && (known.next_attempt_at ?? due) > due)
        db.run(query.updateTable('jobs').set({ next_attempt_at: due }).where('id', '=', known.id))
      return known.id
    }
  }
  const id = newId()
  db.run(
    query.insertInto('jobs').values({
      id,
      kind: job.kind,
      unique_key: job.uniqueKey ?? null,
      case_id: job.caseId ?? null,
      payload_json: JSON.stringify(job.payload),
      progress_json: null,
      state: 'queued',
      attempts: 0,
      created_at: at,
      next_attempt_at: job.notBefore ?? at,
      lease_owner: null,
      lease_until: null,
      finished_at: null,
      last_error: null,
    }),
  )
  return id
}

/** Takes the next due job of these kinds. `owner` names this process run; only it may finish the job. */
export function leaseJob(
  db: WritableDb,
  kinds: readonly string[],
  lease: { readonly owner: string; readonly leaseMs: number },
  now: EpochMs,
): Job | undefined {
  const row = db.first(
    query
      .selectFrom('jobs')
      .select(COLUMNS)
      .where(IS_OPEN)
      .where('kind', 'in', [...kinds])
      .where('next_attempt_at', '<=', now)
      .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]))
      .orderBy('next_attempt_at')
      .orderBy('created_at')
      .limit(1),
  )
  if (row === undefined) return undefined
  db.run(
    query
      .updateTable('jobs')
      .set({
        state: 'running',
        attempts: row.attempts + 1,
        lease_owner: lease.owner,
        lease_until: now + lease.leaseMs,
      })
      .where('id', '=', row.id),
  )
  return { ...parse(row), state: 'running', attempts: row.attempts + 1 }
}

/**
 * At start: jobs of processes that are gone are due at once. Only one process has the archive open
 * (`lockArchive`), so every lease of another owner is a dead one.
 */
export function releaseDeadLeases(db: WritableDb, owner: string): number {
  const jobs = db.run(
    query
      .updateTable('jobs')
      .set({ lease_until: null, lease_owner: null, state: 'queued' })
      .where(IS_OPEN)
      .where('state', '=', 'running')
      .where('lease_owner', '<>', owner),
  )
  return jobs
}

/** Records a step and keeps the lease alive. @returns false when the job is no longer this owner's (stop working) */
export function noteJobProgress(
  db: WritableDb,
  jobId: string,
  lease: { readonly owner: string; readonly leaseUntil: EpochMs },
  progress: unknown,
): boolean {
  return (
    db.run(
      query
        .updateTable('jobs')
        .set({ progress_json: JSON.stringify(progress), lease_until: lease.leaseUntil })
        .where('id', '=', jobId)
        .where('state', '=', 'running')
        .where('lease_owner', '=', lease.owner),
    ) === 1
  )
}

export function markJobDone(db: WritableDb, jobId: string, at: EpochMs): void {
  end(db, jobId, 'done', { at, error: null })
}

/** Not now: tried again at `nextAttemptAt`. */
export function markJobRetry(db: WritableDb, jobId: string, nextAttemptAt: EpochMs, error: string): void {
  db.run(
    query
      .updateTable('jobs')
      .set({
        state: 'queued',
        next_attempt_at: nextAttemptAt,
        lease_owner: null,
        lease_until: null,
        last_error: error,
      })
      .where('id', '=', jobId)
      .where('state', 'in', ['queued', 'running']),
  )
}

/** The attempts are counted from this one on: what the earlier ones failed of was something else. */
export function countJobAnew(db: WritableDb, jobId: string): void {
  db.run(query.updateTable('jobs').set({ attempts: 1 }).where('id', '=', jobId))
}

export function markJobDead(db: WritableDb, jobId: string, at: EpochMs, error: string): void {
  end(db, jobId, 'dead', { at, error })
}

export function cancelJob(db: WritableDb, jobId: string, at: EpochMs): void {
  end(db, jobId, 'cancelled', { at, error: null })
}

/** A dead or waiting job is due now. @throws ArchiveError 'ROW_NOT_FOUND' */
export function retryJob(db: WritableDb, jobId: string, now: EpochMs): void {
  const changed = db.run(
    query
      .updateTable('jobs')
      .set({ state: 'queued', next_attempt_at: now, finished_at: null })
      .where('id', '=', jobId)
      .where('state', 'in', ['dead', 'queued']),
  )
  if (changed === 0) throw new ArchiveError('ROW_NOT_FOUND', 'No job that could be tried again')
}

export function readJob(db: ReadableDb, jobId: string): Job | undefined {
  const row = db.first(query.selectFrom('jobs').select(COLUMNS).where('id', '=', jobId))
  return row === undefined ? undefined : parse(row)
}

/** Newest first. */
export function listJobs(
  db: ReadableDb,
  filter: {
    readonly states?: readonly JobState[]
    readonly kinds?: readonly string[]
    readonly caseId?: CaseId
  },
  limit = 200,
): Job[] {
  let select = query.selectFrom('jobs').select(COLUMNS).orderBy('created_at', 'desc').limit(limit)
  if (filter.states !== undefined) select = select.where('state', 'in', [...filter.states])
  if (filter.kinds !== undefined) select = select.where('kind', 'in', [...filter.kinds])
  if (filter.caseId !== undefined) select = select.where('case_id', '=', filter.caseId)
  return db.all(select).map(parse)
}

/** When the next job is due; undefined when nothing waits. */
export function nextJobAt(db: ReadableDb): EpochMs | undefined {
  const row = db.first(
    query
      .selectFrom('jobs')
      .select((select) => select.fn.min('next_attempt_at').as('at'))
      .where(IS_OPEN)
      .where('state', '=', 'queued'),
  )
  return row?.at === null || row?.at === undefined ? undefined : EpochMs.parse(row.at)
}

function end(
  db: WritableDb,
  jobId: string,
  state: JobState,
  outcome: { readonly at: EpochMs; readonly error: string | null },
): void {
  db.run(
    query
      .updateTable('jobs')
      .set((set) => ({
        state,
        finished_at: outcome.at,
        next_attempt_at: null,
        lease_owner: null,
        lease_until: null,
        last_error: outcome.error ?? set.ref('last_error'),
      }))
      .where('id', '=', jobId)
      .where('state', 'in', ['queued', 'running', 'dead']),
  )
}

function parse(row: {
  id: string
  kind: string
  case_id: string | null
  payload_json: string
  progress_json: string | null
  state: string
  attempts: number
  created_at: number
  next_attempt_at: number | null
  finished_at: number | null
  last_error: string | null
}): Job {
  return {
    id: row.id,
    kind: row.kind,
    caseId: row.case_id === null ? null : CaseId.parse(row.case_id),
    payload: JSON.parse(row.payload_json),
    progress: row.progress_json === null ? null : JSON.parse(row.progress_json),
    state: JobState.parse(row.state),
    attempts: row.attempts,
    createdAt: EpochMs.parse(row.created_at),
    nextAttemptAt: row.next_attempt_at === null ? null : EpochMs.parse(row.next_attempt_at),
    finishedAt: row.finished_at === null ? null : EpochMs.parse(row.finished_at),
    lastError: row.last_error,
  }
}
