import { describe, expect, it } from 'vitest'
import type { IsoDate } from '../../../../shared/model/brand.ts'
import { DEFAULT_RULES } from '../../../../shared/rules/default-rules.ts'
import {
  reducedStampDuty,
  type StampDutyInput,
  stampDuty,
  standardStampDuty,
} from '../../../../shared/rules/stamp-duty.ts'

const works: StampDutyInput = {
  kind: 'construction',
  amountYen: 26_000_000,
  taxMode: 'excluded',
  taxAmountYen: null,
  madeOn: '2026-04-01' as IsoDate,
}
const savedBy = (changes: Partial<StampDutyInput>) => stampDuty({ ...works, ...changes }, DEFAULT_RULES)

describe('stamp duty (L25 本則, L26 軽減)', () => {
  it.each([
    [9_999, 0, 0],
    [10_000, 200, 200],
    [1_000_000, 200, 200],
    [1_000_001, 400, 200],
    [2_000_000, 400, 200],
    [2_000_001, 1_000, 500],
    [3_000_000, 1_000, 500],
    [3_000_001, 2_000, 1_000],
    [5_000_000, 2_000, 1_000],
    [5_000_001, 10_000, 5_000],
    [10_000_000, 10_000, 5_000],
    [10_000_001, 20_000, 10_000],
    [50_000_000, 20_000, 10_000],
    [50_000_001, 60_000, 30_000],
    [100_000_000, 60_000, 30_000],
    [100_000_001, 100_000, 60_000],
    [500_000_000, 100_000, 60_000],
    [500_000_001, 200_000, 160_000],
    [1_000_000_000, 200_000, 160_000],
    [1_000_000_001, 400_000, 320_000],
    [5_000_000_000, 400_000, 320_000],
    [5_000_000_001, 600_000, 480_000],
  ])('L25 L26 of %i yen is %i, reduced %i', (amount, standard, reduced) => {
    expect([standardStampDuty(amount), reducedStampDuty(amount)]).toEqual([standard, reduced])
  })

  it('L25 is 200 yen when no amount is stated', () => {
    expect(savedBy({ amountYen: null })).toEqual({
      code: 'STAMP_TAXED',
      basisYen: null,
      standardYen: 200,
      savedYen: 200,
      reduced: false,
    })
  })

  it('L26 leaves out consumption tax that is stated separately', () => {
    expect(savedBy({ amountYen: 11_000_000, taxMode: 'included', taxAmountYen: 1_000_000 })).toMatchObject({
      basisYen: 10_000_000,
      savedYen: 5_000,
    })
    expect(savedBy({ amountYen: 11_000_000, taxMode: 'included', taxAmountYen: null })).toMatchObject({
      basisYen: 11_000_000,
      savedYen: 10_000,
    })
  })

  it('L26 counts the increase of a change, and 200 yen for a decrease', () => {
    expect(savedBy({ originalAmountYen: 20_000_000 })).toEqual({
      code: 'STAMP_TAXED',
      basisYen: 6_000_000,
      standardYen: 10_000,
      savedYen: 5_000,
      reduced: true,
    })
    expect(savedBy({ originalAmountYen: 30_000_000 })).toMatchObject({ basisYen: null, savedYen: 200 })
    expect(savedBy({})).toMatchObject({ basisYen: 26_000_000, savedYen: 10_000 })
  })

  it('L26 stops the reduction after its last day and gives it to works only', () => {
    expect(savedBy({ madeOn: '2027-03-31' as IsoDate })).toMatchObject({ savedYen: 10_000, reduced: true })
    expect(savedBy({ madeOn: '2027-04-01' as IsoDate })).toMatchObject({ savedYen: 20_000, reduced: false })
    expect(savedBy({ kind: 'design' })).toMatchObject({ savedYen: 20_000, reduced: false })
  })

  it('never counts silently what may be taxed or not', () => {
    for (const kind of ['service', 'property', 'agreement', 'other'] as const)
      expect(savedBy({ kind })).toEqual({ code: 'STAMP_UNCLEAR' })
    for (const kind of ['purchase', 'lease'] as const)
      expect(savedBy({ kind })).toEqual({ code: 'STAMP_NOT_TAXED' })
  })
})
