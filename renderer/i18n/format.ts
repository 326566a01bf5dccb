import type { EpochMs, IsoDate } from '../../shared/model/brand.ts'
import { formatBothDates, formatJapaneseDate, japaneseDay } from '../../shared/rules/japanese-date.ts'

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

/** 14:05 in Japan. */
export function formatClock(at: EpochMs): string {
  return new Date(at + JST_OFFSET_MS).toISOString().slice(11, 16)
}

/** 1,234,000円; null = 金額なし. */
export function formatYen(yen: number | null): string {
  return yen === null ? '金額なし' : `${yen.toLocaleString('ja-JP')}円`
}

/** 1.2 MB */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} バイト`
  if (sizeBytes < 1024 * 1024) return `${(sizeBytes / 1024).toFixed(1)} KB`
  return `${(sizeBytes / 1024 / 1024).toFixed(1)} MB`
}
