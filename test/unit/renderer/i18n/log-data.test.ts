import { expect, test } from 'vitest'
import { logDataText } from '../../../../renderer/i18n/ja/log-data.ts'

test.each([
  [
    { until: Date.UTC(2037, 11, 6, 3, 5), missing: 0 },
    /^期限：令和19年12月6日.*2037.*　足りない検証情報の数：0$/,
  ],
  [{ document: '契約書', sha256: 'ab'.repeat(32) }, /^文書：契約書　SHA-256：abababababab…$/],
  [{ roles: 'clerk,records', active: false }, /^役割：契約担当、記録担当　利用中：いいえ$/],
  [{ kind: 'reminder', to: 'a@example.jp', reply: '' }, /^種類：督促　宛先：a@example\.jp$/],
  [
    { slot: 'town', owner: '扶桑町', part: 'smtp' },
    /^証明書の種類：町の証明書（当事者型）　名義：扶桑町　確かめた項目：メール（SMTP）$/,
  ],
  [
    { verdict: 'changed', type: 'witness', role: null },
    /^検証の結果：改変あり　署名の型：立会人型（契約印タイプ）$/,
  ],
  [{ constructor: 'x', kind: 'of another time' }, /^constructor：x　種類：of another time$/],
  [
    { consentedAt: 9e15, receivedAt: 8.64e15 },
    /^同意の時刻：9000000000000000　受信の時刻：8640000000000000$/,
  ],
  [{ consentedAt: -6e14, until: 253402300800000 }, /^同意の時刻：-600000000000000　期限：253402300800000$/],
  [{}, /^$/],
])('%j is shown in words', (data, words) => {
  expect(logDataText(data)).toMatch(words)
})
