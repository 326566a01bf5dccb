/** Notices that a mail did not arrive: delivery status notifications (RFC 3464), and what older servers write instead. */
import { simpleParser } from 'mailparser'

export type BouncedRecipient = {
  readonly address: string
  /** As the report says; null where there is no report to go by. */
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | null
  /** Enhanced status code (RFC 3463), for example `5.1.1`. */
  readonly status: string | null
  /** The other server's own line, on one line. */
  readonly diagnostic: string | null
}

export type Bounce = {
  /** Ids in Message-IDs as `messageIdOf` makes them: mails of ours of which it may speak. */
  readonly mailIds: readonly string[]
  readonly recipients: readonly BouncedRecipient[]
}

const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const
const OUR_ID = /\b([0-9a-hjkmnp-tv-z]{26})@[a-z0-9.-]+/gi
const ADDRESS = /<?\b([a-z0-9._%+/=?^{}|~!#$&'*-]+@[a-z0-9.-]+\.[a-z]{2,})>?/i

/**
 * Reads a mail as it was saved (`.eml`). The report's fields are believed where there are any; else the first address
 * beside a 4xx or 5xx reply in its text. Proves nothing: anybody can write such a mail.
 *
 * @returns undefined when the bytes are no mail at all
 */
export async function readBounce(bytes: Uint8Array): Promise<Bounce | undefined> {
  const parsed = await simpleParser(Buffer.from(bytes), { skipImageLinks: true, skipTextToHtml: true })
  if (parsed.from === undefined && parsed.subject === undefined) return undefined
  const attached = parsed.attachments
    .filter(({ contentType }) => /^(message|text)\//i.test(contentType))
    .map(({ content }) => content.toString('utf8'))
  const text = parsed.text ?? ''
  const own = parsed.messageId ?? ''
  const named = [[parsed.references ?? []].flat().join(' '), parsed.inReplyTo ?? '', ...attached, text].join(
    '\n',
  )
  const ids = [...named.matchAll(OUR_ID)].map((match) => (match[1] ?? '').toLowerCase())
  const reported = reportedRecipients([text, ...attached].join('\n\n'))
  return {
    mailIds: [...new Set(ids)].filter((id) => !own.toLowerCase().includes(id)),
    recipients: reported.length > 0 ? reported : guessedRecipients(text),
  }
}

/** Groups of fields that begin with Final-Recipient (RFC 3464 §2.3); folded lines belong to the line before. */
function reportedRecipients(text: string): BouncedRecipient[] {
  const lines = text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const found: { address: string; fields: Map<string, string> }[] = []
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? []
    const address = /^final-recipient$/i.test(name) ? ADDRESS.exec(value)?.[1] : undefined
    if (address !== undefined) found.push({ address: address.toLowerCase(), fields: new Map() })
    else if (name !== '') found.at(-1)?.fields.set(name.toLowerCase(), value.trim())
  }
  return found.map(({ address, fields }) => ({
    address,
    action: ACTIONS.find((action) => action === fields.get('action')?.toLowerCase()) ?? null,
    status: /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(fields.get('status') ?? '')?.[0] ?? null,
    diagnostic: fields.get('diagnostic-code')?.replace(/^smtp;\s*/i, '') ?? null,
  }))
}

function guessedRecipients(text: string): BouncedRecipient[] {
  const line = text.split(/\r?\n/).find((candidate) => /\b[45]\d\d[ -]|\b[45]\.\d+\.\d+\b/.test(candidate))
  const address = ADDRESS.exec(line ?? text)?.[1]
  if (address === undefined) return []
  const status = /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(line ?? '')?.[0] ?? null
  return [{ address: address.toLowerCase(), action: null, status, diagnostic: line?.trim() ?? null }]
}
