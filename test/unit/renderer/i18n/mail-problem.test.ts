import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mailReplySentence } from '../../../../renderer/i18n/ja/mail-problem.ts'

describe('mailReplySentence', () => {
  it('has a Japanese sentence for every code of the mail engine', () => {
    const source = readFileSync(
      new URL('../../../../electron/core/mail/mail-transport.ts', import.meta.url),
      'utf8',
    )
    const union = source.slice(
      source.indexOf('export type MailErrorCode'),
      source.indexOf('/**\n * What follows'),
    )
    const codes = [...union.matchAll(/\| '(\w+)'/g)].map((match) => match[1] ?? '')
    expect(codes.length).toBeGreaterThan(10)
    for (const code of codes) expect(mailReplySentence(code)).toMatch(/。$/)
  })

  it('keeps the line of the server beside the sentence', () => {
    expect(mailReplySentence('550 5.1.1 No such user')).toBe(
      '受け付けられませんでした（550 5.1.1 No such user）',
    )
    expect(mailReplySentence('450 4.2.1 Greylisted')).toContain('自動でやり直します（450')
    expect(mailReplySentence('250 2.0.0 Ok')).toContain('受け付けられました（250')
    expect(mailReplySentence('535 5.7.8 Bad credentials')).toContain('パスワードが違います')
    expect(mailReplySentence(null)).toBe('')
  })
})
