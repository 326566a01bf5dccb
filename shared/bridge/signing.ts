import { z } from 'zod'
import { CaseId, DocumentId, EpochMs, MailId, SignerId, VersionId } from '../model/brand.ts'
import { MailState, MailSummary } from '../model/mail.ts'
import { SignerFields } from '../model/signer.ts'
import { VerificationReport } from '../model/verification.ts'
import { FileTicket, Nothing, Page, Task, UploadId, WhyText } from './common.ts'
import { procedure } from './define.ts'

export const approval = {
  /** 決裁を依頼する: the SHA-256 of every document is bound. */
  request: procedure({
    permission: 'case.write',
    input: z.object({ caseId: CaseId, comment: z.string().max(1000).default('') }),
    output: Nothing,
    /** NOT_READY data: missing = codes (documents, fields, signers, …). */
    errors: ['NOT_FOUND', 'STATE_FORBIDS', 'NOT_READY'],
  }),
  decide: procedure({
    permission: 'case.approve',
    input: z.object({
      caseId: CaseId,
      decision: z.enum(['approve', 'return']),
      decisionNumber: z.string().trim().max(100).default(''),
      comment: z.string().max(1000).default(''),
    }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS', 'OWN_REQUEST', 'DOCUMENT_CHANGED'],
  }),
}

const SEND_ERRORS = [
  'NOT_FOUND',
  'STATE_FORBIDS',
  'DOCUMENT_CHANGED',
  'RULE_FORBIDS', // data: codes of the rules (承諾 missing, 議決 missing, …)
  'MAIL_ADDRESS_MISSING',
  'PORTAL_UNREACHABLE',
  'PORTAL_REFUSED_TOKEN',
  'NETWORK_SWITCHED_OFF',
] as const

export const sending = {
  /** Starts the envelope: lays out the fields, asks the first step's signers. */
  send: procedure({
    permission: 'case.send',
    input: z.object({ caseId: CaseId }),
    output: Nothing,
    errors: SEND_ERRORS,
  }),
  /** A fresh link by mail; the old one dies. */
  remind: procedure({
    permission: 'case.send',
    input: z.object({ signerId: SignerId }),
    output: Nothing,
    errors: SEND_ERRORS,
  }),
  /** Wrong address or another person: corrects, kills the old link, sends a new one, logs old and new. */
  correctSigner: procedure({
    permission: 'case.send',
    input: z.object({
      signerId: SignerId,
      fields: SignerFields.pick({
        position: true,
        name: true,
        mailAddress: true,
        contactName: true,
        contactPosition: true,
        contactMailAddress: true,
        allowedNetworks: true,
      }),
      /** undefined = keep the code. */
      accessCode: SignerFields.shape.accessCode.optional(),
      why: WhyText,
    }),
    output: Nothing,
    errors: SEND_ERRORS,
  }),
  /** Five wrong access codes lock a link; this opens it again. */
  unlock: procedure({
    permission: 'case.send',
    input: z.object({ signerId: SignerId, why: WhyText }),
    output: Nothing,
    errors: SEND_ERRORS,
  }),
  extendDeadline: procedure({
    permission: 'case.send',
    input: z.object({ signerId: SignerId, days: z.number().int().min(1).max(90), why: WhyText }),
    output: Nothing,
    errors: SEND_ERRORS,
  }),
  /** A new download page for the signed files (14 days), mailed to every signer and 担当者. */
  reissueDownload: procedure({
    permission: 'case.send',
    input: z.object({ caseId: CaseId }),
    output: Nothing,
    errors: SEND_ERRORS,
  }),
  /** Mails a number to an address before a contract goes to it; whoever reads it tells it back, for example by telephone. */
  checkArrival: procedure({
    permission: 'case.send',
    input: z.object({ signerId: SignerId }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS', 'MAIL_ADDRESS_MISSING'],
  }),
  /** The number was told back: the address is confirmed. */
  confirmArrival: procedure({
    permission: 'case.send',
    input: z.object({ signerId: SignerId, number: z.string().max(20) }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS', 'ARRIVAL_NUMBER_WRONG'],
  }),
  /** Looks for answers now instead of at the next poll. */
  poll: procedure({ permission: 'case.read', input: Nothing, output: Nothing }),
}

export const seal = {
  /** The town signs as a party: 1 or 300 cases with one PIN, progress by task. */
  sign: procedure({
    permission: 'case.seal',
    input: z.object({ caseIds: z.array(CaseId).min(1).max(1000), pin: z.string().max(500).default('') }),
    output: Task,
    errors: [
      'PIN_MISSING',
      'KEY_PASSWORD_WRONG',
      'TOKEN_UNAVAILABLE',
      'TOKEN_PIN_WRONG',
      'TOKEN_PIN_LOCKED',
      'TOKEN_KEY_MISSING',
      'CERTIFICATE_EXPIRED',
      'CERTIFICATE_NOT_YET_VALID',
      'CERTIFICATE_NOT_FOR_SIGNING',
      'KEY_ALGORITHM_REFUSED',
      'NOT_READY',
    ],
  }),
  /** Outcome per case of a finished or running run. */
  outcome: procedure({
    permission: 'case.seal',
    input: Task,
    output: z.object({
      done: z.boolean(),
      rows: z.array(
        z.object({
          caseId: CaseId,
          title: z.string(),
          /** stopped: not begun, because the key is gone for all; cancelled: not begun, because the person said so. */
          state: z.enum(['waiting', 'signed', 'failed', 'stopped', 'cancelled']),
          code: z.string().nullable(),
        }),
      ),
    }),
    errors: ['NOT_FOUND'],
  }),
  /** Tries queued seals and archive timestamps again now (for example after a TSA failure). */
  retry: procedure({
    permission: 'case.send',
    input: z.object({ caseId: CaseId }),
    output: Nothing,
    errors: ['NOT_FOUND'],
  }),
}

export const verification = {
  document: procedure({
    permission: 'case.read',
    input: z.object({ documentId: DocumentId, versionId: VersionId.optional() }),
    output: z.object({ report: VerificationReport, verifiedAt: EpochMs }),
    errors: ['NOT_FOUND', 'FILE_DAMAGED'],
  }),
  /** Any PDF, of whatever make; nothing is kept. */
  file: procedure({
    permission: 'signed-in',
    input: z.object({ uploadId: UploadId }),
    output: z.object({ report: VerificationReport, verifiedAt: EpochMs }).extend(FileTicket.shape),
    errors: ['UPLOAD_UNKNOWN'],
  }),
  /** 「署名時点の版を見る」: exactly the bytes that were signed. */
  openSignedRevision: procedure({
    permission: 'case.read',
    input: z.object({ documentId: DocumentId, signatureIndex: z.number().int().min(0) }),
    output: FileTicket,
    errors: ['NOT_FOUND', 'FILE_DAMAGED'],
  }),
  /** 検証結果報告書 as PDF. */
  print: procedure({
    permission: 'case.read',
    input: z.object({ documentId: DocumentId }),
    output: FileTicket,
    errors: ['NOT_FOUND', 'FILE_DAMAGED'],
  }),
}

export const mails = {
  list: procedure({
    permission: 'case.read',
    input: z.object({ states: z.array(MailState).default([]), caseId: CaseId.optional() }).extend(Page.shape),
    output: z.object({ rows: z.array(MailSummary), total: z.number().int() }),
  }),
  retry: procedure({
    permission: 'case.send',
    input: z.object({ mailId: MailId }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  /** What a notice of non-delivery (.eml) says, and which mails of ours it may mean. Changes nothing. */
  readBounce: procedure({
    permission: 'case.send',
    input: z.object({ uploadId: UploadId }),
    output: z.object({
      /** failed: for good; delayed: still under way; unknown: the notice does not say so in a form that is read. */
      outcome: z.enum(['failed', 'delayed', 'unknown']),
      address: z.string(),
      /** Status and line of the other server. */
      reply: z.string(),
      mails: z.array(MailSummary),
    }),
    errors: ['UPLOAD_UNKNOWN', 'NOT_A_MAIL', 'BOUNCE_OF_NO_MAIL'],
  }),
  /** A sent mail did not arrive: its signer is to be asked again, and the clerk is told. */
  markReturned: procedure({
    permission: 'case.send',
    input: z.object({ mailId: MailId, reply: z.string().trim().max(500) }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  /** A mail that could not be sent or did not arrive is dealt with: it is no longer shown on ホーム. */
  dismiss: procedure({
    permission: 'case.send',
    input: z.object({ mailId: MailId }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  /** Test operation only: what the built-in SMTP sink received. */
  inbox: procedure({
    permission: 'settings.read',
    input: Nothing,
    output: z.object({
      mails: z.array(
        z.object({
          id: z.string(),
          receivedAt: EpochMs,
          to: z.string(),
          subject: z.string(),
          text: z.string(),
        }),
      ),
    }),
    errors: ['NOT_TEST_OPERATION'],
  }),
}

export const tasks = {
  cancel: procedure({ permission: 'signed-in', input: Task, output: Nothing }),
}
