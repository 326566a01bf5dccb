import type { z } from 'zod'
import type { IsoDate } from '../model/brand.ts'
import type { CaseFields } from '../model/case.ts'
import { checkCorporateNumber } from './corporate-number.ts'
import type { RuleNotice, Rules } from './default-rules.ts'
import { stampDuty } from './stamp-duty.ts'
import { checkConsent, checkCouncil, checkElectronicStart, checkSmallContract } from './town-rules.ts'

export type CaseRuleContext = {
  readonly today: IsoDate
  /** Day the requests were sent; null = not yet. */
  readonly sentOn: IsoDate | null
  /** 変更契約: the original's amount without separately stated tax; undefined when this is no amendment. */
  readonly originalAmountYen?: number | null
  /** Day of the parent's 申出書, which an amendment inherits unless it is 書面に指定. */
  readonly inheritedApplicationDate?: IsoDate | null
}

/** Every rule that speaks about a case now, stops first. The screen has a sentence for each code. */
export function caseNotices(
  fields: z.output<typeof CaseFields>,
  rules: Rules,
  context: CaseRuleContext,
): readonly RuleNotice[] {
  const shared = {
    kind: fields.kind,
    plannedPriceYen: fields.plannedPrice,
    amountYen: fields.amount,
    contractDate: fields.contractDate,
  }
  const notices = [
    ...checkElectronicStart(fields.method, fields.contractDate, rules),
    ...checkCouncil({ ...shared, voteDate: fields.councilVoteDate }, rules),
    ...checkSmallContract({ ...shared, method: fields.method }, context.today, rules),
    ...checkConsent({
      kind: fields.kind,
      applicationDate: fields.applicationDate ?? context.inheritedApplicationDate ?? null,
      sendingOn: context.sentOn ?? context.today,
    }),
    ...fields.counterparties.flatMap(({ name, corporateNumber }) => corporateNotices(name, corporateNumber)),
    ...stampNotices(fields, rules, context),
  ]
  const order = { stop: 0, warn: 1, info: 2 } as const
  return notices.sort((left, right) => order[left.severity] - order[right.severity])
}

function corporateNotices(name: string, number: string): readonly RuleNotice[] {
  if (number === '') return []
  const check = checkCorporateNumber(number)
  return check.ok ? [] : [{ code: check.code, severity: 'warn', data: { name } }]
}

function stampNotices(
  fields: z.output<typeof CaseFields>,
  rules: Rules,
  context: CaseRuleContext,
): readonly RuleNotice[] {
  const duty = stampDuty(
    {
      kind: fields.kind,
      amountYen: fields.amount,
      taxMode: fields.taxMode,
      taxAmountYen: fields.taxAmount,
      madeOn: fields.contractDate ?? context.today,
      ...(context.originalAmountYen === undefined ? {} : { originalAmountYen: context.originalAmountYen }),
    },
    rules,
  )
  if (duty.code === 'STAMP_TAXED')
    return [{ code: 'STAMP_SAVED', severity: 'info', data: { savedYen: duty.savedYen } }]
  return duty.code === 'STAMP_UNCLEAR' ? [{ code: 'STAMP_UNCLEAR', severity: 'info', data: {} }] : []
}
