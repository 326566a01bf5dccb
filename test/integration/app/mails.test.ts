import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CaseId } from '../../../shared/model/brand.ts'
import { consentTo, linkStatus } from '../../support/contractor-robot.ts'
import { exchangeBounce, plainBounce, postfixBounce } from '../../support/mail/bounces.ts'
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
  return contractor({ mailAddress: `mail-${number}@example.jp`, ...change })
}

const mails = () => office.clerk.client.mails
const sending = () => office.clerk.client.sending
const overview = async () => must(await office.clerk.client.cases.overview({}))

async function mailsOf(caseId: CaseId) {
  return must(await mails().list({ caseId })).rows
}

const dropped = async (bytes: Buffer) =>
  mails().readBounce({ uploadId: await office.clerk.upload('notice.eml', bytes) })

describe('a mail that the server took and that came back', () => {
  test('is found from the dropped notice, puts the case on ホーム with its reason, and a corrected address goes on', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const link = await office.post.linkFor(signer.mailAddress)
    await untilCase(office, caseId, ({ signers }) => signers[0]?.state === 'requested')
    const messageId = (office.post.to(signer.mailAddress)[0]?.messageId ?? '').replace(/[<>]/g, '')
    const read = must(await dropped(postfixBounce({ messageId, to: signer.mailAddress })))
    expect(read).toMatchObject({ outcome: 'failed', address: signer.mailAddress })
    expect(read.mails.map(({ kind, caseId: of }) => [kind, of])).toEqual([['signing-request', caseId]])
    expect((await overview()).todo.map(({ id }) => id)).not.toContain(caseId)
    const mailId = read.mails[0]?.id ?? ''
    must(await mails().markReturned({ mailId, reply: read.reply }))
    expect(await mails().markReturned({ mailId, reply: '' })).toMatchObject({
      error: { code: 'STATE_FORBIDS' },
    })
    const view = await readCase(office, caseId)
    expect(view.detail.waitingFor).toBe('mail-delivery')
    expect(view.signers[0]).toMatchObject({ state: 'queued', problem: 'MAIL_RETURNED' })
    const { todo, notices } = await overview()
    expect(todo.find(({ id }) => id === caseId)?.problem).toBe('MAIL_RETURNED')
    expect(notices).toContainEqual({
      code: 'MAILS_RETURNED',
      severity: 'warn',
      data: { count: 1, reply: expect.stringContaining('550 5.1.1') },
    })
    const { id, fields } = view.signers[0] ?? { id: '', fields: undefined }
    if (fields === undefined) throw new Error('No signer')
    const right = somebody().mailAddress
    must(
      await sending().correctSigner({
        signerId: id,
        fields: { ...fields, mailAddress: right },
        why: '綴りの誤り',
      }),
    )
    expect((await readCase(office, caseId)).signers[0]?.fields.addressConfirmedBy).toBe('unconfirmed')
    await consentTo(await office.post.linkFor(right))
    await untilWaitingFor(office, caseId, 'town-signature')
    expect((await linkStatus(link)).state).toBe('replaced')
    expect((await overview()).notices.map(({ code }) => code)).not.toContain('MAILS_RETURNED')
  })

  test('may be sent to the same address again, and its signer is asked as before', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await office.post.linkFor(signer.mailAddress)
    await untilCase(office, caseId, ({ signers }) => signers[0]?.state === 'requested')
    const [mail] = await mailsOf(caseId)
    must(await mails().markReturned({ mailId: mail?.id ?? '', reply: '相手方から、届かないと電話' }))
    const [back] = (await readCase(office, caseId)).signers
    must(await sending().remind({ signerId: back?.id ?? '' }))
    await consentTo(await office.post.linkFor(signer.mailAddress, 1))
    const after = await untilWaitingFor(office, caseId, 'town-signature')
    expect(after.signers[0]?.problem).toBeNull()
  })

  test('does not take back what the signer did meanwhile', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await consentTo(await office.post.linkFor(signer.mailAddress))
    await untilWaitingFor(office, caseId, 'town-signature')
    const request = (await mailsOf(caseId)).find(({ kind }) => kind === 'signing-request')
    must(await mails().markReturned({ mailId: request?.id ?? '', reply: '' }))
    const view = await readCase(office, caseId)
    expect([view.detail.waitingFor, view.signers[0]?.state, view.signers[0]?.problem]).toEqual([
      'town-signature',
      'signed',
      null,
    ])
    must(await mails().dismiss({ mailId: request?.id ?? '' }))
    expect((await mailsOf(caseId)).find(({ id }) => id === request?.id)?.state).toBe('cancelled')
    expect(await mails().dismiss({ mailId: request?.id ?? '' })).toMatchObject({
      error: { code: 'STATE_FORBIDS' },
    })
  })

  test('is proposed by its address when the notice names no mail; a delay is called a delay', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await office.post.linkFor(signer.mailAddress)
    await untilCase(office, caseId, ({ signers }) => signers[0]?.state === 'requested')
    const guessed = must(await dropped(plainBounce(signer.mailAddress.toUpperCase())))
    expect(guessed.outcome).toBe('failed')
    expect(guessed.mails.map(({ caseId: of }) => of)).toEqual([caseId])
    const messageId = (office.post.to(signer.mailAddress)[0]?.messageId ?? '').replace(/[<>]/g, '')
    const delay = must(await dropped(postfixBounce({ messageId, to: signer.mailAddress }, 'delayed')))
    expect(delay.outcome).toBe('delayed')
  })

  test.each([
    ['a PDF', Buffer.from('%PDF-1.7'), 'NOT_A_MAIL'],
    ['a notice about somebody else’s mail', plainBounce('nobody@elsewhere.example'), 'BOUNCE_OF_NO_MAIL'],
  ])('is not made up from %s', async (_name, bytes, code) => {
    await untilIdle(office)
    const { db } = office.running().office.archive
    const before = rowCounts(db)
    expect(await dropped(bytes)).toMatchObject({ ok: false, error: { code } })
    expect(rowCounts(db)).toEqual(before)
  })

  test('is shown to nobody who may not see its case', async () => {
    const other = await office.addPerson('gakko', ['clerk'], '学校教育課')
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await office.post.linkFor(signer.mailAddress)
    await untilCase(office, caseId, ({ signers }) => signers[0]?.state === 'requested')
    const messageId = (office.post.to(signer.mailAddress)[0]?.messageId ?? '').replace(/[<>]/g, '')
    const uploadId = await other.upload('notice.eml', exchangeBounce({ messageId, to: signer.mailAddress }))
    expect(await other.client.mails.readBounce({ uploadId })).toMatchObject({
      error: { code: 'BOUNCE_OF_NO_MAIL' },
    })
    const [mail] = await mailsOf(caseId)
    expect(await other.client.mails.markReturned({ mailId: mail?.id ?? '', reply: '' })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
  })
})

describe('a mail server that says no after the mail was queued', () => {
  test.each([
    ['450 4.2.1 mailbox busy', 'MAILS_DELAYED', 'SMTP_REFUSED_RECIPIENT'],
    ['550 5.1.1 no such user', 'MAILS_DEAD', 'SMTP_REFUSED_RECIPIENT'],
  ])('with %s is on ホーム with its words, and the case with what to do', async (reply, code, problem) => {
    const server = await startScriptedSmtpServer({ RCPT: reply })
    await setMailServer(office.clerk, server.port)
    const caseId = await sendCase(office, { signers: [somebody(), town()] })
    await untilCase(office, caseId, ({ signers }) => signers[0]?.problem === problem)
    const { todo, notices } = await overview()
    expect(notices.find((notice) => notice.code === code)).toMatchObject({
      data: { count: 1, reply: expect.stringContaining(reply.slice(0, 9)) },
    })
    expect(todo.find(({ id }) => id === caseId)?.problem).toBe(problem)
    must(await office.clerk.client.cases.withdraw({ caseId, why: '試験の終わり' }))
    expect((await overview()).notices.map((notice) => notice.code)).not.toContain(code)
    await setMailServer(office.clerk, office.post.port)
    await server.close()
  })
})

describe('a mail that the server has just now', () => {
  test('does not go to the wrong address a second time when its signer is corrected meanwhile', async () => {
    const server = await startScriptedSmtpServer({ RCPT: null })
    await setMailServer(office.clerk, server.port)
    const wrong = somebody()
    const caseId = await sendCase(office, { signers: [wrong, town()] })
    await until(
      async () => ((await mailsOf(caseId))[0]?.state === 'sending' ? true : undefined),
      () => mailsOf(caseId),
    )
    const [signer] = (await readCase(office, caseId)).signers
    if (signer === undefined) throw new Error('No signer')
    const right = somebody().mailAddress
    must(
      await sending().correctSigner({
        signerId: signer.id,
        fields: { ...signer.fields, mailAddress: right },
        why: '宛先の誤り',
      }),
    )
    await setMailServer(office.clerk, office.post.port)
    await server.close()
    await office.post.linkFor(right)
    await office.passTime(20 * 60_000)
    await untilIdle(office)
    expect(office.post.to(wrong.mailAddress)).toEqual([])
    expect((await mailsOf(caseId)).find(({ to }) => to === wrong.mailAddress)?.state).toBe('cancelled')
    const view = await untilCase(office, caseId, ({ signers }) => signers[0]?.state === 'requested')
    expect(view.signers[0]?.problem).toBeNull()
  })
})

describe('a mail whose server did not work for long', () => {
  test('still has every try for a recipient who puts it off, and no more', async () => {
    const server = await startScriptedSmtpServer({ greeting: '421 4.3.2 not now' })
    await setMailServer(office.clerk, server.port)
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const tried = (attempts: number) =>
      until(
        async () => {
          const [mail] = await mailsOf(caseId)
          return mail?.attempts === attempts && mail.state !== 'sending' ? mail : undefined
        },
        () => mailsOf(caseId),
      )
    const tryAgain = async (attempts: number) => {
      const { id } = await tried(attempts - 1)
      must(await mails().retry({ mailId: id }))
      return (await tried(attempts)).state
    }
    await tried(1)
    for (let attempt = 2; attempt <= 12; attempt += 1) expect(await tryAgain(attempt)).toBe('queued')
    server.setScript({ RCPT: '450 4.2.0 greylisted' })
    for (let attempt = 13; attempt <= 21; attempt += 1) expect(await tryAgain(attempt)).toBe('queued')
    expect(await tryAgain(22)).toBe('dead')
    must(await office.clerk.client.cases.withdraw({ caseId, why: '試験の終わり' }))
    await setMailServer(office.clerk, office.post.port)
    await server.close()
  })
})

describe('到達確認', () => {
  test('sends a number before anything else, and the number told back confirms the address', async () => {
    const signer = somebody({ addressConfirmedBy: 'unconfirmed' })
    const caseId = await registerCase(office.clerk, { signers: [signer, town()] })
    const [asked, own] = (await readCase(office, caseId)).signers
    const signerId = asked?.id ?? ''
    expect(await sending().confirmArrival({ signerId, number: '000000' })).toMatchObject({
      error: { code: 'ARRIVAL_NUMBER_WRONG' },
    })
    expect(await sending().checkArrival({ signerId: own?.id ?? '' })).toMatchObject({
      error: { code: 'STATE_FORBIDS' },
    })
    must(await sending().checkArrival({ signerId }))
    const mail = await until(
      () => office.post.to(signer.mailAddress)[0],
      () => office.post.received.length,
    )
    expect([mail.subject, mail.links]).toEqual(['【メールアドレスの確認】扶桑町の電子契約について', []])
    const [, told = ''] = /確認番号: (\d{6})/.exec(mail.text) ?? []
    expect(told).not.toBe('')
    const view = await untilCase(office, caseId, ({ arrivalChecks }) => arrivalChecks[0]?.state === 'sent')
    expect(view.arrivalChecks).toMatchObject([{ signerId, state: 'sent' }])
    const wrong = String((Number(told) + 1) % 1_000_000).padStart(6, '0')
    expect(await sending().confirmArrival({ signerId, number: wrong })).toMatchObject({
      error: { code: 'ARRIVAL_NUMBER_WRONG' },
    })
    const wide = told.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
    must(await sending().confirmArrival({ signerId, number: ` ${wide} ` }))
    expect((await readCase(office, caseId)).signers[0]?.fields.addressConfirmedBy).toBe('arrival')
    const actions = must(await office.clerk.client.cases.events({ caseId })).events.map(
      ({ action }) => action,
    )
    expect(actions.filter((action) => action.startsWith('signer.arrival'))).toEqual([
      'signer.arrival-refused',
      'signer.arrival-asked',
      'signer.arrival-refused',
      'signer.arrival-confirmed',
    ])
  })

  test('holds for the address it went to, and for no other', async () => {
    const signer = somebody({ addressConfirmedBy: 'unconfirmed' })
    const caseId = await registerCase(office.clerk, { signers: [signer, town()] })
    const before = (await readCase(office, caseId)).signers
    const signerId = before[0]?.id ?? ''
    must(await sending().checkArrival({ signerId }))
    const mail = await until(
      () => office.post.to(signer.mailAddress)[0],
      () => office.post.received.length,
    )
    const [, told = ''] = /確認番号: (\d{6})/.exec(mail.text) ?? []
    const save = (mailAddress: string) =>
      office.clerk.client.documents.saveSigners({
        caseId,
        signers: before.map(({ id, fields }, index) => {
          const { hasAccessCode: _, ...rest } = fields
          return index === 0
            ? { ...rest, id, mailAddress, addressConfirmedBy: 'arrival' as const }
            : { ...rest, id }
        }),
      })
    must(await save('elsewhere@example.jp'))
    expect((await readCase(office, caseId)).signers[0]?.fields.addressConfirmedBy).toBe('unconfirmed')
    expect((await readCase(office, caseId)).arrivalChecks).toEqual([])
    expect(await sending().confirmArrival({ signerId, number: told })).toMatchObject({
      error: { code: 'ARRIVAL_NUMBER_WRONG' },
    })
    must(await save(signer.mailAddress))
    must(await sending().confirmArrival({ signerId, number: told }))
    must(await save(signer.mailAddress))
    expect((await readCase(office, caseId)).signers[0]?.fields.addressConfirmedBy).toBe('arrival')
  })

  test('that bounces says so beside the signer; after sending it is over', async () => {
    const server = await startScriptedSmtpServer({ RCPT: '550 5.1.1 no such user' })
    await setMailServer(office.clerk, server.port)
    const signer = somebody()
    const caseId = await registerCase(office.clerk, { signers: [signer, town()] })
    const signerId = (await readCase(office, caseId)).signers[0]?.id ?? ''
    must(await sending().checkArrival({ signerId }))
    const view = await untilCase(office, caseId, ({ arrivalChecks }) => arrivalChecks[0]?.state === 'dead')
    expect(view.arrivalChecks[0]?.lastReply).toContain('550 5.1.1')
    expect(view.signers[0]?.state).toBe('waiting')
    await setMailServer(office.clerk, office.post.port)
    await server.close()
    await approve(office, caseId)
    must(await sending().send({ caseId }))
    expect(await sending().checkArrival({ signerId })).toMatchObject({ error: { code: 'STATE_FORBIDS' } })
  })
})
