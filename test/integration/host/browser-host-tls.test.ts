import { request } from 'node:https'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { type BrowserHost, startBrowserHost } from '../../../electron/host/browser/server.ts'
import { type FakeApplication, fakeApplication } from '../../support/fake-application.ts'
import { makeLoopbackCertificate } from '../../support/loopback-certificate.ts'

const certificate = makeLoopbackCertificate('localhost')
let application: FakeApplication
let host: BrowserHost

beforeAll(async () => {
  application = fakeApplication()
  host = await startBrowserHost({
    application,
    pageFiles: async () => new Response('page'),
    logger: silentLogger,
    port: 0,
    tls: { certificatePem: certificate.cert, keyPem: certificate.key, host: '127.0.0.1' },
  })
})
afterAll(() => host.close())

type Answer = { readonly status: number; readonly headers: Record<string, unknown>; readonly body: string }

function ask(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers,
      ca: certificate.cert,
      host: 'localhost',
      servername: 'localhost',
      port: new URL(host.origin).port,
      path,
    }
    const sent = request(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function openSession(): Promise<string> {
  const { status, headers } = await ask('/', { accept: 'text/html' })
  expect(status).toBe(303)
  return String(headers['set-cookie']).split(';')[0] ?? ''
}

test('takes the names it answers to from its certificate', async () => {
  expect(host.origin).toMatch(/^https:\/\/localhost:\d+$/)
  expect((await ask('/', { host: 'other.example', accept: 'text/html' })).status).toBe(421)
})

test('lets another PC in without the address of this one, with a cookie for TLS only; log-in is the door', async () => {
  const { headers } = await ask('/', { accept: 'text/html' })
  expect(String(headers['set-cookie'])).toMatch(
    /^__Host-keiyaku=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  )
  const cookie = await openSession()
  expect(await ask('/', { cookie, accept: 'text/html' })).toMatchObject({ status: 200, body: 'page' })
})

test('keeps two PCs apart and tells the application where each comes from', async () => {
  const cookies = [await openSession(), await openSession()]
  const post = { origin: host.origin, 'x-keiyaku-request': '1', 'content-type': 'application/json' }
  for (const cookie of cookies) await ask('/bridge/session.status', { ...post, cookie }, 'POST', '{}')
  const [first, second] = application.calls.map(({ connection }) => connection)
  expect(first?.id).not.toBe(second?.id)
  expect(first?.from).toMatch(/127\.0\.0\.1$/)
})

test('answers nothing but the page without a session', async () => {
  for (const path of ['/files/t', '/events', '/a.js']) expect((await ask(path)).status).toBe(401)
})

test('a certificate without a name is refused at the start', async () => {
  const nameless = makeLoopbackCertificate('*.example.jp')
  const started = startBrowserHost({
    application,
    pageFiles: async () => undefined,
    logger: silentLogger,
    port: 0,
    tls: { certificatePem: nameless.cert, keyPem: nameless.key, host: '127.0.0.1' },
  })
  await expect(started).rejects.toThrow('names no host')
})
