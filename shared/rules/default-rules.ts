import type { z } from 'zod'
import type { IsoDate, Yen } from '../model/brand.ts'
import type { RuleSettings } from '../model/settings.ts'

export type Rules = z.output<typeof RuleSettings>

/** One rule speaking about a case: a code, how serious it is, and the values its sentence needs. */
export type RuleNotice = {
  readonly code: string
  readonly severity: 'stop' | 'warn' | 'info'
  readonly data: Readonly<Record<string, string | number>>
}

const day = (text: string) => text as IsoDate
const yen = (value: number) => value as Yen

/**
 * What the model town starts with; every value can be changed in the settings.
 * - electronic contracts: bids from September 2025, 随意契約 from April 2026 (the town's briefing);
 * - council: 地方自治法施行令 別表第3・第4, 町村 (the town's own 条例 may be stricter);
 * - small contracts: 地方自治法施行令 別表第5, 市町村, before and since 2025-04-01;
 * - stamp duty reduction: 租税特別措置法91条, to 2027-03-31.
 */
export const DEFAULT_RULES: Rules = {
  electronicBidsFrom: day('2025-09-01'),
  electronicNegotiatedFrom: day('2026-04-01'),
  councilWorksYen: yen(50_000_000),
  councilPropertyYen: yen(7_000_000),
  smallContractLimits: [
    {
      from: day('1982-10-01'),
      worksYen: yen(1_300_000),
      purchaseYen: yen(800_000),
      leaseInYen: yen(400_000),
      saleYen: yen(300_000),
      leaseOutYen: yen(300_000),
      otherYen: yen(500_000),
    },
    {
      from: day('2025-04-01'),
      worksYen: yen(2_000_000),
      purchaseYen: yen(1_500_000),
      leaseInYen: yen(800_000),
      saleYen: yen(500_000),
      leaseOutYen: yen(300_000),
      otherYen: yen(1_000_000),
    },
  ],
  stampDutyReductionUntil: day('2027-03-31'),
  retentionYearsByKind: {},
}
