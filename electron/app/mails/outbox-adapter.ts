/** Joins the mail domain's outbox port with the archive's table and tells the case what became of a mail. */
import type { z } from 'zod'
import type { EpochMs, MailId } from '../../../shared/model/brand.ts'
import type { ReadableDb, WritableDb } from '../../core/archive/database.ts'
import { readLink } from '../../core/archive/tables/links.ts'
import {
  type DueMail,
  leaseMail,
  markMailDead,
  markMailRetry,
  markMailSent,
  nextMailAt,
  releaseDeadMailLeases,
  rewriteMailBody,
} from '../../core/archive/tables/mails.ts'
import { moveSigner, readSigner } from '../../core/archive/tables/signers.ts'
import type { OutgoingMail } from '../../core/mail/mail-message.ts'
import type { OutboxStore } from '../../core/mail/outbox-store.ts'
import { settleCase } from '../cases/case-facts.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { StoredBody } from './queue-case-mail.ts'

const LEASE_MS = 10 * 60_000

export function outboxStoreOf(office: Office): OutboxStore {
  const { archive } = office
  const known = new Map<MailId, DueMail>()
  const settle = (id: MailId, effect: (db: WritableDb, mail: DueMail | undefined) => void) => {
    const mail = known.get(id)
    archive.transaction((db) => effect(db, mail))
    known.delete(id)
    office.announce({ topic: 'mail-changed' })
    if (mail?.caseId) announceCase(office, mail.caseId)
  }
  return {
    recoverInterrupted: () => ({
      requeued: archive.transaction((db) => releaseDeadMailLeases(db)),
      unwiped: [],
    }),
    claimNext: (now) => {
      // A mail that was taken and could not be tried would be held by its lease: while mail is switched off none is taken.
      if (isMailSwitchedOff(archive.db)) return null
      const due = archive.transaction((db) => leaseMail(db, now, LEASE_MS))
      if (due === undefined) return null
      known.set(due.id, due)
      const body = storedBody(due)
      return { mail: outgoing(office, due, body), attempt: due.attempts, refusals: body.refusals }
    },
    markSent: (id, acceptance) =>
      settle(id, (db, mail) => {
        markMailSent(db, id, acceptance.at, acceptance.reply)
        if (mail !== undefined) noteAccepted(db, mail, acceptance)
      }),
    markFailed: (id, failure) =>
      settle(id, (db, mail) => {
        if (mail !== undefined) keepRefusals(db, mail, failure.refusals)
        markMailRetry(db, id, failure.nextAttemptAt, failure.reply ?? failure.code)
        if (mail !== undefined) noteProblem(db, mail, failure)
      }),
    markDead: (id, failure) =>
      settle(id, (db, mail) => {
        markMailDead(db, id, failure.reply ?? failure.code)
        if (mail !== undefined) noteProblem(db, mail, failure)
      }),
    // `markMailSent` wipes in the same transaction. A dead mail keeps its body so that a person can order one more try.
    wipeSecret: () => undefined,
    nextDueAt: () => nextMailAt(archive.db) ?? null,
  }
}

function isMailSwitchedOff(db: ReadableDb): boolean {
  const { smtp, network } = readSettings(db)
  return smtp.mode === 'server' && !network.mail
}

function storedBody(due: DueMail): z.output<typeof StoredBody> {
  return StoredBody.parse(JSON.parse(due.body))
}

function keepRefusals(db: WritableDb, mail: DueMail, refusals: number): void {
  const body = storedBody(mail)
  if (body.refusals !== refusals) rewriteMailBody(db, mail.id, JSON.stringify({ ...body, refusals }))
}

function outgoing(office: Office, due: DueMail, body: z.output<typeof StoredBody>): OutgoingMail {
  const { town, smtp } = readSettings(office.archive.db)
  return {
    id: due.id,
    from: {
      name: smtp.fromName === '' ? `${town.townName} 電子契約` : smtp.fromName,
      address: smtp.fromAddress,
    },
    to: { name: due.toName, address: due.to },
    replyTo:
      town.divisionMail === ''
        ? null
        : { name: `${town.townName} ${town.divisionName}`, address: town.divisionMail },
    subject: due.subject,
    text: body.text,
    html: body.html,
    date: body.queuedAt as EpochMs,
    attachments: [],
  }
}

/** 「送信済み」 is said only after the server's 250. */
function noteAccepted(
  db: WritableDb,
  mail: DueMail,
  acceptance: { readonly at: EpochMs; readonly reply: string },
): void {
  const change = changeBySystem(acceptance.at)
  if (mail.caseId === null) return
  record(db, change, 'mail.sent', {
    caseId: mail.caseId,
    data: { kind: mail.kind, to: mail.to, reply: acceptance.reply },
  })
  const signer = mail.signerId === null ? undefined : readSigner(db, mail.signerId)
  if (
    signer !== undefined &&
    mail.linkId !== null &&
    // A mail that was under way when its signer was corrected brought a dead link: nobody was asked by it.
    readLink(db, mail.linkId)?.state === 'open' &&
    ['signing-request', 'reminder', 'replaced-link'].includes(mail.kind)
  ) {
    const state = signer.state === 'queued' ? ({ state: 'requested' } as const) : {}
    // A reminder leaves the day of the request as it is: reminders and the rules count from it.
    const requestedAt = mail.kind === 'reminder' ? (signer.requestedAt ?? acceptance.at) : acceptance.at
    moveSigner(db, signer.id, { ...state, requestedAt, problem: null }, change)
    settleCase(db, mail.caseId, change)
  }
}

function noteProblem(
  db: WritableDb,
  mail: DueMail,
  failure: { readonly at: EpochMs; readonly code: string; readonly reply: string | null },
): void {
  if (mail.caseId === null) return
  const change = changeBySystem(failure.at)
  record(db, change, 'mail.failed', {
    caseId: mail.caseId,
    data: { kind: mail.kind, to: mail.to, code: failure.code, reply: failure.reply },
  })
  // A mail whose link ended under way: the signer was corrected or has a newer one, and this is none of theirs.
  if (mail.signerId === null || mail.linkId === null || readLink(db, mail.linkId)?.state !== 'open') return
  moveSigner(db, mail.signerId, { problem: failure.code }, change)
}
