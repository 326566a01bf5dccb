import type { EpochMs, IsoDate } from '../model/brand.ts'
import { formatEraDay, parseDay } from '../text/era.ts'

const JST_OFFSET_MS = 9 * 3_600_000

export type JapaneseDateProblem = 'DATE_EMPTY' | 'DATE_FORMAT' | 'DATE_IMPOSSIBLE'

/** Year, month, day of an ISO day. */
export function dayParts(date: IsoDate): {
  readonly year: number
  readonly month: number
  readonly day: number
} {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  return { year, month, day }
}

/** The ISO day with these parts, or null when the calendar has no such day. */
export function isoDateOf(year: number, month: number, day: number): IsoDate | null {
  const date = new Date(Date.UTC(year, month - 1, day))
  if (year < 1868 || year > 9999) return null
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return null
  return date.toISOString().slice(0, 10) as IsoDate
}

/** `days` later (or earlier, when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  const { year, month, day } = dayParts(date)
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10) as IsoDate
}

/**
 * `months` later; a day the target month does not have becomes that month's last day
 * (民法143条2項ただし書: 1月31日 + 1か月 = 2月末日).
 */
export function addMonths(date: IsoDate, months: number): IsoDate {
  const { year, month, day } = dayParts(date)
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastDay)))
    .toISOString()
    .slice(0, 10) as IsoDate
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(date: IsoDate): number {
  const { year, month, day } = dayParts(date)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay()
}

/** The calendar day in Japan at an instant. */
export function japaneseDay(at: EpochMs): IsoDate {
  return new Date(at + JST_OFFSET_MS).toISOString().slice(0, 10) as IsoDate
}

/** 令和8年4月1日 */
export function formatJapaneseDate(date: IsoDate): string {
  return formatEraDay(date)
}

/** 令和8年4月1日（2026年） */
export function formatBothDates(date: IsoDate): string {
  return `${formatEraDay(date)}（${date.slice(0, 4)}年）`
}

/** 令和8年4月1日 14時05分 in Japan. */
export function formatJapaneseDateTime(at: EpochMs): string {
  const clock = new Date(at + JST_OFFSET_MS).toISOString().slice(11, 16).replace(':', '時')
  return `${formatEraDay(japaneseDay(at))} ${clock}分`
}

/** 令和8年4月1日 14:05:33（2026-04-01T14:05:33+09:00）, to the second, for evidence. */
export function formatEvidenceTime(at: EpochMs): string {
  const local = new Date(at + JST_OFFSET_MS).toISOString().slice(0, 19)
  return `${formatEraDay(japaneseDay(at))} ${local.slice(11)}（${local}+09:00）`
}

/**
 * Reads one day as people write it: 令和8年4月1日, R8.4.1, 令和元年…, 2026年4月1日, 2026/4/1, 20260401, full width or half
 * width. Says apart what is no date at all from a day that never was: an era that had not begun or was over included.
 */
export function parseJapaneseDate(
  text: string,
):
  | { readonly ok: true; readonly date: IsoDate }
  | { readonly ok: false; readonly code: JapaneseDateProblem } {
  const plain = text
    .normalize('NFKC')
    .replace(/\s+/g, '')
    .replace(/^西暦/, '')
    .replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
  if (plain === '' || /^(令和)?年月日$/.test(plain)) return { ok: false, code: 'DATE_EMPTY' }
  if (!DAY_SHAPE.test(plain)) return { ok: false, code: 'DATE_FORMAT' }
  const date = parseDay(plain)
  if (date === undefined || !isOfItsEra(plain, date)) return { ok: false, code: 'DATE_IMPOSSIBLE' }
  return { ok: true, date }
}

const DAY_SHAPE =
  /^(?:(?:令和|平成|昭和|大正|明治|[令平昭大明rhstm])\.?(?:元|\d{1,2})|\d{4})(?:年|[./-])\d{1,2}(?:月|[./-])\d{1,2}日?$/i
const ERA_LETTERS: Readonly<Record<string, string>> = { r: '令', h: '平', s: '昭', t: '大', m: '明' }

/** 平成35年 and 令和元年4月1日 are dates that nobody ever lived. */
function isOfItsEra(plain: string, date: IsoDate): boolean {
  const first = plain.charAt(0).toLowerCase()
  return /\d/.test(first) || formatEraDay(date).startsWith(ERA_LETTERS[first] ?? first)
}
