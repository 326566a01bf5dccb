import { z } from 'zod'
import { CaseId, EpochMs, MailId } from './brand.ts'

/** returned: the server had taken it, and later somebody said that it did not arrive. */
export const MailState = z.enum(['queued', 'sending', 'sent', 'dead', 'returned', 'cancelled'])
export type MailState = z.output<typeof MailState>

export const MailKind = z.enum([
  'signing-request',
  'reminder',
  'replaced-link',
  'link-void', // to an address that turned out wrong: its link is dead; names no contract
  'request-copy', // to 担当者: a request went out; carries no link
  'declined-notice',
  'withdrawn-notice',
  'completion',
  'download-reissue',
  'arrival-check', // a number, told back on another way, shows that an address arrives at the right person
  'test',
])
export type MailKind = z.output<typeof MailKind>

/** One row of the 送信待ち/送信済み list. The body is never shown to the office: it may carry a signer's link. */
export const MailSummary = z.object({
  id: MailId,
  caseId: CaseId.nullable(),
  caseTitle: z.string(),
  kind: MailKind,
  to: z.string(),
  subject: z.string(),
  state: MailState,
  attempts: z.number().int(),
  createdAt: EpochMs,
  sentAt: EpochMs.nullable(),
  nextAttemptAt: EpochMs.nullable(),
  /** SMTP reply or the code of the last failure. */
  lastReply: z.string().nullable(),
})
export type MailSummary = z.output<typeof MailSummary>
