import { describe, expect, it } from 'vitest'
import { composeMail, messageIdOf } from '../../../../../electron/core/mail/compose-mail.ts'
import { readMail } from '../../../../../electron/core/mail/mail-sink.ts'
import { sampleMail } from '../../../../support/mail/sample-mail.ts'

const headersOf = (raw: Uint8Array) => Buffer.from(raw).toString('latin1').split('\r\n\r\n')[0] ?? ''

/** Every encoded word must be whole UTF-8 by itself and at most 75 characters (RFC 2047 §2, §5). */
function encodedWords(header: string): string[] {
  return [...header.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)].map(([word, kind = '', text = '']) => {
    expect(word.length).toBeLessThanOrEqual(75)
    const bytes =
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64')
        : Buffer.from(
            text
              .replace(/_/g, ' ')
              .replace(/=([0-9a-f]{2})/gi, (_all, hex: string) =>
                String.fromCharCode(Number.parseInt(hex, 16)),
              ),
            'latin1',
          )
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  })
}

describe('composeMail', () => {
  it('carries Japanese of every kind through subject, names and both bodies', async () => {
    const title = `扶桑町 様より${'𠮷髙﨑邉㈱①Ⅲ〜～－'.repeat(20)}への署名依頼が届いています`
    const mail = sampleMail('m1', { subject: title, to: { name: '㈱𠮷髙 山﨑', address: 'a@b.example.jp' } })
    const raw = await composeMail(mail)
    const read = await readMail(raw)
    expect(read.subject).toBe(title)
    expect(read.to).toBe('"㈱𠮷髙 山﨑" <a@b.example.jp>')
    expect(read.from).toBe('"扶桑町" <keiyaku@town.fuso.lg.jp>')
    expect(read.text.trim()).toBe(mail.text.trim())
    expect(read.html.trim()).toBe(mail.html.trim())
    expect(read.links).toEqual([
      'https://portal.example.jp/s/4f1c#abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
    ])
    expect(encodedWords(headersOf(raw)).join('')).toContain(title.slice(0, 40))
  })

  it('is pure ASCII on the wire with lines within the limits of RFC 5322', async () => {
    const raw = Buffer.from(await composeMail(sampleMail('m1', { subject: '長い件名'.repeat(75) }))).toString(
      'latin1',
    )
    expect([...raw].every((character) => character.charCodeAt(0) < 128)).toBe(true)
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
    expect(raw.replace(/\r\n/g, '')).not.toContain('\n')
  })

  it('gives the same bytes for the same mail, so that a second delivery is the same mail', async () => {
    const first = await composeMail(sampleMail('m1'))
    const second = await composeMail(sampleMail('m1'))
    expect(Buffer.from(second).equals(Buffer.from(first))).toBe(true)
    expect(headersOf(first)).toContain('Message-ID: <m1@town.fuso.lg.jp>')
    expect(messageIdOf(sampleMail('m2').id, 'x@Town.Fuso.LG.jp')).toBe('<m2@town.fuso.lg.jp>')
  })

  it('marks itself as automatic and puts the text part before the HTML part', async () => {
    const raw = Buffer.from(await composeMail(sampleMail('m1'))).toString('latin1')
    expect(raw).toContain('Auto-Submitted: auto-generated')
    expect(raw).not.toMatch(/^List-/m)
    expect(raw).toContain('multipart/alternative')
    expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'))
  })

  it('lets no value add a header', async () => {
    const raw = await composeMail(
      sampleMail('m1', {
        subject: '件名\r\nBcc: evil@example.jp',
        from: { name: '扶桑町\r\nX-Evil: 1', address: 'keiyaku@town.fuso.lg.jp' },
      }),
    )
    expect(headersOf(raw)).not.toMatch(/^(Bcc|X-Evil):/m)
    expect((await readMail(raw)).subject).toBe('件名 Bcc: evil@example.jp')
  })

  it('names attachments in long Japanese (RFC 2231)', async () => {
    const fileName = `${'締結証明書_㈱𠮷髙建設_令和8年度町道123号線舗装補修工事'.repeat(2)}.pdf`
    const raw = await composeMail(
      sampleMail('m1', {
        attachments: [{ fileName, contentType: 'application/pdf', bytes: Buffer.from('%PDF-') }],
      }),
    )
    expect((await readMail(raw)).attachments).toEqual([
      { fileName, contentType: 'application/pdf', sizeBytes: 5 },
    ])
  })
})
