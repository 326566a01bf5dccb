import type { CaseId } from '../../../shared/model/brand.ts'
import { ok } from '../../../shared/result.ts'
import { listJobs, retryJob } from '../../core/archive/tables/jobs.ts'
import { NOT_FOUND, visibleCase } from '../cases/guard-case.ts'
import type { Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

/** もう一度試す: everything of this case that waits or was given up is due now. */
export async function retrySeals(office: Office, input: { readonly caseId: CaseId }, context: Context) {
  if (visibleCase(office, context, input.caseId) === undefined) return NOT_FOUND
  office.archive.transaction((db) => {
    for (const job of listJobs(db, { caseId: input.caseId, states: ['queued', 'dead'] }))
      retryJob(db, job.id, office.clock.now())
    record(db, changeBy(context, office.clock), 'case.retried', { caseId: input.caseId })
  })
  office.wake()
  announceCase(office, input.caseId)
  return ok({})
}
