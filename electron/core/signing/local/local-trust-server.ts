import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../kit/clock.ts'
import { answerOcsp, makeCrl } from './answer-revocation.ts'
import { answerTimestamp, type TimestampMisbehaviour } from './answer-timestamp.ts'
import { certificatePem, type TestAuthority, timestampingKey } from './test-authority.ts'

/** Faults the server can be told to show, for tests. */
export type TrustServerFaults = {
  readonly tsa?: TimestampMisbehaviour
  readonly ocsp?: 'garbage' | 'http-500' | 'silence' | 'try-later'
  readonly crl?: 'garbage' | 'http-500' | 'silence'
  /** Serve CRLs and issuer certificates as PEM, as some CAs wrongly do. */
  readonly pem?: boolean
}

export type LocalTrustServices = {
  readonly tsaUrl: string
  readonly ocspUrl: string
  readonly crlUrl: string
  readonly port: number
  /** Requests answered so far, by path. */
  readonly counts: ReadonlyMap<string, number>
  /** Changes the faults from now on. */
  readonly misbehave: (faults: TrustServerFaults) => void
  readonly close: () => Promise<void>
}

export type LocalTrustOptions = {
  readonly authority: TestAuthority | (() => TestAuthority)
  readonly clock: Clock
  /** 0 takes any free port; then the addresses inside the certificates do not lead here. */
  readonly port: number
  readonly basicAuth?: { readonly user: string; readonly password: string }
}

const MAX_REQUEST_BYTES = 64 * 1024

/**
 * Serves the test authority on 127.0.0.1: POST /tsa (RFC 3161 §3.4), POST and GET /ocsp (RFC 6960 appendix A),
 * GET /root.crl, /intermediate.crl, /root.cer, /intermediate.cer.
 *
 * @throws the listening error of Node (EADDRINUSE) when the port is taken
 */
export async function startLocalTrustServices(options: LocalTrustOptions): Promise<LocalTrustServices> {
  let faults: TrustServerFaults = {}
  const counts = new Map<string, number>()
  const current = (): Context => ({
    authority: typeof options.authority === 'function' ? options.authority() : options.authority,
    nowMs: options.clock.now(),
    faults,
    basicAuth: options.basicAuth,
  })
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    counts.set(path, (counts.get(path) ?? 0) + 1)
    handle(request, path, current()).then(
      (answer) => send(response, answer),
      (error: unknown) =>
        send(response, { status: 500, type: 'text/plain', body: Buffer.from(String(error)) }),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`
  return {
    tsaUrl: `${base}/tsa`,
    ocspUrl: `${base}/ocsp`,
    crlUrl: `${base}/intermediate.crl`,
    port,
    counts,
    misbehave: (next) => {
      faults = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Context = {
  readonly authority: TestAuthority
  readonly nowMs: number
  readonly faults: TrustServerFaults
  readonly basicAuth: LocalTrustOptions['basicAuth']
}
type Answer = { readonly status: number; readonly type: string; readonly body: Uint8Array } | 'silence'

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'silence') return
  response.writeHead(answer.status, { 'Content-Type': answer.type, 'Content-Length': answer.body.length })
  response.end(answer.body)
}

async function handle(request: IncomingMessage, path: string, context: Context): Promise<Answer> {
  if (path === '/tsa') return handleTimestamp(request, context)
  if (path === '/ocsp' || path.startsWith('/ocsp/')) return handleOcsp(request, path, context)
  if (path === '/root.crl' || path === '/intermediate.crl') return handleCrl(path, context)
  if (path === '/root.cer' || path === '/intermediate.cer') {
    const { certificate } = path === '/root.cer' ? context.authority.root : context.authority.intermediate
    const body = context.faults.pem === true ? Buffer.from(certificatePem(certificate)) : certificate
    return ok('application/pkix-cert', body)
  }
  return failure(404)
}

async function handleTimestamp(request: IncomingMessage, context: Context): Promise<Answer> {
  const fault = context.faults.tsa
  const body = await readBody(request)
  if (context.basicAuth !== undefined) {
    const { user, password } = context.basicAuth
    const expected = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`
    if (request.headers.authorization !== expected) return failure(401)
  }
  if (request.method !== 'POST') return failure(405)
  if (fault === 'silence') return 'silence'
  if (fault === 'http-500') return failure(500)
  if (fault === 'garbage') return ok('application/timestamp-reply', Buffer.from('<html>ご利用の…</html>'))
  if (fault === 'too-large') return ok('application/timestamp-reply', Buffer.alloc(2 << 20, 0x30))
  const key = timestampingKey(context.authority)
  return ok('application/timestamp-reply', await answerTimestamp(body, key, context.nowMs, fault))
}

async function handleOcsp(request: IncomingMessage, path: string, context: Context): Promise<Answer> {
  const fault = context.faults.ocsp
  if (fault === 'silence') return 'silence'
  if (fault === 'http-500') return failure(500)
  if (fault === 'garbage') return ok('application/ocsp-response', Buffer.from('garbage'))
  if (fault === 'try-later')
    return ok('application/ocsp-response', Uint8Array.of(0x30, 0x03, 0x0a, 0x01, 0x03))
  const encoded = decodeURIComponent(path.slice('/ocsp/'.length))
  const body = request.method === 'POST' ? await readBody(request) : Buffer.from(encoded, 'base64')
  return ok('application/ocsp-response', await answerOcsp(body, context.authority, context.nowMs))
}

async function handleCrl(path: string, context: Context): Promise<Answer> {
  const fault = context.faults.crl
  if (fault === 'silence') return 'silence'
  if (fault === 'http-500') return failure(500)
  if (fault === 'garbage') return ok('application/pkix-crl', Buffer.from('garbage'))
  const der = await makeCrl(context.authority, path === '/root.crl' ? 'root' : 'intermediate', context.nowMs)
  if (context.faults.pem !== true) return ok('application/pkix-crl', der)
  const base64 = Buffer.from(der).toString('base64')
  return ok(
    'application/pkix-crl',
    Buffer.from(`-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`),
  )
}

function ok(type: string, body: Uint8Array): Answer {
  return { status: 200, type, body }
}

function failure(status: number): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: Buffer.from(`${status}`) }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > MAX_REQUEST_BYTES) throw new Error('Request is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
