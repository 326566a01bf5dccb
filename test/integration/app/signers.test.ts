import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { applyPortalEvent } from '../../../electron/app/jobs/portal-events.ts'
import { listJobs, markJobRetry } from '../../../electron/core/archive/tables/jobs.ts'
import { listLinks } from '../../../electron/core/archive/tables/links.ts'
import type { CaseId, EpochMs } from '../../../shared/model/brand.ts'
import type { SignerState } from '../../../shared/model/signer.ts'
import { PortalEvent } from '../../../shared/portal-api/wire.ts'
import { fail } from '../../../shared/result.ts'
import { consentTo, linkStatus, openLink, PortalSaysNo } from '../../support/contractor-robot.ts'
import { openTestOffice, type TestOffice, until, untilIdle } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { rowCounts } from '../../support/row-counts.ts'
import {
  approve,
  type CaseView,
  contractor,
  readCase,
  sendCase,
  signAsTown,
  town,
  untilCase,
  untilWaitingFor,
} from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 60_000 })

const DAY_MS = 24 * 60 * 60_000

let office: TestOffice
let number = 0

beforeAll(async () => {
  office = await openTestOffice()
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(() => office.close())

/** Every test has addresses of its own: one office serves them all. */
function somebody(change: Parameters<typeof contractor>[0] = {}) {
  number += 1
  return contractor({ mailAddress: `person-${number}@example.jp`, name: `署名者 ${number}号`, ...change })
}

function signerOf(view: CaseView, mailAddress: string) {
  const signer = view.signers.find(({ fields }) => fields.mailAddress === mailAddress)
  if (signer === undefined) throw new Error(`Nobody has ${mailAddress}`)
  return signer
}

function untilSigner(caseId: CaseId, mailAddress: string, state: SignerState): Promise<CaseView> {
  return untilCase(office, caseId, (view) => signerOf(view, mailAddress).state === state)
}

async function concludes(caseId: CaseId): Promise<void> {
  await untilWaitingFor(office, caseId, 'town-signature')
  await signAsTown(office, caseId)
  await untilCase(office, caseId, (view) => view.detail.state === 'concluded')
}

const codeOfRefusal = (action: Promise<unknown>) =>
  action.then(
    () => 'accepted',
    (error: unknown) => (error instanceof PortalSaysNo ? error.code : String(error)),
  )

type OfficeClient = NonNullable<ReturnType<ReturnType<typeof hostServices>['portal']>>['client']
const hostServices = () => office.running().office.services

/** The office's way to the portal, with some of its calls made by the test. */
function changePortalClient(change: (client: OfficeClient) => Partial<OfficeClient>) {
  const services = hostServices()
  const real = services.portal.bind(services)
  return vi.spyOn(services, 'portal').mockImplementation(() => {
    const portal = real()
    return portal && { ...portal, client: { ...portal.client, ...change(portal.client) } }
  })
}

/**
 * The request's link is read; a reminder replaces it, but the portal cannot be told, and is only tried again tomorrow.
 * @returns the page left open on the first link, and the links the portal was asked to close
 */
async function remindWhileClosingFails(caseId: CaseId, mailAddress: string) {
  const robot = await openLink(await office.post.linkFor(mailAddress))
  await robot.read()
  const view = await untilSigner(caseId, mailAddress, 'viewed')
  const toClose: string[] = []
  changePortalClient(() => ({
    closeLink: async (linkId) => {
      toClose.push(linkId)
      return fail('PORTAL_UNREACHABLE', { detail: 'test' })
    },
  }))
  must(await office.clerk.client.sending.remind({ signerId: signerOf(view, mailAddress).id }))
  await office.post.linkFor(mailAddress, 1)
  const { archive, clock } = office.running().office
  const jobs = () => listJobs(archive.db, { caseId, kinds: ['close-link'], states: ['queued'] })
  const job = await until(
    () => jobs().find(({ lastError }) => lastError !== null),
    () => jobs(),
  )
  const tomorrow = (clock.now() + DAY_MS) as EpochMs
  archive.transaction((db) => markJobRetry(db, job.id, tomorrow, 'PORTAL_UNREACHABLE'))
  toClose.length = 0
  return { robot, toClose }
}

async function untilAction(caseId: CaseId, action: string): Promise<void> {
  await until(
    async () => ((await actionsOf(caseId)).includes(action) ? true : undefined),
    () => actionsOf(caseId),
  )
}

async function actionsOf(caseId: CaseId): Promise<string[]> {
  return must(await office.clerk.client.cases.events({ caseId })).events.map(({ action }) => action)
}

describe('a signer', () => {
  test('who declines is corrected: the reason is told, the old link is dead, the new address signs', async () => {
    const wrong = somebody()
    const caseId = await sendCase(office, { signers: [wrong, town()] })
    const oldLink = await office.post.linkFor(wrong.mailAddress)
    const robot = await openLink(oldLink)
    await robot.decline('担当が違います。')
    const declined = await untilSigner(caseId, wrong.mailAddress, 'declined')
    expect(declined.detail).toMatchObject({ state: 'declined', waitingFor: 'clerk' })
    expect(declined.signers[0]?.declineReason).toBe('担当が違います。')
    const { position, contactName, contactPosition, contactMailAddress, name } = signerOf(
      declined,
      wrong.mailAddress,
    ).fields
    const right = somebody().mailAddress
    must(
      await office.clerk.client.sending.correctSigner({
        signerId: signerOf(declined, wrong.mailAddress).id,
        fields: { position, name, contactName, contactPosition, contactMailAddress, mailAddress: right },
        why: '相手方の申し出',
      }),
    )
    await consentTo(await office.post.linkFor(right))
    expect(await codeOfRefusal(openLink(oldLink))).toMatch(/LINK_(ANSWERED|REPLACED|REVOKED)/)
    await concludes(caseId)
    expect(await actionsOf(caseId)).toEqual(expect.arrayContaining(['signer.declined', 'signer.corrected']))
  })

  test('who is corrected is not signed for by the person before, through a link that the portal still takes', async () => {
    const wrong = somebody()
    const caseId = await sendCase(office, { signers: [wrong, town()] })
    const { robot, toClose } = await remindWhileClosingFails(caseId, wrong.mailAddress)
    const { fields, id } = signerOf(await readCase(office, caseId), wrong.mailAddress)
    const right = somebody().mailAddress
    must(
      await office.clerk.client.sending.correctSigner({
        signerId: id,
        fields: { ...fields, mailAddress: right },
        why: '宛先の誤り',
      }),
    )
    await until(
      () => (toClose.includes(robot.manifest.linkId) ? true : undefined),
      () => toClose,
    )
    const link = await office.post.linkFor(right)
    await untilSigner(caseId, right, 'requested')
    const opened = PortalEvent.parse({
      seq: 1,
      id: 'opened-by-the-person-before',
      linkId: robot.manifest.linkId,
      receivedAt: office.clock.now(),
      ipAddress: '127.0.0.1',
      userAgent: 'test',
      kind: 'opened',
    })
    await applyPortalEvent(office.running().office, 'log-of-a-late-opening', opened)
    await robot.consent()
    await untilAction(caseId, 'portal.answer-too-late')
    const [signer] = (await readCase(office, caseId)).signers
    expect(signer).toMatchObject({ state: 'requested', viewedAt: null, consent: null })
    vi.restoreAllMocks()
    await consentTo(link)
    await concludes(caseId)
  })

  test('of a case that was withdrawn and is sent again signs nothing through a link of the first time', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const { robot, toClose } = await remindWhileClosingFails(caseId, signer.mailAddress)
    must(await office.clerk.client.cases.withdraw({ caseId, why: '金額の誤り' }))
    await until(
      () => (toClose.includes(robot.manifest.linkId) ? true : undefined),
      () => toClose,
    )
    must(await office.clerk.client.cases.reopen({ caseId, why: '金額の誤り' }))
    await approve(office, caseId)
    must(await office.clerk.client.sending.send({ caseId }))
    await office.post.linkFor(signer.mailAddress, 2)
    await robot.consent()
    await untilAction(caseId, 'portal.answer-too-late')
    expect((await readCase(office, caseId)).signers[0]?.consent).toBeNull()
  })

  test('whose code is typed wrong five times is locked, seen by the clerk, and unlocked', async () => {
    const signer = somebody({ accessCode: 'fuso2026' })
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const link = await office.post.linkFor(signer.mailAddress)
    const refusals: string[] = []
    for (const accessCode of ['1', '2', '3', '4', '5'])
      refusals.push(await codeOfRefusal(openLink(link, { accessCode })))
    expect(refusals.slice(0, 4)).toEqual(Array(4).fill('TOKEN_WRONG'))
    expect(await codeOfRefusal(openLink(link, { accessCode: 'fuso2026' }))).toBe('LINK_LOCKED')
    const locked = await untilSigner(caseId, signer.mailAddress, 'locked')
    must(
      await office.clerk.client.sending.unlock({
        signerId: signerOf(locked, signer.mailAddress).id,
        why: '電話で本人を確認',
      }),
    )
    await until(
      async () => ((await linkStatus(link)).locked ? undefined : true),
      () => 'the lock to end',
    )
    await consentTo(link, { accessCode: 'fuso2026' })
    await concludes(caseId)
  })

  test('who is not locked cannot be unlocked', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await office.post.linkFor(signer.mailAddress)
    const view = await untilSigner(caseId, signer.mailAddress, 'requested')
    expect(
      await office.clerk.client.sending.unlock({
        signerId: signerOf(view, signer.mailAddress).id,
        why: '確認',
      }),
    ).toMatchObject({ ok: false, error: { code: 'STATE_FORBIDS' } })
  })

  test('of a withdrawn case is told, finds the link dead, and cannot answer through a page left open', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const link = await office.post.linkFor(signer.mailAddress)
    const robot = await openLink(link)
    await robot.read()
    await untilSigner(caseId, signer.mailAddress, 'viewed')
    await office.portal.stop()
    const withdrawn = await office.clerk.client.cases.withdraw({ caseId, why: '入札のやり直し' })
    must(withdrawn)
    await office.portal.start()
    // The portal may not have heard of it yet: an answer it still takes has no effect.
    await codeOfRefusal(robot.consent())
    await until(
      async () => ((await linkStatus(link)).state === 'open' ? undefined : true),
      () => 'the link to die',
    )
    must(await office.clerk.client.sending.poll({}))
    const view = await readCase(office, caseId)
    expect(view.detail.state).toBe('withdrawn')
    expect(view.signers[0]?.consent).toBeNull()
    const notices = () => office.post.to(signer.mailAddress).filter(({ links }) => links.length === 0)
    await until(
      () => (notices().length > 0 ? true : undefined),
      () => office.post.to(signer.mailAddress).map(({ subject }) => subject),
    )
    // Once: not again when the record leaves the list.
    must(await office.clerk.client.cases.remove({ caseId, why: '整理' }))
    await untilIdle(office)
    expect(notices()).toHaveLength(1)
  })
})

describe('time', () => {
  test('lapses a signer; the clerk extends; the new link works and the old one does not', async () => {
    const signer = somebody({ deadlineDays: 3 })
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const oldLink = await office.post.linkFor(signer.mailAddress)
    await untilSigner(caseId, signer.mailAddress, 'requested')
    await office.passTime(4 * DAY_MS)
    const lapsed = await untilSigner(caseId, signer.mailAddress, 'lapsed')
    expect(lapsed.detail).toMatchObject({ state: 'lapsed', waitingFor: 'clerk' })
    expect(await codeOfRefusal(openLink(oldLink))).toBe('LINK_EXPIRED')
    must(
      await office.clerk.client.sending.extendDeadline({
        signerId: signerOf(lapsed, signer.mailAddress).id,
        days: 7,
        why: '相手方の依頼',
      }),
    )
    await consentTo(await office.post.linkFor(signer.mailAddress, 1), { now: office.clock.now })
    await concludes(caseId)
  })

  test('does not move an ended case: a withdrawn one is still 取下げ after every deadline', async () => {
    const signer = somebody({ deadlineDays: 3 })
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await untilSigner(caseId, signer.mailAddress, 'requested')
    must(await office.clerk.client.cases.withdraw({ caseId, why: '中止' }))
    await office.passTime(30 * DAY_MS)
    expect((await readCase(office, caseId)).detail.state).toBe('withdrawn')
  })

  test('that is over for one of two does not void the other’s answer', async () => {
    const slow = somebody({ deadlineDays: 3 })
    const other = somebody({ deadlineDays: 20 })
    const caseId = await sendCase(office, { signers: [slow, other, town()] })
    const link = await office.post.linkFor(other.mailAddress)
    await untilSigner(caseId, slow.mailAddress, 'requested')
    await untilSigner(caseId, other.mailAddress, 'requested')
    await office.passTime(4 * DAY_MS)
    await untilSigner(caseId, slow.mailAddress, 'lapsed')
    await consentTo(link, { now: office.clock.now })
    const view = await untilSigner(caseId, other.mailAddress, 'consented')
    expect(view.detail).toMatchObject({ state: 'lapsed', waitingFor: 'clerk' })
    must(
      await office.clerk.client.sending.extendDeadline({
        signerId: signerOf(view, slow.mailAddress).id,
        days: 7,
        why: '延長',
      }),
    )
    await untilSigner(caseId, other.mailAddress, 'signed')
    await consentTo(await office.post.linkFor(slow.mailAddress, 1), { now: office.clock.now })
    await concludes(caseId)
  })

  test('brings reminders on their days, once, also when the office was closed on that day', async () => {
    const signer = somebody({ deadlineDays: 40 })
    const caseId = await sendCase(office, { signers: [signer, town()] })
    await untilSigner(caseId, signer.mailAddress, 'requested')
    const mails = () => office.post.to(signer.mailAddress).length
    await office.passTime(4 * DAY_MS)
    await office.passTime(2 * DAY_MS) // day 6: day 5 was a holiday
    await until(
      () => (mails() === 2 ? true : undefined),
      () => mails(),
    )
    await untilSigner(caseId, signer.mailAddress, 'requested')
    await office.passTime(60_000)
    await office.passTime(1 * DAY_MS)
    expect(mails()).toBe(2)
    await office.passTime(3 * DAY_MS) // day 10
    await until(
      () => (mails() === 3 ? true : undefined),
      () => mails(),
    )
    await untilSigner(caseId, signer.mailAddress, 'requested')
    for (const days of [5, 10]) await office.passTime(days * DAY_MS)
    expect(mails()).toBe(3)
    expect((await actionsOf(caseId)).filter((action) => action === 'signer.reminded')).toHaveLength(2)
    // A reminder's link replaced the first one.
    const first = await office.post.linkFor(signer.mailAddress, 0)
    expect(await codeOfRefusal(openLink(first))).toBe('LINK_REPLACED')
    await consentTo(await office.post.linkFor(signer.mailAddress, 2), { now: office.clock.now })
    await concludes(caseId)
  })

  test('is taken by the portal’s clock: an answer in time that is fetched after the deadline counts', async () => {
    const signer = somebody({ deadlineDays: 3 })
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const link = await office.post.linkFor(signer.mailAddress)
    await untilSigner(caseId, signer.mailAddress, 'requested')
    const { poll, office: parts } = office.running()
    await poll.stop() // as if the office were switched off
    await consentTo(link, { now: office.clock.now })
    await office.passTime(4 * DAY_MS)
    await untilSigner(caseId, signer.mailAddress, 'lapsed')
    const portal = parts.services.portal()
    const page = await portal?.client.pullEvents()
    if (page?.ok !== true) throw new Error('No events')
    for (const event of page.value.events) await applyPortalEvent(parts, page.value.logId, event)
    await concludes(caseId)
    await office.restart()
  })

  test('of a wrong computer clock does not enter the signature: the portal’s is taken', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const before = office.clock.now()
    const past = () => Date.parse('2001-01-01T00:00:00Z') as EpochMs
    await consentTo(await office.post.linkFor(signer.mailAddress), { now: past })
    const view = await untilSigner(caseId, signer.mailAddress, 'signed')
    expect(view.signers[0]?.consent?.consentedAt).toBeGreaterThanOrEqual(before)
  })
})

describe('several signers of one step', () => {
  test('when one declines, the consent of another is kept and sealed after the correction', async () => {
    const [good, bad, open] = [somebody(), somebody(), somebody()]
    const caseId = await sendCase(office, { signers: [good, bad, open, town()] })
    const openLinkBefore = await office.post.linkFor(open.mailAddress)
    await consentTo(await office.post.linkFor(good.mailAddress))
    const robot = await openLink(await office.post.linkFor(bad.mailAddress))
    await robot.decline('件名が違います。')
    const declined = await untilSigner(caseId, bad.mailAddress, 'declined')
    const { position, contactName, contactPosition, contactMailAddress, name, mailAddress } = signerOf(
      declined,
      bad.mailAddress,
    ).fields
    must(
      await office.clerk.client.sending.correctSigner({
        signerId: signerOf(declined, bad.mailAddress).id,
        fields: { position, name, contactName, contactPosition, contactMailAddress, mailAddress },
        why: '説明のうえ再送',
      }),
    )
    await consentTo(await office.post.linkFor(bad.mailAddress, 1))
    // The third one's link died with the refusal: a new one came without anybody asking for it.
    expect(await codeOfRefusal(openLink(openLinkBefore))).not.toBe('accepted')
    await consentTo(await office.post.linkFor(open.mailAddress, 1))
    await concludes(caseId)
    for (const { mailAddress: to } of [good, bad, open]) {
      const mails = office.post.to(to).filter(({ links }) => links[0]?.includes('/s/'))
      expect(mails.length).toBeLessThanOrEqual(2)
    }
  })
})

describe('a link on its way to the portal', () => {
  test('that ends with the refusal of another signer is made anew when the case goes on', async () => {
    const [bad, other] = [somebody(), somebody()]
    const caseId = await sendCase(office, { signers: [bad, other, town()] })
    const robot = await openLink(await office.post.linkFor(bad.mailAddress))
    await untilSigner(caseId, bad.mailAddress, 'viewed')
    const view = await untilSigner(caseId, other.mailAddress, 'requested')
    await untilIdle(office)
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const portal = changePortalClient((client) => ({
      putPackage: async (...args) => {
        const answer = await client.putPackage(...args)
        portal.mockRestore()
        reached.resolve()
        await released.promise
        return answer
      },
    }))
    must(await office.clerk.client.sending.remind({ signerId: signerOf(view, other.mailAddress).id }))
    await reached.promise
    await robot.decline('件名が違います。')
    await untilSigner(caseId, bad.mailAddress, 'declined')
    const { id, fields } = signerOf(view, bad.mailAddress)
    must(await office.clerk.client.sending.correctSigner({ signerId: id, fields, why: '話がついた' }))
    released.resolve()
    const newest = await office.post.linkFor(other.mailAddress, 1)
    await untilIdle(office)
    const links = listLinks(office.running().office.archive.db, caseId)
    const ofOther = links.filter(({ signerId }) => signerId === signerOf(view, other.mailAddress).id)
    expect(ofOther.filter(({ state }) => state === 'open')).toHaveLength(1)
    expect(signerOf(await readCase(office, caseId), other.mailAddress).problem).toBeNull()
    await consentTo(newest)
    await consentTo(await office.post.linkFor(bad.mailAddress, 1))
    await concludes(caseId)
  })
})

describe('events of the portal', () => {
  test('have one effect, however often they come', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const { office: parts } = office.running()
    const events: PortalEvent[] = []
    const robot = await openLink(await office.post.linkFor(signer.mailAddress))
    await robot.read()
    const receipt = await robot.consent()
    expect(await robot.answerAgain()).toEqual(receipt)
    await concludes(caseId)
    const entry = parts.archive.db.firstSql<{ portal: string; sequence: number }>(
      'SELECT portal, sequence FROM portal_events ORDER BY received_at DESC, sequence DESC LIMIT 1',
    )
    const before = rowCounts(parts.archive.db)
    events.push(
      PortalEvent.parse({
        seq: entry?.sequence,
        id: 'again',
        linkId: robot.manifest.linkId,
        receivedAt: office.clock.now(),
        ipAddress: '127.0.0.1',
        userAgent: 'test',
        kind: 'opened',
      }),
    )
    for (const event of events) await applyPortalEvent(parts, entry?.portal ?? '', event)
    expect(rowCounts(parts.archive.db)).toEqual(before)
  })

  test('with an answer that the portal made up are refused and logged; nothing else happens', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const robot = await openLink(await office.post.linkFor(signer.mailAddress))
    await untilSigner(caseId, signer.mailAddress, 'viewed')
    await applyPortalEvent(
      office.running().office,
      'made-up-log',
      PortalEvent.parse({
        seq: 1,
        id: 'made-up',
        linkId: robot.manifest.linkId,
        receivedAt: office.clock.now(),
        ipAddress: '127.0.0.1',
        userAgent: 'test',
        kind: 'response',
        sealed: Buffer.alloc(200, 7).toString('base64url'),
      }),
    )
    const view = await readCase(office, caseId)
    expect(view.signers[0]).toMatchObject({ state: 'viewed', consent: null })
    expect(await actionsOf(caseId)).toContain('portal.answer-refused')
  })

  test('with a consent to other bytes than were sent never become a signature (L2)', async () => {
    const signer = somebody()
    const caseId = await sendCase(office, { signers: [signer, town()] })
    const robot = await openLink(await office.post.linkFor(signer.mailAddress))
    await robot.read()
    const documents = robot.manifest.documents.map(({ id, role, title, pages }) => ({
      id,
      role,
      title,
      sha256: 'ab'.repeat(32) as never,
      firstShownAt: office.clock.now(),
      lastPageSeen: pages,
    }))
    await robot.consent({ documents })
    const view = await untilCase(office, caseId, ({ signers }) => signers[0]?.problem !== null)
    expect(view.signers[0]).toMatchObject({ problem: 'CONSENT_MISMATCH', consent: null })
    expect(view.documents[0]?.versions.map(({ reason }) => reason)).not.toContain('signature')
  })
})
