/** Reads the facts of a case and keeps its derived columns (what it waits for, the next deadline) true. */
import type { CaseId, EpochMs } from '../../../shared/model/brand.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import type { ReadableDb, WritableDb } from '../../core/archive/database.ts'
import { type CaseProgress, moveCase, requireCase } from '../../core/archive/tables/cases.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { listDocuments } from '../../core/archive/tables/documents.ts'
import { readEvidence } from '../../core/archive/tables/evidence.ts'
import { listSignatureFields, listSigners } from '../../core/archive/tables/signers.ts'
import { type CaseFacts, waitingFor } from './workflow.ts'

export function readFacts(db: ReadableDb, caseId: CaseId): CaseFacts {
  const documents = listDocuments(db, caseId)
  const signed = documents.filter((document) => document.role === 'sign')
  const levels = signed.map((document) => readEvidence(db, document.current.id)?.level)
  return {
    state: requireCase(db, caseId).state,
    documents,
    signers: listSigners(db, caseId),
    fields: listSignatureFields(db, caseId),
    evidence:
      levels.length > 0 && levels.every((level) => level === 'B-LTA')
        ? 'B-LTA'
        : levels.some((level) => level !== undefined)
          ? 'B-T'
          : 'none',
  }
}

/** Moves a case and recomputes what it waits for; to be called at the end of every transaction that touches a case. */
export function settleCase(
  db: WritableDb,
  caseId: CaseId,
  change: Change,
  progress: Pick<CaseProgress, 'state' | 'concludedAt'> = {},
): void {
  const before = readFacts(db, caseId)
  const facts = { ...before, state: progress.state ?? before.state }
  moveCase(
    db,
    caseId,
    { ...progress, waitingFor: waitingFor(facts), nextDeadline: nextDeadlineOf(facts.signers, facts.state) },
    change,
  )
}

function nextDeadlineOf(signers: readonly CaseSigner[], state: CaseFacts['state']): EpochMs | null {
  if (state !== 'signing') return null
  const deadlines = signers.flatMap((signer) =>
    signer.deadline !== null && !['signed', 'consented', 'declined'].includes(signer.state)
      ? [signer.deadline]
      : [],
  )
  return deadlines.length === 0 ? null : (Math.min(...deadlines) as EpochMs)
}
