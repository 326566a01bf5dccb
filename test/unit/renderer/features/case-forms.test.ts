import { describe, expect, it } from 'vitest'
import {
  draftsOf,
  isDraftRight,
  signerInput,
} from '../../../../renderer/features/cases/detail/signer-draft.ts'
import {
  draftProblems,
  emptyDraft,
  fieldsOf,
} from '../../../../renderer/features/cases/form/case-form-model.ts'
import { readDays } from '../../../../renderer/features/settings/town-section.tsx'
import { readWholeNumber } from '../../../../renderer/ui/number-input.tsx'

const party = { name: '株式会社髙橋組', address: '', representative: '髙橋 一郎', corporateNumber: '' }

describe('forms of a case', () => {
  it('names what is missing or cannot be, beside its field', () => {
    const draft = {
      ...emptyDraft(''),
      amount: 100 as never,
      taxAmount: 200 as never,
      periodFrom: '2026-12-01' as never,
      periodTo: '2026-11-01' as never,
      counterparties: [{ ...party, name: '', corporateNumber: '4011001098994' }],
    }
    const problems = draftProblems(draft)
    expect(problems.count).toBe(6)
    expect(problems.parties[0]).toEqual({
      name: '入力してください。',
      corporateNumber: '法人番号の検査数字が合いません。13桁を確かめてください。',
    })
  })

  it('gives the bridge a complete case from a draft without problems', () => {
    const draft = {
      ...emptyDraft('土木課'),
      title: '舗装工事',
      counterparties: [{ ...party, corporateNumber: '4011001098993' }],
    }
    expect(draftProblems(draft).count).toBe(0)
    expect(fieldsOf(draft)).toMatchObject({
      title: '舗装工事',
      amount: null,
      counterparties: [{ name: '株式会社髙橋組' }],
    })
  })

  it('proposes the counterparty as witness first and the town as party last', () => {
    const [first, second] = draftsOf([], { counterparties: [party], headOfTown: '扶桑町長' })
    expect(first).toMatchObject({
      side: 'counterparty',
      signatureType: 'witness',
      step: 1,
      name: '髙橋 一郎',
    })
    expect(second).toMatchObject({ side: 'town', signatureType: 'party', step: 2, name: '扶桑町長' })
    expect(first && isDraftRight(first)).toBe(false)
    expect(first && isDraftRight({ ...first, mailAddress: 'takahashi@example.jp' })).toBe(true)
    expect(second && isDraftRight(second)).toBe(true)
  })

  it('keeps a stored access code unless a new one is typed, and sends no mail address for the town’s own signature', () => {
    const [first, second] = draftsOf([], { counterparties: [party], headOfTown: '扶桑町長' })
    if (!first || !second) throw new Error('Two drafts expected')
    expect(signerInput({ ...first, id: 's1' as never, hasAccessCode: true })).not.toHaveProperty('accessCode')
    expect(signerInput({ ...first, accessCode: 'tk2026' })).toMatchObject({ accessCode: 'tk2026' })
    expect(signerInput({ ...second, mailAddress: 'mayor@example.jp' })).toMatchObject({ mailAddress: '' })
  })

  it('reads numbers as people type them', () => {
    expect(['１２，３４５円', ' 12 345 ', '', '十二', '-5', '1.5'].map(readWholeNumber)).toEqual([
      12_345,
      12_345,
      null,
      undefined,
      undefined,
      undefined,
    ])
    expect(['7、3', '7,3', '', '7、三', '61'].map(readDays)).toEqual([
      [7, 3],
      [7, 3],
      [],
      undefined,
      undefined,
    ])
  })
})
