import { describe, expect, test } from 'vitest'
import {
  type CaseFacts,
  currentStep,
  mayDelete,
  mayEditEnvelope,
  mayEditLedger,
  mayReopen,
  mayWithdraw,
  missingBeforeApproval,
  signersToAsk,
  townSignersDue,
  waitingFor,
} from '../../../../../electron/app/cases/workflow.ts'
import { CaseId, DocumentId, SignerId } from '../../../../../shared/model/brand.ts'
import { CaseState } from '../../../../../shared/model/case.ts'
import { type CaseSigner, SignerFields, type SignerState } from '../../../../../shared/model/signer.ts'

let number = 0

function signer(side: 'town' | 'counterparty', step: number, state: SignerState = 'waiting'): CaseSigner {
  number += 1
  const { accessCode: _code, ...fields } = SignerFields.parse({
    side,
    signatureType: side === 'town' ? 'party' : 'witness',
    step,
    name: `署名者${number}`,
    mailAddress: side === 'town' ? '' : `s${number}@example.jp`,
  })
  return {
    id: SignerId.parse(`signer-${number}`),
    caseId: CaseId.parse('case-1'),
    fields: { ...fields, hasAccessCode: false },
    state,
    requestedAt: null,
    viewedAt: null,
    deadline: null,
    signedAt: null,
    consent: null,
    declineReason: null,
    problem: null,
  }
}

function facts(change: Partial<CaseFacts> = {}): CaseFacts {
  return {
    state: 'signing',
    documents: [{ id: DocumentId.parse('d1'), role: 'sign' }],
    signers: [signer('counterparty', 1), signer('town', 2)],
    fields: [],
    evidence: 'none',
    ...change,
  }
}

describe('whose turn it is', () => {
  test('is the lowest step in which somebody has not signed; nobody’s when all have', () => {
    expect(currentStep([signer('town', 3), signer('counterparty', 2), signer('town', 1, 'signed')])).toBe(2)
    expect(currentStep([signer('town', 1, 'signed')])).toBeUndefined()
    expect(currentStep([])).toBeUndefined()
  })

  test('comes to everybody of a step at once, and to nobody of the next', () => {
    const [first, second, later] = [
      signer('counterparty', 1),
      signer('counterparty', 1),
      signer('counterparty', 2),
    ]
    expect(signersToAsk([later, first, second])).toEqual([first, second])
    expect(signersToAsk([{ ...first, state: 'requested' }, second, later])).toEqual([second])
  })

  test('comes to the town only while the case is being signed', () => {
    const due = facts({ signers: [signer('counterparty', 1, 'signed'), signer('town', 2)] })
    expect(townSignersDue(due)).toHaveLength(1)
    for (const state of CaseState.options.filter((option) => option !== 'signing'))
      expect(townSignersDue({ ...due, state })).toEqual([])
  })
})

describe('what a case waits for', () => {
  const signing = (...states: SignerState[]) =>
    waitingFor(
      facts({ signers: [...states.map((state) => signer('counterparty', 1, state)), signer('town', 2)] }),
    )

  test.each([
    [['waiting'], 'mail-delivery'],
    [['queued'], 'mail-delivery'],
    [['requested'], 'counterparty'],
    [['locked'], 'counterparty'],
    [['consented', 'requested'], 'sealing'],
    [['lapsed', 'signed'], 'clerk'],
    [['declined', 'requested'], 'clerk'],
    [['signed', 'signed'], 'town-signature'],
  ] as const)('signers %j: %s', (states, expected) => {
    expect(signing(...states)).toBe(expected)
  })

  test('is the conclusion when all have signed, then the evidence, then nothing', () => {
    const signers = [signer('counterparty', 1, 'signed'), signer('town', 2, 'signed')]
    expect(waitingFor(facts({ signers }))).toBe('conclusion')
    expect(waitingFor(facts({ signers, state: 'concluded', evidence: 'B-T' }))).toBe('evidence')
    expect(waitingFor(facts({ signers, state: 'concluded', evidence: 'B-LTA' }))).toBe('nothing')
  })

  test('has an answer in every state', () => {
    for (const state of CaseState.options) expect(waitingFor(facts({ state }))).toBeTypeOf('string')
  })
})

test('before approval a case needs a file to sign, both sides, and an address for everybody who gets a link', () => {
  expect(missingBeforeApproval(facts())).toEqual([])
  expect(missingBeforeApproval(facts({ documents: [], signers: [] }))).toEqual(['documents', 'signers'])
  expect(missingBeforeApproval(facts({ signers: [signer('town', 1)] }))).toEqual(['counterparty-signer'])
  const nowhere = signer('counterparty', 1)
  const withoutMail = { ...nowhere, fields: { ...nowhere.fields, mailAddress: '' } }
  expect(missingBeforeApproval(facts({ signers: [withoutMail] }))).toEqual(['town-signer', 'mail-address'])
})

test('what is concluded is never withdrawn, re-opened, deleted or edited without a reason', () => {
  expect([mayWithdraw('concluded'), mayDelete('concluded'), mayEditEnvelope('concluded')]).toEqual([
    false,
    false,
    false,
  ])
  expect(mayReopen('concluded')).toBe(false)
  expect([mayEditLedger('concluded'), mayEditLedger('deleted')]).toEqual(['with-reason', 'no'])
  expect(CaseState.options.filter(mayEditEnvelope)).toEqual(['draft'])
})
