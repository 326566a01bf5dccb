/** What the clerk can do for a signer after sending: remind, correct, unlock, extend. Each is logged and kills old links. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { SignerId } from '../../../shared/model/brand.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { listLinks, withdrawLink } from '../../core/archive/tables/links.ts'
import { cancelMails } from '../../core/archive/tables/mails.ts'
import { changeSigner, moveSigner, readSigner } from '../../core/archive/tables/signers.ts'
import { settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import type { Context } from '../context.ts'
import { closeLinkJob, requestSignerJob, unlockLinkJob } from '../jobs/job-kinds.ts'
import { resumeCase } from '../jobs/resume-case.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { portalProblem } from './portal-problem.ts'
import { queueLinkVoidNotice } from './queue-notices.ts'

const ASKED: readonly CaseSigner['state'][] = ['queued', 'requested', 'viewed', 'locked', 'lapsed']

type Step = { readonly signer: CaseSigner; readonly change: Change }

/** The checks all four share; `work` runs in one transaction. */
async function manage(
  office: Office,
  context: Context,
  input: { readonly signerId: SignerId; readonly why?: string },
  work: (db: WritableDb, step: Step) => void,
) {
  const signer = readSigner(office.archive.db, input.signerId)
  const found = signer === undefined ? undefined : visibleCase(office, context, signer.caseId)
  if (signer === undefined || found === undefined) return NOT_FOUND
  const mayAsk = found.state === 'signing' || found.state === 'lapsed' || found.state === 'declined'
  if (!mayAsk || !(ASKED.includes(signer.state) || signer.state === 'declined')) return STATE_FORBIDS
  const problem = await portalProblem(office)
  if (problem !== undefined) return problem
  const change = changeBy(context, office.clock, input.why ?? '')
  office.archive.transaction((db) => {
    work(db, { signer, change })
    if (found.state !== 'signing') resumeCase(db, signer.caseId, change)
    settleCase(db, signer.caseId, change, found.state === 'signing' ? {} : { state: 'signing' })
  })
  office.wake()
  announceCase(office, signer.caseId)
  return ok({})
}

export async function remindSigner(office: Office, input: { readonly signerId: SignerId }, context: Context) {
  const signer = readSigner(office.archive.db, input.signerId)
  if (signer !== undefined && !ASKED.includes(signer.state)) return STATE_FORBIDS
  return manage(office, context, input, (db, { change, signer: asked }) => {
    askAgain(db, asked, 'reminder', change)
    record(db, change, 'signer.reminded', { caseId: asked.caseId, data: { signer: asked.fields.name } })
  })
}

export async function correctSigner(
  office: Office,
  input: InputOf<typeof bridge.sending.correctSigner>,
  context: Context,
) {
  const asked = readSigner(office.archive.db, input.signerId)
  const found = asked === undefined ? undefined : visibleCase(office, context, asked.caseId)
  if (found?.fields.twoFactorRequired && input.accessCode === '')
    return fail('RULE_FORBIDS', { codes: ['SECOND_FACTOR_MISSING'] })
  return manage(office, context, input, (db, { signer, change }) => {
    // No old link may work for another person, not even until the new mail is out.
    for (const link of listLinks(db, signer.caseId)) {
      if (link.signerId !== signer.id || !withdrawLink(db, link.id, change.at)) continue
      cancelMails(db, { linkId: link.id })
      closeLinkJob.queue(
        db,
        { linkId: link.id, reason: 'replaced' },
        { at: change.at, caseId: signer.caseId },
      )
    }
    queueLinkVoidNotice(db, signer, change)
    // What confirmed the old address says nothing of the new one.
    const isNew = input.fields.mailAddress !== signer.fields.mailAddress
    const confirmed = isNew ? ({ addressConfirmedBy: 'unconfirmed' } as const) : {}
    changeSigner(db, signer.id, { ...input.fields, ...confirmed, accessCode: input.accessCode }, change)
    moveSigner(
      db,
      signer.id,
      { state: 'waiting', viewedAt: null, declineReason: null, problem: null, deadline: null },
      change,
    )
    askAgain(db, signer, 'replaced-link', change)
    record(db, change, 'signer.corrected', {
      caseId: signer.caseId,
      data: {
        from: signer.fields.mailAddress,
        to: input.fields.mailAddress,
        signer: input.fields.name,
        why: input.why,
      },
    })
  })
}

export async function unlockSigner(
  office: Office,
  input: { readonly signerId: SignerId; readonly why: string },
  context: Context,
) {
  const locked = readSigner(office.archive.db, input.signerId)
  if (locked !== undefined && locked.state !== 'locked') return STATE_FORBIDS
  return manage(office, context, input, (db, { signer, change }) => {
    for (const link of listLinks(db, signer.caseId))
      if (link.signerId === signer.id && link.state === 'open')
        unlockLinkJob.queue(db, { linkId: link.id }, { at: change.at, caseId: signer.caseId })
    moveSigner(db, signer.id, { state: signer.viewedAt === null ? 'requested' : 'viewed' }, change)
    record(db, change, 'signer.unlocked', {
      caseId: signer.caseId,
      data: { signer: signer.fields.name, why: input.why },
    })
  })
}

export async function extendDeadline(
  office: Office,
  input: { readonly signerId: SignerId; readonly days: number; readonly why: string },
  context: Context,
) {
  return manage(office, context, input, (db, { signer, change }) => {
    changeSigner(db, signer.id, { deadlineDays: input.days }, change)
    if (signer.state === 'lapsed') moveSigner(db, signer.id, { state: 'waiting' }, change)
    askAgain(db, signer, 'replaced-link', change)
    record(db, change, 'signer.extended', {
      caseId: signer.caseId,
      data: { signer: signer.fields.name, days: input.days },
    })
  })
}

function askAgain(
  db: WritableDb,
  signer: CaseSigner,
  mail: 'reminder' | 'replaced-link',
  change: Change,
): void {
  requestSignerJob.queue(db, { signerId: signer.id, mail }, { at: change.at, caseId: signer.caseId })
}
