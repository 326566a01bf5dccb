import type { Result } from '../../../shared/result.ts'
import type { OutgoingMail } from './mail-message.ts'

/** Why a mail did not leave, or may not have left. */
export type MailErrorCode =
  | 'SMTP_UNREACHABLE' // no connection: name unknown, refused, no route
  | 'SMTP_TIMEOUT' // connected, but the server fell silent before the mail was handed over
  | 'SMTP_TLS_FAILED' // no STARTTLS offered, certificate not trusted or for another name, handshake failed
  | 'SMTP_AUTH_FAILED' // user or password refused, or the server demands a log-in we do not have
  | 'SMTP_PROTOCOL' // the answer was not SMTP
  | 'SMTP_CLOSED' // the server closed the connection or is shutting down (421)
  | 'SMTP_REFUSED_SENDER'
  | 'SMTP_REFUSED_RECIPIENT'
  | 'SMTP_REFUSED_MESSAGE'
  | 'SMTP_OUTCOME_UNKNOWN' // the whole mail was handed over, no answer came: it may have been accepted
  | 'MAIL_INVALID' // the mail itself cannot be sent (address unusable)

/**
 * What follows from a failure:
 * `server` every mail would fail now (stop, try later; a setting may be wrong),
 * `temporary` this mail may pass later, `permanent` this mail will never pass (5xx for recipient or message).
 */
export type MailFailureScope = 'server' | 'temporary' | 'permanent'

export type MailFailure = {
  readonly code: MailErrorCode
  readonly data: {
    readonly scope: MailFailureScope
    /** The server's reply line as received (may contain the address), or null when there was none. */
    readonly reply: string | null
    /** Three-digit SMTP code, or null. */
    readonly replyCode: number | null
    /** Technical cause in English for the log; no address, no password. */
    readonly detail: string
  }
}

/** Proof of acceptance: the final reply line of the server, for example `250 2.0.0 Ok: queued as 4F1…`. */
export type MailAcceptance = { readonly reply: string; readonly messageId: string }

/**
 * Hands one mail to a mail server. Never throws for what servers and networks do.
 * Acceptance means the server took responsibility (RFC 5321 §4.2.5), not that a person has read it.
 */
export type MailTransport = {
  readonly send: (mail: OutgoingMail) => Promise<Result<MailAcceptance, MailFailure>>
  /** Connects, negotiates TLS and logs in without sending anything: 接続の確認 in the settings. */
  readonly check: () => Promise<Result<null, MailFailure>>
  readonly close: () => void
}
