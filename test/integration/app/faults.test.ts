import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { addVersion, fileOfVersion } from '../../../electron/core/archive/tables/documents.ts'
import { listJobs } from '../../../electron/core/archive/tables/jobs.ts'
import { insertLink, listLinks } from '../../../electron/core/archive/tables/links.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { consentTo } from '../../support/contractor-robot.ts'
import { startScriptedSmtpServer } from '../../support/mail/scripted-smtp-server.ts'
import { openTestOffice, setMailServer, type TestOffice, until, untilIdle } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { rowCounts } from '../../support/row-counts.ts'
import {
  approve,
  contractor,
  readCase,
  registerCase,
  sendCase,
  signAsTown,
  town,
  untilCase,
  untilWaitingFor,
} from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 90_000 })

let office: TestOffice
let number = 0

beforeAll(async () => {
  office = await openTestOffice()
})
afterEach(async () => {
  vi.restoreAllMocks()
  tsa().misbehave({})
  await office.portal.start()
  await setMailServer(office.clerk, office.post.port)
})
afterAll(() => office.close())

const tsa = () => office.running().office.services.testOperation.trust()

function somebody(change: Parameters<typeof contractor>[0] = {}) {
  number += 1
  return contractor({ mailAddress: `fault-${number}@example.jp`, ...change })
}

async function actionsOf(caseId: CaseId): Promise<string[]> {
  return must(await office.clerk.client.cases.events({ caseId })).events.map(({ action }) => action)
}

async function mailsOf(caseId: CaseId) {
  return must(await office.clerk.client.mails.list({ caseId })).rows
}

describe('a TSA', () => {
  test.each([
    ['answers garbage', 'garbage', 'TSA_ANSWER_INVALID'],
    ['answers HTTP 500', 'http-500', 'TSA_HTTP_ERROR'],
    ['refuses', 'refuse', 'TSA_REFUSED'],
    ['stamps other bytes', 'wrong-imprint', 'TSA_ANSWER_INVALID'],
    ['says nothing', 'silence', 'TSA_UNREACHABLE'],
  ] as const)(
    'that %s leaves the consent waiting, nothing signed, and the end is reached later',
    async (_, fault, code) => {
      const timeout = AbortSignal.timeout
      // The twenty seconds an authority has to answer pass in one.
      vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === 20_000 ? 1_000 : ms))
      const signer = somebody()
      const caseId = await sendCase(office, { signers: [signer, town()] })
      const link = await office.post.linkFor(signer.mailAddress)
      tsa().misbehave({ tsa: fault })
      await consentTo(link)
      const waiting = await untilCase(office, caseId, ({ signers }) => signers[0]?.problem === code, 40_000)
      expect(waiting.detail).toMatchObject({ state: 'signing', waitingFor: 'sealing' })
      expect(waiting.signers[0]?.state).toBe('consented')
      expect(waiting.documents[0]?.current.reason).toBe('fields')
      expect(await actionsOf(caseId)).not.toContain('document.signed')
      tsa().misbehave({})
      // By itself after a while; at once when the clerk says so.
      if (fault !== 'garbage') must(await office.clerk.client.seal.retry({ caseId }))
      const sealed = await untilWaitingFor(office, caseId, 'town-signature')
      expect(sealed.signers[0]).toMatchObject({ state: 'signed', problem: null })
      expect((await actionsOf(caseId)).filter((action) => action === 'document.signed')).toHaveLength(1)
    },
  )

  test('that is dead when the town signs leaves the town’s signature due, with the reason beside it', async () => {
    const signers = [town({ step: 1 }), somebody({ step: 2 })]
    const caseId = await sendCase(office, { signers })
    tsa().misbehave({ tsa: 'http-500' })
    expect(await signAsTown(office, caseId)).toMatchObject([{ state: 'failed', code: 'TSA_HTTP_ERROR' }])
    const view = await readCase(office, caseId)
    expect(view.detail.waitingFor).toBe('town-signature')
    expect(view.signers[0]).toMatchObject({ state: 'waiting', problem: 'TSA_HTTP_ERROR' })
    expect(view.documents[0]?.current.reason).toBe('fields')
    tsa().misbehave({})
    expect(await signAsTown(office, caseId)).toMatchObject([{ state: 'signed' }])
    expect((await readCase(office, caseId)).signers[0]).toMatchObject({ state: 'signed', problem: null })
  })

  test('that dies after the conclusion keeps the case 締結済 and the archive timestamp waiting', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await consentTo(await office.post.linkFor(signer.mailAddress))
    await untilWaitingFor(office, caseId, 'town-signature')
    await signAsTown(office, caseId)
    tsa().misbehave({ tsa: 'http-500' })
    const view = await untilCase(office, caseId, ({ detail }) => detail.state === 'concluded')
    expect(['evidence', 'nothing']).toContain(view.detail.waitingFor)
    tsa().misbehave({})
    must(await office.clerk.client.seal.retry({ caseId }))
    await untilWaitingFor(office, caseId, 'nothing')
    expect((await readCase(office, caseId)).evidence?.level).toBe('B-LTA')
  })
})

describe('a mail server', () => {
  test('that is down keeps the mail queued; 送信済み is said only after the 250 of a later try', async () => {
    const down = await startScriptedSmtpServer()
    await down.close()
    await setMailServer(office.clerk, down.port)
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const [mail] = await until(
      async () => {
        const rows = await mailsOf(caseId)
        return rows[0]?.attempts === 1 && rows[0].state === 'queued' ? rows : undefined
      },
      () => mailsOf(caseId),
    )
    expect(mail).toMatchObject({ state: 'queued', sentAt: null })
    const view = await readCase(office, caseId)
    expect(view.detail.waitingFor).toBe('mail-delivery')
    expect(view.signers[0]).toMatchObject({ state: 'queued', requestedAt: null, problem: 'SMTP_UNREACHABLE' })
    expect(await actionsOf(caseId)).not.toContain('mail.sent')
    await setMailServer(office.clerk, office.post.port)
    must(await office.clerk.client.mails.retry({ mailId: mail?.id ?? '' }))
    await consentTo(await office.post.linkFor(signer.mailAddress))
    expect((await mailsOf(caseId))[0]).toMatchObject({ state: 'sent' })
    await untilWaitingFor(office, caseId, 'town-signature')
  })

  test('that hangs up before its 250 has not sent: the mail comes again with the same Message-ID', async () => {
    const server = await startScriptedSmtpServer({ message: 'close' })
    await setMailServer(office.clerk, server.port)
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await until(
      () => (server.messages.length > 0 ? true : undefined),
      () => server.messages.length,
    )
    const [mail] = await until(
      async () => ((await mailsOf(caseId))[0]?.state === 'queued' ? mailsOf(caseId) : undefined),
      () => mailsOf(caseId),
    )
    expect(await actionsOf(caseId)).not.toContain('mail.sent')
    await setMailServer(office.clerk, office.post.port)
    must(await office.clerk.client.mails.retry({ mailId: mail?.id ?? '' }))
    await office.post.linkFor(signer.mailAddress)
    const second = office.post.to(signer.mailAddress)[0]
    expect(server.messages[0]).toContain(second?.messageId)
    await server.close()
  })

  test('that refuses the recipient ends the mail visibly; a corrected address gets a new link', async () => {
    const server = await startScriptedSmtpServer({ RCPT: '550 5.1.1 no such user' })
    await setMailServer(office.clerk, server.port)
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const view = await untilCase(office, caseId, ({ signers }) => signers[0]?.problem !== null)
    expect(view.signers[0]).toMatchObject({ state: 'queued', problem: 'SMTP_REFUSED_RECIPIENT' })
    expect(await mailsOf(caseId)).toMatchObject([
      { state: 'dead', lastReply: expect.stringContaining('550') },
    ])
    const { notices, todo } = must(await office.clerk.client.cases.overview({}))
    expect(notices.map(({ code }) => code)).toContain('MAILS_DEAD')
    expect(todo.map(({ id }) => id)).toContain(caseId)
    await setMailServer(office.clerk, office.post.port)
    const { position, name, contactName, contactPosition, contactMailAddress } =
      view.signers[0]?.fields ?? somebody()
    const mailAddress = somebody().mailAddress
    must(
      await office.clerk.client.sending.correctSigner({
        signerId: view.signers[0]?.id ?? '',
        fields: {
          position: position ?? '',
          name,
          contactName: contactName ?? '',
          contactPosition: contactPosition ?? '',
          contactMailAddress: contactMailAddress ?? '',
          mailAddress,
        },
        why: '綴りの誤り',
      }),
    )
    await consentTo(await office.post.linkFor(mailAddress))
    await untilWaitingFor(office, caseId, 'town-signature')
    expect((await mailsOf(caseId)).map(({ state }) => state).sort()).toEqual(['cancelled', 'sent'])
    await server.close()
  })
})

describe('a portal', () => {
  test('that cannot be reached when sending stops the sending, and nothing has changed', async () => {
    const caseId = await registerCase(office.clerk, { signers: [somebody(), town()] })
    await approve(office, caseId)
    const { db } = office.running().office.archive
    await untilIdle(office)
    const before = [rowCounts(db), await readCase(office, caseId)]
    await office.portal.stop()
    expect(await office.clerk.client.sending.send({ caseId })).toEqual({
      ok: false,
      error: { code: 'PORTAL_UNREACHABLE', data: {} },
    })
    expect([rowCounts(db), await readCase(office, caseId)]).toEqual(before)
    await office.portal.start()
    must(await office.clerk.client.sending.send({ caseId }))
  })

  test('that goes away during the job is waited for: the next signer is asked when it is back', async () => {
    const signer = somebody({ step: 2 })
    const caseId = await sendCase(office, { signers: [town({ step: 1 }), signer] })
    await office.portal.stop()
    await signAsTown(office, caseId)
    const view = await untilCase(office, caseId, ({ signers }) => signers[1]?.problem !== null)
    expect(view.signers[1]).toMatchObject({ state: 'waiting', problem: 'PORTAL_UNREACHABLE' })
    expect(view.detail.waitingFor).toBe('mail-delivery')
    await office.portal.start()
    await consentTo(await office.post.linkFor(signer.mailAddress))
    await untilCase(office, caseId, ({ detail }) => detail.state === 'concluded')
    expect(office.post.to(signer.mailAddress).filter(({ links }) => links[0]?.includes('/s/'))).toHaveLength(
      1,
    )
  })
})

describe('a package that did not become whole', () => {
  const linksOf = (caseId: CaseId) => listLinks(office.running().office.archive.db, caseId)

  test('is ended at once when the portal goes away under it, and the portal is told to delete it', async () => {
    const signer = somebody({ step: 2 })
    const caseId = await sendCase(office, { signers: [town({ step: 1 }), signer] })
    await office.portal.stop()
    await signAsTown(office, caseId)
    await untilCase(office, caseId, ({ signers }) => signers[1]?.problem === 'PORTAL_UNREACHABLE')
    expect(linksOf(caseId).map(({ state }) => state)).toEqual(['withdrawn'])
    await office.portal.start()
    await office.post.linkFor(signer.mailAddress)
    expect(linksOf(caseId).filter(({ state }) => state === 'open')).toHaveLength(1)
    const { db } = office.running().office.archive
    await until(
      () =>
        listJobs(db, { caseId, kinds: ['close-link'], states: ['queued', 'running'] }).length === 0
          ? true
          : undefined,
      () => listJobs(db, { caseId }),
    )
  })

  test('and was left by a killed program is ended by the next one for the same signer', async () => {
    const signer = somebody()
    const caseId = await registerCase(office.clerk, { signers: [signer, town()] })
    await approve(office, caseId)
    const signerId = (await readCase(office, caseId)).signers[0]?.id ?? null
    const { archive, clock } = office.running().office
    const left = {
      caseId,
      signerId,
      documents: [],
      createdAt: clock.now(),
      expiresAt: clock.now(),
      answerCheck: null,
    }
    archive.transaction((db) => {
      insertLink(db, { ...left, id: 'left-to-sign', purpose: 'sign' })
      insertLink(db, { ...left, id: 'left-to-load', purpose: 'download' })
    })
    must(await office.clerk.client.sending.send({ caseId }))
    await consentTo(await office.post.linkFor(signer.mailAddress))
    const stateOf = (id: string) => linksOf(caseId).find((link) => link.id === id)?.state
    expect([stateOf('left-to-sign'), stateOf('left-to-load')]).toEqual(['withdrawn', 'open'])
  })
})

describe('the conclusion (L4)', () => {
  test('is refused, and nobody is told of a contract, when one signature does not verify', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await consentTo(await office.post.linkFor(signer.mailAddress))
    const view = await untilWaitingFor(office, caseId, 'town-signature')
    const { archive, clock } = office.running().office
    const [document] = view.documents
    if (document === undefined) throw new Error('No document')
    const bytes = Buffer.from(archive.vault.read(fileOfVersion(archive.db, document.current.id).fileId))
    const at = bytes.indexOf('xxxx')
    bytes[at] = 0x79
    const file = await archive.vault.put(bytes)
    const change = { userId: null, who: 'test', at: clock.now(), why: '' }
    archive.transaction((db) => addVersion(db, document.id, { file, reason: 'signature' }, change))
    await signAsTown(office, caseId)
    await untilWaitingFor(office, caseId, 'conclusion')
    const problem = await untilCase(office, caseId, ({ signers }) =>
      signers.some((one) => one.problem !== null),
    )
    expect(problem.detail.state).toBe('signing')
    expect(problem.signers.map((one) => one.problem)).toContain('SIGNATURE_NOT_VALID')
    const { todo } = must(await office.clerk.client.cases.overview({}))
    expect(todo.map(({ id }) => id)).toContain(caseId)
    expect(
      office.post
        .to(signer.mailAddress)
        .map(({ subject }) => subject)
        .join(),
    ).not.toContain('完了')
    expect(await actionsOf(caseId)).not.toContain('case.concluded')
  })
})

describe('the network switched off (L27)', () => {
  test('lets nothing out: mail, TSA and portal say so, everything else works', async () => {
    const { client } = office.clerk
    const settings = must(await client.settings.read({}))
    must(await client.settings.writeTsa({ mode: 'server', url: 'http://127.0.0.1:9/tsa', user: '' }))
    must(
      await client.settings.writePortal({
        mode: 'server',
        url: 'http://127.0.0.1:9',
        publicUrl: '',
        officeToken: 'some-token',
      }),
    )
    const off = { mail: false, timestamp: false, portal: false, revocation: false, proxyUrl: '' }
    must(await client.settings.writeNetwork(off))
    try {
      for (const part of ['smtp', 'tsa', 'portal'] as const)
        expect(await client.settings.test({ part, mailTo: 'a@example.jp' })).toMatchObject({
          error: { code: 'NETWORK_SWITCHED_OFF' },
        })
      const caseId = await registerCase(office.clerk, { signers: [somebody(), town()] })
      await approve(office, caseId)
      const received = office.post.received.length
      expect(await client.sending.send({ caseId })).toMatchObject({ error: { code: 'NETWORK_SWITCHED_OFF' } })
      must(await client.archive.search({ text: '側溝' }))
      expect(office.post.received.length).toBe(received)
    } finally {
      must(await client.settings.writeNetwork(settings.network))
      must(await client.settings.writeTsa({ mode: 'built-in', url: '', user: '' }))
      must(await client.settings.writePortal({ mode: 'built-in', url: '', publicUrl: '' }))
    }
  })

  test('keeps a queued mail queued until mail is switched on again', async () => {
    const { client } = office.clerk
    const off = { mail: false, timestamp: true, portal: true, revocation: true, proxyUrl: '' }
    must(await client.settings.writeNetwork(off))
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const view = await untilCase(office, caseId, ({ signers }) => signers[0]?.state === 'queued')
    expect(view.detail.waitingFor).toBe('mail-delivery')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await mailsOf(caseId)).toMatchObject([{ state: 'queued', attempts: 0 }])
    must(await client.settings.writeNetwork({ ...off, mail: true }))
    await consentTo(await office.post.linkFor(signer.mailAddress))
    await untilWaitingFor(office, caseId, 'town-signature')
  })
})
