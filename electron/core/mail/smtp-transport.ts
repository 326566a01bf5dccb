// SMTP submission (RFC 6409) through nodemailer: one pooled connection, one mail at a time.
import type { SecureVersion } from 'node:tls'
import { createTransport } from 'nodemailer'
import { fail, ok } from '../../../shared/result.ts'
import { composeMail, messageIdOf } from './compose-mail.ts'
import type { OutgoingMail } from './mail-message.ts'
import type { MailFailure, MailTransport } from './mail-transport.ts'
import { smtpFailure } from './smtp-failure.ts'

export type SmtpSettings = {
  readonly host: string
  readonly port: number
  /** `none` only for a server on this machine or in a closed network; `starttls` refuses a server without it. */
  readonly security: 'none' | 'starttls' | 'tls'
  readonly auth: { readonly user: string; readonly password: string } | null
  /** PEM of the only anchors trusted, for a server with a certificate of the town's own CA; null = the usual ones. */
  readonly ca: string | null
  readonly timeouts?: SmtpTimeouts
  /** `http://host:port` of a proxy that allows CONNECT to the mail server; null or left out = straight. */
  readonly proxyUrl?: string | null
}

export type SmtpTimeouts = {
  readonly connectMs: number
  readonly greetingMs: number
  /** Silence after which the server counts as dead. */
  readonly socketMs: number
}

const DEFAULT_TIMEOUTS: SmtpTimeouts = { connectMs: 15_000, greetingMs: 15_000, socketMs: 60_000 }
/** Mails per connection before a new one: many servers cut off long sessions. */
const MAILS_PER_CONNECTION = 50

/**
 * A transport for one server. Mails are sent one after the other over one kept connection, so it is known which mail
 * a failure belongs to and whether that mail had been handed over in full.
 */
export function createSmtpTransport(settings: SmtpSettings): MailTransport {
  let handedOver = false
  let queue: Promise<unknown> = Promise.resolve()
  const mailer = createTransport(
    smtpOptions(settings, () => {
      handedOver = true
    }),
  )

  const sendNow: MailTransport['send'] = async (mail) => {
    const invalid = unusableAddress(mail)
    if (invalid) return fail(invalid.code, invalid.data)
    const raw = Buffer.from(await composeMail(mail))
    handedOver = false
    try {
      const info = await mailer.sendMail({ envelope: envelopeOf(mail), raw })
      return ok({ reply: info.response, messageId: messageIdOf(mail.id, mail.from.address) })
    } catch (error) {
      const { code, data } = smtpFailure(error, handedOver)
      return fail(code, data)
    }
  }

  return {
    send: (mail) => {
      const result = queue.then(() => sendNow(mail))
      queue = result.then(
        () => undefined,
        (error: unknown) => error, // the caller of send() gets it; the queue goes on
      )
      return result
    },
    check: async () => {
      try {
        await mailer.verify()
        return ok(null)
      } catch (error) {
        const { code, data } = smtpFailure(error, false)
        return fail(code, data)
      }
    },
    close: () => mailer.close(),
  }
}

/** An empty sender would be legal SMTP (`MAIL FROM:<>`) and lose every failure notice: refused before connecting. */
function unusableAddress(mail: OutgoingMail): MailFailure | null {
  const usable = (address: string) => /^[\x21-\x7e]+@[\x21-\x7e]+$/.test(address) && !/[<>,;]/.test(address)
  const none = { reply: null, replyCode: null }
  if (!usable(mail.from.address))
    return { code: 'SMTP_REFUSED_SENDER', data: { scope: 'server', ...none, detail: 'SENDER ADDRESS' } }
  if (!usable(mail.to.address))
    return { code: 'MAIL_INVALID', data: { scope: 'permanent', ...none, detail: 'RECIPIENT ADDRESS' } }
  return null
}

function envelopeOf(mail: OutgoingMail): { from: string; to: string[] } {
  return { from: mail.from.address, to: [mail.to.address] }
}

function smtpOptions(settings: SmtpSettings, onHandedOver: () => void) {
  const timeouts = settings.timeouts ?? DEFAULT_TIMEOUTS
  return {
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'tls',
    requireTLS: settings.security === 'starttls',
    ignoreTLS: settings.security === 'none',
    ...(settings.auth ? { auth: { user: settings.auth.user, pass: settings.auth.password } } : {}),
    tls: {
      minVersion: 'TLSv1.2' as SecureVersion,
      servername: /^[\d.:]+$/.test(settings.host) ? '' : settings.host,
      ...(settings.ca === null ? {} : { ca: settings.ca }),
    },
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.socketMs,
    ...(settings.proxyUrl ? { proxy: settings.proxyUrl } : {}),
    pool: true as const,
    maxConnections: 1,
    maxMessages: MAILS_PER_CONNECTION,
    maxRequeues: 0, // A lost connection is a failure of this mail: the outbox repeats it, visibly.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: stageWatcher(onHandedOver),
  }
}

/**
 * nodemailer tells only its logger when the last byte of a message has been written (`tnx: 'message'`).
 * Nothing is kept: transcripts hold addresses and links.
 */
function stageWatcher(onHandedOver: () => void) {
  const watch = (entry: unknown) => {
    if (typeof entry === 'object' && entry !== null && 'tnx' in entry && entry.tnx === 'message')
      onHandedOver()
  }
  return {
    level: () => undefined,
    trace: watch,
    debug: watch,
    info: watch,
    warn: watch,
    error: watch,
    fatal: watch,
  }
}
