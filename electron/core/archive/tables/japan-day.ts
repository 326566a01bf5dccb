import type { EpochMs, IsoDate } from '../../../../shared/model/brand.ts'

/** Japan has one time zone and no summer time. */
const JAPAN_OFFSET_MS = 9 * 3_600_000
const DAY_MS = 86_400_000

/** 00:00 of the day in Japan. */
export function dayStartEpochMs(day: IsoDate): number {
  return Date.parse(`${day}T00:00:00Z`) - JAPAN_OFFSET_MS
}

/** 24:00 of the day in Japan. */
export function dayEndEpochMs(day: IsoDate): number {
  return dayStartEpochMs(day) + DAY_MS
}

/** The calendar day in Japan at a moment. */
export function japanDay(at: EpochMs): IsoDate {
  return new Date(at + JAPAN_OFFSET_MS).toISOString().slice(0, 10) as IsoDate
}
