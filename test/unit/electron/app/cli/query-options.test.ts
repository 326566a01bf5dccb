import { describe, expect, test } from 'vitest'
import { readQuery } from '../../../../../electron/app/cli/archive/query-options.ts'

describe('search conditions of the command line', () => {
  test.each([
    ['令和7年9月1日', '2025-09-01', '2025-09-01'],
    ['R7.9.1', '2025-09-01', '2025-09-01'],
    ['2025/9/1', '2025-09-01', '2025-09-01'],
    ['20250901', '2025-09-01', '2025-09-01'],
    ['令和7年9月', '2025-09-01', '2025-09-30'],
    ['令和7年', '2025-01-01', '2025-12-31'],
    ['令和７年度', '2025-04-01', '2026-03-31'],
  ])('L11 a span from 「%s」 begins with its first day, to it ends with its last', (typed, first, last) => {
    expect(readQuery([], { from: typed, to: typed })).toMatchObject({ dateFrom: first, dateTo: last })
  })

  test.each([
    ['10000000', 10_000_000],
    ['10,000,000', 10_000_000],
    ['１０００万円', 10_000_000],
    ['1億5000万円', 150_000_000],
    ['0', 0],
  ])('L11 「%s」 is an amount', (typed, yen) => {
    expect(readQuery([], { 'amount-from': typed, 'amount-to': typed })).toMatchObject({
      amountFrom: yen,
      amountTo: yen,
    })
  })

  test('closed sets take their Japanese names and their codes; 年度 as people write it', () => {
    const query = readQuery(['橋梁', '補修'], {
      state: ['締結済', 'draft'],
      method: ['随意契約'],
      kind: ['工事請負'],
      'fiscal-year': ['令和7年度', 'R8', '2024'],
      'amount-blank': true,
      title: '橋',
      'contract-number': 'R7-',
      held: true,
      'retention-before': 'R13.4.1',
    })
    expect(query).toMatchObject({
      text: '橋梁 補修',
      states: ['concluded', 'draft'],
      methods: ['negotiated'],
      kinds: ['construction'],
      fiscalYears: [2025, 2026, 2024],
      amountBlank: true,
      title: '橋',
      contractNumber: 'R7-',
      holdOnly: true,
      retentionEndsBefore: '2031-04-01',
    })
  })

  test.each([
    [{ to: '令和7年2月30日' }, '--to は日付で'],
    [{ 'amount-to': '安い' }, '--amount-to は金額で'],
    [{ state: ['おわり'] }, '締結済'],
    [{ 'fiscal-year': ['来年'] }, '--fiscal-year は年度で'],
  ])('%j says what is wrong', (values, sentence) => {
    expect(() => readQuery([], values)).toThrow(sentence)
  })
})
