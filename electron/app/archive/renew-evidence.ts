/** 長期保存 (L24): archive timestamps are renewed in bulk and unattended, before they lapse. One bad file holds up no other. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../shared/bridge/define.ts'
import type { DocumentId, EpochMs } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { Archive } from '../../core/archive/open.ts'
import { requireDocument } from '../../core/archive/tables/documents.ts'
import { type DueRenewal, listDueRenewals } from '../../core/archive/tables/evidence.ts'
import { mayRead } from '../../core/archive/tables/viewer.ts'
import { type CollectorWithClock, collectorFor } from '../../core/signing/add-validation-data.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { describeError } from '../dispatch.ts'
import { outcomeOfError } from '../jobs/failure-codes.ts'
import { preserveDocument } from '../jobs/preserve-case.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

const DAY_MS = 24 * 60 * 60_000
/** Evidence is renewed this long before it lapses: a year leaves room for a service that is gone. */
export const RENEWAL_LEAD_MS = 365 * DAY_MS

const LIMIT = 20_000

/** When a renewal that could not be made yet is tried again; a restart tries at once. */
const notBefore = new WeakMap<Archive, Map<DocumentId, number>>()

/** So many failures in a row: the service cannot be had now. The list goes on after the pause. */
const GIVE_UP_AFTER = 5
const PAUSE_MS = 60 * 60_000
const pausedUntil = new WeakMap<Archive, number>()

/** The daily chore: what is due and was not tried within a day. It ends after the file it is at when `signal` says so. */
export async function renewEvidence(office: Office, signal: AbortSignal): Promise<void> {
  const now = office.clock.now()
  if ((pausedUntil.get(office.archive) ?? 0) > now) return
  const waiting = waitingOf(office.archive)
  const due = dueNow(office).filter(({ documentId }) => (waiting.get(documentId) ?? 0) <= now)
  if (due.length === 0) return
  const collector = collectorFor(office.services.validation())
  let failuresInARow = 0
  for (const one of due) {
    if (signal.aborted) return
    const { outcome } = await renewOne(office, one, collector)
    failuresInARow = outcome === 'renewed' ? 0 : failuresInARow + 1
    if (failuresInARow < GIVE_UP_AFTER) continue
    pausedUntil.set(office.archive, now + PAUSE_MS)
    return
  }
}

type RenewalRow = OutputOf<typeof bridge.archive.renewalResult>['rows'][number]
type RenewalTask = { readonly due: number; readonly rows: RenewalRow[] }

/** 長期保存の更新: the same on demand, also for files whose last attempt is less than a day ago. */
export async function startRenewal(office: Office, context: Context) {
  const change = changeBy(context, office.clock)
  const due = dueNow(office)
  office.archive.transaction((db) =>
    record(db, change, 'evidence.renewal-started', { data: { files: due.length } }),
  )
  const result: RenewalTask = { due: due.length, rows: [] }
  const taskId = office.tasks.start(context.connection, 'renew-evidence', result, async (control) => {
    await office.services.testOperation.renewTimestamping()
    const collector = collectorFor(office.services.validation())
    for (const [index, one] of due.entries()) {
      if (control.signal.aborted) return
      const { title } = requireDocument(office.archive.db, one.documentId)
      const outcome = await renewOne(office, one, collector)
      result.rows.push({ caseId: one.caseId, documentId: one.documentId, title, ...outcome })
      control.progress(index + 1, due.length)
    }
  })
  return ok({ taskId })
}

export async function renewalResult(office: Office, input: { readonly taskId: string }, context: Context) {
  const entry = office.tasks.find(context.connection, input.taskId)
  if (entry === undefined) return fail('NOT_FOUND', {})
  const { due, rows } = entry.result as RenewalTask
  const done = entry.state !== 'running'
  const viewer = viewerFor(actorOf(context))
  return ok({
    done,
    code: entry.state === 'failed' ? 'INTERNAL' : entry.state === 'cancelled' ? 'TASK_CANCELLED' : null,
    due,
    counts: {
      renewed: rows.filter(({ outcome }) => outcome === 'renewed').length,
      later: rows.filter(({ outcome }) => outcome === 'later').length,
      failed: rows.filter(({ outcome }) => outcome === 'failed').length,
    },
    rows: done ? rows.filter(({ caseId }) => mayRead(office.archive.db, viewer, caseId)) : [],
  })
}

function dueNow({ archive, clock }: Office): DueRenewal[] {
  return listDueRenewals(archive.db, (clock.now() + RENEWAL_LEAD_MS) as EpochMs, LIMIT)
}

function waitingOf(archive: Archive): Map<DocumentId, number> {
  const waiting = notBefore.get(archive) ?? new Map<DocumentId, number>()
  notBefore.set(archive, waiting)
  return waiting
}

async function renewOne(
  office: Office,
  { caseId, documentId, versionId }: DueRenewal,
  collector: CollectorWithClock,
): Promise<Pick<RenewalRow, 'outcome' | 'code'>> {
  const waiting = waitingOf(office.archive)
  waiting.set(documentId, office.clock.now() + DAY_MS)
  try {
    return await office.caseLocks.withCase(caseId, async () => {
      const document = requireDocument(office.archive.db, documentId)
      // Chore and person may come at the same time: what the other one has renewed is not stamped again.
      const outcome =
        document.current.id === versionId ? await preserveDocument(office, document, collector) : 'done'
      if (outcome === 'done') {
        waiting.delete(documentId)
        return { outcome: 'renewed', code: null }
      }
      waiting.set(documentId, outcome.later)
      return { outcome: 'later', code: outcome.code }
    })
  } catch (error) {
    const { code } = outcomeOfError(error)
    office.logger.error('renewal.failed', describeError(error), { code })
    return { outcome: 'failed', code }
  }
}
