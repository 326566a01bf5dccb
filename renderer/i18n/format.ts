import type { EpochMs, IsoDate } from '../../shared/model/brand.ts'
import {
  addDays,
  formatBothDates,
  formatJapaneseDate,
  japaneseDay,
} from '../../shared/rules/japanese-date.ts'
import { fiscalYearOf, formatFiscalYear } from '../../shared/text/era.ts'

const JST_OFFSET_MS = 9 * 3_600_000

/** 令和8年4月1日(2026年) */
export function formatDay(date: IsoDate | null): string {
  return date === null ? '―' : formatBothDates(date)
}

/** 令和8年4月1日, where 西暦 stands in a second line. */
export function formatDayShort(date: IsoDate): string {
  return formatJapaneseDate(date)
}

/** 2026/04/01 */
export function formatYearLine(date: IsoDate): string {
  return date.replaceAll('-', '/')
}

/** 令和8年4月1日(2026年) 14:05 in Japan. */
export function formatTimeBoth(at: EpochMs): string {
  return `${formatBothDates(japaneseDay(at))} ${formatClock(at)}`
}

const FIRST_MS = Date.UTC(1000, 0) - JST_OFFSET_MS
const AFTER_LAST_MS = Date.UTC(10_000, 0) - JST_OFFSET_MS

/** A moment whose year has four digits in Japan: others, which only a wrong clock or a made-up answer tells, have no words. */
export function hasCalendarDay(ms: number): boolean {
  return ms >= FIRST_MS && ms < AFTER_LAST_MS
}

/** 14:05 in Japan. */
export function formatClock(at: EpochMs): string {
  return new Date(at + JST_OFFSET_MS).toISOString().slice(11, 16)
}

/** 1,234,000円; null = 金額なし. */
export function formatYen(yen: number | null): string {
  return yen === null ? '金額なし' : `${yen.toLocaleString('ja-JP')}円`
}

/** 令和7年度（2025年4月〜2026年3月）, 令和7年9月（2025年）, 令和7年9月1日（2025年）以降: a span in as few words as it takes. */
export function formatDaySpan(from: IsoDate | null, to: IsoDate | null): string {
  if (from === null) return to === null ? '' : `${formatBothDates(to)}まで`
  if (to === null) return `${formatBothDates(from)}以降`
  if (from === to) return formatBothDates(from)
  const [first, last] = [fiscalYearOf(from), fiscalYearOf(to)]
  if (from.endsWith('04-01') && to.endsWith('03-31'))
    return `${between(formatFiscalYear(first), formatFiscalYear(last))}（${first}年4月〜${last + 1}年3月）`
  const [fromYear, toYear] = [from.slice(0, 4), to.slice(0, 4)]
  if (from.endsWith('01-01') && to.endsWith('12-31'))
    return `${between(eraYear(`${fromYear}-12-31` as IsoDate), eraYear(to))}（${between(`${fromYear}年`, `${toYear}年`)}）`
  if (from.endsWith('01') && addDays(to, 1).endsWith('01'))
    return `${between(eraMonth(from), eraMonth(to))}（${between(`${fromYear}年`, `${toYear}年`)}）`
  return `${formatBothDates(from)}〜${formatBothDates(to)}`
}

function between(from: string, to: string): string {
  return from === to ? from : `${from}〜${to}`
}

function eraMonth(date: IsoDate): string {
  return formatJapaneseDate(date).replace(/\d+日$/, '')
}

function eraYear(date: IsoDate): string {
  return eraMonth(date).replace(/\d+月$/, '')
}

/** 10,000,000円以上, 1,000,000円〜2,000,000円 */
export function formatYenSpan(from: number | null, to: number | null): string {
  if (from === null) return to === null ? '' : `${formatYen(to)}以下`
  if (to === null) return `${formatYen(from)}以上`
  return from === to ? formatYen(from) : `${formatYen(from)}〜${formatYen(to)}`
}

/** 1.2 MB */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} バイト`
  if (sizeBytes < 1024 * 1024) return `${(sizeBytes / 1024).toFixed(1)} KB`
  return `${(sizeBytes / 1024 / 1024).toFixed(1)} MB`
}
