import type { IsoDate } from '../../../../shared/model/brand.ts'
import { parseDay } from '../../../../shared/text/era.ts'

/**
 * [Note: rid is the date] A case's number in the index is `day · 2^16 + sequence`, so a range of dates is a range of
 * numbers and newest first is the index read backwards. Cases without a date lie below the first day (1868).
 */
const PER_DAY = 65_536
/** Makes every day since 1868 positive. */
const DAY_OFFSET = 40_000
const DAY_MS = 86_400_000

export type RidRange = { readonly from: number; readonly to: number }

export const UNDATED: RidRange = { from: 1, to: dayRange('1868-01-01' as IsoDate).from - 1 }
const HIGHEST = dayRange('9998-12-31' as IsoDate).to

export function dayRange(day: IsoDate): RidRange {
  const number = Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS) + DAY_OFFSET
  return { from: number * PER_DAY, to: number * PER_DAY + PER_DAY - 1 }
}

/** Both ends inclusive; an open end is null. Both open: every case, dated or not. */
export function dateRange(from: IsoDate | null, to: IsoDate | null): RidRange {
  if (from === null && to === null) return { from: 1, to: HIGHEST }
  return {
    from: from === null ? UNDATED.to + 1 : dayRange(from).from,
    to: to === null ? HIGHEST : dayRange(to).to,
  }
}

/** Where a case of this date goes; before 1868 or no date: among the undated. */
export function ridRangeOf(contractDate: string | null): RidRange {
  const day = contractDate === null ? undefined : parseDay(contractDate)
  return day === undefined ? UNDATED : dayRange(day)
}
