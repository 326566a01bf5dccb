// The bytes of a mail: RFC 5322 with MIME (RFC 2045), encoded words (RFC 2047), long parameters (RFC 2231).
import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { MailId } from '../../../shared/model/brand.ts'
import type { Mailbox, OutgoingMail } from './mail-message.ts'

/**
 * The Message-ID of a mail, with angle brackets. It depends on the id and the sender's domain alone, so a mail
 * delivered twice after a crash is recognised as one by servers, mail programs and our own sink.
 */
export function messageIdOf(id: MailId, fromAddress: string): string {
  const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1).toLowerCase() || 'localhost'
  return `<${id}@${domain}>`
}

/**
 * Composes the mail: `multipart/alternative` with text first and HTML second (inside `multipart/mixed` when there are
 * attachments), UTF-8, CRLF line ends. The same mail gives the same bytes every time: boundaries come from the id.
 * Control characters in header values are replaced by blanks, so no value can add a header (RFC 5322 §2.2).
 *
 * @throws Error when an attachment cannot be encoded (a bug, no expected case)
 */
export async function composeMail(mail: OutgoingMail): Promise<Uint8Array> {
  const composer = new MailComposer({
    messageId: messageIdOf(mail.id, mail.from.address),
    date: new Date(mail.date),
    from: cleanMailbox(mail.from),
    to: cleanMailbox(mail.to),
    ...(mail.replyTo ? { replyTo: cleanMailbox(mail.replyTo) } : {}),
    subject: oneLine(mail.subject),
    headers: {
      // RFC 3834 §5: no automatic answers, please. Failure notices (DSN) stay wanted.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
      'Content-Language': 'ja',
    },
    text: mail.text,
    html: mail.html,
    textEncoding: 'base64', // Quoted-printable triples Japanese text and breaks long URLs over lines.
    attachments: mail.attachments.map((attachment) => ({
      filename: oneLine(attachment.fileName),
      content: Buffer.from(attachment.bytes),
      contentType: attachment.contentType,
      contentDisposition: 'attachment' as const,
    })),
    baseBoundary: createHash('sha256').update(mail.id).digest('hex').slice(0, 16),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}

/** One line without control characters: what may stand in a header. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is searched
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
}

function cleanMailbox(mailbox: Mailbox): { name: string; address: string } {
  return { name: oneLine(mailbox.name), address: mailbox.address.trim() }
}
