import { expect, test } from 'vitest'
import { parseYen } from '../../../../shared/text/amounts.ts'
import { asPlainWord, parseQuery, withoutPiece } from '../../../../shared/text/query.ts'

test('understands the line a records officer types', () => {
  expect(parseQuery('令和7年度　1,000万円以上 (株)髙橋組 橋梁')).toEqual({
    words: ['(株)髙橋組', '橋梁'],
    titleWords: [],
    numberWords: [],
    partyWords: [],
    dates: { from: '2025-04-01', to: '2026-03-31' },
    amounts: { from: 10_000_000, to: null },
    amountBlank: false,
    understood: [
      { kind: 'date', text: '令和7年度', start: 0, end: 5, from: '2025-04-01', to: '2026-03-31' },
      { kind: 'amount', text: '1,000万円以上', start: 6, end: 15, from: 10_000_000, to: null },
      { kind: 'word', text: '(株)髙橋組', start: 16, end: 22, word: '(株)髙橋組' },
      { kind: 'word', text: '橋梁', start: 23, end: 25, word: '橋梁' },
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

test.each([
  ['令和7年度 橋梁', '令和7年度', '橋梁'],
  ['令和7年度 1,000万円以上 橋梁', '1,000万円以上', '令和7年度 橋梁'],
  ['橋梁 R7.9.1 〜 R7.9.30 高橋組', 'R7.9.1 〜 R7.9.30', '橋梁 高橋組'],
  ['橋梁、100万円　以上', '100万円　以上', '橋梁、'],
  ['件名:橋梁', '件名:橋梁', ''],
  ['橋 橋梁', '橋梁', '橋'],
])('the piece of 「%s」 read as 「%s」 is taken away whole', (line, piece, rest) => {
  const found = parseQuery(line).understood.find((each) => each.text === piece)
  if (found === undefined) throw new Error(`Not read: ${piece}`)
  expect(withoutPiece(line, found)).toBe(rest)
})

test.each([
  ['橋梁 令和7年度 高橋組', '令和7年度'],
  ['R7 橋梁', 'R7'],
  ['橋梁 1,000万円 以上', '1,000万円 以上'],
])('a wrong reading of 「%s」 is undone: 「%s」 becomes a word', (line, piece) => {
  const read = parseQuery(line)
  const wrong = read.understood.find((each) => each.text === piece)
  if (wrong === undefined) throw new Error(`Not read: ${piece}`)
  const undone = parseQuery(asPlainWord(line, wrong))
  expect(undone.dates).toBeUndefined()
  expect(undone.amounts).toBeUndefined()
  expect(undone.words).toContain(piece)
  expect(undone.words).toHaveLength(read.words.length + 1)
})
