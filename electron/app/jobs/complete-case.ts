/** After the conclusion: 締結証明書, one download page and one mail for every signer and 担当者. Done steps are not repeated. */
import { z } from 'zod'
import type { CaseId, EpochMs } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { addDays, formatJapaneseDateTime, japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { type CaseRecord, requireCase } from '../../core/archive/tables/cases.ts'
import { listDocuments } from '../../core/archive/tables/documents.ts'
import { endLink, listLinks } from '../../core/archive/tables/links.ts'
import { listSigners, readAccessCode } from '../../core/archive/tables/signers.ts'
import { needsLink } from '../cases/workflow.ts'
import { queueCaseMail } from '../mails/queue-case-mail.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { issueCertificate } from '../seal/issue-certificate.ts'
import { contactOf } from '../sending/manifest-facts.ts'
import { publishPackage } from '../sending/publish-package.ts'
import { readSettings } from '../settings/read-settings.ts'
import { closeLinkJob, completeJob } from './job-kinds.ts'
import { type JobContext, jobHandler } from './runner.ts'

type Payload = { readonly caseId: CaseId; readonly mail: 'completion' | 'download-reissue' }

/** Mail addresses already served by this job, and the download links made before it began (re-issue ends them). */
const Progress = z.object({ served: z.array(z.string()), older: z.array(z.string()) })

type Recipient = {
  readonly signer: CaseSigner
  readonly mailAddress: string
  readonly name: string
  readonly position: string
}

async function completeCase(office: Office, payload: Payload, context: JobContext): Promise<'done'> {
  const { db } = office.archive
  const found = requireCase(db, payload.caseId)
  if (found.state !== 'concluded') return 'done'
  await office.caseLocks.withCase(found.id, () => issueCertificate(office, found))
  const openDownloads = listLinks(db, found.id).filter(
    (link) => link.purpose === 'download' && link.state === 'open',
  )
  const progress =
    context.progress === undefined
      ? { served: [], older: openDownloads.map((link) => link.id) }
      : Progress.parse(context.progress)
  context.note(progress)
  const served = new Set(progress.served)
  const documents = listDocuments(db, found.id).filter(
    (document) => document.role === 'sign' || document.role === 'certificate',
  )
  for (const recipient of recipientsOf(listSigners(db, found.id))) {
    if (served.has(recipient.mailAddress)) continue
    served.add(recipient.mailAddress)
    const next = { served: [...served], older: progress.older }
    await serve(office, { found, documents, recipient, mail: payload.mail, context, next })
  }
  endOlder(office, found.id, payload.mail === 'download-reissue' ? progress.older : [])
  office.wake()
  announceCase(office, found.id)
  return 'done'
}

/** Everybody once: counterparty signers, their 担当者, and town signers who have a mail address. */
function recipientsOf(signers: readonly CaseSigner[]): readonly Recipient[] {
  const all = signers.flatMap((signer): Recipient[] => {
    const { name, position, mailAddress, contactName, contactPosition, contactMailAddress } = signer.fields
    return [
      ...(mailAddress === '' ? [] : [{ signer, mailAddress, name, position }]),
      ...(contactMailAddress === ''
        ? []
        : [{ signer, mailAddress: contactMailAddress, name: contactName, position: contactPosition }]),
    ]
  })
  return all.filter((one, index) => all.findIndex((other) => other.mailAddress === one.mailAddress) === index)
}

type Serving = {
  readonly found: CaseRecord
  readonly documents: readonly CaseDocument[]
  readonly recipient: Recipient
  readonly mail: Payload['mail']
  readonly context: JobContext
  /** Progress once this recipient's mail is queued. */
  readonly next: z.output<typeof Progress>
}

async function serve(
  office: Office,
  { found, documents, recipient, mail, context, next }: Serving,
): Promise<void> {
  const settings = readSettings(office.archive.db)
  const day = addDays(japaneseDay(office.clock.now()), settings.town.downloadDays)
  const until = Date.parse(`${day}T23:59:59+09:00`) as EpochMs
  const { signer } = recipient
  const accessCode = needsLink(signer) ? readAccessCode(office.archive.db, signer.id) : ''
  const { linkId, url } = await publishPackage(office, {
    caseId: found.id,
    signerId: signer.id,
    kind: 'download',
    accessCode,
    allowedNetworks: signer.fields.allowedNetworks,
    facts: {
      caseTitle: found.title,
      contractNumber: found.contractNumber,
      signer: {
        company: signer.fields.company,
        position: recipient.position,
        name: recipient.name,
        mailAddress: recipient.mailAddress,
      },
      documents: documents.map((document) => ({
        id: document.id,
        title: document.title,
        fileName: document.fileName,
        role: document.role === 'certificate' ? 'certificate' : 'signed',
        sha256: document.current.sha256,
        sizeBytes: document.current.sizeBytes,
        pages: document.pages,
        fields: [],
      })),
      consentStatement: '',
      notes: [],
      deadline: until,
      contact: contactOf(settings),
    },
    documents: documents.map((document) => ({
      documentId: document.id,
      versionId: document.current.id,
      sha256: document.current.sha256,
    })),
    expiresAt: until,
    signal: context.signal,
  })
  const change = changeBySystem(office.clock.now())
  office.archive.transaction((db) => {
    queueCaseMail(
      db,
      {
        kind: mail,
        caseId: found.id,
        signerId: signer.id,
        linkId,
        to: { address: recipient.mailAddress, name: recipient.name },
        values: {
          recipientCompany: signer.fields.company,
          recipientPosition: recipient.position,
          recipientName: recipient.name,
          title: found.title,
          url,
          deadline: formatJapaneseDateTime(until),
          completedAt: formatJapaneseDateTime(found.concludedAt ?? change.at),
          accessCode: accessCode !== '',
          networkLimited: signer.fields.allowedNetworks.length > 0,
        },
      },
      change.at,
    )
    context.noteIn(db, next)
    record(db, change, 'download.issued', { caseId: found.id, data: { to: recipient.mailAddress, until } })
  })
}

function endOlder(office: Office, caseId: CaseId, linkIds: readonly string[]): void {
  const at = office.clock.now()
  office.archive.transaction((db) => {
    for (const linkId of linkIds)
      if (endLink(db, linkId, 'superseded', at))
        closeLinkJob.queue(db, { linkId, reason: 'replaced' }, { at, caseId })
  })
}

export const completeHandler = jobHandler(completeJob, completeCase)
