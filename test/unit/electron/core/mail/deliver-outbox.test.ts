import { afterEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../../../../electron/core/kit/clock.ts'
import { silentLogger } from '../../../../../electron/core/kit/logger.ts'
import {
  DEFAULT_RETRY_SCHEDULE,
  deliverOutbox,
  recoverOutbox,
} from '../../../../../electron/core/mail/deliver-outbox.ts'
import { startMailSink } from '../../../../../electron/core/mail/mail-sink.ts'
import type { MailTransport } from '../../../../../electron/core/mail/mail-transport.ts'
import { startOutboxLoop } from '../../../../../electron/core/mail/outbox-loop.ts'
import { createSmtpTransport } from '../../../../../electron/core/mail/smtp-transport.ts'
import { memoryOutboxStore } from '../../../../support/mail/memory-outbox-store.ts'
import { sampleMail } from '../../../../support/mail/sample-mail.ts'
import { type SmtpScript, startScriptedSmtpServer } from '../../../../support/mail/scripted-smtp-server.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function transportTo(port: number): MailTransport {
  const timeouts = { connectMs: 1000, greetingMs: 400, socketMs: 400 }
  const transport = createSmtpTransport({
    host: '127.0.0.1',
    port,
    security: 'none',
    auth: null,
    ca: null,
    timeouts,
  })
  cleanUps.push(transport.close)
  return transport
}

async function scene(script: SmtpScript, ids: readonly string[] = ['m1']) {
  const server = await startScriptedSmtpServer(script)
  cleanUps.push(server.close)
  const store = memoryOutboxStore(ids.map((id) => sampleMail(id)))
  const clock = manualClock('2026-04-01T00:00:00Z')
  const dependencies = { store, transport: transportTo(server.port), clock, logger: silentLogger }
  return { server, store, clock, dependencies }
}

describe('deliverOutbox', () => {
  it('claims before it sends, records the reply, then wipes the secret', async () => {
    const { store, dependencies, server } = await scene({}, ['m1', 'm2'])
    expect(await deliverOutbox(dependencies)).toEqual({ sent: 2, failed: 0, dead: 0, stoppedBy: null })
    expect(store.calls).toEqual(['claim m1', 'sent m1', 'wipe m1', 'claim m2', 'sent m2', 'wipe m2'])
    expect([...store.rows.values()].map((row) => [row.state, row.reply])).toEqual([
      ['sent', '250 2.0.0 queued'],
      ['sent', '250 2.0.0 queued'],
    ])
    expect(server.messages).toHaveLength(2)
    expect(await deliverOutbox(dependencies)).toMatchObject({ sent: 0 })
    expect(server.messages).toHaveLength(2)
  })

  it('tries again after a temporary refusal, at the planned time and not before', async () => {
    const { store, clock, dependencies, server } = await scene({ RCPT: '450 4.2.1 Greylisted' })
    expect(await deliverOutbox(dependencies)).toMatchObject({ sent: 0, failed: 1 })
    server.setScript({})
    clock.advance((DEFAULT_RETRY_SCHEDULE[0] ?? 0) - 1)
    expect(await deliverOutbox(dependencies)).toMatchObject({ sent: 0, failed: 0 })
    clock.advance(1)
    expect(await deliverOutbox(dependencies)).toMatchObject({ sent: 1 })
    expect(store.rows.get(sampleMail('m1').id)?.attempts).toBe(2)
  })

  it('gives up at once on a permanent refusal, wipes the secret and goes on with the next mail', async () => {
    const { store, dependencies, server } = await scene({ RCPT: '550 5.1.1 No such user' }, ['m1', 'm2'])
    expect(await deliverOutbox(dependencies)).toEqual({ sent: 0, failed: 0, dead: 2, stoppedBy: null })
    expect(store.rows.get(sampleMail('m1').id)).toMatchObject({
      state: 'dead',
      code: 'SMTP_REFUSED_RECIPIENT',
      reply: '550 5.1.1 No such user',
      wiped: true,
    })
    expect(server.messages).toEqual([])
  })

  it('gives up after the last planned attempt', async () => {
    const { store, clock, dependencies } = await scene({ RCPT: '450 4.2.1 Later' })
    for (const waitMs of DEFAULT_RETRY_SCHEDULE) {
      expect(await deliverOutbox(dependencies)).toMatchObject({ failed: 1 })
      clock.advance(waitMs)
    }
    expect(await deliverOutbox(dependencies)).toMatchObject({ dead: 1 })
    expect(store.rows.get(sampleMail('m1').id)?.attempts).toBe(DEFAULT_RETRY_SCHEDULE.length + 1)
  })

  it('stops at a server that does not work, spends no attempt of the other mails and never gives them up', async () => {
    const { store, clock, dependencies } = await scene({ greeting: 'garbage' }, ['m1', 'm2', 'm3'])
    expect(await deliverOutbox(dependencies)).toEqual({
      sent: 0,
      failed: 1,
      dead: 0,
      stoppedBy: 'SMTP_PROTOCOL',
    })
    expect([...store.rows.values()].map((row) => row.attempts)).toEqual([1, 0, 0])
    for (let round = 0; round < 40; round += 1) {
      clock.advance(20 * 60_000)
      await deliverOutbox(dependencies)
    }
    expect([...store.rows.values()].map((row) => row.state)).toEqual(['queued', 'queued', 'queued'])
  })

  it('counts only what was said of the mail itself: after a long outage the first greylisting is the first refusal', async () => {
    const { store, clock, dependencies, server } = await scene({ greeting: 'garbage' })
    for (let round = 0; round < 12; round += 1) {
      expect(await deliverOutbox(dependencies)).toMatchObject({ failed: 1, dead: 0 })
      clock.advance(15 * 60_000)
    }
    server.setScript({ RCPT: '450 4.2.0 Greylisted' })
    for (const waitMs of DEFAULT_RETRY_SCHEDULE) {
      expect(await deliverOutbox(dependencies)).toMatchObject({ failed: 1 })
      expect(store.rows.get(sampleMail('m1').id)?.dueAt).toBe(clock.now() + waitMs)
      clock.advance(waitMs)
    }
    expect(await deliverOutbox(dependencies)).toMatchObject({ dead: 1 })
  })

  it('sends an interrupted mail again with the same Message-ID only when no acceptance was recorded', async () => {
    const { store, dependencies, server } = await scene({}, ['m1', 'm2'])
    const crashing = {
      ...dependencies,
      store: {
        ...store,
        markSent: (id: string) => {
          if (id === 'm2') throw new Error('killed between 250 and the record')
          return store.markSent(sampleMail(id).id, {
            at: dependencies.clock.now(),
            reply: '250 ok',
            messageId: '',
          })
        },
      },
    }
    await expect(deliverOutbox(crashing)).rejects.toThrow('killed')
    expect(store.rows.get(sampleMail('m2').id)?.state).toBe('sending')
    expect(await recoverOutbox(dependencies)).toEqual({ requeued: 1 })
    expect(await deliverOutbox(dependencies)).toMatchObject({ sent: 1 })
    const ids = server.messages.map((message) => /^Message-ID: (.*)$/m.exec(message)?.[1]?.trim())
    expect(ids).toEqual(['<m1@town.fuso.lg.jp>', '<m2@town.fuso.lg.jp>', '<m2@town.fuso.lg.jp>'])
    expect(server.messages[2]).toBe(server.messages[1])
  })

  it('wipes at the next start what a crash left between acceptance and wiping', async () => {
    const { store, dependencies } = await scene({})
    const crashing = {
      ...dependencies,
      store: {
        ...store,
        wipeSecret: () => {
          throw new Error('killed')
        },
      },
    }
    await expect(deliverOutbox(crashing)).rejects.toThrow('killed')
    expect(store.rows.get(sampleMail('m1').id)).toMatchObject({ state: 'sent', wiped: false })
    await recoverOutbox(dependencies)
    expect(store.rows.get(sampleMail('m1').id)).toMatchObject({ state: 'sent', wiped: true })
  })

  it('stops between two mails when told to', async () => {
    const { dependencies, server } = await scene({}, ['m1', 'm2', 'm3'])
    const stop = new AbortController()
    const summary = await deliverOutbox({ ...dependencies, onOutcome: () => stop.abort() }, stop.signal)
    expect(summary.sent).toBe(1)
    expect(server.messages).toHaveLength(1)
  })
})

describe('startOutboxLoop', () => {
  it('delivers a mail queued later as soon as it is woken, and stops cleanly', async () => {
    const subjects: string[] = []
    const sink = await startMailSink({ port: 0, onMail: (mail) => void subjects.push(mail.subject) })
    cleanUps.push(sink.close)
    const store = memoryOutboxStore([])
    const errors: unknown[] = []
    const delivered = Promise.withResolvers<void>()
    const loop = startOutboxLoop(
      {
        store,
        transport: transportTo(sink.port),
        clock: manualClock('2026-04-01T00:00:00Z'),
        logger: silentLogger,
        onOutcome: () => delivered.resolve(),
      },
      { pollMs: 60_000, onError: (error) => errors.push(error) },
    )
    store.add(sampleMail('late', { subject: '後から' }))
    loop.wake()
    await delivered.promise
    await loop.stop()
    expect(subjects).toEqual(['後から'])
    expect(errors).toEqual([])
  })
})
