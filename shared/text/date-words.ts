/**
 * Dates in a line that a person types to search: 令和7年度, R7.9.1〜R7.9.30, 令和7年4月〜6月, R7.9.1以降, 昨年度, 先月, 9月.
 * Words that depend on the day they are typed (今年度, 先月, 9月, 7年度) are read only when `today` is given.
 */
import type { IsoDate } from '../model/brand.ts'
import { addDays, addMonths, weekday } from '../rules/japanese-date.ts'
import { type DayRange, fiscalYearOf, fiscalYearRange, parseDayRange } from './era.ts'

/** Both ends inclusive; null = open. */
export type DaySpan = { readonly from: IsoDate | null; readonly to: IsoDate | null }

export type DateContext = {
  /** Undefined: words that depend on the day are no dates. */
  readonly today: IsoDate | undefined
  /** The last day a date without a year may name; today when nothing else is known. */
  readonly latest?: IsoDate | undefined
}

/** The span a piece of the line means, or undefined when it is no date. */
export function parseDateSpan(typed: string, context: DateContext): DaySpan | undefined {
  const text = plain(typed).replace(LABEL, '')
  const whole = readRange(text, context)
  if (whole !== undefined) return whole
  return readBounds(text, context) ?? readSuffix(text, context)
}

/** True for 9月 and 9月1日: which year is meant depends on the rest of the line. */
export function isYearless(typed: string): boolean {
  return MONTH_DAY.test(plain(typed).replace(LABEL, '').replace(SUFFIX, ''))
}

const LABEL = /^(?:契約日|契約年月日|取引年月日|取引日|日付|年度)[::]?(?=[^以])/
const SUFFIX = /(以降|以後|から|より後|より前|より|以前|まで|前)$/
const MONTH_DAY = /^(\d{1,2})月(?:(\d{1,2})日)?$/

function plain(typed: string): string {
  return typed.normalize('NFKC').toLowerCase().replace(/\s+/g, '').replace(/[~〜]/g, '〜')
}

function readSuffix(text: string, context: DateContext): DaySpan | undefined {
  const suffix = SUFFIX.exec(text)?.[1]
  if (suffix === undefined) return undefined
  const range = readRange(text.slice(0, -suffix.length), context)
  if (range === undefined) return undefined
  switch (suffix) {
    case '以前':
    case 'まで':
      return { from: null, to: range.to }
    case '前':
    case 'より前':
      return { from: null, to: addDays(range.from, -1) }
    case 'より後':
      return { from: addDays(range.to, 1), to: null }
    default:
      return { from: range.from, to: null }
  }
}

/** 〜, から and a dash between two dates; the second may leave out what it shares with the first (R7.4.1〜9.30, 4月〜6月). */
function readBounds(text: string, context: DateContext): DaySpan | undefined {
  for (const { index, 0: sign } of text.matchAll(/〜|から|[-‐‑–—−ー]/g)) {
    const left = text.slice(0, index)
    const right = text.slice(index + sign.length).replace(/まで$/, '')
    if (!dividesDates(sign, left, right)) continue
    const from = left === '' ? undefined : readRange(left, context)
    const to =
      right === '' ? undefined : (readRange(right, endContext(from, context)) ?? sameYear(from, right))
    if ((left !== '' && from === undefined) || (right !== '' && to === undefined)) continue
    // Typed the wrong way round: the earlier date is the beginning.
    if (from !== undefined && to !== undefined && from.from > to.to) return { from: to.from, to: from.to }
    return { from: from?.from ?? null, to: to?.to ?? null }
  }
  return undefined
}

/** R7-12 is a number; R7.4.1-R7.9.30 is a span. */
function dividesDates(sign: string, left: string, right: string): boolean {
  if (sign === '〜') return left !== '' || right !== ''
  if (sign === 'から') return right !== ''
  return /[./年度]/.test(left) && right !== ''
}

/** 4月〜6月: the end is the first one behind the beginning. */
function endContext(from: DayRange | undefined, context: DateContext): DateContext {
  return from === undefined ? context : { ...context, latest: addDays(addMonths(from.from, 12), -1) }
}

/** R7.4.1〜9.30 and 令和7年4月1日〜10日: year (and month) of the first date go for the second. */
function sameYear(from: DayRange | undefined, right: string): DayRange | undefined {
  if (from === undefined) return undefined
  const [year = '', month = ''] = from.from.split('-')
  const isDay = /^\d{1,2}日?$/.test(right)
  return parseDayRange(`${year}/${isDay ? `${month}/` : ''}${right.replace(/[.月]/, '/').replace(/日$/, '')}`)
}

function readRange(text: string, context: DateContext): DayRange | undefined {
  // R7-12 is a contract number far more often than a month.
  if (/^[^\d].*-/.test(text)) return undefined
  return (
    parseDayRange(text) ??
    bareEraYear(text) ??
    (context.today === undefined ? undefined : relativeRange(text, context.today, context.latest))
  )
}

/** R7 and 令和7: in a town office the fiscal year. */
function bareEraYear(text: string): DayRange | undefined {
  return /^(?:令和|平成|昭和|[rhs])(?:元|\d{1,2})$/.test(text) ? parseDayRange(`${text}年度`) : undefined
}

function relativeRange(text: string, today: IsoDate, latest: IsoDate | undefined): DayRange | undefined {
  const named = NAMED[text]
  if (named !== undefined) return named(today)
  const bareYear = /^(元|\d{1,2})年度$/.exec(text)
  if (bareYear !== null) return fiscalYearWithoutEra(text, today)
  const [, month, day] = MONTH_DAY.exec(text) ?? []
  return month === undefined ? undefined : latestOccurrence({ month, day }, latest ?? today)
}

/** 7年度: of the newest era in which that year has begun or begins next. */
function fiscalYearWithoutEra(text: string, today: IsoDate): DayRange | undefined {
  return ['令和', '平成', '昭和']
    .map((era) => parseDayRange(`${era}${text}`))
    .find((range) => range !== undefined && fiscalYearOf(range.from) <= fiscalYearOf(today) + 1)
}

/** The newest month (or day) of this name that begins not after `latest`. */
function latestOccurrence(
  named: { readonly month: string; readonly day: string | undefined },
  latest: IsoDate,
): DayRange | undefined {
  const newest = Number(latest.slice(0, 4))
  // Eight years back: 29 February may not exist in the seven before.
  for (let year = newest; year > newest - 9; year -= 1) {
    const range = parseDayRange(`${year}年${named.month}月${named.day === undefined ? '' : `${named.day}日`}`)
    if (range !== undefined && range.from <= latest) return range
  }
  return undefined
}

const fiscalYear = (by: number) => (today: IsoDate) => fiscalYearRange(fiscalYearOf(today) + by)
const year = (by: number) => (today: IsoDate) => parseDayRange(`${Number(today.slice(0, 4)) + by}年`)
const month = (by: number) => (today: IsoDate) =>
  parseDayRange(addMonths(`${today.slice(0, 7)}-01` as IsoDate, by).slice(0, 7))
const day = (by: number) => (today: IsoDate) => ({ from: addDays(today, by), to: addDays(today, by) })
/** Monday to Sunday. */
const week = (by: number) => (today: IsoDate) => {
  const monday = addDays(today, 7 * by - ((weekday(today) + 6) % 7))
  return { from: monday, to: addDays(monday, 6) }
}

const NAMED: Readonly<Record<string, (today: IsoDate) => DayRange | undefined>> = {
  今年度: fiscalYear(0),
  本年度: fiscalYear(0),
  当年度: fiscalYear(0),
  昨年度: fiscalYear(-1),
  前年度: fiscalYear(-1),
  一昨年度: fiscalYear(-2),
  前々年度: fiscalYear(-2),
  来年度: fiscalYear(1),
  翌年度: fiscalYear(1),
  今年: year(0),
  本年: year(0),
  昨年: year(-1),
  去年: year(-1),
  前年: year(-1),
  一昨年: year(-2),
  来年: year(1),
  今月: month(0),
  当月: month(0),
  先月: month(-1),
  前月: month(-1),
  先々月: month(-2),
  来月: month(1),
  今週: week(0),
  先週: week(-1),
  今日: day(0),
  本日: day(0),
  昨日: day(-1),
  一昨日: day(-2),
}
