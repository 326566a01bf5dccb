import { describe, expect, it } from 'vitest'
import { formatDay, formatTimeBoth, formatYen } from '../../../../renderer/i18n/format.ts'
import { sentenceOf } from '../../../../renderer/i18n/ja/errors.ts'
import { noticeSentence } from '../../../../renderer/i18n/ja/notices.ts'
import { signatureSentence } from '../../../../renderer/i18n/ja/signature.ts'
import { bridge } from '../../../../shared/bridge/bridge.ts'
import { actionText } from '../../../../shared/model/log-actions.ts'
import type { SignatureReport } from '../../../../shared/model/verification.ts'

const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/

describe('sentences', () => {
  it('has a Japanese sentence for every error the bridge declares, with and without data', () => {
    const codes = Object.values(bridge).flatMap((group) =>
      Object.values(group).flatMap((procedure) => Object.keys(procedure.errors)),
    )
    expect(codes.length).toBeGreaterThan(50)
    for (const code of codes) {
      const sentence = sentenceOf({ code, data: {} })
      expect(sentence).toMatch(JAPANESE)
      expect(sentence).not.toContain(code)
      expect(sentence).not.toMatch(/undefined|null|NaN/)
    }
  })

  it('names what is missing, and the rule that forbids', () => {
    expect(sentenceOf({ code: 'NOT_READY', data: { missing: ['documents', 'mail-address'] } })).toBe(
      'まだ準備が済んでいません。署名する文書がありません。署名者のメールアドレスが入っていません。',
    )
    expect(sentenceOf({ code: 'RULE_FORBIDS', data: { codes: ['APPLICATION_MISSING'] } })).toContain('申出書')
  })

  it('shows a code that nobody named instead of hiding it', () => {
    expect(sentenceOf({ code: 'SOMETHING_NEW', data: {} })).toContain('SOMETHING_NEW')
    expect(noticeSentence({ code: 'SOMETHING_NEW', data: { yen: 5 } })).toContain('SOMETHING_NEW')
    expect(actionText('something.new')).toBe('something.new')
  })

  it('writes dates in 和暦 and 西暦, and a missing amount in words', () => {
    expect(formatDay('2026-04-01' as never)).toBe('令和8年4月1日（2026年）')
    expect(formatTimeBoth(Date.parse('2026-11-22T15:30:00Z') as never)).toMatch(
      /^令和8年11月23日（2026年） ?00:30$/,
    )
    expect([formatYen(1_234_567), formatYen(null)]).toEqual(['1,234,567円', '金額なし'])
  })

  it('says in one sentence who signed, when, and whether it still holds', () => {
    const valid = signatureSentence(SIGNATURE)
    expect(valid).toMatch(
      /^髙橋 一郎（証明：立会人）の署名は有効です。令和8年2月10日（2026年） ?13:00 に署名され、その後の変更はありません。$/,
    )
    const verdicts = [
      'valid',
      'valid-with-permitted-changes',
      'changed',
      'unknown-signer',
      'broken',
      'unreadable',
    ] as const
    const sentences = verdicts.map((verdict) => signatureSentence({ ...SIGNATURE, verdict }))
    expect(new Set(sentences).size).toBe(verdicts.length)
  })
})

const SIGNATURE: SignatureReport = {
  field: '署名1',
  kind: 'signature',
  subFilter: 'ETSI.CAdES.detached',
  level: 'B-LTA',
  signer: { commonName: '立会人', organization: null },
  algorithm: 'RSA-2048/SHA-256',
  claimedAt: '2026-02-10T03:59:00Z',
  timestamp: { time: '2026-02-10T04:00:00Z', authority: 'TSA', trusted: true },
  integrity: 'intact',
  trust: 'trusted',
  revocation: 'good',
  coverage: 'revision',
  revision: 1,
  revisions: 2,
  changesAfter: { level: 'none', permitted: true, items: [] },
  verdict: 'valid',
  reasons: [],
  claims: { name: '髙橋 一郎', reason: null, location: null, contactInfo: null },
  signedSizeBytes: 1,
  evidenceUntil: null,
}
