/** Mails that the server took and that did not arrive: known from a notice (.eml) the clerk drops, or from the clerk alone. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { MailId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import { readLink } from '../../core/archive/tables/links.ts'
import { isVisibleMail, listMails } from '../../core/archive/tables/mail-lists.ts'
import {
  markMailReturned,
  type SentMail,
  dismissMail as writeDismissed,
} from '../../core/archive/tables/mails.ts'
import { moveSigner, requireSigner } from '../../core/archive/tables/signers.ts'
import { type Bounce, readBounce as parseBounce } from '../../core/mail/read-bounce.ts'
import { settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

type Table = typeof bridge.mails

/** A notice carries the headers or at most the text of one of our mails: bigger files are something else. */
const MOST_BYTES = 5 * 1024 * 1024
const LIMIT = 20

export async function readBounce(office: Office, input: InputOf<Table['readBounce']>, context: Context) {
  const upload = office.uploads.find(context.connection, input.uploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  const isSmall = upload.file.sizeBytes <= MOST_BYTES
  const bounce = isSmall ? await parseBounce(office.archive.vault.read(upload.file.fileId)) : undefined
  if (bounce === undefined) return fail('NOT_A_MAIL', {})
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const page = { offset: 0, limit: LIMIT }
  const named = listMails(db, { states: ['sent', 'returned'], ids: bounce.mailIds, viewer }, page).rows
  const address = bounce.recipients[0]?.address ?? named[0]?.to ?? ''
  // A notice that does not name the mail still names the person: what went to that address lately may be meant.
  const mails =
    named.length > 0 || address === ''
      ? named
      : listMails(db, { states: ['sent'], to: address, viewer }, page).rows
  if (mails.length === 0) return fail('BOUNCE_OF_NO_MAIL', { address })
  return ok({ outcome: outcomeOf(bounce), address, reply: replyOf(bounce), mails })
}

function outcomeOf({ recipients }: Bounce): 'failed' | 'delayed' | 'unknown' {
  const [first] = recipients
  if (first?.action === 'failed') return 'failed'
  if (first?.action === 'delayed') return 'delayed'
  return first?.action === null && first.status?.startsWith('5') === true ? 'failed' : 'unknown'
}

function replyOf({ recipients }: Bounce): string {
  const [first] = recipients
  if (first === undefined) return ''
  const { status, diagnostic } = first
  const line = diagnostic ?? ''
  return (status === null || line.includes(status) ? line : `${status} ${line}`.trim()).slice(0, 500)
}

export async function markReturned(office: Office, input: InputOf<Table['markReturned']>, context: Context) {
  const { mailId, reply } = input
  if (!isVisibleMail(office.archive.db, viewerFor(actorOf(context)), mailId)) return NOT_FOUND
  const change = changeBy(context, office.clock)
  const returned = office.archive.transaction((db) => {
    const mail = markMailReturned(db, mailId, reply)
    if (mail !== undefined) noteReturned(db, { mail, reply }, change)
    return mail
  })
  if (returned === undefined) return STATE_FORBIDS
  office.announce({ topic: 'mail-changed' })
  if (returned.caseId !== null) announceCase(office, returned.caseId)
  return ok({})
}

/** The signer whose request did not arrive was not asked: the clerk corrects the address or sends it again. */
function noteReturned(
  db: WritableDb,
  { mail, reply }: { readonly mail: SentMail; readonly reply: string },
  change: Change,
): void {
  const data = { kind: mail.kind, to: mail.to, reply }
  record(db, change, 'mail.returned', mail.caseId === null ? { data } : { caseId: mail.caseId, data })
  if (mail.caseId === null || mail.signerId === null || mail.linkId === null) return
  if (readLink(db, mail.linkId)?.state !== 'open') return
  const signer = requireSigner(db, mail.signerId)
  if (signer.state === 'requested')
    moveSigner(db, signer.id, { state: 'queued', problem: 'MAIL_RETURNED' }, change)
  settleCase(db, mail.caseId, change)
}

export async function dismissMail(office: Office, input: { readonly mailId: MailId }, context: Context) {
  const { mailId } = input
  if (!isVisibleMail(office.archive.db, viewerFor(actorOf(context)), mailId)) return NOT_FOUND
  const isDone = office.archive.transaction((db) => {
    if (!writeDismissed(db, mailId)) return false
    record(db, changeBy(context, office.clock), 'mail.dismissed', { data: { mail: mailId } })
    return true
  })
  if (!isDone) return STATE_FORBIDS
  office.announce({ topic: 'mail-changed' })
  return ok({})
}
