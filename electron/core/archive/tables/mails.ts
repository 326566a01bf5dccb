/**
 * 送信待ち (outbox). A mail is written in the same transaction as its cause; `queued → sending → sent | dead`, or cancelled.
 * [Note: at most one unknown] A mail is leased before SMTP sees it. When the process dies in between, nobody knows
 * whether the server took it: after the lease it is tried again with the same Message-ID, so the reader's mail program
 * can tell the two apart. The body may carry a signer's link; it is wiped when the mail is sent or cancelled. A mail that is
 * cancelled while SMTP has it keeps `sending` and loses its body: it becomes `sent` or `cancelled`, and is never tried again.
 */
import { sql } from 'kysely'
import { CaseId, EpochMs, MailId, SignerId } from '../../../../shared/model/brand.ts'
import { MailKind } from '../../../../shared/model/mail.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import type { MailsRow } from './schema.ts'

export type NewMail = {
  /** Made here when left out. */
  readonly id?: MailId
  readonly caseId: CaseId | null
  readonly signerId: SignerId | null
  readonly linkId: string | null
  readonly kind: MailKind
  readonly to: string
  readonly toName: string
  readonly subject: string
  /** Plain text; wiped after sending. */
  readonly body: string
  /** RFC 5322 Message-ID without angle brackets; the same for every attempt. */
  readonly messageId: string
}

export type DueMail = NewMail & { readonly id: MailId; readonly attempts: number }

/** Written out, not bound: only so SQLite sees that the index of open mails fits. */
const IS_OPEN = sql<boolean>`state IN ('queued', 'sending')`

export function queueMail(db: WritableDb, mail: NewMail, at: EpochMs): MailId {
  const id = mail.id ?? MailId.parse(newId())
  db.run(
    query.insertInto('mails').values({
      id,
      case_id: mail.caseId,
      signer_id: mail.signerId,
      link_id: mail.linkId,
      kind: mail.kind,
      recipient: mail.to,
      recipient_name: mail.toName,
      subject: mail.subject,
      body: mail.body,
      message_id: mail.messageId,
      state: 'queued',
      attempts: 0,
      created_at: at,
      next_attempt_at: at,
      lease_until: null,
      sent_at: null,
      last_reply: null,
    }),
  )
  return id
}

/** A mail with this link was queued, whatever became of it. */
export function isLinkMailed(db: ReadableDb, caseId: CaseId, linkId: string): boolean {
  return (
    db.first(
      query
        .selectFrom('mails')
        .select('id')
        .where('case_id', '=', caseId)
        .where('link_id', '=', linkId)
        .limit(1),
    ) !== undefined
  )
}

/** Takes the next due mail for `leaseMs`; a mail whose lease ran out (process died) is taken again. */
export function leaseMail(db: WritableDb, now: EpochMs, leaseMs: number): DueMail | undefined {
  const row = db.first(
    query
      .selectFrom('mails')
      .select([
        'id',
        'case_id',
        'signer_id',
        'link_id',
        'kind',
        'recipient',
        'recipient_name',
        'subject',
        'body',
        'message_id',
        'attempts',
      ])
      .where(IS_OPEN)
      .where('next_attempt_at', '<=', now)
      .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]))
      .orderBy('next_attempt_at')
      .orderBy('created_at')
      .limit(1),
  )
  if (row === undefined) return undefined
  if (row.body === null) {
    dropCancelled(db, row.id)
    return leaseMail(db, now, leaseMs)
  }
  db.run(
    query
      .updateTable('mails')
      .set({ state: 'sending', lease_until: now + leaseMs, attempts: row.attempts + 1 })
      .where('id', '=', row.id),
  )
  return {
    id: MailId.parse(row.id),
    caseId: row.case_id === null ? null : CaseId.parse(row.case_id),
    signerId: row.signer_id === null ? null : SignerId.parse(row.signer_id),
    linkId: row.link_id,
    kind: MailKind.parse(row.kind),
    to: row.recipient,
    toName: row.recipient_name,
    subject: row.subject,
    body: row.body,
    messageId: row.message_id,
    attempts: row.attempts + 1,
  }
}

/** SMTP accepted it (250): the body and with it the link's secret are wiped. */
export function markMailSent(db: WritableDb, mailId: MailId, at: EpochMs, reply: string): void {
  finish(db, mailId, { state: 'sent', sent_at: at, last_reply: reply })
}

/** Not now: tried again at `nextAttemptAt`, unless it was cancelled meanwhile. */
export function markMailRetry(db: WritableDb, mailId: MailId, nextAttemptAt: EpochMs, reply: string): void {
  if (dropCancelled(db, mailId, reply)) return
  db.run(
    query
      .updateTable('mails')
      .set({ state: 'queued', next_attempt_at: nextAttemptAt, lease_until: null, last_reply: reply })
      .where('id', '=', mailId)
      .where('state', '=', 'sending'),
  )
}

/** Replaces what is kept of a mail under way; a mail that was cancelled meanwhile keeps nothing. */
export function rewriteMailBody(db: WritableDb, mailId: MailId, body: string): void {
  db.run(
    query
      .updateTable('mails')
      .set({ body })
      .where('id', '=', mailId)
      .where('state', '=', 'sending')
      .where('body', 'is not', null),
  )
}

/** Will not be tried again by itself; the office must act. The body stays, so that a person can order one more try. */
export function markMailDead(db: WritableDb, mailId: MailId, reply: string): void {
  if (dropCancelled(db, mailId, reply)) return
  db.run(
    query
      .updateTable('mails')
      .set({ state: 'dead', next_attempt_at: null, lease_until: null, last_reply: reply })
      .where('id', '=', mailId)
      .where('state', '=', 'sending'),
  )
}

/** A dead or waiting mail is due now. @throws ArchiveError 'ROW_NOT_FOUND' (sent, cancelled or unknown) */
export function retryMail(db: WritableDb, mailId: MailId, now: EpochMs): void {
  const changed = db.run(
    query
      .updateTable('mails')
      .set({ state: 'queued', next_attempt_at: now, lease_until: null })
      .where('id', '=', mailId)
      .where('state', 'in', ['dead', 'queued']),
  )
  if (changed === 0) throw new ArchiveError('ROW_NOT_FOUND', 'No mail that could be tried again')
}

const CANCELLED = { state: 'cancelled', body: null, next_attempt_at: null, lease_until: null } as const

/**
 * Mails that must not leave any more (a link was replaced, a case withdrawn). One that SMTP has just now cannot be called
 * back; it is not tried again. Returns how many were stopped.
 */
export function cancelMails(
  db: WritableDb,
  which: { readonly caseId: CaseId } | { readonly linkId: string },
): number {
  const chosen = query
    .updateTable('mails')
    .where((where) =>
      'caseId' in which ? where('case_id', '=', which.caseId) : where('link_id', '=', which.linkId),
    )
  db.run(chosen.set({ body: null }).where(IS_OPEN).where('state', '=', 'sending'))
  return db.run(chosen.set(CANCELLED).where('state', 'in', ['queued', 'dead', 'returned']))
}

/** A mail that was cancelled while SMTP had it ends here. @returns false: it was not cancelled */
function dropCancelled(db: WritableDb, mailId: string, reply?: string): boolean {
  return (
    db.run(
      query
        .updateTable('mails')
        .set(reply === undefined ? CANCELLED : { ...CANCELLED, last_reply: reply })
        .where('id', '=', mailId)
        .where('state', '=', 'sending')
        .where('body', 'is', null),
    ) === 1
  )
}

/**
 * A sent mail did not arrive. @returns what it was, or undefined when it is not `sent` (or unknown)
 */
export function markMailReturned(db: WritableDb, mailId: MailId, reply: string): SentMail | undefined {
  const row = db.first(
    query
      .selectFrom('mails')
      .select(['case_id', 'signer_id', 'link_id', 'kind', 'recipient'])
      .where('id', '=', mailId)
      .where('state', '=', 'sent'),
  )
  if (row === undefined) return undefined
  db.run(query.updateTable('mails').set({ state: 'returned', last_reply: reply }).where('id', '=', mailId))
  return {
    caseId: row.case_id === null ? null : CaseId.parse(row.case_id),
    signerId: row.signer_id === null ? null : SignerId.parse(row.signer_id),
    linkId: row.link_id,
    kind: MailKind.parse(row.kind),
    to: row.recipient,
  }
}
export type SentMail = Pick<NewMail, 'caseId' | 'signerId' | 'linkId' | 'kind' | 'to'>

/** A dead or returned mail needs nobody's care any more. @returns false when it is neither */
export function dismissMail(db: WritableDb, mailId: MailId): boolean {
  const update = query.updateTable('mails').set({ state: 'cancelled', body: null, next_attempt_at: null })
  return db.run(update.where('id', '=', mailId).where('state', 'in', ['dead', 'returned'])) === 1
}

function finish(
  db: WritableDb,
  mailId: MailId,
  values: Pick<MailsRow, 'state' | 'sent_at' | 'last_reply'>,
): void {
  db.run(
    query
      .updateTable('mails')
      .set({ ...values, body: null, next_attempt_at: null, lease_until: null })
      .where('id', '=', mailId)
      .where('state', '=', 'sending'),
  )
}

/** When the next waiting mail is due; undefined when none waits. */
export function nextMailAt(db: ReadableDb): EpochMs | undefined {
  const row = db.first(
    query
      .selectFrom('mails')
      .select((select) => select.fn.min('next_attempt_at').as('at'))
      .where(IS_OPEN)
      .where('state', '=', 'queued'),
  )
  return row?.at === null || row?.at === undefined ? undefined : EpochMs.parse(row.at)
}

/** At start: only one process has the archive open, so every mail in `sending` belongs to one that is gone. Returns how many are tried again. */
export function releaseDeadMailLeases(db: WritableDb): number {
  db.run(
    query
      .updateTable('mails')
      .set(CANCELLED)
      .where(IS_OPEN)
      .where('state', '=', 'sending')
      .where('body', 'is', null),
  )
  return db.run(
    query
      .updateTable('mails')
      .set({ state: 'queued', lease_until: null })
      .where(IS_OPEN)
      .where('state', '=', 'sending'),
  )
}
