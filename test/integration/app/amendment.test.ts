import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { changeBySystem } from '../../../electron/app/record.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { readAccessCode, saveSigners } from '../../../electron/core/archive/tables/signers.ts'
import type { CaseId, UserId } from '../../../shared/model/brand.ts'
import type { CaseState } from '../../../shared/model/case.ts'
import { SignerFields } from '../../../shared/model/signer.ts'
import { openTestOffice, type Person, type TestOffice } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { approve, caseFields, contractor, readCase, registerCase, town } from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let office: TestOffice
let userId: UserId
beforeAll(async () => {
  office = await openTestOffice()
  const { users } = must(await office.clerk.client.users.list({}))
  userId = users.find(({ loginName }) => loginName === office.clerk.loginName)?.id ?? userId
})
afterAll(() => office.close())

type Fields = NonNullable<Parameters<typeof caseFields>[0]>

const WORKS: Fields = { kind: 'construction', contractDate: '2026-05-01', applicationDate: '2026-04-20' }

/** A contract that was made before, as an import leaves it. */
function made(change: Fields, state: CaseState = 'concluded'): CaseId {
  const { archive, clock } = office.running().office
  return archive.transaction((db) => {
    const by = { ...changeBySystem(clock.now()), userId }
    const caseId = insertCase(db, caseFields({ ...WORKS, ...change }), by, { state })
    const signers = [contractor({ accessCode: 'Fuso2026' }), town()].map((signer) =>
      SignerFields.parse(signer),
    )
    saveSigners(db, caseId, signers, by)
    return caseId
  })
}

const amend = (person: Person, parentCaseId: CaseId, change: Fields = {}) =>
  person.client.cases.create({
    fields: caseFields({
      ...WORKS,
      applicationDate: null,
      contractDate: '2026-09-01',
      parentCaseId,
      ...change,
    }),
  })

async function noticesOf(caseId: CaseId) {
  return (await readCase(office, caseId)).detail.notices
}
const stampOf = async (caseId: CaseId) =>
  (await noticesOf(caseId)).find(({ code }) => code.startsWith('STAMP'))

describe('an amendment', () => {
  test('inherits the 申出書, the signers and their access codes of its 原契約', async () => {
    const original = made({})
    const { caseId } = must(await amend(office.clerk, original))
    const view = await readCase(office, caseId)
    expect(view.inheritedApplicationDate).toBe('2026-04-20')
    expect(view.signers.map(({ fields, state }) => [fields.name, fields.hasAccessCode, state])).toEqual([
      ['髙橋 太郎', true, 'waiting'],
      ['扶桑 一郎', false, 'waiting'],
    ])
    const [signer] = view.signers
    if (signer === undefined) throw new Error('No signer')
    expect(readAccessCode(office.running().office.archive.db, signer.id)).toBe('Fuso2026')
    expect((await noticesOf(caseId)).map(({ code }) => code)).not.toContain('APPLICATION_MISSING')
  })

  test('of an amendment inherits the 申出書 of the nearest contract that has one', async () => {
    const original = made({})
    const first = made({ applicationDate: null, parentCaseId: original })
    const { caseId } = must(await amend(office.clerk, first))
    expect((await readCase(office, caseId)).inheritedApplicationDate).toBe('2026-04-20')
    const onPaper = made({ applicationDate: null, parentCaseId: original, amendmentOnPaper: true })
    const after = must(await amend(office.clerk, onPaper)).caseId
    expect((await readCase(office, after)).inheritedApplicationDate).toBeNull()
    expect((await noticesOf(after)).map(({ code }) => code)).toContain('APPLICATION_MISSING')
  })

  test('that the clerk designated 書面 inherits nothing and cannot be sent, until a form of its own is there', async () => {
    const original = made({})
    const fields = {
      parentCaseId: original,
      amendmentOnPaper: true,
      applicationDate: null,
      kind: 'purchase',
    } as const
    expect(
      (await readCase(office, must(await amend(office.clerk, original, fields)).caseId)).signers,
    ).toEqual([])
    const signers = [contractor({ mailAddress: 'on-paper@example.jp' }), town()]
    const caseId = await registerCase(office.clerk, { fields, signers })
    await approve(office, caseId)
    expect(await office.clerk.client.sending.send({ caseId })).toEqual({
      ok: false,
      error: { code: 'RULE_FORBIDS', data: { codes: ['AMENDMENT_ON_PAPER'] } },
    })
    const { detail } = await readCase(office, caseId)
    const withForm = { ...detail.fields, applicationDate: '2026-11-01' }
    must(
      await office.clerk.client.cases.update({
        caseId,
        rowVersion: detail.rowVersion,
        fields: withForm,
        why: '申出書を受領',
      }),
    )
    must(await office.clerk.client.sending.send({ caseId }))
  })

  test('L26 saves the stamp duty of its increase over the contract in force before it, and 200 yen otherwise', async () => {
    // 22,000,000 with 2,000,000 of separately stated tax: 20,000,000 counts.
    const tax = { taxMode: 'included', taxAmount: 2_000_000 } as const
    const original = made({ ...tax, amount: 22_000_000 })
    const first = made({
      taxMode: 'excluded',
      amount: 26_000_000,
      contractDate: '2026-07-01',
      parentCaseId: original,
    })
    made(
      { taxMode: 'excluded', amount: 90_000_000, contractDate: '2026-08-01', parentCaseId: original },
      'withdrawn',
    )
    expect(await stampOf(first)).toMatchObject({ data: { increaseYen: 6_000_000, savedYen: 5_000 } })
    const net = (amount: number | null) => amend(office.clerk, original, { taxMode: 'excluded', amount })
    const second = must(await net(27_500_000)).caseId
    expect(await stampOf(second)).toMatchObject({ data: { increaseYen: 1_500_000, savedYen: 200 } })
    const lower = must(await net(25_000_000)).caseId
    expect(await stampOf(lower)).toMatchObject({ data: { increaseYen: 0, savedYen: 200 } })
    const sameAmount = must(await net(null)).caseId
    expect(await stampOf(sameAmount)).toMatchObject({ data: { increaseYen: 0, savedYen: 200 } })
    expect(await stampOf(original)).toMatchObject({ code: 'STAMP_SAVED', data: { savedYen: 10_000 } })
  })
})

describe('the chain of a contract', () => {
  test('stands on every case of it: the 原契約 first, then the amendments by their dates', async () => {
    const original = made({ contractNumber: 'R8-101' })
    const second = made({ contractNumber: 'R8-101-2', contractDate: '2026-08-01', parentCaseId: original })
    const first = made({ contractNumber: 'R8-101-1', contractDate: '2026-06-01', parentCaseId: original })
    const third = must(
      await amend(office.clerk, second, { contractNumber: 'R8-101-3', contractDate: null }),
    ).caseId
    for (const caseId of [original, first, second, third])
      expect(
        (await readCase(office, caseId)).chain.map(({ contractNumber, isOriginal }) => [
          contractNumber,
          isOriginal,
        ]),
      ).toEqual([
        ['R8-101', true],
        ['R8-101-1', false],
        ['R8-101-2', false],
        ['R8-101-3', false],
      ])
    must(await office.clerk.client.cases.remove({ caseId: third, why: '誤り' }))
    expect((await readCase(office, original)).chain).toHaveLength(3)
    expect((await readCase(office, made({}))).chain).toEqual([])
  })

  test('leaves out what a person may not see, and such a contract cannot be chosen', async () => {
    const other = await office.addPerson('fukushi', ['clerk'], '福祉児童課')
    const original = made({ department: '土木課' })
    const caseId = made({ department: '福祉児童課', parentCaseId: original })
    const seen = must(await other.client.cases.read({ caseId })).chain
    expect(seen.map(({ id }) => id)).toEqual([caseId])
    expect(await amend(other, original)).toMatchObject({ ok: false, error: { code: 'PARENT_NOT_FOUND' } })
  })

  test.each([
    ['a case that is not there', () => 'nowhere' as CaseId, 'PARENT_NOT_FOUND'],
    ['a case that is not concluded', () => made({}, 'signing'), 'PARENT_NOT_CONCLUDED'],
    ['a deleted case', () => made({}, 'deleted'), 'PARENT_NOT_FOUND'],
  ])('does not begin with %s', async (_name, parent, code) => {
    const before = must(await office.clerk.client.cases.list({})).total
    expect(await amend(office.clerk, parent())).toMatchObject({ ok: false, error: { code } })
    expect(must(await office.clerk.client.cases.list({})).total).toBe(
      before + (code === 'PARENT_NOT_CONCLUDED' ? 1 : 0),
    )
  })

  test('does not close to a circle', async () => {
    const original = made({})
    const amendment = made({ parentCaseId: original })
    for (const parentCaseId of [original, amendment]) {
      const { detail } = await readCase(office, original)
      const fields = { ...detail.fields, parentCaseId }
      expect(
        await office.clerk.client.cases.update({
          caseId: original,
          rowVersion: detail.rowVersion,
          fields,
          why: '試し',
        }),
      ).toMatchObject({ ok: false, error: { code: 'PARENT_CIRCULAR' } })
    }
  })

  test('is written into the history by the contract number, which a reader knows', async () => {
    const original = made({ contractNumber: 'R8-202' })
    const { caseId } = must(await amend(office.clerk, original))
    const { changes } = must(await office.clerk.client.cases.history({ caseId }))
    expect(changes.find(({ field }) => field === 'parentCaseId')).toMatchObject({
      oldValue: null,
      newValue: 'R8-202',
    })
  })

  test('is found for the picker by number, title or counterparty, among contracts that were made', async () => {
    const original = made({
      contractNumber: 'R8-土-777',
      title: '柏森駅前広場 照明更新',
      counterparties: [{ name: '有限会社柏森電気' }],
    })
    made({ title: '柏森駅前広場 照明更新', contractNumber: 'R8-土-778' }, 'signing')
    for (const text of ['R8-土-777', '駅前広場', '柏森電気', '柏森 照明']) {
      const { rows } = must(
        await office.clerk.client.cases.list({ states: ['concluded', 'paper'], text, limit: 8 }),
      )
      expect(rows.map(({ id }) => id)).toEqual([original])
    }
  })
})
