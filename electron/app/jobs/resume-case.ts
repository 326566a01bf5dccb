/** A declined or lapsed case goes on: what stood still for its other signers starts again. */
import type { CaseId } from '../../../shared/model/brand.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { listLinks } from '../../core/archive/tables/links.ts'
import { listSigners } from '../../core/archive/tables/signers.ts'
import { currentStep, needsLink } from '../cases/workflow.ts'
import { advanceCase } from './advance-case.ts'
import { isBeingAsked } from './being-asked.ts'
import { requestSignerJob, sealConsentJob } from './job-kinds.ts'

/** Call after the signer in question was dealt with: a stored consent is sealed, a signer whose link died gets a new one. */
export function resumeCase(db: WritableDb, caseId: CaseId, change: Change): void {
  const signers = listSigners(db, caseId)
  const step = currentStep(signers)
  const when = { at: change.at, caseId }
  const open = new Set(
    listLinks(db, caseId).flatMap((link) =>
      link.purpose === 'sign' && link.state === 'open' ? [link.signerId] : [],
    ),
  )
  for (const signer of signers) {
    if (signer.fields.step !== step || !needsLink(signer)) continue
    if (signer.state === 'consented') sealConsentJob.queue(db, { signerId: signer.id }, when)
    const wasAsked = ['queued', 'requested', 'viewed', 'locked'].includes(signer.state)
    if (wasAsked && !open.has(signer.id) && !isBeingAsked(db, signer))
      requestSignerJob.queue(db, { signerId: signer.id, mail: 'replaced-link' }, when)
  }
  if (step !== undefined) advanceCase(db, caseId, change)
}
