// Rules of municipal law and of the town that look at a case. Each returns notices with codes; none decides alone.
import type { IsoDate } from '../model/brand.ts'
import type { ContractKind, ContractMethod } from '../model/case.ts'
import type { RuleNotice, Rules } from './default-rules.ts'

/** From which day the town concludes contracts of this method electronically. Bids and auctions together, all else as 随意契約. */
export function electronicStart(method: ContractMethod, rules: Rules): IsoDate {
  const bid = method === 'open-bid' || method === 'designated-bid' || method === 'auction'
  return bid ? rules.electronicBidsFrom : rules.electronicNegotiatedFrom
}

/** METHOD_NOT_ELECTRONIC_YET (stop) when the contract's day lies before the start. */
export function checkElectronicStart(
  method: ContractMethod,
  contractDate: IsoDate | null,
  rules: Rules,
): readonly RuleNotice[] {
  const from = electronicStart(method, rules)
  if (contractDate === null || contractDate >= from) return []
  return [{ code: 'METHOD_NOT_ELECTRONIC_YET', severity: 'stop', data: { from, contractDate } }]
}

export type CouncilInput = {
  readonly kind: ContractKind
  /** 予定価格; null = not entered, then the contract amount is looked at. */
  readonly plannedPriceYen: number | null
  readonly amountYen: number | null
  readonly contractDate: IsoDate | null
  readonly voteDate: IsoDate | null
}

/** The threshold that applies to this kind, or null: 工事・製造の請負, or buying and selling property. */
export function councilThreshold(kind: ContractKind, rules: Rules): number | null {
  if (kind === 'construction' || kind === 'manufacture') return rules.councilWorksYen
  if (kind === 'property' || kind === 'purchase') return rules.councilPropertyYen
  return null
}

/** True when a vote is needed (地方自治法96条1項5号・8号); the planned price counts, else the amount. Null: cannot be told. */
export function needsCouncilVote(input: CouncilInput, rules: Rules): boolean | null {
  const threshold = councilThreshold(input.kind, rules)
  if (threshold === null) return false
  const price = input.plannedPriceYen ?? input.amountYen
  return price === null ? null : price >= threshold
}

/**
 * 仮契約 → 議決 → 本契約. COUNCIL_VOTE_NEEDED (warn: needed, no vote entered, no contract date yet),
 * CONTRACT_WITHOUT_VOTE and CONTRACT_BEFORE_VOTE (stop), COUNCIL_BY_AMOUNT (info: judged without the planned price),
 * COUNCIL_UNKNOWN (warn: neither price nor amount). Land under 5,000 ㎡ each is not known here: the clerk decides.
 */
export function checkCouncil(input: CouncilInput, rules: Rules): readonly RuleNotice[] {
  const needed = needsCouncilVote(input, rules)
  const thresholdYen = councilThreshold(input.kind, rules) ?? 0
  if (needed === null) return [{ code: 'COUNCIL_UNKNOWN', severity: 'warn', data: { thresholdYen } }]
  if (!needed) return []
  const notices: RuleNotice[] = []
  if (input.plannedPriceYen === null)
    notices.push({ code: 'COUNCIL_BY_AMOUNT', severity: 'info', data: { thresholdYen } })
  if (input.voteDate === null) {
    const code = input.contractDate === null ? 'COUNCIL_VOTE_NEEDED' : 'CONTRACT_WITHOUT_VOTE'
    notices.push({ code, severity: input.contractDate === null ? 'warn' : 'stop', data: { thresholdYen } })
  } else if (input.contractDate !== null && input.contractDate < input.voteDate) {
    const data = { contractDate: input.contractDate, voteDate: input.voteDate }
    notices.push({ code: 'CONTRACT_BEFORE_VOTE', severity: 'stop', data })
  }
  return notices
}

export type SmallContractCategory = 'works' | 'purchase' | 'lease-in' | 'sale' | 'lease-out' | 'other'

const LIMIT_FIELD = {
  works: 'worksYen',
  purchase: 'purchaseYen',
  'lease-in': 'leaseInYen',
  sale: 'saleYen',
  'lease-out': 'leaseOutYen',
  other: 'otherYen',
} as const

/** 地方自治法施行令 別表第5. A lease is taken as 借入れ; property may be bought or sold: the stricter one, 売払い. */
export function smallContractCategory(kind: ContractKind): SmallContractCategory {
  switch (kind) {
    case 'construction':
    case 'manufacture':
      return 'works'
    case 'purchase':
      return 'purchase'
    case 'lease':
      return 'lease-in'
    case 'property':
      return 'sale'
    case 'service':
    case 'design':
    case 'agreement':
    case 'other':
      return 'other'
  }
}

/** The limit of 少額随契 on a day, in yen; null before the first row of the table. */
export function smallContractLimit(
  category: SmallContractCategory,
  on: IsoDate,
  rules: Rules,
): number | null {
  const row = rules.smallContractLimits
    .filter((candidate) => candidate.from <= on)
    .sort((left, right) => (left.from < right.from ? 1 : -1))[0]
  return row === undefined ? null : row[LIMIT_FIELD[category]]
}

/**
 * SMALL_CONTRACT_OVER (warn) when a 随意契約 is above the limit of its day: then another ground of 施行令167条の2 is
 * needed, which this program cannot know. The planned price counts, else the amount.
 */
export function checkSmallContract(
  input: Omit<CouncilInput, 'voteDate'> & { readonly method: ContractMethod },
  today: IsoDate,
  rules: Rules,
): readonly RuleNotice[] {
  const price = input.plannedPriceYen ?? input.amountYen
  if (input.method !== 'negotiated' || price === null) return []
  const limitYen = smallContractLimit(smallContractCategory(input.kind), input.contractDate ?? today, rules)
  if (limitYen === null || price <= limitYen) return []
  return [{ code: 'SMALL_CONTRACT_OVER', severity: 'warn', data: { limitYen, priceYen: price } }]
}

export type ConsentInput = {
  readonly kind: ContractKind
  /** Day of the counterparty's 申出書/承諾 on file, the parent's for a 変更契約; null = none. */
  readonly applicationDate: IsoDate | null
  /** Day the request is sent (or today). */
  readonly sendingOn: IsoDate
}

/**
 * 建設業法19条3項: works need the stored 承諾 before sending. APPLICATION_MISSING is a stop for works and a warning for
 * the rest (the town's own rule); APPLICATION_AFTER_SENDING is a stop for works, a warning for the rest.
 */
export function checkConsent(input: ConsentInput): readonly RuleNotice[] {
  const severity = input.kind === 'construction' ? 'stop' : 'warn'
  if (input.applicationDate === null) return [{ code: 'APPLICATION_MISSING', severity, data: {} }]
  if (input.applicationDate <= input.sendingOn) return []
  const data = { applicationDate: input.applicationDate, sendingOn: input.sendingOn }
  return [{ code: 'APPLICATION_AFTER_SENDING', severity, data }]
}
