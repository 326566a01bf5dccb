import type { CaseId } from '../../../shared/model/brand.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { listSigners } from '../../core/archive/tables/signers.ts'
import { currentStep, signersToAsk } from '../cases/workflow.ts'
import { isBeingAsked } from './being-asked.ts'
import { concludeJob, requestSignerJob } from './job-kinds.ts'

/** After a signature (and at sending): asks those whose turn has come, or moves to the conclusion. */
export function advanceCase(db: WritableDb, caseId: CaseId, change: Change): void {
  const signers = listSigners(db, caseId)
  if (currentStep(signers) === undefined) {
    concludeJob.queue(db, { caseId }, { at: change.at, caseId })
    return
  }
  for (const signer of signersToAsk(signers).filter((candidate) => !isBeingAsked(db, candidate)))
    requestSignerJob.queue(db, { signerId: signer.id, mail: 'signing-request' }, { at: change.at, caseId })
}
