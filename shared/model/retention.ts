import type { IsoDate } from './brand.ts'

/** Retention class of the 文書管理規程, in years; 0 is 永年 (never ends). 常用 has no end either: the case stays open. */
export type RetentionYears = number

/** Used until the town has set its own classes: 5 years, the common class for contracts. */
export const DEFAULT_RETENTION_YEARS: RetentionYears = 5

/**
 * Last day of keeping: counted from 1 April after the day of completion (完結日).
 * Done 2026-03-31, 5 years → 2031-03-31; done 2026-04-01 → 2032-03-31. Null: not completed yet, or 永年.
 */
export function retentionEnd(completedOn: IsoDate | null, years: RetentionYears): IsoDate | null {
  if (completedOn === null || years === 0) return null
  const year = Number(completedOn.slice(0, 4))
  const startYear = completedOn.slice(5) < '04-01' ? year : year + 1
  return `${String(startYear + years).padStart(4, '0')}-03-31` as IsoDate
}
