import { describe, expect, it } from 'vitest'
import type { IsoDate } from '../../../../shared/model/brand.ts'
import { CaseFields } from '../../../../shared/model/case.ts'
import { RuleSettings } from '../../../../shared/model/settings.ts'
import { caseNotices } from '../../../../shared/rules/case-notices.ts'
import { DEFAULT_RULES } from '../../../../shared/rules/default-rules.ts'
import {
  type CouncilInput,
  checkConsent,
  checkCouncil,
  checkElectronicStart,
  checkSmallContract,
  needsCouncilVote,
  smallContractLimit,
} from '../../../../shared/rules/town-rules.ts'

const day = (text: string) => text as IsoDate
const codes = (notices: readonly { code: string; severity: string }[]) =>
  notices.map(({ code, severity }) => `${code} ${severity}`)

describe('DEFAULT_RULES', () => {
  it('is what the settings accept', () => {
    expect(RuleSettings.parse(DEFAULT_RULES)).toEqual(DEFAULT_RULES)
  })
})

describe('checkElectronicStart', () => {
  it.each([
    ['open-bid', '2025-08-31', false],
    ['open-bid', '2025-09-01', true],
    ['designated-bid', '2025-09-01', true],
    ['negotiated', '2026-03-31', false],
    ['negotiated', '2026-04-01', true],
    ['proposal', '2026-03-31', false],
  ] as const)('%s on %s may be electronic: %s', (method, date, allowed) => {
    expect(checkElectronicStart(method, day(date), DEFAULT_RULES).length === 0).toBe(allowed)
  })
})

describe('L19 council vote', () => {
  const works: CouncilInput = {
    kind: 'construction',
    plannedPriceYen: 50_000_000,
    amountYen: 48_000_000,
    contractDate: null,
    voteDate: null,
  }
  const check = (changes: Partial<CouncilInput>) =>
    codes(checkCouncil({ ...works, ...changes }, DEFAULT_RULES))

  it.each([
    ['construction', 49_999_999, false],
    ['construction', 50_000_000, true],
    ['manufacture', 50_000_000, true],
    ['purchase', 6_999_999, false],
    ['purchase', 7_000_000, true],
    ['property', 7_000_000, true],
    ['service', 900_000_000, false],
  ] as const)('%s with a planned price of %i needs one: %s', (kind, plannedPriceYen, expected) => {
    expect(needsCouncilVote({ ...works, kind, plannedPriceYen }, DEFAULT_RULES)).toBe(expected)
  })

  it('allows no contract date before or without the vote', () => {
    expect(check({})).toEqual(['COUNCIL_VOTE_NEEDED warn'])
    expect(check({ contractDate: day('2026-06-01') })).toEqual(['CONTRACT_WITHOUT_VOTE stop'])
    expect(check({ contractDate: day('2026-06-01'), voteDate: day('2026-06-02') })).toEqual([
      'CONTRACT_BEFORE_VOTE stop',
    ])
    expect(check({ contractDate: day('2026-06-02'), voteDate: day('2026-06-02') })).toEqual([])
  })

  it('says when it had to judge by the amount, or cannot judge', () => {
    expect(check({ plannedPriceYen: null, amountYen: 60_000_000 })).toEqual([
      'COUNCIL_BY_AMOUNT info',
      'COUNCIL_VOTE_NEEDED warn',
    ])
    expect(check({ plannedPriceYen: null, amountYen: null })).toEqual(['COUNCIL_UNKNOWN warn'])
  })
})

describe('L20 small contracts', () => {
  it('uses the limits of the day', () => {
    const limits = (on: string) =>
      (['works', 'purchase', 'lease-in', 'sale', 'lease-out', 'other'] as const).map(
        (category) => (smallContractLimit(category, day(on), DEFAULT_RULES) ?? 0) / 10_000,
      )
    expect(limits('2025-03-31')).toEqual([130, 80, 40, 30, 30, 50])
    expect(limits('2025-04-01')).toEqual([200, 150, 80, 50, 30, 100])
  })

  it('warns above the limit and not at it, for 随意契約 alone', () => {
    const check = (price: number, method: 'negotiated' | 'open-bid') =>
      codes(
        checkSmallContract(
          {
            kind: 'construction',
            method,
            plannedPriceYen: price,
            amountYen: null,
            contractDate: day('2026-04-01'),
          },
          day('2026-04-01'),
          DEFAULT_RULES,
        ),
      )
    expect(check(2_000_000, 'negotiated')).toEqual([])
    expect(check(2_000_001, 'negotiated')).toEqual(['SMALL_CONTRACT_OVER warn'])
    expect(check(2_000_001, 'open-bid')).toEqual([])
  })
})

describe('L21 checkConsent', () => {
  it('stops works without an earlier 申出書 and warns for the rest', () => {
    const check = (kind: 'construction' | 'purchase', applicationDate: string | null) =>
      codes(
        checkConsent({
          kind,
          applicationDate: applicationDate === null ? null : day(applicationDate),
          sendingOn: day('2026-04-02'),
        }),
      )
    expect(check('construction', null)).toEqual(['APPLICATION_MISSING stop'])
    expect(check('construction', '2026-04-03')).toEqual(['APPLICATION_AFTER_SENDING stop'])
    expect(check('construction', '2026-04-02')).toEqual([])
    expect(check('purchase', null)).toEqual(['APPLICATION_MISSING warn'])
  })
})

describe('caseNotices', () => {
  const fields = CaseFields.parse({
    title: '町道123号線舗装補修工事',
    method: 'open-bid',
    kind: 'construction',
    amount: 26_000_000,
    taxMode: 'excluded',
    contractDate: '2026-04-01',
    department: '土木課',
    counterparties: [{ name: '㈱𠮷髙建設', corporateNumber: '4011001098993' }],
    applicationDate: '2026-03-20',
  })
  const context = { today: day('2026-04-01'), sentOn: null }

  it('has only the saved stamp duty to say about a case in order', () => {
    expect(caseNotices(fields, DEFAULT_RULES, context)).toEqual([
      { code: 'STAMP_SAVED', severity: 'info', data: { savedYen: 10_000 } },
    ])
  })

  it('puts what stops first', () => {
    const bad = {
      ...fields,
      applicationDate: null,
      counterparties: [
        {
          ...fields.counterparties[0],
          name: '㈱甲',
          address: '',
          representative: '',
          corporateNumber: '4011001098994',
        },
      ],
    }
    expect(codes(caseNotices(bad, DEFAULT_RULES, context))).toEqual([
      'APPLICATION_MISSING stop',
      'CORPORATE_NUMBER_CHECK_DIGIT warn',
      'STAMP_SAVED info',
    ])
  })

  it("lets an amendment inherit the parent's 申出書", () => {
    const notices = caseNotices({ ...fields, applicationDate: null }, DEFAULT_RULES, {
      ...context,
      inheritedApplicationDate: day('2025-10-01'),
    })
    expect(codes(notices)).toEqual(['STAMP_SAVED info'])
  })
})
