import { describe, expect, it } from 'vitest'
import { renderMail } from '../../../../../electron/core/mail/render-template.ts'
import { MailKind } from '../../../../../shared/model/mail.ts'
import { sampleValues } from '../../../../support/mail/sample-mail.ts'

describe('renderMail', () => {
  it("writes the subject of the town's briefing with the real title", () => {
    expect(renderMail('signing-request', sampleValues).subject).toBe(
      '扶桑町 様より令和8年度 町道123号線舗装補修工事への署名依頼が届いています',
    )
    expect(renderMail('completion', sampleValues).subject).toBe('電子署名完了のお知らせ')
  })

  it.each(MailKind.options)(
    'renders %s in both parts without an open placeholder or remote content',
    (kind) => {
      const { subject, text, html } = renderMail(kind, sampleValues)
      for (const part of [subject, text, html]) expect(part).not.toMatch(/[{}]\w*[{}]?|undefined|null/)
      expect(html).not.toMatch(/<(img|script|link|iframe|object|style)\b|\bsrc=|url\(|@import/i)
      expect(text).toContain('扶桑町')
    },
  )

  it('speaks of the networks only when the page opens from some of them', () => {
    expect(renderMail('signing-request', sampleValues).text).toContain('お届けいただいた回線')
    expect(renderMail('signing-request', { ...sampleValues, networkLimited: false }).text).not.toContain(
      '回線',
    )
  })

  it('asks for the access code only when there is one and never prints it', () => {
    expect(renderMail('signing-request', sampleValues).text).toContain('アクセスコードの入力が必要です')
    expect(renderMail('signing-request', { ...sampleValues, accessCode: false }).text).not.toContain(
      'アクセスコード',
    )
  })

  it('escapes every value in the HTML part and leaves the text part as written', () => {
    const title = '<img src=x onerror=alert(1)> & "引用" \'符\' {url}'
    const { text, html } = renderMail('signing-request', { ...sampleValues, title })
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;引用&quot; &#39;符&#39; {url}')
    expect(text).toContain(title)
  })

  it('tells the old address that its link is dead without naming the contract or a link', () => {
    const { subject, text, html } = renderMail('link-void', sampleValues)
    for (const part of [subject, text, html]) {
      expect(part).not.toContain('町道123号線')
      expect(part).not.toContain('https://portal')
    }
  })

  it('carries no link in the copy for the 担当者', () => {
    expect(renderMail('request-copy', sampleValues).text).not.toContain('https://')
  })

  it('keeps a subject on one line when the title has line breaks', () => {
    const { subject } = renderMail('reminder', { ...sampleValues, title: '一行目\r\nBcc: evil@example.jp' })
    expect(subject).toBe('【再通知】扶桑町 様より一行目 Bcc: evil@example.jpへの署名依頼が届いています')
  })

  it('refuses a link that is not a web address', () => {
    expect(() => renderMail('signing-request', { ...sampleValues, url: 'javascript:alert(1)' })).toThrow()
  })

  it('throws when a value is missing instead of mailing a hole', () => {
    const { title: _title, ...rest } = sampleValues
    expect(() => renderMail('signing-request', rest)).toThrow('title')
  })
})
