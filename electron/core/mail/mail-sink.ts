// A mail server for test operation: takes every mail, delivers none. The app shows what arrived.
import { type AddressObject, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** A mail as it arrived, decoded for the eye. `raw` is what came over the wire. */
export type ReceivedMail = {
  /** With angle brackets; empty when the mail has none. The same id again is the same mail delivered twice. */
  readonly messageId: string
  readonly envelopeFrom: string
  readonly envelopeTo: readonly string[]
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Links of the text part, in order: what a receiver would click. */
  readonly links: readonly string[]
  readonly attachments: readonly {
    readonly fileName: string
    readonly contentType: string
    readonly sizeBytes: number
  }[]
  readonly raw: Uint8Array
}

export type MailSinkOptions = {
  /** 0 = any free port. */
  readonly port: number
  /** Stores the mail. The mail is accepted only after this has resolved; a throw answers 451 and the sender retries. */
  readonly onMail: (mail: ReceivedMail) => void | Promise<void>
  /** PEM key and certificate: offers STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** When given, mails are taken only after this log-in. */
  readonly auth?: { readonly user: string; readonly password: string }
  readonly maxSizeBytes?: number
}

export type MailSink = { readonly port: number; readonly close: () => Promise<void> }

const DEFAULT_MAX_SIZE_BYTES = 40 * 1024 * 1024

/**
 * Starts the sink on 127.0.0.1 only. Keeping the mails (and encrypting them) is the caller's part; so is recognising
 * a second delivery of the same Message-ID.
 * @throws Error (`code` EADDRINUSE …) when the port cannot be opened
 */
export async function startMailSink(options: MailSinkOptions): Promise<MailSink> {
  const maxSizeBytes = options.maxSizeBytes ?? DEFAULT_MAX_SIZE_BYTES
  const disabled = [...(options.tls ? [] : ['STARTTLS']), ...(options.auth ? [] : ['AUTH'])]
  const server = new SMTPServer({
    name: 'localhost',
    banner: 'Keiyaku Desk test mail server',
    disabledCommands: disabled,
    ...(options.tls ? { key: options.tls.key, cert: options.tls.cert } : {}),
    authOptional: options.auth === undefined,
    size: maxSizeBytes,
    disableReverseLookup: true,
    onAuth: (auth, _session, callback) => {
      const wanted = options.auth
      if (wanted && auth.username === wanted.user && auth.password === wanted.password)
        callback(null, { user: auth.username })
      else callback(smtpReply(535, '5.7.8 Authentication failed'))
    },
    onData: (stream, session, callback) => {
      const { mailFrom, rcptTo } = session.envelope
      const envelope = {
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map((recipient) => recipient.address),
      }
      collect(stream, maxSizeBytes)
        .then(async (raw) => options.onMail(await readMail(raw, envelope)))
        .then(
          () => callback(null),
          (error: unknown) =>
            callback(error instanceof SinkReply ? error : smtpReply(451, '4.3.0 Not stored')),
        )
    },
  })
  // A client that breaks off is its own problem, not the program's.
  server.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return { port, close: () => new Promise<void>((resolve) => server.close(resolve)) }
}

/** Decodes the bytes of a mail, for the sink and for showing a stored one. */
export async function readMail(
  raw: Uint8Array,
  envelope: { readonly from: string; readonly to: readonly string[] } = { from: '', to: [] },
): Promise<ReceivedMail> {
  const parsed = await simpleParser(Buffer.from(raw), { skipImageLinks: true, skipTextToHtml: true })
  const text = parsed.text ?? ''
  return {
    messageId: parsed.messageId ?? '',
    envelopeFrom: envelope.from,
    envelopeTo: envelope.to,
    from: parsed.from?.text ?? '',
    to: addressText(parsed.to),
    subject: parsed.subject ?? '',
    text,
    html: typeof parsed.html === 'string' ? parsed.html : '',
    links: text.match(/https?:\/\/[^\s<>"]+/g) ?? [],
    attachments: parsed.attachments.map((attachment) => ({
      fileName: attachment.filename ?? '',
      contentType: attachment.contentType,
      sizeBytes: attachment.size,
    })),
    raw,
  }
}

function addressText(value: AddressObject | AddressObject[] | undefined): string {
  if (value === undefined) return ''
  return Array.isArray(value) ? value.map((entry) => entry.text).join(', ') : value.text
}

class SinkReply extends Error {
  readonly responseCode: number
  constructor(responseCode: number, message: string) {
    super(message)
    this.responseCode = responseCode
  }
}

function smtpReply(code: number, message: string): SinkReply {
  return new SinkReply(code, message)
}

async function collect(stream: AsyncIterable<Uint8Array>, maxSizeBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const part of stream) {
    sizeBytes += part.length
    if (sizeBytes <= maxSizeBytes) parts.push(part)
  }
  if (sizeBytes > maxSizeBytes) throw smtpReply(552, '5.3.4 Message too big')
  return Buffer.concat(parts)
}
