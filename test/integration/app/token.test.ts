import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseCertificate } from '../../../electron/core/signing/cms/certificate.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { openTestOffice, type TestOffice, until, untilIdle } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { rowCounts } from '../../support/row-counts.ts'
import { openSigningDesk, type SigningDesk } from '../../support/signing-desk.ts'
import { makeSoftToken, SOFTHSM_MODULE, type SoftToken } from '../../support/soft-token.ts'
import { contractor, readCase, sendCase, town, untilCase } from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const PIN = 'PinOfTheCard-4711'

describe.skipIf(SOFTHSM_MODULE === undefined)('the town’s key on a token (SoftHSM)', () => {
  let office: TestOffice
  let desk: SigningDesk
  let token: SoftToken
  let number = 0

  beforeAll(async () => {
    desk = await openSigningDesk()
    token = makeSoftToken([{ label: '職責証明書', id: 'a1', issued: desk.authority.town }], [], PIN)
    office = await openTestOffice()
  })
  afterAll(async () => {
    await office?.close()
    await desk?.close()
    token?.remove()
  })

  const settings = () => office.clerk.client.settings
  const place = () => ({
    modulePath: token.modulePath,
    tokenLabel: token.label,
    tokenSerial: serial,
    certificateId: 'a1',
    certificateLabel: '職責証明書',
    owner: '扶桑町',
  })
  let serial = ''

  const dueCase = (): Promise<CaseId> => {
    number += 1
    return sendCase(office, {
      signers: [town({ step: 1 }), contractor({ step: 2, mailAddress: `token-${number}@example.jp` })],
    })
  }
  const sign = (caseIds: readonly CaseId[], pin: string) =>
    office.approver.client.seal.sign({ caseIds: [...caseIds], pin })
  const outcomeOf = (taskId: string) =>
    until(
      async () => {
        const { done, rows } = must(await office.approver.client.seal.outcome({ taskId }))
        return done ? rows : undefined
      },
      () => taskId,
    )
  const unchanged = async (act: () => Promise<unknown>) => {
    const { db } = office.running().office.archive
    await untilIdle(office)
    const before = rowCounts(db)
    const answer = await act()
    expect(rowCounts(db)).toEqual(before)
    return answer
  }

  test('is found in the module with what it is and how long it holds; nothing of it is in force yet', async () => {
    expect(await settings().listTokens({ modulePath: '/usr/lib/no-such-module.so' })).toMatchObject({
      error: { code: 'MODULE_NOT_FOUND' },
    })
    expect(await settings().listTokens({ modulePath: 'softhsm.so' })).toMatchObject({
      error: { code: 'MODULE_NOT_FOUND' },
    })
    expect(await settings().listTokens({ modulePath: '/etc/hostname' })).toMatchObject({
      error: { code: 'TOKEN_UNAVAILABLE' },
    })
    const [found] = must(await settings().listTokens({ modulePath: token.modulePath })).tokens
    serial = found?.serialNumber ?? ''
    expect(found).toMatchObject({ label: token.label, pinState: 'ok' })
    expect(found?.certificates).toMatchObject([{ id: 'a1', label: '職責証明書', problem: null }])
    expect(must(await settings().read({})).certificates[0]?.testPart).toBe(true)
    expect(must(await settings().tokenModules({})).modules.map(({ path }) => path)).toContain(
      token.modulePath,
    )
  })

  test.each([
    ['a wrong PIN', { pin: 'wrong-pin' }, 'TOKEN_PIN_WRONG'],
    ['another key', { certificateId: 'ff' }, 'TOKEN_KEY_MISSING'],
    ['another card of the same name', { tokenSerial: 'other' }, 'TOKEN_UNAVAILABLE'],
    ['no issuer that could prove it', {}, 'ISSUER_MISSING'],
  ])('is not registered with %s', async (_name, change, code) => {
    const answer = await unchanged(() =>
      settings().writeTokenCertificate({ ...place(), pin: PIN, ...change }),
    )
    expect(answer).toMatchObject({ ok: false, error: { code } })
    expect(must(await settings().read({})).certificates[0]?.testPart).toBe(true)
  })

  test('is registered with the PIN once and its issuers from a file; the PIN is kept nowhere', async () => {
    const garbage = await office.clerk.upload('issuers.pem', Buffer.from('no certificate'))
    expect(
      await settings().writeTokenCertificate({ ...place(), pin: PIN, issuersUploadId: garbage }),
    ).toMatchObject({ error: { code: 'ISSUERS_UNREADABLE' } })
    const chain = Buffer.concat([
      await readFile(desk.path('chain.pem')),
      await readFile(desk.path('root.pem')),
    ])
    const issuersUploadId = await office.clerk.upload('issuers.pem', chain)
    const { certificate } = must(
      await settings().writeTokenCertificate({ ...place(), pin: PIN, issuersUploadId }),
    )
    expect(certificate).toMatchObject({ source: 'pkcs11', token: token.label, askPin: true, testPart: false })
    const { db } = office.running().office.archive
    const tables = db.allSql<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
    const text = tables
      .flatMap(({ name }) => db.allSql<Record<string, unknown>>(`SELECT * FROM "${name}"`))
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
      .join('\n')
    expect(text).toContain('certificate.changed')
    expect(text).not.toContain(PIN)
    expect(office.logLines.join('\n')).not.toContain(PIN)
  })

  test('asks for the PIN; a missing or wrong one signs nothing', async () => {
    const caseId = await dueCase()
    expect(await unchanged(() => sign([caseId], ''))).toMatchObject({ error: { code: 'PIN_MISSING' } })
    expect(await unchanged(() => sign([caseId], 'wrong-pin'))).toMatchObject({
      error: { code: 'TOKEN_PIN_WRONG' },
    })
    expect((await readCase(office, caseId)).documents[0]?.current.reason).toBe('fields')
  })

  test('signs several cases with one PIN, with the certificate of the card, and its process ends with the run', async () => {
    const caseIds = [await dueCase(), await dueCase(), await dueCase()]
    const { taskId } = must(await sign(caseIds, PIN))
    expect((await outcomeOf(taskId)).map(({ state }) => state)).toEqual(['signed', 'signed', 'signed'])
    const { subject } = parseCertificate(desk.authority.town.certificate)
    for (const caseId of caseIds) {
      const documentId = (await readCase(office, caseId)).documents[0]?.id ?? ''
      const { report } = must(await office.clerk.client.verification.document({ documentId }))
      expect(report.signatures[0]).toMatchObject({
        integrity: 'intact',
        trust: 'trusted',
        signer: { commonName: subject.attributes.at(-1)?.value },
      })
    }
    await until(() => (holders() === 0 ? true : undefined), holders)
  })

  test('that is taken out in the middle stops the run in words; nothing is lost, and the rest is signed later', async () => {
    const caseIds: CaseId[] = []
    for (let count = 0; count < 6; count += 1) caseIds.push(await dueCase())
    const { taskId } = must(await sign(caseIds, PIN))
    await until(
      async () => {
        const { rows } = must(await office.approver.client.seal.outcome({ taskId }))
        return rows[0]?.state === 'signed' ? true : undefined
      },
      () => 'the first signature',
    )
    token.eject()
    const rows = await outcomeOf(taskId)
    const failed = rows.findIndex(({ state }) => state === 'failed')
    expect(failed).toBeGreaterThan(0)
    expect(rows[failed]?.code).toBe('TOKEN_UNAVAILABLE')
    expect(rows.slice(0, failed).every(({ state }) => state === 'signed')).toBe(true)
    expect(rows.slice(failed + 1).every(({ state }) => state === 'stopped')).toBe(true)
    const stuck = await readCase(office, caseIds[failed] as CaseId)
    expect(stuck.signers[0]).toMatchObject({ state: 'waiting', problem: 'TOKEN_UNAVAILABLE' })
    expect(await sign(caseIds.slice(failed), PIN)).toMatchObject({ error: { code: 'TOKEN_UNAVAILABLE' } })
    token.insert()
    const again = must(await sign(caseIds.slice(failed), PIN))
    expect((await outcomeOf(again.taskId)).every(({ state }) => state === 'signed')).toBe(true)
    for (const caseId of caseIds) {
      const view = await untilCase(office, caseId, ({ signers }) => signers[0]?.state === 'signed')
      expect(view.documents[0]?.versions.filter(({ reason }) => reason === 'signature')).toHaveLength(1)
    }
  })

  test('that was exchanged for another card is refused by name of what is missing', async () => {
    const other = makeSoftToken([{ label: '職責証明書', id: 'a1', issued: desk.authority.witness }], [], PIN)
    const caseId = await dueCase()
    expect(await sign([caseId], PIN)).toMatchObject({ error: { code: 'TOKEN_UNAVAILABLE' } })
    other.remove()
  })

  test('gives way to the test certificate again', async () => {
    must(await settings().resetCertificate({ slot: 'town' }))
    expect(must(await settings().read({})).certificates[0]).toMatchObject({ testPart: true, token: null })
    expect(must(await sign([await dueCase()], '')).taskId).not.toBe('')
  })
})

/** Processes of ours that hold a token. */
function holders(): number {
  const list = execFileSync('ps', ['-eo', 'ppid=,args='], { encoding: 'utf8' }).split('\n')
  return list.filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes('pkcs11 serve'))
    .length
}
