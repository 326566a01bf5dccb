import type { EpochMs, IsoDate } from '../model/brand.ts'

/** Japanese eras since 明治, newest first; `from` is the first day of the era (Gregorian, JST). */
const ERAS = [
  { name: '令和', letter: 'R', from: '2019-05-01' },
  { name: '平成', letter: 'H', from: '1989-01-08' },
  { name: '昭和', letter: 'S', from: '1926-12-25' },
  { name: '大正', letter: 'T', from: '1912-07-30' },
  { name: '明治', letter: 'M', from: '1868-10-23' },
] as const

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

/** 令和8年4月1日; before 明治 the plain Gregorian form. */
export function formatJapaneseDate(date: IsoDate): string {
  const { year, month, day } = dayParts(date)
  const era = ERAS.find((candidate) => date >= candidate.from)
  if (!era) return `${year}年${month}月${day}日`
  const eraYear = year - Number(era.from.slice(0, 4)) + 1
  return `${era.name}${eraYear === 1 ? '元' : eraYear}年${month}月${day}日`
}

/** 令和8年4月1日(2026年) */
export function formatBothDates(date: IsoDate): string {
  return `${formatJapaneseDate(date)}(${date.slice(0, 4)}年)`
}

/** 令和8年4月1日 14時05分 in Japan. */
export function formatJapaneseDateTime(at: EpochMs): string {
  const clock = new Date(at + JST_OFFSET_MS).toISOString().slice(11, 16).replace(':', '時')
  return `${formatJapaneseDate(japaneseDay(at))} ${clock}分`
}

/** 令和8年4月1日 14:05:33(2026-04-01T14:05:33+09:00), to the second, for evidence. */
export function formatEvidenceTime(at: EpochMs): string {
  const local = new Date(at + JST_OFFSET_MS).toISOString().slice(0, 19)
  return `${formatJapaneseDate(japaneseDay(at))} ${local.slice(11)}(${local}+09:00)`
}

/**
 * Reads a day as people write it: 令和8年4月1日, R8.4.1, 令和元年…, 2026年4月1日, 2026/4/1, 2026-04-01, 20260401,
 * full-width or half-width, with or without blanks. An era that had not begun, or was over, is impossible.
 */
export function parseJapaneseDate(
  text: string,
):
  | { readonly ok: true; readonly date: IsoDate }
  | { readonly ok: false; readonly code: JapaneseDateProblem } {
  const plain = text.normalize('NFKC').replace(/\s+/g, '')
  if (plain === '' || /^(令和)?年月日$/.test(plain)) return { ok: false, code: 'DATE_EMPTY' }
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(plain)
  const western = compact ?? /^(?:西暦)?(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?$/.exec(plain)
  if (western) return found(isoDateOf(Number(western[1]), Number(western[2]), Number(western[3])))
  const eastern = /^(令和|平成|昭和|大正|明治|[RHSTM])(元|\d{1,2})[年./-](\d{1,2})[月./-](\d{1,2})日?$/i.exec(
    plain,
  )
  if (!eastern) return { ok: false, code: 'DATE_FORMAT' }
  const [, name = '', yearText = '', month = '', day = ''] = eastern
  return found(eraDate(name, yearText === '元' ? 1 : Number(yearText), Number(month), Number(day)))
}

function found(
  date: IsoDate | null,
):
  | { readonly ok: true; readonly date: IsoDate }
  | { readonly ok: false; readonly code: JapaneseDateProblem } {
  return date === null ? { ok: false, code: 'DATE_IMPOSSIBLE' } : { ok: true, date }
}

function eraDate(name: string, eraYear: number, month: number, day: number): IsoDate | null {
  const index = ERAS.findIndex((era) => era.name === name || era.letter === name.toUpperCase())
  const era = ERAS[index]
  if (!era || eraYear < 1) return null
  const date = isoDateOf(Number(era.from.slice(0, 4)) + eraYear - 1, month, day)
  const next = ERAS[index - 1]
  if (date === null || date < era.from || (next && date >= next.from)) return null
  return date
}
