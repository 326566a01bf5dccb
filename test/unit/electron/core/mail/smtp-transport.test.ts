import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { connect, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { type ReceivedMail, startMailSink } from '../../../../../electron/core/mail/mail-sink.ts'
import { createSmtpTransport, type SmtpSettings } from '../../../../../electron/core/mail/smtp-transport.ts'
import { makeLoopbackCertificate } from '../../../../support/loopback-certificate.ts'
import { sampleMail } from '../../../../support/mail/sample-mail.ts'
import { type SmtpScript, startScriptedSmtpServer } from '../../../../support/mail/scripted-smtp-server.ts'

/** Listens on loopback and closes with the test. */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function transportTo(port: number, changes: Partial<SmtpSettings> = {}) {
  const transport = createSmtpTransport({
    host: '127.0.0.1',
    port,
    security: 'none',
    auth: null,
    ca: null,
    timeouts: { connectMs: 1000, greetingMs: 400, socketMs: 400 },
    ...changes,
  })
  cleanUps.push(transport.close)
  return transport
}

async function scripted(script: SmtpScript) {
  const server = await startScriptedSmtpServer(script)
  cleanUps.push(server.close)
  return server
}

async function sink(options: Partial<Parameters<typeof startMailSink>[0]> = {}) {
  const mails: ReceivedMail[] = []
  const server = await startMailSink({ port: 0, onMail: (mail) => void mails.push(mail), ...options })
  cleanUps.push(server.close)
  return { port: server.port, mails }
}

async function failureFrom(script: SmtpScript) {
  const server = await scripted(script)
  const result = await transportTo(server.port).send(sampleMail('m1'))
  return result.ok
    ? 'accepted'
    : { code: result.error.code, scope: result.error.data.scope, reply: result.error.data.reply }
}

describe('createSmtpTransport', () => {
  it('delivers through STARTTLS and a log-in, and returns the reply line of the server', async () => {
    const tls = makeLoopbackCertificate()
    const { port, mails } = await sink({ tls, auth: { user: 'town', password: 'ひみつ' } })
    const transport = transportTo(port, {
      host: 'localhost',
      security: 'starttls',
      auth: { user: 'town', password: 'ひみつ' },
      ca: tls.cert,
    })
    expect(await transport.check()).toEqual({ ok: true, value: null })
    const result = await transport.send(sampleMail('m1'))
    expect(result).toMatchObject({ ok: true, value: { messageId: '<m1@town.fuso.lg.jp>' } })
    expect(result.ok && result.value.reply).toMatch(/^250 /)
    expect(mails.map((mail) => [mail.envelopeTo, mail.messageId])).toEqual([
      [['taro@yoshitaka.example.jp'], '<m1@town.fuso.lg.jp>'],
    ])
  })

  it('refuses a wrong password, an untrusted certificate, another name and a missing STARTTLS', async () => {
    const tls = makeLoopbackCertificate()
    const { port } = await sink({ tls, auth: { user: 'town', password: 'right' } })
    const base = {
      host: 'localhost',
      security: 'starttls',
      auth: { user: 'town', password: 'right' },
      ca: tls.cert,
    } as const
    const codeOf = async (changes: Partial<SmtpSettings>) => {
      const result = await transportTo(port, { ...base, ...changes }).send(sampleMail('m1'))
      return result.ok ? 'accepted' : [result.error.code, result.error.data.scope]
    }
    expect(await codeOf({ auth: { user: 'town', password: 'wrong' } })).toEqual([
      'SMTP_AUTH_FAILED',
      'server',
    ])
    expect(await codeOf({ auth: null })).toEqual(['SMTP_AUTH_FAILED', 'server'])
    expect(await codeOf({ ca: null })).toEqual(['SMTP_TLS_FAILED', 'server'])
    expect(await codeOf({ ca: makeLoopbackCertificate('other.example.jp').cert })).toEqual([
      'SMTP_TLS_FAILED',
      'server',
    ])
    expect(await codeOf({ security: 'tls' })).toEqual(['SMTP_TLS_FAILED', 'server'])
    const bare = await sink()
    const result = await transportTo(bare.port, { security: 'starttls' }).send(sampleMail('m1'))
    expect(result).toMatchObject({ ok: false, error: { code: 'SMTP_TLS_FAILED' } })
    expect(bare.mails).toEqual([])
  })

  it('tells refusals of recipient, sender and message apart, permanent from temporary, with the reply line', async () => {
    expect(await failureFrom({ RCPT: '550 5.1.1 No such user' })).toEqual({
      code: 'SMTP_REFUSED_RECIPIENT',
      scope: 'permanent',
      reply: '550 5.1.1 No such user',
    })
    expect(await failureFrom({ RCPT: '450 4.2.1 Greylisted' })).toMatchObject({
      code: 'SMTP_REFUSED_RECIPIENT',
      scope: 'temporary',
    })
    expect(await failureFrom({ MAIL: '553 5.7.1 Not your address' })).toMatchObject({
      code: 'SMTP_REFUSED_SENDER',
      scope: 'server',
    })
    expect(await failureFrom({ DATA: '554 5.7.1 Spam' })).toMatchObject({
      code: 'SMTP_REFUSED_MESSAGE',
      scope: 'permanent',
    })
    expect(await failureFrom({ message: '554 5.7.1 Virus' })).toMatchObject({
      code: 'SMTP_REFUSED_MESSAGE',
      scope: 'permanent',
    })
    expect(await failureFrom({ message: '452 4.3.1 Disk full' })).toMatchObject({
      code: 'SMTP_REFUSED_MESSAGE',
      scope: 'temporary',
    })
    expect(await failureFrom({ greeting: '421 4.3.2 Going down' })).toMatchObject({
      code: 'SMTP_CLOSED',
      scope: 'server',
    })
  })

  it('names a server that talks garbage, hangs, breaks off or is not there', async () => {
    expect(await failureFrom({ greeting: 'HTTP/1.1 400 Bad Request' })).toMatchObject({
      code: 'SMTP_PROTOCOL',
      scope: 'server',
    })
    expect(await failureFrom({ greeting: null })).toMatchObject({ code: 'SMTP_TIMEOUT', scope: 'server' })
    expect(await failureFrom({ RCPT: null })).toMatchObject({ code: 'SMTP_TIMEOUT', scope: 'server' })
    expect(await failureFrom({ MAIL: 'close' })).toMatchObject({ code: 'SMTP_CLOSED', scope: 'server' })
    const gone = await startScriptedSmtpServer()
    await gone.close()
    const result = await transportTo(gone.port).send(sampleMail('m1'))
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'SMTP_UNREACHABLE', data: { scope: 'server', reply: null } },
    })
  })

  it('says that the outcome is unknown when the whole mail was handed over and no answer came', async () => {
    expect(await failureFrom({ message: null })).toMatchObject({
      code: 'SMTP_OUTCOME_UNKNOWN',
      scope: 'temporary',
    })
    expect(await failureFrom({ message: 'close' })).toMatchObject({
      code: 'SMTP_OUTCOME_UNKNOWN',
      scope: 'temporary',
    })
  })

  it('delivers over TLS from the first byte', async () => {
    const tls = makeLoopbackCertificate()
    const { port, mails } = await sink()
    const front = createTlsServer({ key: tls.key, cert: tls.cert }, (socket) => {
      const back = connect(port, '127.0.0.1')
      socket.pipe(back).pipe(socket)
      for (const end of [socket, back]) end.on('error', () => end.destroy())
    })
    const frontPort = await listen(front)
    const result = await transportTo(frontPort, { host: 'localhost', security: 'tls', ca: tls.cert }).send(
      sampleMail('m1'),
    )
    expect(result).toMatchObject({ ok: true })
    expect(mails).toHaveLength(1)
  })

  it('goes through a proxy when the settings name one', async () => {
    const { port, mails } = await sink()
    const asked: string[] = []
    const proxy = createHttpServer()
    proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
      asked.push(request.url ?? '')
      const back = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
      socket.pipe(back).pipe(socket)
      for (const end of [socket, back]) end.on('error', () => end.destroy())
    })
    const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`
    const result = await transportTo(25, { host: 'mail.town.example.jp', proxyUrl }).send(sampleMail('m1'))
    expect(result).toMatchObject({ ok: true })
    expect([asked, mails.length]).toEqual([['mail.town.example.jp:25'], 1])
  })

  it('refuses an empty sender and an unusable recipient before it connects', async () => {
    const { port, mails } = await sink()
    const noSender = await transportTo(port).send(sampleMail('m1', { from: { name: '扶桑町', address: '' } }))
    expect(noSender).toMatchObject({ error: { code: 'SMTP_REFUSED_SENDER', data: { scope: 'server' } } })
    const twoLines = { name: '', address: 'a@example.jp\r\nRCPT TO:<b@example.jp>' }
    const badRecipient = await transportTo(port).send(sampleMail('m1', { to: twoLines }))
    expect(badRecipient).toMatchObject({ error: { code: 'MAIL_INVALID', data: { scope: 'permanent' } } })
    expect(mails).toEqual([])
  })

  it('keeps the passwords and addresses out of the technical detail', async () => {
    const server = await scripted({ RCPT: '550 5.1.1 <taro@yoshitaka.example.jp> unknown' })
    const result = await transportTo(server.port).send(sampleMail('m1'))
    expect(result.ok === false && result.error.data.detail).toBe('EENVELOPE RCPT TO 550')
  })

  it('sends mails given at the same time one after the other and goes on after a failure', async () => {
    const { port, mails } = await sink()
    const transport = transportTo(port, { timeouts: { connectMs: 2000, greetingMs: 2000, socketMs: 5000 } })
    const bad = sampleMail('bad', { to: { name: '', address: 'not an address' } })
    const results = await Promise.all([
      transport.send(sampleMail('a')),
      transport.send(bad),
      transport.send(sampleMail('b')),
    ])
    expect(results.map((result) => result.ok)).toEqual([true, false, true])
    expect(mails.map((mail) => mail.messageId)).toEqual(['<a@town.fuso.lg.jp>', '<b@town.fuso.lg.jp>'])
  })
})

describe('startMailSink', () => {
  it('answers 451 when the mail cannot be stored, so that the sender keeps it', async () => {
    const { port } = await sink({
      onMail: () => {
        throw new Error('disk full')
      },
    })
    const result = await transportTo(port).send(sampleMail('m1'))
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'SMTP_REFUSED_MESSAGE', data: { scope: 'temporary', replyCode: 451 } },
    })
  })

  it('refuses a mail over its limit', async () => {
    const { port, mails } = await sink({ maxSizeBytes: 2000 })
    const result = await transportTo(port).send(sampleMail('m1'))
    expect(result).toMatchObject({ ok: false, error: { data: { scope: 'permanent' } } })
    expect(mails).toEqual([])
  })
})
