import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { changeBySystem } from '../../../electron/app/record.ts'
import { changeSigner } from '../../../electron/core/archive/tables/signers.ts'
import { consentTo, linkStatus, openLink, PortalSaysNo } from '../../support/contractor-robot.ts'
import { openTestOffice, type TestOffice } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import {
  type CaseView,
  contractor,
  readCase,
  sendCase,
  signAsTown,
  town,
  untilCase,
  untilWaitingFor,
} from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let office: TestOffice
let number = 0
beforeAll(async () => {
  office = await openTestOffice()
})
afterAll(() => office.close())

function somebody(change: Parameters<typeof contractor>[0] = {}) {
  number += 1
  return contractor({ mailAddress: `network-${number}@example.jp`, ...change })
}

function signerOf(view: CaseView, mailAddress: string) {
  const signer = view.signers.find(({ fields }) => fields.mailAddress === mailAddress)
  if (signer === undefined) throw new Error(`Nobody has ${mailAddress}`)
  return signer
}

const codeOfRefusal = (action: Promise<unknown>) =>
  action.then(
    () => 'accepted',
    (error: unknown) => (error instanceof PortalSaysNo ? error.code : String(error)),
  )

describe('a signer whose links open from named networks only', () => {
  test('is refused elsewhere before anything is shown; the clerk learns from where, adds it, and the page opens', async () => {
    const signer = somebody({ allowedNetworks: ['198.51.100.0/24', '2001:db8::/48'] })
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const link = await office.post.linkFor(signer.mailAddress)
    expect(office.post.to(signer.mailAddress)[0]?.text).toContain('お届けいただいた回線')
    expect(await codeOfRefusal(openLink(link))).toBe('NETWORK_REFUSED')
    expect(await codeOfRefusal(linkStatus(link))).toBe('NETWORK_REFUSED')
    const refused = await untilCase(office, caseId, (view) => view.signers[0]?.problem === 'NETWORK_REFUSED')
    expect(signerOf(refused, signer.mailAddress)).toMatchObject({ state: 'requested', viewedAt: null })
    const { events } = must(await office.clerk.client.cases.events({ caseId }))
    expect(events.filter(({ action }) => action === 'portal.network-refused')).toMatchObject([
      { data: { ipAddress: '127.0.0.1' } },
    ])
    const { position, name, contactName, contactPosition, contactMailAddress } = signerOf(
      refused,
      signer.mailAddress,
    ).fields
    const fields = {
      position,
      name,
      contactName,
      contactPosition,
      contactMailAddress,
      mailAddress: signer.mailAddress,
    }
    must(
      await office.clerk.client.sending.correctSigner({
        signerId: signerOf(refused, signer.mailAddress).id,
        fields: { ...fields, allowedNetworks: ['198.51.100.0/24', '127.0.0.0/8'] },
        why: '在宅勤務の回線を追加',
      }),
    )
    const second = await office.post.linkFor(signer.mailAddress, 1)
    await consentTo(second)
    const view = await untilWaitingFor(office, caseId, 'town-signature')
    expect(signerOf(view, signer.mailAddress).problem).toBeNull()
    const { changes } = must(await office.clerk.client.cases.history({ caseId }))
    expect(changes.filter(({ field }) => field === 'allowedNetworks').at(-1)).toMatchObject({
      oldValue: '198.51.100.0/24 2001:db8::/48',
      newValue: '198.51.100.0/24 127.0.0.0/8',
      why: '在宅勤務の回線を追加',
    })
  })

  test('downloads from these networks only', async () => {
    const signer = somebody({ allowedNetworks: ['127.0.0.1'] })
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await consentTo(await office.post.linkFor(signer.mailAddress))
    await untilWaitingFor(office, caseId, 'town-signature')
    await signAsTown(office, caseId)
    expect((await linkStatus(await office.post.linkFor(signer.mailAddress, 1))).kind).toBe('download')
    const { archive, clock } = office.running().office
    const { id } = signerOf(await readCase(office, caseId), signer.mailAddress)
    archive.transaction((db) =>
      changeSigner(db, id, { allowedNetworks: ['2001:db8::/48'] }, changeBySystem(clock.now())),
    )
    must(await office.clerk.client.sending.reissueDownload({ caseId }))
    const second = await office.post.linkFor(signer.mailAddress, 2)
    expect(await codeOfRefusal(linkStatus(second))).toBe('NETWORK_REFUSED')
  })
})
