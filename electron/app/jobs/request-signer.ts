/** 署名を依頼する: package on the portal, then link and mail in one transaction. Repeated after a kill, it starts with a fresh link. */
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { addDays, formatJapaneseDateTime, japaneseDay } from '../../../shared/rules/japanese-date.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { type CaseRecord, requireCase } from '../../core/archive/tables/cases.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { listDocuments } from '../../core/archive/tables/documents.ts'
import { endLink, listLinks, readLink } from '../../core/archive/tables/links.ts'
import { cancelMails } from '../../core/archive/tables/mails.ts'
import {
  listSignatureFields,
  moveSigner,
  readAccessCode,
  readSigner,
  requireSigner,
} from '../../core/archive/tables/signers.ts'
import { settleCase } from '../cases/case-facts.ts'
import { queueCaseMail } from '../mails/queue-case-mail.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { signingFacts } from '../sending/manifest-facts.ts'
import { publishPackage } from '../sending/publish-package.ts'
import { addressee, queueRequestCopy } from '../sending/queue-notices.ts'
import { readSettings } from '../settings/read-settings.ts'
import { closeLinkJob, requestSignerJob } from './job-kinds.ts'
import { type JobContext, type JobOutcome, jobHandler } from './runner.ts'

type Payload = {
  readonly signerId: CaseSigner['id']
  readonly mail: 'signing-request' | 'reminder' | 'replaced-link'
}

/** States in which a signer may be asked (again). */
const ASKABLE: readonly CaseSigner['state'][] = [
  'waiting',
  'queued',
  'requested',
  'viewed',
  'locked',
  'lapsed',
]

async function requestSigner(office: Office, payload: Payload, context: JobContext): Promise<JobOutcome> {
  const { db } = office.archive
  const signer = readSigner(db, payload.signerId)
  if (signer === undefined) return 'done'
  const found = requireCase(db, signer.caseId)
  if (found.state !== 'signing' || !ASKABLE.includes(signer.state)) return 'done'
  const settings = readSettings(db)
  const documents = listDocuments(db, found.id).filter(
    (document) => document.role === 'sign' || document.role === 'view',
  )
  const deadline = deadlineOf(office, signer, payload.mail)
  const { linkId, url } = await publishPackage(office, {
    caseId: found.id,
    signerId: signer.id,
    kind: 'signing',
    accessCode: readAccessCode(db, signer.id),
    allowedNetworks: signer.fields.allowedNetworks,
    facts: signingFacts({
      found,
      documents,
      fields: listSignatureFields(db, found.id),
      signer,
      settings,
      deadline,
    }),
    documents: documents.map((document) => ({
      documentId: document.id,
      versionId: document.current.id,
      sha256: document.current.sha256,
    })),
    expiresAt: deadline,
    signal: context.signal,
  })
  const change = changeBySystem(office.clock.now())
  const outcome = office.archive.transaction((writing): JobOutcome => {
    const over = whyNotSent(writing, { signer, linkId }, change)
    if (over === undefined)
      queueRequest(writing, { found, signer, deadline, linkId, url, mail: payload.mail }, change)
    if (over === undefined || over === 'done') context.finishIn(writing)
    return over ?? 'done'
  })
  office.wake()
  announceCase(office, found.id)
  return outcome
}

/** What became of the signer and the link while the package was on its way; undefined: nothing, the mail may go. */
function whyNotSent(
  db: WritableDb,
  { signer, linkId }: { readonly signer: CaseSigner; readonly linkId: string },
  change: Change,
): JobOutcome | undefined {
  const now = requireSigner(db, signer.id)
  if (JSON.stringify(now.fields) !== JSON.stringify(signer.fields)) {
    // Corrected meanwhile: a link made for the person before must never leave.
    dropLink(db, linkId, signer.caseId, change)
    return { later: change.at, code: 'SIGNER_CHANGED' }
  }
  if (!ASKABLE.includes(now.state) || requireCase(db, signer.caseId).state !== 'signing') {
    // Answered or withdrawn meanwhile: this link is not needed.
    dropLink(db, linkId, signer.caseId, change)
    return 'done'
  }
  // Ended meanwhile, and the case goes on again: whoever resumed it left this signer to this job.
  if (readLink(db, linkId)?.state !== 'open') return { later: change.at, code: 'LINK_ENDED' }
  return undefined
}

type Request = {
  readonly found: CaseRecord
  readonly signer: CaseSigner
  readonly deadline: EpochMs
  readonly linkId: string
  readonly url: string
  readonly mail: Payload['mail']
}

function queueRequest(db: WritableDb, request: Request, change: Change): void {
  const { found, signer, deadline, linkId, url, mail } = request
  replaceOlderLinks(db, signer, linkId, change)
  moveSigner(db, signer.id, { state: 'queued', deadline, problem: null, declineReason: null }, change)
  queueCaseMail(
    db,
    {
      kind: mail,
      caseId: found.id,
      signerId: signer.id,
      linkId,
      to: { address: signer.fields.mailAddress, name: signer.fields.name },
      values: {
        ...addressee(signer),
        title: found.title,
        url,
        deadline: formatJapaneseDateTime(deadline),
        accessCode: signer.fields.hasAccessCode,
        networkLimited: signer.fields.allowedNetworks.length > 0,
        message: '',
      },
    },
    change.at,
  )
  if (mail === 'signing-request') queueRequestCopy(db, signer, formatJapaneseDateTime(deadline), change)
  record(db, change, 'signer.asked', {
    caseId: found.id,
    data: { to: signer.fields.mailAddress, mail },
  })
  settleCase(db, found.id, change)
}

/** The last second of the day in Japan on which the days are over; a reminder keeps the deadline already told. */
function deadlineOf(office: Office, signer: CaseSigner, mail: Payload['mail']): EpochMs {
  const now = office.clock.now()
  if (mail === 'reminder' && signer.deadline !== null && signer.deadline > now) return signer.deadline
  if (
    signer.state === 'waiting' ||
    signer.deadline === null ||
    signer.deadline <= now ||
    mail === 'replaced-link'
  ) {
    const day = addDays(japaneseDay(now), signer.fields.deadlineDays)
    return Date.parse(`${day}T23:59:59+09:00`) as EpochMs
  }
  return signer.deadline
}

/** A reminder carries a fresh link and kills the old one. */
function replaceOlderLinks(db: WritableDb, signer: CaseSigner, newLinkId: string, change: Change): void {
  for (const link of listLinks(db, signer.caseId)) {
    if (link.signerId !== signer.id || link.id === newLinkId || link.purpose !== 'sign') continue
    if (!endLink(db, link.id, 'superseded', change.at)) continue
    cancelMails(db, { linkId: link.id })
    closeLinkJob.queue(db, { linkId: link.id, reason: 'replaced' }, { at: change.at, caseId: signer.caseId })
  }
}

function dropLink(db: WritableDb, linkId: string, caseId: CaseSigner['caseId'], change: Change): void {
  endLink(db, linkId, 'withdrawn', change.at)
  closeLinkJob.queue(db, { linkId, reason: 'revoked' }, { at: change.at, caseId })
}

/** Tried again at once: nothing for the clerk to know. */
const AT_ONCE: readonly string[] = ['SIGNER_CHANGED', 'LINK_ENDED']

/** What keeps a request waiting stands beside the signer. */
export function tellSigner(
  office: Office,
  payload: { readonly signerId: CaseSigner['id'] },
  code: string | null,
): void {
  const signer = readSigner(office.archive.db, payload.signerId)
  if (signer === undefined || signer.problem === code || code === null || AT_ONCE.includes(code)) return
  office.archive.transaction((db) =>
    moveSigner(db, signer.id, { problem: code }, changeBySystem(office.clock.now())),
  )
  announceCase(office, signer.caseId)
}

export const requestSignerHandler = jobHandler(requestSignerJob, requestSigner, tellSigner)
