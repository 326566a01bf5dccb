import { expect, test } from 'vitest'
import { parseQuery, parseYen } from '../../../../shared/text/query.ts'

test('understands the line a records officer types', () => {
  expect(parseQuery('令和7年度　1,000万円以上 (株)髙橋組 橋梁')).toEqual({
    words: ['(株)髙橋組', '橋梁'],
    dates: { from: '2025-04-01', to: '2026-03-31' },
    amounts: { from: 10_000_000, to: null },
    amountBlank: false,
    understood: [
      { kind: 'date', text: '令和7年度' },
      { kind: 'amount', text: '1,000万円以上' },
      { kind: 'word', text: '(株)髙橋組' },
      { kind: 'word', text: '橋梁' },
    ],
  })
})

test.each([
  ['R7.9.1', { from: '2025-09-01', to: '2025-09-01' }],
  ['令和７年９月１日以降', { from: '2025-09-01', to: null }],
  ['2025/9/1まで', { from: null, to: '2025-09-01' }],
  ['R7.9.1〜R7.9.30', { from: '2025-09-01', to: '2025-09-30' }],
  ['令和7年9月1日 ～ 令和8年3月', { from: '2025-09-01', to: '2026-03-31' }],
  ['〜2025-09-01', { from: null, to: '2025-09-01' }],
  ['R7.9.1〜', { from: '2025-09-01', to: null }],
  ['令和7年度 R7.9', { from: '2025-09-01', to: '2025-09-30' }],
])('L11 reads the dates of 「%s」', (line, dates) => {
  expect(parseQuery(line)).toMatchObject({ dates, words: [] })
})

test.each([
  ['1億5000万円', { from: 150_000_000, to: 150_000_000 }],
  ['50万円未満', { from: null, to: 499_999 }],
  ['50万円超', { from: 500_001, to: null }],
  ['¥500,000', { from: 500_000, to: 500_000 }],
  ['100〜200万円', { from: 1_000_000, to: 2_000_000 }],
  ['１，０００，０００円以下', { from: null, to: 1_000_000 }],
  ['1000万円〜', { from: 10_000_000, to: null }],
  ['100万円以上 200万円以下', { from: 1_000_000, to: 2_000_000 }],
])('L11 reads the amounts of 「%s」', (line, amounts) => {
  expect(parseQuery(line)).toMatchObject({ amounts, words: [] })
})

test.each(['金額空欄', '空欄', '金額なし', '契約金額未定'])('L12 「%s」 asks for a blank amount', (line) => {
  expect(parseQuery(line)).toMatchObject({ amountBlank: true, words: [] })
})

test.each(['2025', '工-7-12', '7010705000725', '第3号', '1号線', '千本町', '令和', '13月'])(
  '「%s」 is a word, not a date or an amount',
  (line) => {
    expect(parseQuery(line)).toMatchObject({ words: [line], dates: undefined, amounts: undefined })
  },
)

test('quotes hold a phrase together and switch reading off', () => {
  expect(parseQuery('"令和7年度" 『橋 梁』').words).toEqual(['令和7年度', '橋 梁'])
})

test('punctuation alone is nothing', () => {
  expect(parseQuery('、 ・ 〜').words).toEqual([])
})

test('an amount needs a unit', () => {
  expect(parseYen('1000')).toBeUndefined()
  expect(parseYen('1.5億')).toBe(150_000_000)
})
