/** 長期保存 (L24): archive timestamps are renewed in bulk and unattended, before they lapse. One bad file holds up no other. */
import type { DocumentId, EpochMs } from '../../../shared/model/brand.ts'
import type { Archive } from '../../core/archive/open.ts'
import { requireDocument } from '../../core/archive/tables/documents.ts'
import { listDueRenewals } from '../../core/archive/tables/evidence.ts'
import { collectorFor } from '../../core/signing/add-validation-data.ts'
import { describeError } from '../dispatch.ts'
import { outcomeOfError } from '../jobs/failure-codes.ts'
import { preserveDocument } from '../jobs/preserve-case.ts'
import type { Office } from '../office.ts'

const DAY_MS = 24 * 60 * 60_000
/** Evidence is renewed this long before it lapses: a year leaves room for a service that is gone. */
export const RENEWAL_LEAD_MS = 365 * DAY_MS

const LIMIT = 20_000

/** When a renewal that could not be made yet is tried again; a restart tries at once. */
const notBefore = new WeakMap<Archive, Map<DocumentId, number>>()

export async function renewEvidence(office: Office): Promise<void> {
  const { archive, clock } = office
  const waiting = notBefore.get(archive) ?? new Map<DocumentId, number>()
  notBefore.set(archive, waiting)
  const now = clock.now()
  const due = listDueRenewals(archive.db, (now + RENEWAL_LEAD_MS) as EpochMs, LIMIT).filter(
    ({ documentId }) => (waiting.get(documentId) ?? 0) <= now,
  )
  if (due.length === 0) return
  const collector = collectorFor(office.services.validation())
  for (const { caseId, documentId } of due) {
    waiting.set(documentId, now + DAY_MS)
    try {
      const outcome = await office.caseLocks.withCase(caseId, () =>
        preserveDocument(office, requireDocument(archive.db, documentId), collector),
      )
      if (outcome === 'done') waiting.delete(documentId)
      else waiting.set(documentId, outcome.later)
    } catch (error) {
      office.logger.error('renewal.failed', describeError(error), { code: outcomeOfError(error).code })
    }
  }
}
