import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openPdfjs } from '../../../electron/core/pages/open-pdfjs.ts'
import { parseCertificate } from '../../../electron/core/signing/cms/certificate.ts'
import { consentTo } from '../../support/contractor-robot.ts'
import { openTestOffice, type TestOffice, until } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { openSigningDesk, type SigningDesk } from '../../support/signing-desk.ts'
import { CONTRACTOR, sendCase, untilCase, untilWaitingFor, versionsOf } from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let office: TestOffice
let desk: SigningDesk
beforeAll(async () => {
  office = await openTestOffice()
  desk = await openSigningDesk()
})
afterAll(async () => {
  await office.close()
  await desk.close()
})

/** The data the certificate carries, as another program would read it. */
async function attachedData(bytes: Uint8Array) {
  const document = must(await openPdfjs(bytes))
  try {
    const [id] = [...((await document.getAttachments()) ?? new Map<string, unknown>()).keys()]
    // The type of pdf.js says more than it gives: the bytes alone come.
    const content = (await document.getAttachmentContent(id ?? '')) as unknown as Uint8Array
    return JSON.parse(Buffer.from(content).toString('utf8'))
  } finally {
    await document.loadingTask.destroy()
  }
}

test('the certificate names the keys that signed, also when both were replaced before it was issued', async () => {
  const caseId = await sendCase(office)
  await consentTo(await office.post.linkFor(CONTRACTOR))
  await untilWaitingFor(office, caseId, 'town-signature')
  const { caseLocks, services } = office.running().office
  const before = ['witness', 'town'].map((slot) => services.keys.info(slot === 'town' ? 'town' : 'witness'))
  const { client } = office.approver
  const { taskId } = must(await client.seal.sign({ caseIds: [caseId] }))
  // Waits behind the signature and keeps the conclusion waiting while the administrator works.
  await caseLocks.withCase(caseId, async () => {
    const outcome = await until(
      async () => {
        const { done, rows } = must(await client.seal.outcome({ taskId }))
        return done ? rows : undefined
      },
      () => 'the town to finish',
    )
    expect(outcome).toMatchObject([{ state: 'signed' }])
    for (const slot of ['town', 'witness'] as const) {
      const uploadId = await office.clerk.upload('key.p12', await readFile(desk.path('town.p12')))
      const input = { slot, uploadId, password: desk.password, keepPassword: true, owner: '第三者' }
      must(await office.clerk.client.settings.writeCertificate(input))
    }
  })
  const view = await untilCase(office, caseId, ({ documents }) =>
    documents.some(({ role }) => role === 'certificate'),
  )
  const certificate = view.documents.find(({ role }) => role === 'certificate')
  if (certificate === undefined) throw new Error('No certificate')
  const [version] = await versionsOf(office, certificate)
  const data = await attachedData(version?.bytes ?? new Uint8Array())
  expect(data.signers.map((signer: { certificate: unknown }) => signer.certificate)).toEqual(
    before.map(({ subject, issuer, serialNumber }) => ({ subject, issuer, serialNumber })),
  )
  expect(before.map(({ serialNumber }) => serialNumber)).not.toContain(
    parseCertificate(desk.authority.town.certificate).serial,
  )
  expect(data.test).toBe(true)
})
