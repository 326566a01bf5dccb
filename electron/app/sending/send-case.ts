/** 送信する: rules and files are checked, then the first step's signers are asked by jobs that do not give up. */
import type { CaseId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { readApproval } from '../../core/archive/tables/approvals.ts'
import { listDocuments } from '../../core/archive/tables/documents.ts'
import { settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import { noticesOf } from '../cases/notices.ts'
import type { Context } from '../context.ts'
import { advanceCase } from '../jobs/advance-case.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { portalProblem } from './portal-problem.ts'

export async function sendCase(office: Office, input: { readonly caseId: CaseId }, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (found.state !== 'approved') return STATE_FORBIDS
  if (!isWhatWasApproved(office, input.caseId)) return fail('DOCUMENT_CHANGED', {})
  const stops = noticesOf(office, found).filter((notice) => notice.severity === 'stop')
  if (stops.length > 0) return fail('RULE_FORBIDS', { codes: stops.map((notice) => notice.code) })
  const problem = await portalProblem(office)
  if (problem !== undefined) return problem
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    settleCase(db, input.caseId, change, { state: 'signing' })
    record(db, change, 'case.sent', { caseId: input.caseId })
    advanceCase(db, input.caseId, change)
    settleCase(db, input.caseId, change)
  })
  office.wake()
  announceCase(office, input.caseId)
  return ok({})
}

/** The files now are, byte for byte, those that the approver confirmed. */
export function isWhatWasApproved(office: Office, caseId: CaseId): boolean {
  const { db } = office.archive
  const approval = readApproval(db, caseId)
  if (approval?.decision !== 'approve') return false
  const bound = new Map(approval.documents.map((document) => [document.documentId, document.sha256]))
  const now = listDocuments(db, caseId).filter(
    (document) => document.role === 'sign' || document.role === 'view',
  )
  return (
    now.length === bound.size && now.every((document) => bound.get(document.id) === document.current.sha256)
  )
}
