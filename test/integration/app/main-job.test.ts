import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CaseId } from '../../../shared/model/brand.ts'
import { consentTo, openLink } from '../../support/contractor-robot.ts'
import { openTestOffice, type TestOffice, until } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { askJudge, hasJudge } from '../../support/outside-judges.ts'
import {
  CONTRACTOR,
  contractor,
  readCase,
  sendCase,
  signAsTown,
  TITLE,
  town,
  untilCase,
  untilWaitingFor,
  versionsOf,
} from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 90_000 })

let office: TestOffice
let scratch: string

beforeAll(async () => {
  office = await openTestOffice()
  scratch = await mkdtemp(join(tmpdir(), 'keiyaku-main-job-'))
})
afterAll(async () => {
  await office.close()
  await rm(scratch, { recursive: true })
})

const untilPreserved = (caseId: CaseId) =>
  untilCase(
    office,
    caseId,
    (view) => view.detail.state === 'concluded' && view.detail.waitingFor === 'nothing',
    30_000,
  )

/** Every later version begins with the bytes of the one before; one signature for each signer; all valid. */
async function expectWholeFile(caseId: CaseId): Promise<void> {
  const view = await readCase(office, caseId)
  for (const document of view.documents.filter(({ role }) => role === 'sign')) {
    const versions = await versionsOf(office, document)
    for (const [index, { bytes }] of versions.entries()) {
      const before = versions[index - 1]?.bytes
      if (before !== undefined) expect(bytes.subarray(0, before.length).equals(before)).toBe(true)
    }
    const { report } = must(await office.clerk.client.verification.document({ documentId: document.id }))
    // The second signature is a later change of the first one, and a permitted one.
    expect(report).toMatchObject({ verdict: 'valid-with-permitted-changes', problems: [] })
    expect(report.signatures.map(({ integrity, trust }) => `${integrity} ${trust}`)).toEqual(
      report.signatures.map(() => 'intact trusted'),
    )
    const signatures = report.signatures.filter(({ kind }) => kind === 'signature')
    expect(signatures.map(({ claims }) => claims.name).sort()).toEqual(
      view.signers.map(({ fields }) => fields.name).sort(),
    )
    expect(signatures.every(({ level }) => level === 'B-LTA')).toBe(true)
    await expectJudgesAgree(versions.at(-1)?.bytes ?? Buffer.alloc(0), signatures.length)
  }
}

async function expectJudgesAgree(bytes: Buffer, signatures: number): Promise<void> {
  const path = join(scratch, 'judged.pdf')
  await writeFile(path, bytes)
  if (hasJudge('qpdf')) expect(askJudge('qpdf', ['--check', path]).code).toBe(0)
  if (hasJudge('pdfsig')) {
    const { output } = askJudge('pdfsig', ['-nocert', path])
    expect(output.match(/Signature is Valid/g)?.length).toBeGreaterThanOrEqual(signatures)
    expect(output).not.toContain('Invalid')
  }
}

describe('the main job', () => {
  test('goes from sending to B-LTA; 締結済 only after both signed; the mails carry what people need', async () => {
    const caseId = await sendCase(office, {
      signers: [contractor({ contactName: '高橋 花子', contactMailAddress: 'keiri@example.jp' }), town()],
    })
    const link = await office.post.linkFor(CONTRACTOR)
    expect(office.post.to(CONTRACTOR)[0]?.subject).toBe(`扶桑町 様より${TITLE}への署名依頼が届いています`)
    await untilWaitingFor(office, caseId, 'counterparty')
    const copy = await until(
      () => office.post.to('keiri@example.jp')[0],
      () => 'the copy to the 担当者',
    )
    expect(copy.links).toEqual([])
    await consentTo(link)
    const sealed = await untilWaitingFor(office, caseId, 'town-signature')
    expect(sealed.detail.state).toBe('signing')
    expect(sealed.signers[0]).toMatchObject({
      state: 'signed',
      consent: {
        documents: [{ sha256: sealed.documents[0]?.versions.find((v) => v.reason === 'fields')?.sha256 }],
      },
    })
    expect(await signAsTown(office, caseId)).toMatchObject([{ state: 'signed' }])
    const view = await untilPreserved(caseId)
    expect(view.documents.map(({ role }) => role).sort()).toEqual(['certificate', 'sign'])
    await expectWholeFile(caseId)
    for (const address of [CONTRACTOR, 'keiri@example.jp']) {
      const download = await office.post.linkFor(address, address === CONTRACTOR ? 1 : 0)
      expect(office.post.to(address).at(-1)?.subject).toBe('電子署名完了のお知らせ')
      const robot = await openLink(download)
      const files = await robot.read()
      expect([...files.values()].every((bytes) => bytes.subarray(0, 5).toString() === '%PDF-')).toBe(true)
      expect(robot.manifest.documents.map(({ role }) => role).sort()).toEqual(['certificate', 'signed'])
    }
  })

  test('takes a joint venture: two counterparties of one step in any order, then the town', async () => {
    const second = { company: '𠮷田電機株式会社', name: '𠮷田 次郎', mailAddress: 'yoshida@example.jp' }
    const first = { company: '㈱﨑山商会', name: '﨑山 花子', mailAddress: 'sakiyama@example.jp' }
    const caseId = await sendCase(office, { signers: [contractor(first), contractor(second), town()] })
    await consentTo(await office.post.linkFor(second.mailAddress))
    await untilCase(office, caseId, (view) => view.signers[1]?.state === 'signed')
    expect((await readCase(office, caseId)).detail.waitingFor).toBe('counterparty')
    await consentTo(await office.post.linkFor(first.mailAddress))
    await untilWaitingFor(office, caseId, 'town-signature')
    await signAsTown(office, caseId)
    await untilPreserved(caseId)
    await expectWholeFile(caseId)
  })

  test('asks steps one after the other: nobody gets a link before the step before has signed', async () => {
    const signers = [
      contractor({ mailAddress: 'step-one@example.jp', name: '一番 目' }),
      contractor({ mailAddress: 'step-two@example.jp', name: '二番 目', step: 2 }),
      town({ step: 3 }),
    ]
    const caseId = await sendCase(office, { signers })
    const link = await office.post.linkFor('step-one@example.jp')
    expect(office.post.to('step-two@example.jp')).toEqual([])
    await consentTo(link)
    await consentTo(await office.post.linkFor('step-two@example.jp'))
    await untilWaitingFor(office, caseId, 'town-signature')
    await signAsTown(office, caseId)
    await untilPreserved(caseId)
    await expectWholeFile(caseId)
  })

  test('lets the town sign first; the counterparty’s signature does not break it', async () => {
    const signers = [town({ step: 1 }), contractor({ mailAddress: 'after-town@example.jp', step: 2 })]
    const caseId = await sendCase(office, { signers })
    await untilWaitingFor(office, caseId, 'town-signature')
    expect(office.post.to('after-town@example.jp')).toEqual([])
    await signAsTown(office, caseId)
    await consentTo(await office.post.linkFor('after-town@example.jp'))
    await untilPreserved(caseId)
    await expectWholeFile(caseId)
  })
})
