/** 締結済 is reached only here, and only when every signature of every document verifies (L4). */
import type { CaseId } from '../../../shared/model/brand.ts'
import type { VerificationReport } from '../../../shared/model/verification.ts'
import { requireCase } from '../../core/archive/tables/cases.ts'
import { listDocuments } from '../../core/archive/tables/documents.ts'
import { listSigners, moveSigner } from '../../core/archive/tables/signers.ts'
import { settleCase } from '../cases/case-facts.ts'
import { currentStep } from '../cases/workflow.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { verifyVersion } from '../verification/verify-version.ts'
import { CodedFailure } from './failure-codes.ts'
import { completeJob, concludeJob, preserveJob } from './job-kinds.ts'
import { tellSigner } from './request-signer.ts'
import { jobHandler } from './runner.ts'

async function concludeCase(office: Office, caseId: CaseId): Promise<void> {
  const { db } = office.archive
  if (requireCase(db, caseId).state !== 'signing') return
  const signers = listSigners(db, caseId)
  if (signers.length === 0 || currentStep(signers) !== undefined) return
  const documents = listDocuments(db, caseId).filter((document) => document.role === 'sign')
  for (const document of documents) {
    const { report } = await verifyVersion(office, {
      documentId: document.id,
      versionId: document.current.id,
    })
    const signatures = report.signatures.filter((signature) => signature.kind === 'signature')
    if (!isGood(report) || signatures.length < signers.length) throw new CodedFailure('SIGNATURE_NOT_VALID')
  }
  const change = changeBySystem(office.clock.now())
  office.archive.transaction((writing) => {
    for (const signer of signers)
      if (signer.problem !== null) moveSigner(writing, signer.id, { problem: null }, change)
    settleCase(writing, caseId, change, { state: 'concluded', concludedAt: change.at })
    record(writing, change, 'case.concluded', {
      caseId,
      data: { documents: documents.length, signers: signers.length },
    })
    completeJob.queue(writing, { caseId, mail: 'completion' }, { at: change.at, caseId })
    preserveJob.queue(writing, { caseId }, { at: change.at, caseId })
  })
  office.wake()
  announceCase(office, caseId)
}

/** Integrity and permitted changes are what concluding needs; a signer unknown to our anchors is not a broken signature. */
function isGood(report: VerificationReport): boolean {
  return ['valid', 'valid-with-permitted-changes', 'unknown-signer'].includes(report.verdict)
}

export const concludeHandler = jobHandler(
  concludeJob,
  async (office, { caseId }) => {
    await office.caseLocks.withCase(caseId, () => concludeCase(office, caseId))
    return 'done'
  },
  // What keeps a case from being concluded stands beside its signers: the clerk looks there.
  (office, { caseId }, code) => {
    for (const signer of listSigners(office.archive.db, caseId))
      tellSigner(office, { signerId: signer.id }, code)
  },
)
