import { expect, test } from 'vitest'
import { readinessState } from '../../../../renderer/i18n/ja/readiness.ts'
import { readinessItem } from '../../../../renderer/i18n/ja/settings.ts'
import { ReadinessItem } from '../../../../shared/model/settings.ts'

const at = Date.parse('2027-03-31T23:59:00+09:00')

test.each(ReadinessItem.shape.code.options)(
  '%s has its screen and says how it stands, done or not',
  (code) => {
    expect(readinessItem[code].path[0]).toMatch(/^(settings|keeping)$/)
    const [open, done] = [false, true].map((isDone) =>
      readinessState({ code, done: isDone, data: { count: 1 } }),
    )
    for (const sentence of [open, done]) expect(sentence).toMatch(/。$/)
  },
)

test.each([
  ['town-certificate', false, { test: 1 }, 'テスト用の証明書を使っています。'],
  [
    'town-certificate',
    true,
    { test: 0, subject: '扶桑町長', notAfter: at, token: '職責カード' },
    'ICカード・HSM「職責カード」の「扶桑町長」を使っています。令和9年3月31日（2027年） 23:59まで有効です。',
  ],
  [
    'witness-certificate',
    false,
    { test: 0, subject: '立会人', notAfter: at, token: '' },
    '「立会人」を使っています。有効期間は令和9年3月31日（2027年） 23:59に終わりました。',
  ],
  ['backup', false, { reason: 'BACKUP_NOT_RUN', days: 3 }, '3日間とれていません。'],
  ['second-administrator', false, { count: 1 }, '管理者は今1人です。'],
] as const)('%s (done: %s) %j is said as 「%s」', (code, done, data, sentence) => {
  expect(readinessState({ code, done, data })).toBe(sentence)
})
