/** The ways a case ends without a contract, and the way back to 作成中. */
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseState } from '../../../shared/model/case.ts'
import { ok } from '../../../shared/result.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { requireCase } from '../../core/archive/tables/cases.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { listLinks, withdrawLink } from '../../core/archive/tables/links.ts'
import { cancelMails } from '../../core/archive/tables/mails.ts'
import { listSigners, moveSigner } from '../../core/archive/tables/signers.ts'
import type { Context } from '../context.ts'
import { closeLinkJob } from '../jobs/job-kinds.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { queueWithdrawnNotices } from '../sending/queue-notices.ts'
import { settleCase } from './case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from './guard-case.ts'
import { mayDelete, mayReopen, mayWithdraw } from './workflow.ts'

type Input = { readonly caseId: CaseId; readonly why: string }

/** 取り下げる: links die, those who were asked are told. */
export async function withdrawCase(office: Office, input: Input, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (!mayWithdraw(found.state)) return STATE_FORBIDS
  return end(office, context, input, { state: 'withdrawn', action: 'case.withdrawn' })
}

/** 書面契約に切り替える, without losing the history. */
export async function switchToPaper(office: Office, input: Input, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (!mayWithdraw(found.state) && found.state !== 'withdrawn') return STATE_FORBIDS
  return end(office, context, input, { state: 'paper', action: 'case.paper' })
}

/** 削除する: leaves the lists, stays in 訂正削除履歴. */
export async function removeCase(office: Office, input: Input, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (!mayDelete(found.state)) return STATE_FORBIDS
  return end(office, context, input, { state: 'deleted', action: 'case.deleted' })
}

/** 作成中に戻す: the signers start anew; consents and files already made stay in history. */
export async function reopenCase(office: Office, input: Input, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (!mayReopen(found.state)) return STATE_FORBIDS
  const change = changeBy(context, office.clock, input.why)
  office.archive.transaction((db) => {
    closeLinks(db, input.caseId, change)
    for (const signer of listSigners(db, input.caseId))
      moveSigner(
        db,
        signer.id,
        {
          state: 'waiting',
          requestedAt: null,
          viewedAt: null,
          deadline: null,
          signedAt: null,
          declineReason: null,
          problem: null,
        },
        change,
      )
    settleCase(db, input.caseId, change, { state: 'draft' })
    record(db, change, 'case.reopened', { caseId: input.caseId, data: { why: input.why } })
  })
  finish(office, input.caseId)
  return ok({})
}

function end(
  office: Office,
  context: Context,
  input: Input,
  outcome: { readonly state: CaseState; readonly action: string },
) {
  const change = changeBy(context, office.clock, input.why)
  office.archive.transaction((db) => {
    closeLinks(db, input.caseId, change)
    // Who was told at the withdrawal is not told again when the record goes to paper or leaves the list.
    if (requireCase(db, input.caseId).state !== 'withdrawn') queueWithdrawnNotices(db, input.caseId, change)
    settleCase(db, input.caseId, change, { state: outcome.state })
    record(db, change, outcome.action, { caseId: input.caseId, data: { why: input.why } })
  })
  finish(office, input.caseId)
  return ok({})
}

/** Kills every link of a case here, now, also one that a newer one replaced; the portal is told by a job that does not give up. */
export function closeLinks(db: WritableDb, caseId: CaseId, change: Change): void {
  for (const link of listLinks(db, caseId)) {
    if (!withdrawLink(db, link.id, change.at)) continue
    cancelMails(db, { linkId: link.id })
    closeLinkJob.queue(db, { linkId: link.id, reason: 'revoked' }, { at: change.at, caseId })
  }
}

function finish(office: Office, caseId: CaseId): void {
  office.wake()
  announceCase(office, caseId)
}
