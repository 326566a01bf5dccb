/** What the portal tells, and its effect: each event has its effect once, in one transaction with the note that it was taken. */
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CaseState } from '../../../shared/model/case.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { PortalProtocolError } from '../../../shared/portal-api/errors.ts'
import type { PortalResponse } from '../../../shared/portal-api/response.ts'
import {
  findConsentProblems,
  type OpenedResponse,
  openResponse,
} from '../../../shared/portal-api/response-sealing.ts'
import type { PortalEvent } from '../../../shared/portal-api/wire.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { type CaseRecord, requireCase } from '../../core/archive/tables/cases.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { endLink, type Link, listLinks, readLink } from '../../core/archive/tables/links.ts'
import { cancelMails } from '../../core/archive/tables/mails.ts'
import { takePortalEvent } from '../../core/archive/tables/portal-events.ts'
import { insertConsent, listSigners, moveSigner, requireSigner } from '../../core/archive/tables/signers.ts'
import { settleCase } from '../cases/case-facts.ts'
import { closeLinks } from '../cases/end-case.ts'
import { announceCase, type Office } from '../office.ts'
import { type AuditData, changeBySystem, record } from '../record.ts'
import { decodeLinkCheck, type LinkCheck } from '../sending/link-check.ts'
import { officeKeyPair } from '../sending/office-key.ts'
import { queueDeclinedNotice } from '../sending/queue-notices.ts'
import { closeLinkJob, sealConsentJob } from './job-kinds.ts'

/**
 * Links whose answer still counts: a reminder's older link was the same person's, a withdrawn one was not. The portal takes
 * no answer after a link's last second, so an answer of a lapsed one was given in time and only fetched late.
 */
const COUNTING: readonly Link['state'][] = ['open', 'superseded', 'lapsed']
/** One signer's lapsed time does not make another one's answer void. */
const ANSWERABLE: readonly CaseState[] = ['signing', 'lapsed']

export async function applyPortalEvent(office: Office, logId: string, event: PortalEvent): Promise<void> {
  const link = readLink(office.archive.db, event.linkId)
  const answer =
    event.kind === 'response' && link !== undefined ? await openAnswer(office, link, event.sealed) : undefined
  const change = changeBySystem(office.clock.now(), '', 'ポータル')
  const isNew = office.archive.transaction((db) => {
    const taken = takePortalEvent(
      db,
      {
        portal: logId,
        eventId: `${logId}:${event.seq}`,
        sequence: event.seq,
        kind: event.kind,
        linkId: event.linkId,
      },
      change.at,
    )
    if (taken && link !== undefined) effect(db, { event, link, answer }, change)
    return taken
  })
  if (isNew && link !== undefined) {
    office.wake()
    announceCase(office, link.caseId)
  }
}

type Answer = { readonly opened: OpenedResponse; readonly check: LinkCheck } | { readonly refused: string }

async function openAnswer(office: Office, link: Link, sealed: string): Promise<Answer> {
  if (link.answerCheck === null) return { refused: 'NOT_A_SIGNING_LINK' }
  const check = decodeLinkCheck(link.answerCheck)
  const { privateKey } = await officeKeyPair(office)
  try {
    const opened = await openResponse({
      linkId: check.facts.packageId as LinkCheckLinkId,
      packageId: check.facts.packageId,
      officePrivateKey: privateKey,
      responsePublicKey: check.responsePublicKey,
      sealed,
    })
    return { opened, check }
  } catch (error) {
    if (error instanceof PortalProtocolError) return { refused: error.code }
    throw error
  }
}
type LinkCheckLinkId = Parameters<typeof openResponse>[0]['linkId']

type Occurrence = { readonly event: PortalEvent; readonly link: Link; readonly answer: Answer | undefined }

function effect(db: WritableDb, { event, link, answer }: Occurrence, change: Change): void {
  const about: AuditData = {
    ipAddress: event.ipAddress,
    userAgent: event.userAgent,
    receivedAt: event.receivedAt,
    signer: link.signerId === null ? '' : requireSigner(db, link.signerId).fields.name,
  }
  const log = (action: string, more: AuditData = {}) =>
    record(db, change, action, { caseId: link.caseId, data: { ...about, ...more } })
  switch (event.kind) {
    case 'opened':
      log('portal.opened')
      noteViewed(db, link, event.receivedAt, change)
      break
    case 'document-seen':
      log('portal.document-seen', { document: event.documentId })
      break
    case 'downloaded':
      log('portal.downloaded', { document: event.documentId })
      break
    case 'code-failed':
      log('portal.code-failed', { failures: event.failures })
      break
    case 'locked':
      log('portal.locked', { failures: event.failures })
      noteLocked(db, link, change)
      break
    case 'network-refused':
      log('portal.network-refused')
      noteRefusedNetwork(db, link, change)
      break
    case 'response':
      noteAnswer(db, { event, link, answer }, change)
      break
  }
}

function noteLocked(db: WritableDb, link: Link, change: Change): void {
  if (link.signerId !== null && COUNTING.includes(link.state) && isAsked(requireSigner(db, link.signerId)))
    moveSigner(db, link.signerId, { state: 'locked' }, change)
  settleCase(db, link.caseId, change)
}

/** The contractor cannot open the page and will call: what to do stands beside the signer until somebody gets in. */
function noteRefusedNetwork(db: WritableDb, link: Link, change: Change): void {
  if (link.signerId === null || link.purpose !== 'sign' || link.state !== 'open') return
  const signer = requireSigner(db, link.signerId)
  if (['queued', 'requested'].includes(signer.state))
    moveSigner(db, signer.id, { problem: 'NETWORK_REFUSED' }, change)
}

function isAsked(signer: CaseSigner): boolean {
  return ['queued', 'requested', 'viewed', 'locked', 'lapsed'].includes(signer.state)
}

function noteViewed(db: WritableDb, link: Link, at: EpochMs, change: Change): void {
  if (link.signerId === null || link.purpose !== 'sign' || !COUNTING.includes(link.state)) return
  const signer = requireSigner(db, link.signerId)
  if (signer.state !== 'queued' && signer.state !== 'requested') return
  const solved = signer.problem === 'NETWORK_REFUSED' ? { problem: null } : {}
  moveSigner(db, signer.id, { state: 'viewed', viewedAt: signer.viewedAt ?? at, ...solved }, change)
  settleCase(db, link.caseId, change)
}

function noteAnswer(db: WritableDb, { event, link, answer }: Occurrence, change: Change): void {
  if (link.signerId === null || answer === undefined) return
  const signer = requireSigner(db, link.signerId)
  const found = requireCase(db, link.caseId)
  const log = (action: string, data: AuditData = {}) =>
    record(db, change, action, {
      caseId: link.caseId,
      data: { signer: signer.fields.name, ipAddress: event.ipAddress, ...data },
    })
  if ('refused' in answer) {
    log('portal.answer-refused', { code: answer.refused })
    return
  }
  const isLate = event.receivedAt > link.expiresAt
  if (!COUNTING.includes(link.state) || isLate || !isAsked(signer) || !ANSWERABLE.includes(found.state)) {
    log('portal.answer-too-late', { linkState: link.state, signerState: signer.state })
    return
  }
  const { opened, check } = answer
  endLink(db, link.id, 'answered', change.at)
  endOtherLinks(db, link, change)
  if (opened.response.kind === 'refusal') noteRefusal(db, signer, opened.response.reason, change)
  else noteConsent(db, { signer, event, opened, response: opened.response, check, link }, change)
  settleCase(db, link.caseId, change, stateAfter(db, found, opened.response.kind))
}

/** A case that had lapsed only because an answer was fetched late goes on. */
function stateAfter(db: WritableDb, found: CaseRecord, kind: PortalResponse['kind']) {
  if (kind === 'refusal') return { state: 'declined' } as const
  const isStillLapsed = listSigners(db, found.id).some((signer) => signer.state === 'lapsed')
  return found.state === 'lapsed' && !isStillLapsed ? ({ state: 'signing' } as const) : {}
}

function noteRefusal(db: WritableDb, signer: CaseSigner, reason: string, change: Change): void {
  moveSigner(db, signer.id, { state: 'declined', declineReason: reason }, change)
  closeLinks(db, signer.caseId, change)
  queueDeclinedNotice(db, { ...signer, declineReason: reason }, change)
  record(db, change, 'signer.declined', {
    caseId: signer.caseId,
    data: { signer: signer.fields.name, reason },
  })
}

type Consenting = {
  readonly signer: CaseSigner
  readonly event: PortalEvent
  readonly opened: OpenedResponse
  readonly response: PortalResponse & { readonly kind: 'consent' }
  readonly check: LinkCheck
  readonly link: Link
}

/** Nothing is sealed without a stored consent over exactly the bytes that were shown (L2). */
function noteConsent(db: WritableDb, consenting: Consenting, change: Change): void {
  const { signer, event, opened, response, check, link } = consenting
  const problems = findConsentProblems(response, check.facts)
  if (problems.length > 0) {
    moveSigner(db, signer.id, { problem: 'CONSENT_MISMATCH' }, change)
    record(db, change, 'signer.consent-mismatch', {
      caseId: signer.caseId,
      data: { signer: signer.fields.name, problems: problems.map((problem) => problem.code).join(',') },
    })
    return
  }
  insertConsent(
    db,
    {
      id: event.id,
      signerId: signer.id,
      linkId: link.id,
      content: {
        consentedAt: consentTime(response.answeredAt, event.receivedAt),
        statement: response.statement,
        documents: response.documents
          .filter((document) => document.role === 'sign')
          .map(({ title, sha256 }) => ({ title, sha256 })),
        ipAddress: event.ipAddress,
        userAgent: event.userAgent,
      },
      raw: Buffer.from(
        JSON.stringify({
          body: opened.body,
          signature: opened.signature,
          publicKey: check.responsePublicKey,
        }),
      ),
    },
    change.at,
  )
  moveSigner(db, signer.id, { state: 'consented', problem: null }, change)
  record(db, change, 'signer.consented', {
    caseId: signer.caseId,
    data: {
      signer: signer.fields.name,
      consentedAt: response.answeredAt,
      receivedAt: event.receivedAt,
      ipAddress: event.ipAddress,
    },
  })
  sealConsentJob.queue(db, { signerId: signer.id }, { at: change.at, caseId: signer.caseId })
}

const CLOCK_TOLERANCE_MS = 5 * 60_000

/** The signer's own time, unless their computer's clock is wrong: then when the portal took the answer. The signed answer keeps the claim. */
function consentTime(answeredAt: EpochMs, receivedAt: EpochMs): EpochMs {
  return Math.abs(answeredAt - receivedAt) <= CLOCK_TOLERANCE_MS ? answeredAt : receivedAt
}

function endOtherLinks(db: WritableDb, answered: Link, change: Change): void {
  for (const link of listLinks(db, answered.caseId)) {
    if (link.signerId !== answered.signerId || link.purpose !== 'sign' || link.id === answered.id) continue
    if (!endLink(db, link.id, 'superseded', change.at)) continue
    cancelMails(db, { linkId: link.id })
    closeLinkJob.queue(db, { linkId: link.id, reason: 'replaced' }, { at: change.at, caseId: link.caseId })
  }
}
