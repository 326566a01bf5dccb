import type { CaseSigner } from '../../../shared/model/signer.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { listJobs } from '../../core/archive/tables/jobs.ts'
import { requestSignerJob } from './job-kinds.ts'

/** A mail to this signer is on its way into the outbox: another one would be one too many. */
export function isBeingAsked(db: ReadableDb, signer: Pick<CaseSigner, 'id' | 'caseId'>): boolean {
  const { kind, payload } = requestSignerJob
  return listJobs(db, { caseId: signer.caseId, kinds: [kind], states: ['queued', 'running'] }).some(
    (job) => payload.parse(job.payload).signerId === signer.id,
  )
}
