import type { EpochMs, MailId } from '../../../shared/model/brand.ts'

/** A mailbox: `name` may be any text of one line, `address` is ASCII (`local@domain`). */
export type Mailbox = { readonly name: string; readonly address: string }

export type MailAttachment = {
  readonly fileName: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

/**
 * One mail to one person, ready to be composed. One recipient only: the answer of the SMTP server then speaks about
 * exactly this mail, and nobody sees another's address. Plain data, may be stored as JSON (attachments as base64).
 */
export type OutgoingMail = {
  readonly id: MailId
  readonly from: Mailbox
  readonly to: Mailbox
  readonly replyTo: Mailbox | null
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The Date header: when the mail was queued, so that a second delivery is byte-identical. */
  readonly date: EpochMs
  readonly attachments: readonly MailAttachment[]
}
