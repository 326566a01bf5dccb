import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as rawRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPageFiles } from '../../../electron/app/serve/page-files.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { type BrowserHost, startBrowserHost } from '../../../electron/host/browser/server.ts'
import {
  type FakeApplication,
  fakeApplication,
  memoryFile,
  UPLOAD_MAX_BYTES,
} from '../../support/fake-application.ts'

let folder: string
let host: BrowserHost
let application: FakeApplication
let cookie: string

const GRACE_MS = 80
const bytes = new Uint8Array(200_000).map((_, index) => index % 251)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'))
  await writeFile(join(folder, 'index.html'), '<meta nonce="__STYLE_NONCE__"><script src="/a.js"></script>')
  await writeFile(join(folder, 'a.js'), 'export {}')
  await writeFile(join(folder, 'a.exe'), 'MZ')
})
beforeEach(async () => {
  await host?.close()
  application = fakeApplication()
  application.files.set('t1', memoryFile(bytes))
  host = await startBrowserHost({
    application,
    pageFiles: await openPageFiles(folder),
    logger: silentLogger,
    port: 0,
    sessionGraceMs: GRACE_MS,
  })
  cookie = await openSession(host.openingUrl())
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})

async function openSession(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

type Ask = {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
}

/** One request with full control of its headers (fetch does not let a test set Host or Origin). */
function ask(path: string, { method = 'GET', headers = {}, body }: Ask = {}) {
  const { hostname, port } = new URL(host.origin)
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const request = rawRequest(
        { hostname, port, path, method, headers: { cookie, ...headers } },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
          )
          answer.on('error', reject)
        },
      )
      request.on('error', reject)
      request.end(body)
    },
  )
}

const callHeaders = () => ({
  origin: host.origin,
  'x-keiyaku-request': '1',
  'content-type': 'application/json',
})
const call = (headers: Record<string, string> = callHeaders(), body = '{"q":"橋"}') =>
  ask('/bridge/cases.list', { method: 'POST', headers, body })

describe('opening', () => {
  test('listens on loopback only and hands out a cookie that scripts and other sites cannot use', async () => {
    expect(host.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const answer = await fetch(host.openingUrl(), { redirect: 'manual' })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^keiyaku-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    )
  })

  test('opens once: a used, an older or a guessed address does not', async () => {
    const older = host.openingUrl()
    const url = host.openingUrl()
    expect((await fetch(older, { redirect: 'manual' })).status).toBe(401)
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303)
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(401)
    expect((await fetch(`${host.origin}/open/`, { redirect: 'manual' })).status).toBe(401)
  })

  test('shows nothing without a session, and says so in Japanese to a person', async () => {
    const page = await ask('/', { headers: { cookie: '', accept: 'text/html' } })
    expect([page.status, page.body.toString()]).toEqual([
      401,
      expect.stringContaining('もう一度開いてください'),
    ])
    for (const path of ['/a.js', '/files/t1', '/events'])
      expect((await ask(path, { headers: { cookie: 'keiyaku-1=x' } })).status).toBe(401)
    const refused = await call({ ...callHeaders(), cookie: '' })
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      ok: false,
      error: { code: 'HOST_UNREACHABLE' },
    })
    expect(application.calls).toEqual([])
  })
})

describe('calls', () => {
  test('reach the application with the connection of the session', async () => {
    const answer = await call()
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body.toString())).toEqual({
      ok: true,
      value: { channel: 'cases.list', input: { q: '橋' } },
    })
    expect(application.calls[0]?.connection).toEqual({
      id: expect.stringMatching(/^\w{26}$/),
      from: '127.0.0.1',
    })
    await call()
    expect(application.calls[1]?.connection.id).toBe(application.calls[0]?.connection.id)
  })

  test.each([
    ['another site', { origin: 'http://evil.example' }, 403],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['a sandboxed frame', { origin: 'null' }, 403],
    ['a site by fetch metadata', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another port by fetch metadata', { 'sec-fetch-site': 'same-site' }, 403],
    ['a rebound name', { host: 'evil.example' }, 421],
    ['a name with our port', { host: 'localhost:1' }, 421],
    ['a form (no JSON)', { 'content-type': 'text/plain' }, 415],
    ['a form (no request header)', { 'x-keiyaku-request': '' }, 403],
  ])('are refused from %s', async (_name, headers, status) => {
    expect((await call({ ...callHeaders(), ...headers })).status).toBe(status)
    expect(application.calls).toEqual([])
  })

  test('are refused without Origin, over GET, when not JSON and when too large', async () => {
    const { origin: _origin, ...withoutOrigin } = callHeaders()
    expect((await call(withoutOrigin)).status).toBe(403)
    expect((await ask('/bridge/cases.list')).status).toBe(405)
    expect((await ask('/bridge/cases.list', { method: 'PUT', headers: callHeaders() })).status).toBe(405)
    expect((await call(callHeaders(), '{"q":')).status).toBe(400)
    expect((await call(callHeaders(), `"${'x'.repeat(5 << 20)}"`)).status).toBe(413)
    expect(application.calls).toEqual([])
  })

  test('answers no preflight', async () => {
    const answer = await ask('/bridge/cases.list', {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(405)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('files', () => {
  test('are served whole, in part, and not at all beyond their end', async () => {
    const whole = await ask('/files/t1')
    expect([whole.status, whole.body.equals(bytes)]).toEqual([200, true])
    expect(whole.headers).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining('sandbox'),
      'content-disposition': `inline; filename="_.pdf"; filename*=UTF-8''${encodeURIComponent('契約書.pdf')}`,
    })
    const part = await ask('/files/t1', { headers: { range: 'bytes=70000-140000' } })
    expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 70000-140000/200000'])
    expect(part.body.equals(bytes.subarray(70_000, 140_001))).toBe(true)
    const beyond = await ask('/files/t1', { headers: { range: 'bytes=200000-' } })
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */200000'])
    expect((await ask('/files/nope')).status).toBe(404)
  })

  test('give a part only while If-Range still names the same bytes', async () => {
    const etag = String((await ask('/files/t1', { method: 'HEAD' })).headers.etag)
    const range = 'bytes=0-9'
    expect((await ask('/files/t1', { headers: { range, 'if-range': etag } })).status).toBe(206)
    expect((await ask('/files/t1', { headers: { range, 'if-range': '"other"' } })).status).toBe(200)
  })

  test('break off, and never end as if complete, when the bytes cannot be read', async () => {
    application.files.set('broken', {
      ...memoryFile(bytes),
      read: async function* () {
        yield bytes.subarray(0, 10)
        throw new Error('authentication tag')
      },
    })
    await expect(ask('/files/broken')).rejects.toThrow()
    expect((await ask('/files/t1')).status).toBe(200)
  })
})

describe('uploads', () => {
  const upload = (name: string, body: Uint8Array) =>
    ask('/uploads', { method: 'POST', headers: { ...callHeaders(), 'x-file-name': name }, body })

  test('arrive byte for byte under their Japanese name', async () => {
    const answer = await upload(encodeURIComponent('様式第１ 申出書(髙橋).pdf'), bytes)
    expect(JSON.parse(answer.body.toString())).toEqual({ ok: true, value: { uploadId: 'upload-1' } })
    expect(application.uploads[0]?.fileName).toBe('様式第１ 申出書(髙橋).pdf')
    expect(Buffer.from(application.uploads[0]?.bytes ?? []).equals(bytes)).toBe(true)
  })

  test('of 0 bytes and of too many bytes are the application’s to judge', async () => {
    expect((await upload('a.pdf', new Uint8Array())).status).toBe(200)
    expect(application.uploads[0]?.bytes.length).toBe(0)
    const tooLarge = await upload('a.pdf', new Uint8Array(UPLOAD_MAX_BYTES + 1))
    expect(JSON.parse(tooLarge.body.toString())).toMatchObject({ error: { code: 'UPLOAD_TOO_LARGE' } })
  })

  test.each(['%2e%2e%2fpasswd', '..%5cx', 'a%00b', '%E0%A4%A', 'a b', ''])(
    'with the name %j are refused',
    async (name) => {
      expect((await upload(name, bytes)).status).toBe(400)
      expect(application.uploads).toEqual([])
    },
  )
})

describe('pages', () => {
  test('come with a policy that lets only our own scripts run, and a fresh style nonce', async () => {
    const [first, second] = [await ask('/'), await ask('/cases/01')]
    const policies = [first, second].map(({ headers }) => String(headers['content-security-policy']))
    for (const directive of [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "require-trusted-types-for 'script'",
      "frame-ancestors 'none'",
    ])
      expect(policies[0]?.split('; ')).toContain(directive)
    const nonces = policies.map((policy) => /'nonce-([\w-]+)'/.exec(policy)?.[1])
    expect(first.body.toString()).toContain(`nonce="${nonces[0]}"`)
    expect(nonces[0]).not.toBe(nonces[1])
    expect(first.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    })
  })

  test.each(['/a.exe', '/none.js', '/files/../x.js', '/..%2fa.js', '/%00.js'])(
    'do not include %s',
    async (path) => {
      expect((await ask(path)).status).toBe(404)
    },
  )

  test.each(['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..\\..\\etc\\passwd', '//etc/passwd'])(
    'never leave their folder: %s is a screen of the single page at most',
    async (path) => {
      expect((await ask(path)).body.toString()).toMatch(/^(<meta nonce=|No such|Bad request)/)
    },
  )
})

describe('events', () => {
  test('reach the page, and the log-in ends only after the last page is gone for a while', async () => {
    const aborter = new AbortController()
    const stream = await fetch(`${host.origin}/events`, { headers: { cookie }, signal: aborter.signal })
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    await reader?.read()
    expect(application.announce({ topic: 'case-changed', caseId: 'c1' })).toBe(1)
    expect((await reader?.read())?.value).toBe('data: {"topic":"case-changed","caseId":"c1"}\n\n')
    await call()
    const before = application.calls[0]?.connection
    aborter.abort()
    await expect.poll(() => application.announce({ topic: 'mail-changed' })).toBe(0)
    expect(application.ended).toEqual([])
    await expect.poll(() => application.ended).toEqual([before])
    await call()
    expect(application.calls[1]?.connection.id).not.toBe(before?.id)
  })

  test('of a reload keep the log-in', async () => {
    const first = new AbortController()
    await fetch(`${host.origin}/events`, { headers: { cookie }, signal: first.signal })
    first.abort()
    await expect.poll(() => application.announce({ topic: 'mail-changed' })).toBe(0)
    const second = new AbortController()
    await fetch(`${host.origin}/events`, { headers: { cookie }, signal: second.signal })
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS * 3))
    expect(application.ended).toEqual([])
    second.abort()
  })
})

test('a port that is taken is said', async () => {
  const port = Number(new URL(host.origin).port)
  const second = startBrowserHost({
    application,
    pageFiles: async () => undefined,
    logger: silentLogger,
    port,
  })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
