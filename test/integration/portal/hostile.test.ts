import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { get } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../../electron/core/kit/clock.ts'
import { CONTENT_SECURITY_POLICY } from '../../../electron/core/portal/headers.ts'
import { createOfficePortalClient } from '../../../electron/core/portal/office-client.ts'
import { startPortalServer } from '../../../electron/core/portal/server.ts'
import { newPortalLink } from '../../../shared/portal-api/link.ts'
import { openManifest } from '../../../shared/portal-api/package-sealing.ts'
import { sealResponse } from '../../../shared/portal-api/response-sealing.ts'
import { CHUNK_BYTES, MAX_RESPONSE_BYTES, PortalOpened } from '../../../shared/portal-api/wire.ts'
import { makeLoopbackCertificate } from '../../support/loopback-certificate.ts'
import { consentTo, miniBrowser, publish, type RunningPortal, runPortal } from '../../support/portal.ts'
import { makeTestPackage } from '../../support/portal-package.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function started(...args: Parameters<typeof runPortal>): Promise<RunningPortal> {
  const portal = await runPortal(...args)
  cleanups.push(() => portal.close())
  return portal
}

/** Something else than a portal at the other end. */
async function otherProgram(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const ANY_LINK = '0'.repeat(26)

/** Sixteen pieces, a tenth of a second between them; fails when the connection is cut before the last one. */
async function sendSlowly(portal: RunningPortal, start: string, isChunked: boolean) {
  const socket = connect(Number(new URL(portal.url).port), '127.0.0.1')
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  let answer = ''
  let sentBytes = 0
  let sentWhenAnswered = 0
  socket.on('data', (chunk) => {
    answer += chunk.toString()
    sentWhenAnswered = sentBytes
  })
  const piece = Buffer.alloc(64 << 10)
  const [times, pauseMs] = [16, 100]
  const allBytes = times * piece.length
  const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${allBytes}`
  socket.write(`${start} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-portal-client: 1\r\n${length}\r\n\r\n`)
  for (let time = 0; time < times; time += 1) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    expect(socket.destroyed || socket.closed).toBe(false)
    sentBytes += piece.length
    if (isChunked) socket.write(`${piece.length.toString(16)}\r\n`)
    socket.write(piece)
    if (isChunked) socket.write(time + 1 < times ? '\r\n' : '\r\n0\r\n\r\n')
  }
  await closed
  return { answer, sentWhenAnswered, allBytes }
}

describe('a stranger', () => {
  it('cannot use the office interface without the token, and is slowed down', async () => {
    const portal = await started({ clock: manualClock('2026-12-01T00:00:00Z') })
    const stranger = createOfficePortalClient({ url: portal.url, officeToken: 'x'.repeat(43) })
    expect(await stranger.health()).toMatchObject({ ok: false, error: { code: 'PORTAL_REFUSED_TOKEN' } })
    const bare = await fetch(`${portal.url}/office/events`)
    expect(bare.status).toBe(401)
    const codes = await Promise.all(
      Array.from({ length: 40 }, async () => (await fetch(`${portal.url}/office/health`)).status),
    )
    expect(codes.filter((code) => code === 429)).toHaveLength(40 - (20 - 2))
    expect((await portal.office.health()).ok).toBe(true)
  })

  it('of another network gets neither the office interface nor a link meant for one network', async () => {
    const portal = await started({ officeNetworks: ['10.0.0.0/8'] })
    expect(await portal.office.health()).toMatchObject({
      ok: false,
      error: { code: 'PORTAL_REFUSED_NETWORK' },
    })
    const open = await started()
    const made = await makeTestPackage({ allowedNetworks: ['10.0.0.0/8', '2001:db8::/32'] })
    await publish(open, made)
    const browser = await miniBrowser(open.url, made.link)
    for (const path of ['/status', '/open', '/documents/doc1/chunks/0'])
      expect(await (await browser.post(path)).json()).toEqual({ code: 'NETWORK_REFUSED' })
    const told = await open.office.pullEvents()
    expect(told.ok && told.value.events).toMatchObject([
      { kind: 'network-refused', linkId: made.link.linkId, ipAddress: '127.0.0.1' },
    ])
  })

  it('is refused by every path, also after the answer, and a dead link tells the office nothing more', async () => {
    const portal = await started({ trustedProxies: ['127.0.0.1'] })
    const made = await makeTestPackage({ allowedNetworks: ['203.0.113.0/24'] })
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    const inside = { 'x-forwarded-for': '203.0.113.9' }
    const opened = await browser.post('/open', '{}', inside)
    const { manifest: sealedManifest } = PortalOpened.parse(await opened.json())
    const manifest = await openManifest(made.link, browser.keys.contentKey, sealedManifest)
    const sealed = await sealResponse(manifest, consentTo(manifest))
    expect((await browser.post('/response', sealed)).status).toBe(403)
    expect((await browser.post('/response', sealed, inside)).status).toBe(200)
    expect((await browser.post('/response', sealed, inside)).status).toBe(200)
    for (const path of ['/status', '/response'])
      expect(await (await browser.post(path, sealed)).json()).toEqual({ code: 'NETWORK_REFUSED' })
    const told = await portal.office.pullEvents()
    expect(told.ok && told.value.events.map(({ kind }) => kind)).toEqual([
      'opened',
      'network-refused',
      'response',
    ])
  })

  it('that comes again and again does not drown the office, nor hide the one who may', async () => {
    const portal = await started({ trustedProxies: ['127.0.0.1'] })
    const made = await makeTestPackage({ allowedNetworks: ['2001:db8::/48'] })
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    for (let times = 0; times < 70; times += 1)
      await browser.post('/status', '{}', { 'x-forwarded-for': `198.51.100.${times}` })
    expect((await browser.post('/open', '{}', { 'x-forwarded-for': '2001:db8::5' })).status).toBe(200)
    const told = await portal.office.pullEvents()
    const kinds = told.ok ? told.value.events.map(({ kind }) => kind) : []
    expect([kinds.filter((kind) => kind === 'network-refused').length, kinds.at(-1)]).toEqual([50, 'opened'])
  })

  it('cannot pretend another address unless it is a proxy of ours', async () => {
    const made = await makeTestPackage({ allowedNetworks: ['203.0.113.0/24'] })
    const expected = [
      [[], 403],
      [['10.0.0.0/8'], 403],
      [['127.0.0.0/8'], 200],
    ] as const
    for (const [trusted, status] of expected) {
      const portal = await started({ trustedProxies: trusted })
      await publish(portal, made)
      const browser = await miniBrowser(portal.url, made.link)
      const answer = await browser.post('/open', '{}', { 'x-forwarded-for': '203.0.113.9' })
      expect(answer.status).toBe(status)
    }
  })

  it('on a page of another origin can do nothing', async () => {
    const portal = await started()
    const made = await makeTestPackage()
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    expect((await browser.post('/open', '{}', { 'x-portal-client': '' })).status).toBe(403)
    expect((await browser.post('/open', '{}', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const preflight = await fetch(`${portal.url}/api/links/${made.link.linkId}/open`, {
      method: 'OPTIONS',
      headers: { origin: 'https://example.com', 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('sending nonsense gets a code, and nothing changes', async () => {
    const portal = await started()
    const made = await makeTestPackage()
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    const before = await portal.office.linkStatus(made.link.linkId)
    const answers = [
      await browser.post('/open', '{}', { 'x-portal-token': 'short' }),
      await browser.post('/response', new Uint8Array(0)),
      await browser.post('/response', new Uint8Array(MAX_RESPONSE_BYTES + 1)),
      await browser.post('/seen', '{"documentId":"../../etc"}'),
      await browser.post('/seen', '{"documentId":"other"}'),
      await browser.post('/seen', 'not json'),
      await browser.post('/documents/doc1/chunks/7'),
      await browser.post('/documents/doc1/chunks/-1'),
      await browser.post('/documents/..%2f..%2flink/chunks/0'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 413, 400, 400, 400, 400, 400, 400])
    expect(await portal.office.linkStatus(made.link.linkId)).toEqual(before)
    expect((await fetch(`${portal.url}/../../etc/passwd`)).status).toBe(404)
    expect((await fetch(`${portal.url}/api/links/${'0'.repeat(26)}/status`, { method: 'POST' })).status).toBe(
      403,
    )
  })

  it('who opens links by the dozen is slowed down', async () => {
    const portal = await started({ clock: manualClock('2026-12-01T00:00:00Z') })
    const made = await makeTestPackage()
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    const codes = await Promise.all(
      Array.from({ length: 250 }, async () => (await browser.post('/open')).status),
    )
    expect(codes.filter((code) => code === 200)).toHaveLength(240)
    expect(codes.filter((code) => code === 429)).toHaveLength(10)
  })

  it('who trickles a request is cut off', { timeout: 30_000 }, async () => {
    const portal = await started()
    const { port } = new URL(portal.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('POST /api/links/x/status HTTP/1.1\r\nHost: x\r\n')
    const drip = setInterval(() => socket.write('X-Drip: 1\r\n'), 1000)
    const startedAt = Date.now()
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
      socket.on('error', () => resolve())
      socket.resume()
    })
    clearInterval(drip)
    expect(Date.now() - startedAt).toBeLessThan(25_000)
  })

  it.each([
    ['by its token', 'PUT /office/links/x/documents/y/chunks/0', '', 401, 'OFFICE_TOKEN_WRONG'],
    ['for its size', `POST /api/links/${ANY_LINK}/response`, 'length', 413, 'TOO_LARGE'],
    ['for a size it did not announce', `POST /api/links/${ANY_LINK}/response`, 'chunked', 413, 'TOO_LARGE'],
    ['for its path', 'POST /nowhere', '', 404, 'ページが見つかりません'],
    ['though it should send nothing', 'GET /office/events', '', 401, 'OFFICE_TOKEN_WRONG'],
  ])('who is refused %s over a slow line can end what it was sending, and reads why', async (...line) => {
    const [, start, framing, status, words] = line
    const portal = await started()
    const { answer, sentWhenAnswered, allBytes } = await sendSlowly(portal, start, framing === 'chunked')
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toContain(words)
    expect(sentWhenAnswered).toBe(allBytes)
  })

  it('who is refused and sends without end is answered and cut off', async () => {
    const portal = await started()
    const socket = connect(Number(new URL(portal.url).port), '127.0.0.1')
    socket.write(
      'POST /api/links/x/response HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 999999999\r\n\r\n',
    )
    const pour = (): void => {
      while (!socket.destroyed && socket.write(new Uint8Array(256 << 10)));
    }
    socket.on('drain', pour)
    pour()
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
      socket.on('error', () => resolve())
      socket.resume()
    })
    expect(socket.bytesWritten).toBeLessThan(999_999_999)
    expect((await portal.office.health()).ok).toBe(true)
  })
})

describe('every answer', () => {
  it('carries the strict headers, errors included', async () => {
    const portal = await started()
    for (const path of ['/', '/healthz', '/office/health', '/api/links/x/status', '/nothing']) {
      const { headers } = await fetch(portal.url + path)
      expect(headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('strict-transport-security')).toBeNull()
    }
    for (const word of ["'unsafe-inline'", "'unsafe-eval'", 'http:', 'https:', '*'])
      expect(CONTENT_SECURITY_POLICY).not.toContain(word)
  })

  it('asks for TLS ever after when it came over TLS', async () => {
    const over = { headers: { 'x-forwarded-proto': 'https' } }
    const portal = await started({ trustedProxies: ['127.0.0.1'] })
    const { headers } = await fetch(`${portal.url}/healthz`, over)
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
    const bare = await started()
    const said = await fetch(`${bare.url}/healthz`, over)
    expect(said.headers.get('strict-transport-security')).toBeNull()
  })

  it('comes over TLS when the portal has a certificate, and not over plain http', async () => {
    const tls = makeLoopbackCertificate('localhost')
    const portal = await started({ tls })
    const port = Number(new URL(portal.url).port)
    const hsts = await new Promise<unknown>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/healthz', ca: tls.cert, servername: 'localhost' }
      get(options, (response) => {
        response.resume()
        resolve(response.headers['strict-transport-security'])
      }).on('error', reject)
    })
    expect(hsts).toBe('max-age=31536000')
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  })
})

describe('the office, when the other end is not a working portal,', () => {
  const officeToken = 'x'.repeat(43)
  const codeAt = async (url: string, timeoutMs = 500): Promise<unknown> => {
    const answer = await createOfficePortalClient({ url, officeToken, timeoutMs }).health()
    return answer.ok ? 'ok' : answer.error.code
  }

  it('gets a code for each trouble', async () => {
    expect(await codeAt('http://127.0.0.1:9')).toBe('PORTAL_UNREACHABLE')
    expect(await codeAt('http://portal.invalid')).toBe('PORTAL_UNREACHABLE')
    expect(await codeAt('not a url')).toBe('PORTAL_UNREACHABLE')
    expect(await codeAt(await otherProgram(() => undefined))).toBe('PORTAL_TIMEOUT')
    expect(await codeAt(await otherProgram((_, response) => response.socket?.destroy()))).toBe(
      'PORTAL_UNREACHABLE',
    )
    const answers: readonly (readonly [number, string, string])[] = [
      [200, '<html>proxy</html>', 'PORTAL_ANSWER_INVALID'],
      [200, '{"program":"other"}', 'PORTAL_ANSWER_INVALID'],
      [404, 'not here', 'PORTAL_ANSWER_INVALID'],
      [502, 'bad gateway', 'PORTAL_BUSY'],
      [401, '{"code":"OFFICE_TOKEN_WRONG"}', 'PORTAL_REFUSED_TOKEN'],
      [507, '{"code":"STORAGE_FULL"}', 'PORTAL_STORAGE_FULL'],
    ]
    for (const [status, body, code] of answers)
      expect(await codeAt(await otherProgram((_, response) => response.writeHead(status).end(body)))).toBe(
        code,
      )
  })

  it('does not carry its token to where a redirect points', async () => {
    const seen: (string | undefined)[] = []
    const thief = await otherProgram((request, response) => {
      seen.push(request.headers.authorization)
      response.end('{}')
    })
    const url = await otherProgram((_, response) => response.writeHead(307, { location: thief }).end())
    expect(await codeAt(url)).toBe('PORTAL_UNREACHABLE')
    expect(seen).toEqual([])
  })

  it('stops waiting when told to', async () => {
    const portal = await started()
    const stop = new AbortController()
    const waiting = portal.office.pullEvents({ waitMs: 20_000, signal: stop.signal })
    stop.abort()
    expect(await waiting).toMatchObject({ ok: false, error: { code: 'PORTAL_CANCELLED' } })
  })

  it('cannot put a chunk that is too large or belongs nowhere', async () => {
    const portal = await started()
    const made = await makeTestPackage()
    const put = (chunk: Uint8Array) => portal.office.putPackage(made.sealed.record, async () => chunk)
    expect(await put(new Uint8Array(CHUNK_BYTES + 29))).toMatchObject({
      ok: false,
      error: { code: 'PORTAL_REFUSED_REQUEST', data: { detail: 'TOO_LARGE' } },
    })
    expect(await portal.office.linkStatus(newPortalLink('signing').linkId)).toMatchObject({
      ok: false,
      error: { code: 'PORTAL_LINK_UNKNOWN' },
    })
  })
})

describe('a portal', () => {
  it('writes neither tokens nor addresses nor link ids into its technical log', async () => {
    const lines: string[] = []
    const write = (...parts: unknown[]) => void lines.push(JSON.stringify(parts))
    const portal = await started({ logger: { info: write, warn: write, error: write } })
    const made = await makeTestPackage({ accessCode: 'Secret1' })
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link, 'Secret1')
    await browser.open()
    await browser.post('/seen', '{"documentId":')
    await fetch(`${portal.url}/office/health`, {
      headers: { authorization: 'Bearer wrong-token-of-somebody' },
    })
    expect(lines.length).toBeGreaterThan(0)
    const words = ['127.0.0.1', made.link.linkId, portal.officeToken, 'wrong-token', 'Secret1']
    for (const word of words) expect(lines.join('\n')).not.toContain(word)
  })

  it('does not start on a folder or a port in use, or without its pages', async () => {
    const portal = await started()
    const options = { port: 0, officeToken: { sha256: '0'.repeat(64) } }
    await expect(startPortalServer({ ...options, dataDir: portal.dataDir })).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
    })
    const port = Number(new URL(portal.url).port)
    const other = join(portal.dataDir, 'other')
    await expect(startPortalServer({ ...options, dataDir: other, port })).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
    })
    await expect(startPortalServer({ ...options, dataDir: other, pagesDir: other })).rejects.toMatchObject({
      code: 'PAGES_MISSING',
    })
    const after = await startPortalServer({ ...options, dataDir: other })
    await after.close()
  })

  it('does not start with a damaged link file', async () => {
    let portal = await started()
    const made = await makeTestPackage()
    await publish(portal, made)
    const file = join(portal.dataDir, 'links', made.link.linkId, 'link.json')
    const good = await readFile(file)
    await portal.server.close()
    await writeFile(file, good.subarray(0, 50))
    const options = { dataDir: portal.dataDir, port: 0, officeToken: { sha256: '0'.repeat(64) } }
    await expect(startPortalServer(options)).rejects.toMatchObject({ code: 'LINK_FILE_DAMAGED' })
    await writeFile(file, good)
    portal = await runPortal({ dataDir: portal.dataDir }, portal.officeToken)
    expect(await portal.office.linkStatus(made.link.linkId)).toMatchObject({ value: { state: 'open' } })
    await portal.server.close()
  })

  it('takes its token from a file, too', async () => {
    const portal = await started()
    const file = join(portal.dataDir, 'token')
    await writeFile(file, `${portal.officeToken}\n`)
    const again = await portal.restart({ officeToken: { file } })
    cleanups.pop()
    cleanups.push(() => again.close())
    expect((await again.office.health()).ok).toBe(true)
  })
})
