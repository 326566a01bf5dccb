// Japanese holidays and the town office's closing days. 国民の祝日に関する法律 as in force since 2022.
import type { IsoDate } from '../model/brand.ts'
import { addDays, addMonths, isoDateOf, weekday } from './japanese-date.ts'

/** [month, day, name] */
const FIXED = [
  [1, 1, '元日'],
  [2, 11, '建国記念の日'],
  [2, 23, '天皇誕生日'],
  [4, 29, '昭和の日'],
  [5, 3, '憲法記念日'],
  [5, 4, 'みどりの日'],
  [5, 5, 'こどもの日'],
  [8, 11, '山の日'],
  [11, 3, '文化の日'],
  [11, 23, '勤労感謝の日'],
] as const

/** [month, which Monday, name] (ハッピーマンデー) */
const MONDAYS = [
  [1, 2, '成人の日'],
  [7, 3, '海の日'],
  [9, 3, '敬老の日'],
  [10, 2, 'スポーツの日'],
] as const

/** The rules above hold from 2022; the equinox formula to 2099. */
export const HOLIDAY_YEARS = { first: 2022, last: 2099 } as const

/**
 * Holidays of one year by day, 振替休日 and 国民の休日 included. The equinoxes are computed (good for 1980–2099); the
 * binding day is announced in the Gazette in February of the year before.
 * @throws RangeError outside {@link HOLIDAY_YEARS}
 */
export function japaneseHolidays(year: number): ReadonlyMap<IsoDate, string> {
  if (year < HOLIDAY_YEARS.first || year > HOLIDAY_YEARS.last)
    throw new RangeError(`No holiday rules for ${year}`)
  const days = new Map<IsoDate, string>()
  const add = (month: number, day: number, name: string) => {
    const date = isoDateOf(year, month, day)
    if (date !== null) days.set(date, name)
  }
  for (const [month, day, name] of FIXED) add(month, day, name)
  for (const [month, count, name] of MONDAYS) add(month, mondayOf(year, month, count), name)
  add(3, equinoxDay(year, 20.8431), '春分の日')
  add(9, equinoxDay(year, 23.2488), '秋分の日')
  addSubstitutes(days)
  return new Map([...days].sort(([left], [right]) => (left < right ? -1 : 1)))
}

function mondayOf(year: number, month: number, count: number): number {
  const first = isoDateOf(year, month, 1)
  const offset = first === null ? 0 : (8 - weekday(first)) % 7
  return 1 + offset + (count - 1) * 7
}

function equinoxDay(year: number, base: number): number {
  return Math.floor(base + 0.242194 * (year - 1980)) - Math.floor((year - 1980) / 4)
}

function addSubstitutes(days: Map<IsoDate, string>): void {
  const holidays = [...days.keys()]
  for (const date of holidays) {
    if (weekday(date) !== 0) continue
    let substitute = addDays(date, 1)
    while (days.has(substitute)) substitute = addDays(substitute, 1)
    days.set(substitute, '振替休日')
  }
  for (const date of holidays) {
    const between = addDays(date, 1)
    if (!days.has(between) && holidays.includes(addDays(date, 2)) && weekday(between) !== 0)
      days.set(between, '国民の休日')
  }
}

/** Days on which the office is closed. */
export type OfficeCalendar = { readonly isClosed: (day: IsoDate) => boolean }

export type OfficeCalendarOptions = {
  /** Closed besides: 臨時休庁日. */
  readonly alsoClosed?: readonly IsoDate[]
  /** Open although the rules say closed. */
  readonly alsoOpen?: readonly IsoDate[]
}

/** Saturdays, Sundays, holidays and 12/29–1/3 (地方自治法4条の2) plus the town's own days. */
export function officeCalendar(options: OfficeCalendarOptions = {}): OfficeCalendar {
  const closed = new Set(options.alsoClosed)
  const open = new Set(options.alsoOpen)
  const years = new Map<number, ReadonlyMap<IsoDate, string>>()
  const isHoliday = (day: IsoDate) => {
    const year = Number(day.slice(0, 4))
    const known = years.get(year) ?? japaneseHolidays(year)
    years.set(year, known)
    return known.has(day)
  }
  return {
    isClosed: (day) => {
      if (open.has(day)) return false
      const monthDay = day.slice(5)
      const yearEnd = monthDay >= '12-29' || monthDay <= '01-03'
      return closed.has(day) || yearEnd || weekday(day) === 0 || weekday(day) === 6 || isHoliday(day)
    },
  }
}

/** The `count`-th business day after `day` (`day` itself does not count; 0 = the day itself). */
export function addBusinessDays(day: IsoDate, count: number, calendar: OfficeCalendar): IsoDate {
  let current = day
  for (let left = count; left > 0; ) {
    current = addDays(current, 1)
    if (!calendar.isClosed(current)) left -= 1
  }
  return current
}

/** The day itself, or the next on which the office is open (民法142条). */
export function nextOpenDay(day: IsoDate, calendar: OfficeCalendar): IsoDate {
  let current = day
  while (calendar.isClosed(current)) current = addDays(current, 1)
  return current
}

/**
 * Last day of a term of `days` days from an event (for example 7 days from the award to the contract): the first day
 * does not count (民法140条), and a term that ends on a closing day ends on the next open one (142条).
 */
export function termEnd(from: IsoDate, days: number, calendar: OfficeCalendar): IsoDate {
  return nextOpenDay(addDays(from, days), calendar)
}

/**
 * Last day for the timestamp of a document received on `receivedOn`: two months plus seven business days
 * (電子帳簿保存法施行規則4条1項2号, the term with an office rule).
 */
export function timestampDeadline(receivedOn: IsoDate, calendar: OfficeCalendar): IsoDate {
  return addBusinessDays(addMonths(receivedOn, 2), 7, calendar)
}

export type TimestampTerm = {
  readonly code: 'TIMESTAMP_IN_TIME' | 'TIMESTAMP_LATE' | 'TIMESTAMP_DUE' | 'TIMESTAMP_OVERDUE'
  readonly deadline: IsoDate
}

/** Judges one document: stamped in time or late; not stamped and still due, or overdue (alarm). */
export function judgeTimestampTerm(
  receivedOn: IsoDate,
  stampedOn: IsoDate | null,
  today: IsoDate,
  calendar: OfficeCalendar,
): TimestampTerm {
  const deadline = timestampDeadline(receivedOn, calendar)
  if (stampedOn !== null)
    return { code: stampedOn <= deadline ? 'TIMESTAMP_IN_TIME' : 'TIMESTAMP_LATE', deadline }
  return { code: today <= deadline ? 'TIMESTAMP_DUE' : 'TIMESTAMP_OVERDUE', deadline }
}
