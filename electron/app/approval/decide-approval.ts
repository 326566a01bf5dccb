import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { readApproval, decideApproval as writeDecision } from '../../core/archive/tables/approvals.ts'
import { listDocuments } from '../../core/archive/tables/documents.ts'
import { settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

type Input = InputOf<typeof bridge.approval.decide>

/** 決裁する: another person than the one who asked confirms the files, digest by digest. */
export async function decideApproval(office: Office, input: Input, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  const request = readApproval(office.archive.db, input.caseId)
  if (found.state !== 'approval' || request === undefined) return STATE_FORBIDS
  if (request.requestedBy === actorOf(context).userId) return fail('OWN_REQUEST', {})
  const bound = new Map(request.documents.map((document) => [document.documentId, document.sha256]))
  const changed = listDocuments(office.archive.db, input.caseId).some(
    (document) => bound.has(document.id) && bound.get(document.id) !== document.current.sha256,
  )
  if (changed) return fail('DOCUMENT_CHANGED', {})
  const change = changeBy(context, office.clock, input.comment)
  const isApproved = input.decision === 'approve'
  office.archive.transaction((db) => {
    writeDecision(db, input.caseId, input, change)
    settleCase(db, input.caseId, change, { state: isApproved ? 'approved' : 'draft' })
    record(db, change, isApproved ? 'approval.approved' : 'approval.returned', {
      caseId: input.caseId,
      data: { decisionNumber: input.decisionNumber, comment: input.comment },
    })
  })
  announceCase(office, input.caseId)
  return ok({})
}
