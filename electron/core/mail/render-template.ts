// Text and HTML of every mail from one source (resources/mail/ja.json), so that both parts always say the same.

import templates from '../../../resources/mail/ja.json' with { type: 'json' }
import type { MailKind } from '../../../shared/model/mail.ts'

/** Who answers questions; printed at the end of every mail. */
export type OfficeContact = {
  readonly division: string
  readonly phone: string
  readonly mailAddress: string
}

/**
 * Values of one mail, all texts already in the form the reader sees (dates as 令和8年4月1日 17時00分).
 * A value a template names and nobody gave is a bug and throws; `''` is a value.
 */
export type MailValues = {
  readonly townName: string
  readonly office: OfficeContact
  /** 件名/業務名 */
  readonly title?: string
  readonly recipientCompany?: string
  readonly recipientPosition?: string
  readonly recipientName?: string
  readonly signerName?: string
  /** 相手方, for notices to the office. */
  readonly company?: string
  /** Personal link; a secret. https, or http on loopback in test operation. */
  readonly url?: string
  readonly deadline?: string
  readonly completedAt?: string
  readonly declinedAt?: string
  readonly reason?: string
  /** 確認番号 of a 到達確認メール. */
  readonly checkNumber?: string
  /** Free text of the clerk; the block is left out when empty. */
  readonly message?: string
  /** True when the page will ask for an access code. The code itself never enters a mail. */
  readonly accessCode?: boolean
  /** True when the page opens from networks only that the contractor named. */
  readonly networkLimited?: boolean
}

export type RenderedMail = { readonly subject: string; readonly text: string; readonly html: string }

type Block =
  | { readonly type: 'addressee' }
  | { readonly type: 'text' | 'note'; readonly text: string; readonly when?: string }
  | { readonly type: 'facts'; readonly rows: readonly (readonly string[])[] }
  | { readonly type: 'button'; readonly label: string; readonly url: string }
type Template = { readonly subject: string; readonly blocks: readonly Block[] }

/** Every kind of mail has a template: a missing one does not compile. */
const TEMPLATES = templates.templates as unknown as Record<MailKind, Template>

/**
 * Renders one mail. Both parts carry the same sentences; the HTML part has no remote content, no script and no
 * style sheet, and every value is escaped.
 *
 * @throws Error when a value is missing or the link is no http(s) URL (bugs of the caller, not of the user)
 */
export function renderMail(kind: MailKind, values: MailValues): RenderedMail {
  const template = TEMPLATES[kind]
  const blocks = template.blocks.filter((block) => !('when' in block) || isPresent(values, block.when))
  const subject = fill(template.subject, values).replace(/\s+/g, ' ').trim()
  const footer = templates.footer.map((line) => fill(line, values))
  const text = [
    ...blocks.map((block) => textBlock(block, values)),
    [...footer, '', ...contactLines(values)].join('\n'),
  ]
  const html = [...blocks.map((block) => htmlBlock(block, values)), htmlFooter(footer, values)]
  return { subject, text: `${text.join('\n\n')}\n`, html: htmlPage(subject, html.join('\n')) }
}

function isPresent(values: MailValues, name: string | undefined): boolean {
  if (name === undefined) return true
  const value = values[name as keyof MailValues]
  return value === true || (typeof value === 'string' && value.trim() !== '')
}

function fill(text: string, values: MailValues): string {
  return text.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = name === 'division' ? values.office.division : values[name as keyof MailValues]
    if (typeof value !== 'string') throw new Error(`Mail value "${name}" is missing`)
    return value
  })
}

function addresseeLines(values: MailValues): string[] {
  const person = [values.recipientPosition, values.recipientName].filter((part) => part?.trim()).join(' ')
  return [values.recipientCompany ?? '', person === '' ? '' : `${person} 様`].filter(
    (line) => line.trim() !== '',
  )
}

function contactLines(values: MailValues): string[] {
  const { division, phone, mailAddress } = values.office
  return [
    `${values.townName} ${division}`.trim(),
    ...(phone === '' ? [] : [`電話: ${phone}`]),
    ...(mailAddress === '' ? [] : [`メール: ${mailAddress}`]),
  ]
}

function textBlock(block: Block, values: MailValues): string {
  switch (block.type) {
    case 'addressee':
      return addresseeLines(values).join('\n')
    case 'text':
      return fill(block.text, values)
    case 'note':
      return `※ ${fill(block.text, values)}`
    case 'facts':
      return block.rows.map(([label = '', value = '']) => `■ ${label}: ${fill(value, values)}`).join('\n')
    case 'button':
      return `▼ ${block.label}\n${safeUrl(fill(block.url, values))}`
  }
}

function htmlBlock(block: Block, values: MailValues): string {
  switch (block.type) {
    case 'addressee':
      return paragraph(addresseeLines(values).join('\n'))
    case 'text':
      return paragraph(fill(block.text, values))
    case 'note':
      return `<p style="margin:0 0 12px;color:#4d4d4d;font-size:14px">※ ${multiline(fill(block.text, values))}</p>`
    case 'facts':
      return factsTable(block.rows, values)
    case 'button':
      return htmlButton(block.label, safeUrl(fill(block.url, values)))
  }
}

function paragraph(text: string): string {
  return `<p style="margin:0 0 16px">${multiline(text)}</p>`
}

function factsTable(rows: readonly (readonly string[])[], values: MailValues): string {
  const cell = 'border:1px solid #cccccc;padding:8px 12px;text-align:left;vertical-align:top'
  const lines = rows.map(
    ([label = '', value = '']) =>
      `<tr><th scope="row" style="${cell};background:#f2f2f2;font-weight:bold;white-space:nowrap">${escapeHtml(label)}</th>` +
      `<td style="${cell}">${multiline(fill(value, values))}</td></tr>`,
  )
  return `<table style="border-collapse:collapse;margin:0 0 16px">${lines.join('')}</table>`
}

function htmlButton(label: string, url: string): string {
  const href = escapeHtml(url)
  return (
    `<p style="margin:0 0 8px"><a href="${href}" style="display:inline-block;padding:12px 24px;background:#0017c1;` +
    `color:#ffffff;font-weight:bold;text-decoration:none;border-radius:8px">${escapeHtml(label)}</a></p>` +
    `<p style="margin:0 0 16px;font-size:14px">ボタンを押せないときは、次のアドレスを開いてください。<br>` +
    `<a href="${href}" style="color:#0017c1;word-break:break-all">${href}</a></p>`
  )
}

function htmlFooter(footer: readonly string[], values: MailValues): string {
  const lines = [...footer, ...contactLines(values)].map(escapeHtml).join('<br>')
  return `<hr style="border:0;border-top:1px solid #cccccc;margin:24px 0 16px"><p style="margin:0;font-size:14px;color:#4d4d4d">${lines}</p>`
}

function htmlPage(title: string, body: string): string {
  return (
    `<!DOCTYPE html>\n<html lang="ja"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>\n` +
    `<body style="margin:0;padding:24px;background:#ffffff;color:#1a1a1a;font-size:16px;line-height:1.7;` +
    `font-family:'Hiragino Sans','Noto Sans JP','BIZ UDPGothic',Meiryo,sans-serif">\n` +
    `<div style="max-width:640px">\n${body}\n</div></body></html>\n`
  )
}

function multiline(text: string): string {
  return escapeHtml(text).replace(/\r?\n/g, '<br>')
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

function safeUrl(url: string): string {
  const { protocol } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error('A mailed link must be http or https')
  return url
}
