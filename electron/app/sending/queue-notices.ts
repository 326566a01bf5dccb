/** Notices that carry no link: copies to the 担当者, 取下げ, 辞退. */
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { requireCase } from '../../core/archive/tables/cases.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { listSigners } from '../../core/archive/tables/signers.ts'
import { queueCaseMail } from '../mails/queue-case-mail.ts'
import { readSettings } from '../settings/read-settings.ts'

/** To everybody who was asked and has not finished: the request no longer holds. */
export function queueWithdrawnNotices(db: WritableDb, caseId: CaseId, change: Change): void {
  const { title } = requireCase(db, caseId)
  for (const signer of listSigners(db, caseId)) {
    if (signer.requestedAt === null || signer.fields.mailAddress === '') continue
    queueCaseMail(
      db,
      {
        kind: 'withdrawn-notice',
        caseId,
        signerId: signer.id,
        linkId: null,
        to: { address: signer.fields.mailAddress, name: signer.fields.name },
        values: { ...addressee(signer), title, reason: change.why, message: '' },
      },
      change.at,
    )
  }
}

/** To the office's own address: somebody declined, with the reason. */
export function queueDeclinedNotice(db: WritableDb, signer: CaseSigner, change: Change): void {
  const { town } = readSettings(db)
  if (town.divisionMail === '') return
  queueCaseMail(
    db,
    {
      kind: 'declined-notice',
      caseId: signer.caseId,
      signerId: signer.id,
      linkId: null,
      to: { address: town.divisionMail, name: town.divisionName },
      values: {
        title: requireCase(db, signer.caseId).title,
        signerName: signer.fields.name,
        company: signer.fields.company,
        recipientName: '',
        declinedAt: formatJapaneseDateTime(change.at),
        reason: signer.declineReason ?? '',
        message: '',
      },
    },
    change.at,
  )
}

/** A copy for the 担当者 of the 申出書: a request went out, to whom and until when. It carries no link. */
export function queueRequestCopy(db: WritableDb, signer: CaseSigner, deadline: string, change: Change): void {
  const { contactMailAddress, contactName, contactPosition, company, name } = signer.fields
  if (contactMailAddress === '') return
  queueCaseMail(
    db,
    {
      kind: 'request-copy',
      caseId: signer.caseId,
      signerId: signer.id,
      linkId: null,
      to: { address: contactMailAddress, name: contactName },
      values: {
        title: requireCase(db, signer.caseId).title,
        recipientCompany: company,
        recipientPosition: contactPosition,
        recipientName: contactName,
        signerName: name,
        deadline,
        message: '',
      },
    },
    change.at,
  )
}

/** To the address that was wrong, once it had received a link: that link is dead. Names no case. */
export function queueLinkVoidNotice(db: WritableDb, signer: CaseSigner, change: Change): void {
  if (signer.requestedAt === null || signer.fields.mailAddress === '') return
  queueCaseMail(
    db,
    {
      kind: 'link-void',
      caseId: signer.caseId,
      signerId: signer.id,
      linkId: null,
      to: { address: signer.fields.mailAddress, name: '' },
      values: {},
    },
    change.at,
  )
}

export function addressee(signer: CaseSigner) {
  return {
    recipientCompany: signer.fields.company,
    recipientPosition: signer.fields.position,
    recipientName: signer.fields.name,
  }
}
