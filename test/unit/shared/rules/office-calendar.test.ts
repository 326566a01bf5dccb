import { describe, expect, it } from 'vitest'
import type { IsoDate } from '../../../../shared/model/brand.ts'
import {
  addBusinessDays,
  japaneseHolidays,
  judgeTimestampTerm,
  nextOpenDay,
  officeCalendar,
  termEnd,
  timestampDeadline,
} from '../../../../shared/rules/office-calendar.ts'

const day = (text: string) => text as IsoDate
const calendar = officeCalendar()
const daysOf = (year: number) => [...japaneseHolidays(year).keys()].map((date) => date.slice(5)).join(' ')

describe('japaneseHolidays', () => {
  // As announced by the Cabinet Office (国民の祝日について) for 2024–2027.
  it.each([
    [
      2024,
      '01-01 01-08 02-11 02-12 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-22 09-23 10-14 11-03 11-04 11-23',
    ],
    [
      2025,
      '01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-21 08-11 09-15 09-23 10-13 11-03 11-23 11-24',
    ],
    [
      2026,
      '01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23',
    ],
    [
      2027,
      '01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23',
    ],
  ])('knows every holiday of %i', (year, expected) => {
    expect(daysOf(year)).toBe(expected)
  })

  it('finds the 国民の休日 between 敬老の日 and 秋分の日', () => {
    expect(japaneseHolidays(2026).get(day('2026-09-22'))).toBe('国民の休日')
    expect(japaneseHolidays(2032).get(day('2032-09-21'))).toBe('国民の休日')
    expect([...japaneseHolidays(2027).values()]).not.toContain('国民の休日')
  })

  it('computes the equinoxes to 2035 as the almanac of the observatory has them', () => {
    const equinoxes = Array.from({ length: 11 }, (_value, index) =>
      [...japaneseHolidays(2025 + index)]
        .filter(([, name]) => /[春秋]分の日/.test(name))
        .map(([date]) => date.slice(8))
        .join('/'),
    )
    expect(equinoxes).toEqual([
      '20/23',
      '20/23',
      '21/23',
      '20/22',
      '20/23',
      '20/23',
      '21/23',
      '20/22',
      '20/23',
      '20/23',
      '21/23',
    ])
  })

  it('refuses a year it has no rules for', () => {
    expect(() => japaneseHolidays(2021)).toThrow(RangeError)
  })
})

describe('officeCalendar', () => {
  it('closes on weekends, holidays and from 29 December to 3 January', () => {
    const closed = [
      '2026-12-29',
      '2026-12-31',
      '2027-01-01',
      '2027-01-03',
      '2026-11-21',
      '2026-11-22',
      '2026-11-23',
    ]
    for (const date of closed) expect([date, calendar.isClosed(day(date))]).toEqual([date, true])
    for (const date of ['2026-12-28', '2027-01-04', '2026-11-24'])
      expect([date, calendar.isClosed(day(date))]).toEqual([date, false])
  })

  it("follows the town's own days", () => {
    const own = officeCalendar({ alsoClosed: [day('2026-08-13')], alsoOpen: [day('2026-11-22')] })
    expect([own.isClosed(day('2026-08-13')), own.isClosed(day('2026-11-22'))]).toEqual([true, false])
  })

  it('moves terms that end on a closing day to the next open one', () => {
    expect(nextOpenDay(day('2026-12-29'), calendar)).toBe('2027-01-04')
    expect(termEnd(day('2026-04-22'), 7, calendar)).toBe('2026-04-30')
    expect(addBusinessDays(day('2026-05-01'), 1, calendar)).toBe('2026-05-07')
    expect(addBusinessDays(day('2026-05-01'), 0, calendar)).toBe('2026-05-01')
  })
})

describe('L16 timestampDeadline', () => {
  it('is two months and seven business days after receipt', () => {
    // 2026-03-12 + 13, 16, 17, 18, 19, (20 is 春分の日) 23, 24
    expect(timestampDeadline(day('2026-01-12'), calendar)).toBe('2026-03-24')
    // 31 December + 2 months = 28 February
    expect(timestampDeadline(day('2025-12-31'), calendar)).toBe('2026-03-10')
  })

  it('tells in time, late, due and overdue apart at the bounds', () => {
    const judge = (stamped: string | null, today: string) =>
      judgeTimestampTerm(day('2026-01-12'), stamped === null ? null : day(stamped), day(today), calendar).code
    expect(judge('2026-03-24', '2026-05-01')).toBe('TIMESTAMP_IN_TIME')
    expect(judge('2026-03-25', '2026-05-01')).toBe('TIMESTAMP_LATE')
    expect(judge(null, '2026-03-24')).toBe('TIMESTAMP_DUE')
    expect(judge(null, '2026-03-25')).toBe('TIMESTAMP_OVERDUE')
  })
})
