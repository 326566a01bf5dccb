import type { IsoDate, Yen } from '../model/brand.ts'
import type { ContractKind, TaxMode } from '../model/case.ts'
import type { Rules } from './default-rules.ts'

/** [amount up to and including, duty in yen]; the last row has no limit. */
type DutyTable = readonly (readonly [upTo: number, duty: number])[]

const OKU = 100_000_000
const MAN = 10_000

/** 印紙税法 別表第1 第2号文書 (請負), 本則. */
const STANDARD: DutyTable = [
  [100 * MAN, 200],
  [200 * MAN, 400],
  [300 * MAN, 1_000],
  [500 * MAN, 2_000],
  [1_000 * MAN, 10_000],
  [5_000 * MAN, 20_000],
  [1 * OKU, 60_000],
  [5 * OKU, 100_000],
  [10 * OKU, 200_000],
  [50 * OKU, 400_000],
  [Number.POSITIVE_INFINITY, 600_000],
]

/** 租税特別措置法91条: construction works of more than 1,000,000 yen, made from 2014-04-01. */
const REDUCED: DutyTable = [
  [200 * MAN, 200],
  [300 * MAN, 500],
  [500 * MAN, 1_000],
  [1_000 * MAN, 5_000],
  [5_000 * MAN, 10_000],
  [1 * OKU, 30_000],
  [5 * OKU, 60_000],
  [10 * OKU, 160_000],
  [50 * OKU, 320_000],
  [Number.POSITIVE_INFINITY, 480_000],
]

const REDUCTION_FROM = '2014-04-01'
const NOT_STATED_DUTY = 200
const UNTAXED_BELOW = MAN

/** Duty in yen on a 第2号文書 at the standard rate; null = no amount stated. */
export function standardStampDuty(amountYen: number | null): number {
  if (amountYen === null) return NOT_STATED_DUTY
  return amountYen < UNTAXED_BELOW ? 0 : dutyIn(STANDARD, amountYen)
}

/** Duty in yen for construction works at the reduced rate; up to 1,000,000 yen it is the standard one. */
export function reducedStampDuty(amountYen: number | null): number {
  if (amountYen === null || amountYen <= 100 * MAN) return standardStampDuty(amountYen)
  return dutyIn(REDUCED, amountYen)
}

function dutyIn(table: DutyTable, amountYen: number): number {
  return table.find(([upTo]) => amountYen <= upTo)?.[1] ?? 0
}

export type StampDutyInput = {
  readonly kind: ContractKind
  /** 契約金額 as in the contract; null = 単価契約 and the like. */
  readonly amountYen: Yen | number | null
  readonly taxMode: TaxMode
  /** Consumption tax stated separately in the contract, in yen; it does not count. */
  readonly taxAmountYen: Yen | number | null
  /** Day the contract is made. */
  readonly madeOn: IsoDate
  /**
   * 変更契約 that names the original: the amount in yen before the change (`withoutSeparateTax`), null when there was
   * none. Leave out for a new contract.
   */
  readonly originalAmountYen?: number | null
}

export type StampDuty =
  | {
      readonly code: 'STAMP_TAXED'
      /** The amount the duty is counted on; null = none stated. */
      readonly basisYen: number | null
      readonly standardYen: number
      /** What would have been due on one paper copy, and is saved. */
      readonly savedYen: number
      readonly reduced: boolean
    }
  | { readonly code: 'STAMP_NOT_TAXED' | 'STAMP_UNCLEAR' }

/**
 * The stamp duty one paper copy would have cost (the town's copy; the contractor saves it: 印紙税法4条5項, 5条2号).
 * `service` is unclear: 請負 is taxed, 委任 is not. Real property, agreements and others are unclear too and are never
 * counted silently. Purchases and leases of goods are not taxed. An aid for statistics, no tax advice.
 */
export function stampDuty(input: StampDutyInput, rules: Pick<Rules, 'stampDutyReductionUntil'>): StampDuty {
  switch (input.kind) {
    case 'purchase':
    case 'lease':
      return { code: 'STAMP_NOT_TAXED' }
    case 'service':
    case 'property':
    case 'agreement':
    case 'other':
      return { code: 'STAMP_UNCLEAR' }
    case 'construction':
    case 'design':
    case 'manufacture':
      return taxed(input, rules)
  }
}

/** Duty of a contract the clerk has called 請負 (for kinds that are unclear by themselves). */
export function taxed(input: StampDutyInput, rules: Pick<Rules, 'stampDutyReductionUntil'>): StampDuty {
  const basisYen = stampBasis(input)
  const standardYen = standardStampDuty(basisYen)
  const reduced =
    input.kind === 'construction' &&
    input.madeOn >= REDUCTION_FROM &&
    input.madeOn <= rules.stampDutyReductionUntil
  const savedYen = reduced ? reducedStampDuty(basisYen) : standardYen
  return { code: 'STAMP_TAXED', basisYen, standardYen, savedYen, reduced: savedYen !== standardYen }
}

/** Amount in yen without consumption tax that the contract states separately (間接税通達). */
export function withoutSeparateTax(
  contract: Pick<StampDutyInput, 'taxMode' | 'taxAmountYen'> & { readonly amountYen: number },
): number {
  return contract.taxMode === 'included'
    ? contract.amountYen - (contract.taxAmountYen ?? 0)
    : contract.amountYen
}

/** 記載金額: without separately stated tax; of a change the increase, of a decrease none (通達30条). */
export function stampBasis(input: StampDutyInput): number | null {
  if (input.amountYen === null) return null
  const amount = withoutSeparateTax({ ...input, amountYen: input.amountYen })
  if (input.originalAmountYen === undefined || input.originalAmountYen === null) return amount
  const increase = amount - input.originalAmountYen
  return increase > 0 ? increase : null
}
