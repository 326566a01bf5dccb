// nodemailer's errors → our codes. Judged by stage and SMTP code, never by message text alone.
import type { MailErrorCode, MailFailure, MailFailureScope } from './mail-transport.ts'

/** The fields nodemailer puts on its errors. */
type SmtpError = {
  readonly message: string
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

const TLS_ERROR =
  /certificate|self[- ]signed|CERT_|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|SSL routines|Hostname\/IP does not match|STARTTLS/i

/**
 * Maps one failure.
 * @param handedOver true when the whole message had been written to the server before the failure
 */
export function smtpFailure(error: unknown, handedOver: boolean): MailFailure {
  const cause = asSmtpError(error)
  const replyCode = cause.responseCode ?? null
  const reply = cause.response ?? null
  const [code, scope] = judge(cause, replyCode, handedOver)
  return { code, data: { scope, reply, replyCode, detail: detailOf(cause) } }
}

function judge(
  cause: SmtpError,
  replyCode: number | null,
  handedOver: boolean,
): [MailErrorCode, MailFailureScope] {
  const command = cause.command ?? ''
  if (handedOver && replyCode === null) return ['SMTP_OUTCOME_UNKNOWN', 'temporary']
  if (replyCode === 421) return ['SMTP_CLOSED', 'server']
  if (cause.code === 'EAUTH' || cause.code === 'ENOAUTH' || isAuthDemand(replyCode))
    return ['SMTP_AUTH_FAILED', 'server']
  if (cause.code === 'ETLS' || cause.code === 'EREQUIRETLS' || isTlsFailure(cause))
    return ['SMTP_TLS_FAILED', 'server']
  if (command === 'RCPT TO') return ['SMTP_REFUSED_RECIPIENT', byCode(replyCode)]
  if (command === 'MAIL FROM') return ['SMTP_REFUSED_SENDER', 'server']
  if (command === 'DATA') return ['SMTP_REFUSED_MESSAGE', byCode(replyCode)]
  if (command === 'API' && (cause.code === 'EENVELOPE' || cause.code === 'EMESSAGE'))
    return ['MAIL_INVALID', 'permanent']
  if (cause.code === 'EPROTOCOL') return ['SMTP_PROTOCOL', 'server']
  if (cause.code === 'ETIMEDOUT')
    return [
      /greeting|socket_timeout|^timeout/i.test(cause.message) ? 'SMTP_TIMEOUT' : 'SMTP_UNREACHABLE',
      'server',
    ]
  if (/closed/i.test(cause.message)) return ['SMTP_CLOSED', 'server']
  return ['SMTP_UNREACHABLE', 'server']
}

/** RFC 4954 §6: 530 authentication required, 534/535/538 refused. */
function isAuthDemand(replyCode: number | null): boolean {
  return replyCode === 530 || replyCode === 534 || replyCode === 535 || replyCode === 538
}

function isTlsFailure(cause: SmtpError): boolean {
  return (cause.code === 'ESOCKET' || cause.command === 'STARTTLS') && TLS_ERROR.test(cause.message)
}

/** RFC 5321 §4.2.1: 5yz permanent, 4yz transient. */
function byCode(replyCode: number | null): MailFailureScope {
  return replyCode !== null && replyCode >= 500 ? 'permanent' : 'temporary'
}

/** Stage and kind only: messages of nodemailer may quote addresses. */
function detailOf(cause: SmtpError): string {
  const parts = [cause.code ?? 'ERROR', cause.command ?? '', cause.responseCode ?? '']
  const system = /\b(E[A-Z]{4,}|CERT_[A-Z_]+|[A-Z]+_SELF_SIGNED_CERT\w*|UNABLE_TO_\w+|ERR_\w+)\b/.exec(
    cause.message,
  )
  return [...parts, system?.[1] ?? ''].filter((part) => part !== '').join(' ')
}

function asSmtpError(error: unknown): SmtpError {
  return error instanceof Error ? error : { message: String(error) }
}
