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
  /** 変更契約: the amount before this change without separately stated tax; undefined when this is no amendment. */
  readonly originalAmountYen?: number | null
  /** Day of the 申出書 that an amendment inherits; null or left out: there is none. */
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
    ...consentNotices(fields, context),
    ...fields.counterparties.flatMap(({ name, corporateNumber }) => corporateNotices(name, corporateNumber)),
    ...stampNotices(fields, rules, context),
  ]
  const order = { stop: 0, warn: 1, info: 2 } as const
  return notices.sort((left, right) => order[left.severity] - order[right.severity])
}

/**
 * 様式第1, 留意事項: the form holds for the amendments too, unless the clerk designates 書面. Then only a form of its own
 * allows sending: AMENDMENT_ON_PAPER (stop).
 */
function consentNotices(
  fields: z.output<typeof CaseFields>,
  context: CaseRuleContext,
): readonly RuleNotice[] {
  const { parentCaseId, amendmentOnPaper, applicationDate } = fields
  if (parentCaseId !== null && amendmentOnPaper && applicationDate === null)
    return [{ code: 'AMENDMENT_ON_PAPER', severity: 'stop', data: {} }]
  return checkConsent({
    kind: fields.kind,
    applicationDate: applicationDate ?? context.inheritedApplicationDate ?? null,
    sendingOn: context.sentOn ?? context.today,
  })
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
  if (duty.code === 'STAMP_TAXED' && typeof context.originalAmountYen === 'number')
    return [
      {
        code: 'STAMP_SAVED_AMENDMENT',
        severity: 'info',
        data: { savedYen: duty.savedYen, increaseYen: duty.basisYen ?? 0 },
      },
    ]
  if (duty.code === 'STAMP_TAXED')
    return [{ code: 'STAMP_SAVED', severity: 'info', data: { savedYen: duty.savedYen } }]
  return duty.code === 'STAMP_UNCLEAR' ? [{ code: 'STAMP_UNCLEAR', severity: 'info', data: {} }] : []
}
