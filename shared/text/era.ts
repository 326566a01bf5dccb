/** Days and 和暦 as people type them: 令和7年9月1日, R7.9.1, 2025/9/1, 2025-09-01, 令和7年度, 令和7年9月. */
import type { IsoDate } from '../model/brand.ts'

type Era = { readonly names: readonly string[]; readonly kanji: string; readonly first: string }

/** First day of each era, newest first. */
const ERAS: readonly Era[] = [
  { names: ['令和', '令', 'r', '㋿'], kanji: '令和', first: '2019-05-01' },
  { names: ['平成', '平', 'h'], kanji: '平成', first: '1989-01-08' },
  { names: ['昭和', '昭', 's'], kanji: '昭和', first: '1926-12-25' },
  { names: ['大正', '大', 't'], kanji: '大正', first: '1912-07-30' },
  { names: ['明治', '明', 'm'], kanji: '明治', first: '1868-01-25' },
]

/** Both ends inclusive. */
export type DayRange = { readonly from: IsoDate; readonly to: IsoDate }

const YEAR = '(?:(令和|平成|昭和|大正|明治|令|平|昭|大|明|[rhstm])[ .]?(元|\\d{1,2})|(\\d{4}))'
const DAY = new RegExp(`^${YEAR}(?:年|[./-])(\\d{1,2})(?:月|[./-])(\\d{1,2})日?$`)
const MONTH = new RegExp(`^${YEAR}(?:年|[./-])(\\d{1,2})月?$`)
const WHOLE_YEAR = new RegExp(`^${YEAR}年$`)
const FISCAL_YEAR = new RegExp(`^${YEAR}年度$`)

/**
 * A day, month, year or 年度 (April to March) as the span it covers; undefined when it is none of these.
 * A bare number such as 2025 is not a date.
 */
export function parseDayRange(typed: string): DayRange | undefined {
  const text = typed.normalize('NFKC').toLowerCase().replace(/\s+/g, '')
  const day = DAY.exec(text)
  if (day !== null) {
    const date = isoDay(yearOf(day), Number(day[4]), Number(day[5]))
    return date === undefined ? undefined : { from: date, to: date }
  }
  const month = MONTH.exec(text)
  if (month !== null) return monthRange(yearOf(month), Number(month[4]))
  const fiscal = FISCAL_YEAR.exec(text)
  if (fiscal !== null) return fiscalYearRange(yearOf(fiscal))
  const year = WHOLE_YEAR.exec(text)
  if (year === null) return undefined
  const number = yearOf(year)
  return span(isoDay(number, 1, 1), isoDay(number, 12, 31))
}

/** One day, or undefined when the text is no day or names a longer span. */
export function parseDay(typed: string): IsoDate | undefined {
  const range = parseDayRange(typed)
  return range !== undefined && range.from === range.to ? range.from : undefined
}

/** 1 April of the year to 31 March of the next. */
export function fiscalYearRange(year: number): DayRange | undefined {
  return span(isoDay(year, 4, 1), isoDay(year + 1, 3, 31))
}

/** 年度: 2026-03-31 belongs to 2025. */
export function fiscalYearOf(day: IsoDate): number {
  const year = Number(day.slice(0, 4))
  return day.slice(5) < '04-01' ? year - 1 : year
}

/** 令和7年9月1日; before 明治 the western year. */
export function formatEraDay(day: IsoDate): string {
  const [year = '', month = '', date = ''] = day.split('-')
  const era = ERAS.find((each) => each.first <= day)
  const monthAndDay = `${Number(month)}月${Number(date)}日`
  if (era === undefined) return `${Number(year)}年${monthAndDay}`
  return `${era.kanji}${eraYear(Number(year), era)}年${monthAndDay}`
}

/** 令和7年度, by the era at the fiscal year's first day; 平成31年度 is written 令和元年度 since its May. */
export function formatFiscalYear(year: number): string {
  const era = ERAS.find((each) => Number(each.first.slice(0, 4)) <= year)
  return era === undefined ? `${year}年度` : `${era.kanji}${eraYear(year, era)}年度`
}

function eraYear(year: number, era: Era): string {
  const number = year - Number(era.first.slice(0, 4)) + 1
  return number === 1 ? '元' : String(number)
}

function yearOf(match: RegExpExecArray): number {
  if (match[3] !== undefined) return Number(match[3])
  const era = ERAS.find((each) => each.names.includes(match[1] ?? ''))
  const number = match[2] === '元' ? 1 : Number(match[2])
  return era === undefined || number === 0 ? Number.NaN : Number(era.first.slice(0, 4)) + number - 1
}

function monthRange(year: number, month: number): DayRange | undefined {
  const from = isoDay(year, month, 1)
  if (from === undefined) return undefined
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return span(from, isoDay(year, month, last))
}

function span(from: IsoDate | undefined, to: IsoDate | undefined): DayRange | undefined {
  return from === undefined || to === undefined ? undefined : { from, to }
}

function isoDay(year: number, month: number, day: number): IsoDate | undefined {
  if (!(year >= 1868 && year <= 9998)) return undefined
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return date.toISOString().slice(0, 10) as IsoDate
}
