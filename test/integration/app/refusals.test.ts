import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { addVersion } from '../../../electron/core/archive/tables/documents.ts'
import { fillApplicationForm, makeApplicationForm } from '../../../electron/core/pages/application-form.ts'
import { bridge } from '../../../shared/bridge/bridge.ts'
import type { Permission } from '../../../shared/bridge/define.ts'
import type { CaseId, DocumentId } from '../../../shared/model/brand.ts'
import type { Role } from '../../../shared/model/user.ts'
import { openLink } from '../../support/contractor-robot.ts'
import { makePdf } from '../../support/make-pdf.ts'
import { openTestOffice, type Person, type TestOffice, untilIdle } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { hasJudge } from '../../support/outside-judges.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
import { rowCounts } from '../../support/row-counts.ts'
import { openSigningDesk, type SigningDesk } from '../../support/signing-desk.ts'
import { approve, contractor, readCase, registerCase, sendCase, town } from '../../support/test-case.ts'
import { encrypted } from '../../unit/electron/core/signing/pdf/encrypted.ts'

vi.setConfig({ testTimeout: 60_000 })

let office: TestOffice

beforeAll(async () => {
  office = await openTestOffice()
})
afterAll(() => office.close())

const database = () => office.running().office.archive.db

/** Runs a call and says its code; fails when the database is not as it was. */
async function codeWithoutChange(call: () => Promise<unknown>): Promise<unknown> {
  await untilIdle(office)
  const before = rowCounts(database())
  const answer = await call()
  expect(rowCounts(database())).toEqual(before)
  return answer
}

describe('roles', () => {
  const EVERYBODY: readonly Permission[] = ['anyone', 'signed-in']
  const MAY: Readonly<Record<Role, readonly Permission[]>> = {
    administrator: [
      'settings.read',
      'settings.write',
      'users.manage',
      'audit.read',
      'case.read',
      'archive.search',
      'archive.manage',
    ],
    clerk: ['case.read', 'case.write', 'case.send', 'archive.search', 'archive.export', 'settings.read'],
    approver: ['case.read', 'case.approve', 'case.seal', 'archive.search', 'settings.read'],
    records: ['case.read', 'archive.search', 'archive.export', 'archive.manage', 'audit.read'],
    auditor: ['case.read', 'archive.search', 'archive.export', 'audit.read', 'settings.read'],
  }
  const procedures = Object.entries(bridge).flatMap(([group, entries]) =>
    Object.entries(entries).map(([name, { permission }]) => ({
      channel: `${group}.${name}`,
      permission,
    })),
  )
  /** An input no procedure takes: what is permitted says so without doing anything. */
  const codeOf = async (person: Pick<Person, 'connection'>, channel: string) => {
    const answer = await office.app().call(channel, 42, person.connection)
    return answer.ok ? 'done' : answer.error.code
  }

  test.each(Object.keys(MAY) as Role[])('%s may do what the table says and nothing else', async (role) => {
    const person = await office.addPerson(`only-${role}`, [role])
    for (const { channel, permission } of procedures) {
      const isAllowed = EVERYBODY.includes(permission) || MAY[role].includes(permission)
      expect(`${channel} ${await codeOf(person, channel)}`).toBe(
        `${channel} ${isAllowed ? 'INPUT_INVALID' : 'FORBIDDEN'}`,
      )
    }
  })

  test('without a log-in nothing is permitted but what comes before it', async () => {
    const open: string[] = []
    for (const { channel } of procedures)
      if ((await codeOf({ connection: { id: 'nobody', from: '' } }, channel)) !== 'NOT_SIGNED_IN')
        open.push(channel)
    expect(open.sort()).toEqual(
      ['logIn', 'logOut', 'recover', 'setUp', 'status'].map((name) => `session.${name}`),
    )
  })

  test('nobody changes contracts or settings as auditor, nobody signs for the town but the approver', () => {
    const holders = (permission: Permission) =>
      (Object.keys(MAY) as Role[]).filter((role) => MAY[role].includes(permission))
    expect(
      ['case.write', 'case.send', 'settings.write', 'archive.manage'].flatMap((p) =>
        holders(p as Permission),
      ),
    ).not.toContain('auditor')
    expect([holders('case.approve'), holders('case.seal')]).toEqual([['approver'], ['approver']])
  })

  test('a clerk of another 課 sees neither the case nor its mails nor its documents', async () => {
    const caseId = await sendCase(office, {
      signers: [contractor({ mailAddress: 'seen@example.jp' }), town()],
    })
    await office.post.linkFor('seen@example.jp')
    const { documents, signers } = await readCase(office, caseId)
    const stranger = await office.addPerson('stranger', ['clerk'], '福祉児童課')
    const { client } = stranger
    for (const answer of [
      await client.cases.read({ caseId }),
      await client.cases.events({ caseId }),
      await client.cases.withdraw({ caseId, why: 'x' }),
      await client.documents.open({ documentId: documents[0]?.id ?? '', purpose: 'view' }),
      await client.sending.remind({ signerId: signers[0]?.id ?? '' }),
      await client.seal.retry({ caseId }),
    ])
      expect(answer).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    const { rows } = must(await office.clerk.client.mails.list({ caseId }))
    expect(rows.length).toBeGreaterThan(0)
    expect(must(await client.mails.list({})).rows).toEqual([])
    expect(must(await client.cases.list({})).rows).toEqual([])
    expect(await client.mails.retry({ mailId: rows[0]?.id ?? '' })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
  })
})

describe('approval', () => {
  test('of one’s own request is refused', async () => {
    const both = await office.addPerson('both-roles', ['clerk', 'approver'])
    const caseId = await registerCase(both)
    must(await both.client.approval.request({ caseId }))
    expect(await both.client.approval.decide({ caseId, decision: 'approve' })).toMatchObject({
      error: { code: 'OWN_REQUEST' },
    })
  })

  test('holds for the very bytes: a file changed afterwards can be neither approved nor sent', async () => {
    const exchange = async (documentId: DocumentId) => {
      const { archive, clock } = office.running().office
      const file = await archive.vault.put(plainPdf(5000))
      const change = { userId: null, who: 'test', at: clock.now(), why: '' }
      archive.transaction((db) => addVersion(db, documentId, { file, reason: 'import' }, change))
    }
    const documentOf = async (caseId: CaseId) => {
      const [document] = (await readCase(office, caseId)).documents
      if (document === undefined) throw new Error('No document')
      return document.id
    }
    const beforeDecision = await registerCase(office.clerk)
    must(await office.clerk.client.approval.request({ caseId: beforeDecision }))
    await exchange(await documentOf(beforeDecision))
    expect(
      await office.approver.client.approval.decide({ caseId: beforeDecision, decision: 'approve' }),
    ).toMatchObject({ error: { code: 'DOCUMENT_CHANGED' } })
    const afterwards = await registerCase(office.clerk)
    await approve(office, afterwards)
    await exchange(await documentOf(afterwards))
    expect(
      await codeWithoutChange(() => office.clerk.client.sending.send({ caseId: afterwards })),
    ).toMatchObject({ error: { code: 'DOCUMENT_CHANGED' } })
  })

  test.each([
    ['works without a 申出書 (L21)', { kind: 'construction', applicationDate: null }, 'APPLICATION_MISSING'],
    [
      'works with a 申出書 dated after today (L21)',
      { kind: 'construction', applicationDate: '2099-01-01' },
      'APPLICATION_AFTER_SENDING',
    ],
    [
      'works of 60 million yen with a contract date and no council vote (L19)',
      { kind: 'construction', amount: 60_000_000, plannedPrice: 60_000_000 },
      'CONTRACT_WITHOUT_VOTE',
    ],
    [
      'a case that demands two factors from a signer without an access code (L7)',
      { twoFactorRequired: true },
      'SECOND_FACTOR_MISSING',
    ],
    [
      'a contract dated before the vote (L19)',
      { kind: 'construction', amount: 60_000_000, councilVoteDate: '2026-12-10', contractDate: '2026-11-20' },
      'CONTRACT_BEFORE_VOTE',
    ],
  ] as const)('does not make %s sendable', async (_name, fields, code) => {
    const caseId = await registerCase(office.clerk, { fields })
    await approve(office, caseId)
    const answer = await codeWithoutChange(() => office.clerk.client.sending.send({ caseId }))
    expect(answer).toMatchObject({
      error: { code: 'RULE_FORBIDS', data: { codes: expect.arrayContaining([code]) } },
    })
    expect((await readCase(office, caseId)).detail.state).toBe('approved')
  })
})

describe('two factors (L7)', () => {
  test('are demanded to the end: the access code cannot be taken away by a correction', async () => {
    const signer = contractor({ mailAddress: 'two-factors@example.jp', accessCode: 'fuso2026' })
    const caseId = await sendCase(office, { fields: { twoFactorRequired: true }, signers: [signer, town()] })
    const link = await office.post.linkFor('two-factors@example.jp')
    await expect(openLink(link)).rejects.toMatchObject({ code: 'TOKEN_WRONG' })
    const { signers } = await readCase(office, caseId)
    const fields = signers[0]?.fields
    if (fields === undefined) throw new Error('No signer')
    const answer = await codeWithoutChange(() =>
      office.clerk.client.sending.correctSigner({
        signerId: signers[0]?.id ?? '',
        fields,
        accessCode: '',
        why: '訂正',
      }),
    )
    expect(answer).toMatchObject({
      error: { code: 'RULE_FORBIDS', data: { codes: ['SECOND_FACTOR_MISSING'] } },
    })
  })
})

describe('bad input says its code and changes nothing:', () => {
  const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')
  const importing = async (bytes: Uint8Array) => {
    const caseId = await registerCase(office.clerk)
    const uploadId = await office.clerk.upload('契約書.pdf', bytes)
    return codeWithoutChange(() =>
      office.clerk.client.documents.import({ caseId, uploadId, title: '契約書', role: 'sign' }),
    )
  }
  const wrongXref = () => {
    const text = makePdf().toString('latin1')
    return Buffer.from(text.replace(/startxref\n\d+/, 'startxref\n99'), 'latin1')
  }

  test.each([
    ['a truncated PDF', () => plainPdf(4000).subarray(0, 1500), undefined],
    ['a PDF with a wrong xref', wrongXref, undefined],
    ['a JPEG named .pdf', () => JPEG, 'NOT_A_PDF'],
    ['0 bytes', () => new Uint8Array(), 'EMPTY_FILE'],
    ['text', () => Buffer.from('これはPDFではありません'), 'NOT_A_PDF'],
  ] as const)('%s', async (_name, make, code) => {
    const answer = await importing(make())
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'PREFLIGHT_STOPPED', data: { codes: code === undefined ? expect.anything() : [code] } },
    })
  })

  test.skipIf(!hasJudge('qpdf'))('a PDF that needs a password', async () => {
    const answer = await importing(encrypted(makePdf(), { user: 'secret', bits: 256 }))
    expect(answer).toMatchObject({ error: { code: 'PREFLIGHT_STOPPED' } })
    expect(JSON.stringify(answer)).toContain('ENCRYPTED')
  })

  test('more than 200 MB', async () => {
    const piece = Buffer.alloc(4 << 20, 0x20)
    async function* tooMuch() {
      for (let sent = 0; sent < 208; sent += 4) yield piece
    }
    const answer = await codeWithoutChange(() => office.clerk.tryUpload('大きい.pdf', tooMuch()))
    expect(answer).toMatchObject({ ok: false, error: { code: 'UPLOAD_TOO_LARGE' } })
  })

  test('a 申出書 of another town, a contract in place of one, an empty one', async () => {
    const options = { townName: '大口町', headOfTown: '大口町長' }
    const other = await fillApplicationForm(await makeApplicationForm(options), { signer_name: '甲' })
    const own = await makeApplicationForm({ townName: '扶桑町', headOfTown: '扶桑町長' })
    for (const [bytes, code] of [
      [other, 'FORM_OTHER_TOWN'],
      [plainPdf(3000), 'NOT_AN_APPLICATION_FORM'],
      [own, 'FORM_EMPTY'],
      [JPEG, 'NOT_A_PDF'],
    ] as const) {
      const uploadId = await office.clerk.upload('申出書.pdf', bytes)
      const answer = await codeWithoutChange(() =>
        office.clerk.client.cases.readApplicationForm({ uploadId }),
      )
      expect(answer).toMatchObject({ ok: false, error: { code } })
    }
  })

  test.each([
    ['an access code of 200 characters', { accessCode: 'a'.repeat(200) }, 'accessCode'],
    ['an access code with signs', { accessCode: '１２３４' }, 'accessCode'],
    ['no mail address but text', { mailAddress: 'takahashi＠example.jp' }, 'mailAddress'],
    ['two mail addresses in one', { mailAddress: 'a@example.jp,b@example.jp' }, 'mailAddress'],
  ])('%s', async (_name, change, field) => {
    const caseId = await registerCase(office.clerk)
    const signers = [{ ...contractor(), ...change }, town()]
    const answer = await codeWithoutChange(() =>
      office.clerk.client.documents.saveSigners({ caseId, signers }),
    )
    expect(answer).toMatchObject({
      error: { code: 'INPUT_INVALID', data: { paths: [`signers.0.${field}`] } },
    })
  })

  test('an id of something that is not there, or not an id', async () => {
    const answer = await codeWithoutChange(() =>
      office.clerk.client.sending.send({ caseId: '../../etc/passwd' }),
    )
    expect(answer).toMatchObject({
      ok: false,
      error: { code: expect.stringMatching(/INPUT_INVALID|NOT_FOUND/) },
    })
  })
})

describe('signing keys', () => {
  let desk: SigningDesk
  beforeAll(async () => {
    desk = await openSigningDesk()
  })
  afterAll(() => desk.close())

  const put = async (slot: 'town' | 'witness', file: string, password: string, owner = '扶桑町') => {
    const uploadId = await office.clerk.upload('key.p12', await readFile(desk.path(file)))
    const input = { slot, uploadId, password, keepPassword: true, owner }
    return office.clerk.client.settings.writeCertificate(input)
  }

  test.each([
    ['a wrong password', 'town.p12', 'wrong', 'KEY_PASSWORD_WRONG'],
    ['an expired certificate', 'expired.p12', undefined, 'CERTIFICATE_EXPIRED'],
    ['a PDF', 'contract.pdf', '', 'KEY_FILE_UNREADABLE'],
  ])('are not taken with %s', async (_name, file, password, code) => {
    const answer = await codeWithoutChange(() => put('town', file, password ?? desk.password))
    expect(answer).toMatchObject({ ok: false, error: { code } })
    const { certificates } = must(await office.clerk.client.settings.read({}))
    expect(certificates[0]?.testPart).toBe(true)
  })

  test('of the witness that the town owns raise a warning (L6); the other key’s anchors stay', async () => {
    const item = async () =>
      must(await office.clerk.client.settings.readiness({})).items.find(
        ({ code }) => code === 'witness-key-owner',
      )
    expect(await item()).toMatchObject({ done: true })
    must(await put('witness', 'town.p12', desk.password, '扶桑町'))
    expect(await item()).toMatchObject({ done: false, data: { owner: '扶桑町' } })
    const anchors = () => office.running().office.services.anchors().length
    const before = anchors()
    const second = await openSigningDesk()
    const uploadId = await office.clerk.upload('key.p12', await readFile(second.path('town.p12')))
    const input = { uploadId, password: second.password, keepPassword: true, owner: '第三者株式会社' }
    must(await office.clerk.client.settings.writeCertificate({ slot: 'town', ...input }))
    expect(anchors()).toBeGreaterThan(before)
    await second.close()
    for (const slot of ['town', 'witness'] as const)
      must(await office.clerk.client.settings.resetCertificate({ slot }))
    expect(anchors()).toBeGreaterThan(before)
  })

  test('with a password of its own are asked for the PIN at signing, and a wrong one signs nothing', async () => {
    const uploadId = await office.clerk.upload('key.p12', await readFile(desk.path('town.p12')))
    must(
      await office.clerk.client.settings.writeCertificate({
        slot: 'town',
        uploadId,
        password: desk.password,
        keepPassword: false,
        owner: '扶桑町',
      }),
    )
    const caseId = await sendCase(office, {
      signers: [town({ step: 1 }), contractor({ step: 2, mailAddress: 'pin@example.jp' })],
    })
    const sign = (pin: string) => office.approver.client.seal.sign({ caseIds: [caseId], pin })
    expect(await codeWithoutChange(() => sign(''))).toMatchObject({ error: { code: 'PIN_MISSING' } })
    expect(await codeWithoutChange(() => sign('wrong'))).toMatchObject({
      error: { code: 'KEY_PASSWORD_WRONG' },
    })
    expect((await readCase(office, caseId)).documents[0]?.current.reason).toBe('fields')
    must(await office.clerk.client.settings.resetCertificate({ slot: 'town' }))
  })
})

describe('a log that cannot be written (L29)', () => {
  test('stops the action: nothing of it is left', async () => {
    const caseId = await registerCase(office.clerk)
    const { connection } = office.running().office.archive
    const { raw } = connection()
    await untilIdle(office)
    const before = [rowCounts(database()), await readCase(office, caseId)]
    const documentId = (await readCase(office, caseId)).documents[0]?.id ?? ''
    raw.exec(
      "CREATE TEMP TRIGGER no_log BEFORE INSERT ON main.audit_entries BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    try {
      const { client } = office.clerk
      for (const answer of [
        await client.cases.remove({ caseId, why: '誤り' }),
        await client.approval.request({ caseId }),
        await client.documents.open({ documentId, purpose: 'view' }),
      ])
        expect(answer).toMatchObject({ ok: false })
    } finally {
      raw.exec('DROP TRIGGER no_log')
    }
    expect([rowCounts(database()), await readCase(office, caseId)]).toEqual(before)
  })
})
