import { expect, test } from 'vitest'
import type { IsoDate } from '../../../../shared/model/brand.ts'
import { retentionEnd } from '../../../../shared/model/retention.ts'
import {
  fiscalYearOf,
  formatEraDay,
  formatFiscalYear,
  parseDay,
  parseDayRange,
} from '../../../../shared/text/era.ts'

test.each([
  ['令和7年9月1日', '2025-09-01'],
  ['R7.9.1', '2025-09-01'],
  ['r7/9/1', '2025-09-01'],
  ['2025/9/1', '2025-09-01'],
  ['2025-09-01', '2025-09-01'],
  ['２０２５年９月１日', '2025-09-01'],
  ['令和元年5月1日', '2019-05-01'],
  ['平成31年4月30日', '2019-04-30'],
  ['S64.1.7', '1989-01-07'],
  ['昭和64年1月7日', '1989-01-07'],
  ['令和 8 年 2 月 28 日', '2026-02-28'],
])('「%s」 is the day %s', (typed, day) => {
  expect(parseDay(typed)).toBe(day)
})

test.each(['令和7年2月29日', '令和7年13月1日', '令和0年1月1日', '2025', '9月1日', '', '令和7年度'])(
  '「%s」 is no day',
  (typed) => {
    expect(parseDay(typed)).toBeUndefined()
  },
)

test.each([
  ['令和7年度', '2025-04-01', '2026-03-31'],
  ['2025年度', '2025-04-01', '2026-03-31'],
  ['令和7年', '2025-01-01', '2025-12-31'],
  ['令和8年2月', '2026-02-01', '2026-02-28'],
  ['R6.2', '2024-02-01', '2024-02-29'],
])('「%s」 is the span %s to %s', (typed, from, to) => {
  expect(parseDayRange(typed)).toEqual({ from, to })
})

test('every day from 大正 on is read back from its own writing', () => {
  for (let time = Date.UTC(1912, 6, 30); time < Date.UTC(2040, 0, 1); time += 86_400_000 * 3) {
    const day = new Date(time).toISOString().slice(0, 10) as IsoDate
    expect(parseDay(formatEraDay(day))).toBe(day)
  }
})

test('the fiscal year ends on 31 March', () => {
  expect(fiscalYearOf('2026-03-31' as IsoDate)).toBe(2025)
  expect(fiscalYearOf('2026-04-01' as IsoDate)).toBe(2026)
  expect(formatFiscalYear(2025)).toBe('令和7年度')
  expect(formatFiscalYear(2019)).toBe('令和元年度')
  expect(formatFiscalYear(2018)).toBe('平成30年度')
})

test.each([
  ['2026-03-31', 5, '2031-03-31'],
  ['2026-04-01', 5, '2032-03-31'],
  ['2026-03-31', 30, '2056-03-31'],
  ['2027-01-15', 1, '2028-03-31'],
])('L22 done %s, %d years → ends %s', (done, years, end) => {
  expect(retentionEnd(done as IsoDate, years)).toBe(end)
})

test('L22 永年 never ends, and an open case (常用) has no end yet', () => {
  expect(retentionEnd('2026-03-31' as IsoDate, 0)).toBeNull()
  expect(retentionEnd(null, 5)).toBeNull()
})
