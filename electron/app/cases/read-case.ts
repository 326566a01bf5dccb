import type { ArrivalCheck, ChainMember } from '../../../shared/bridge/cases.ts'
import type { CaseId, EpochMs, UserId } from '../../../shared/model/brand.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { ok } from '../../../shared/result.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { type Approval, readApproval } from '../../core/archive/tables/approvals.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import { listCaseChanges } from '../../core/archive/tables/changes.ts'
import { listDocuments } from '../../core/archive/tables/documents.ts'
import { readEvidence } from '../../core/archive/tables/evidence.ts'
import { listJobs } from '../../core/archive/tables/jobs.ts'
import { listLinks } from '../../core/archive/tables/links.ts'
import { listArrivalChecks } from '../../core/archive/tables/mail-lists.ts'
import { listSignatureFields, listSigners } from '../../core/archive/tables/signers.ts'
import { readUser } from '../../core/archive/tables/users.ts'
import { listCaseEntries } from '../../core/audit/log.ts'
import { historyRows } from '../archive/history-rows.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { chainOf, inheritedApplicationDate } from './contract-chain.ts'
import { NOT_FOUND, viewerFor, visibleCase } from './guard-case.ts'
import { noticesOf } from './notices.ts'

/** 案件詳細. */
export async function readCaseDetail(office: Office, input: { readonly caseId: CaseId }, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  const { db } = office.archive
  const approval = readApproval(db, found.id)
  const signers = listSigners(db, found.id)
  const { hold, retentionEndsOn, concludedAt, ...detail } = found
  return ok({
    detail: { ...detail, notices: noticesOf(office, found) },
    documents: listDocuments(db, found.id),
    signers,
    arrivalChecks: arrivalChecksOf(db, found.id, signers),
    fields: listSignatureFields(db, found.id),
    approval: approval === undefined ? null : approvalView(office, approval),
    download: downloadOf(office, found.id),
    evidence: evidenceOf(office, found.id),
    keeping: { hold, retentionEndsOn, concludedAt },
    chain: chainView(office, context, found),
    inheritedApplicationDate: inheritedApplicationDate(db, found),
  })
}

export async function listEvents(office: Office, input: { readonly caseId: CaseId }, context: Context) {
  if (visibleCase(office, context, input.caseId) === undefined) return NOT_FOUND
  const events = listCaseEntries(office.archive.db, input.caseId).map(({ at, actor, action, data }) => ({
    at,
    actor,
    action,
    data: { ...data },
  }))
  return ok({ events })
}

export async function listHistory(office: Office, input: { readonly caseId: CaseId }, context: Context) {
  if (visibleCase(office, context, input.caseId) === undefined) return NOT_FOUND
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'case.history-viewed', { caseId: input.caseId }),
  )
  const { db } = office.archive
  const changes = historyRows(db, viewerFor(actorOf(context)), listCaseChanges(db, input.caseId))
  return ok({ changes })
}

/** The contracts of the chain that this person may see; a case alone is no chain. */
function chainView(office: Office, context: Context, found: CaseRecord): ChainMember[] {
  const chain = chainOf(office.archive.db, found)
  if (chain.length === 1) return []
  return chain
    .filter(({ id }) => visibleCase(office, context, id) !== undefined)
    .map(({ id, title, contractNumber, amount, contractDate, state }) => ({
      id,
      title,
      contractNumber,
      amount,
      contractDate,
      state,
      isOriginal: id === chain[0]?.id,
    }))
}

function arrivalChecksOf(db: ReadableDb, caseId: CaseId, signers: readonly CaseSigner[]): ArrivalCheck[] {
  const sent = listArrivalChecks(db, caseId)
  return signers.flatMap((signer) => {
    const newest = sent.find(({ signerId, to }) => signerId === signer.id && to === signer.fields.mailAddress)
    return newest === undefined ? [] : [{ signerId: signer.id, ...newest.check }]
  })
}

function approvalView(office: Office, approval: Approval) {
  const nameOf = (id: string | null) =>
    id === null ? '' : (readUser(office.archive.db, id as UserId)?.displayName ?? id)
  return {
    requestedAt: approval.requestedAt,
    requestedBy: nameOf(approval.requestedBy),
    decidedAt: approval.decidedAt,
    decidedBy: nameOf(approval.decidedBy),
    decisionNumber: approval.decisionNumber,
    comment: approval.decisionComment === '' ? approval.requestComment : approval.decisionComment,
  }
}

function downloadOf(office: Office, caseId: CaseId): { until: EpochMs; issuedAt: EpochMs } | null {
  const newest = listLinks(office.archive.db, caseId).find((link) => link.purpose === 'download')
  return newest === undefined ? null : { until: newest.expiresAt, issuedAt: newest.createdAt }
}

/** The weakest level among the signed files; `waitsUntil`: when newer revocation data is expected. */
function evidenceOf(office: Office, caseId: CaseId) {
  const { db } = office.archive
  const signed = listDocuments(db, caseId).filter((document) => document.role === 'sign')
  const found = signed.flatMap((document) => readEvidence(db, document.current.id) ?? [])
  if (found.length === 0) return null
  const waiting = listJobs(db, { caseId, kinds: ['preserve-case'], states: ['queued', 'running'] })[0]
  const untils = found.flatMap((evidence) => evidence.until ?? [])
  return {
    level: found.every((evidence) => evidence.level === 'B-LTA') ? 'B-LTA' : 'B-T',
    until: untils.length === 0 ? null : untils.reduce((first, at) => (at < first ? at : first)),
    waitsUntil: waiting?.nextAttemptAt ?? null,
  }
}
