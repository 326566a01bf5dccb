import type { IncomingMessage } from 'node:http'
import { fail } from '../../../shared/result.ts'
import type { Application } from '../../app/host-port.ts'
import { jsonAnswer, textAnswer } from '../../app/serve/page-policy.ts'
import type { PageServer } from '../../app/serve/page-server.ts'
import type { Logger } from '../../core/kit/logger.ts'
import { eventStream } from './event-stream.ts'
import { cookieValue, refusalOf } from './request-guard.ts'
import type { Session, Sessions } from './sessions.ts'

export type RouteParts = {
  readonly application: Application
  readonly sessions: Sessions
  /** Filled once the port is known; exact origins of our own page. */
  readonly origins: ReadonlySet<string>
  readonly servePage: PageServer
  readonly isSecure: boolean
  readonly logger: Logger
}

/** A call carries ids and form fields, never a file. */
const CALL_MAX_BYTES = 4 << 20

const CLOSED_TEXT =
  'この画面は開けません。電子契約デスクを起動した画面に表示されているアドレスを、もう一度開いてください。'

/** Routes of the browser host: opening, bridge calls, events, and what every page server has. */
export function createRoutes(
  parts: RouteParts,
): (request: Request, incoming: IncomingMessage) => Promise<Response> {
  return async (request, incoming) => {
    const refusal = refusalOf(request.method, incoming.headers, parts.origins)
    if (refusal !== undefined) {
      parts.logger.warn('request-refused', { status: refusal.status, reason: refusal.reason })
      return textAnswer(refusal.status, refusal.reason)
    }
    const { pathname } = new URL(request.url)
    const from = incoming.socket.remoteAddress ?? 'unknown'
    if (pathname.startsWith('/open/')) return openSession(parts, request, incoming, from)
    const session = parts.sessions.find(cookieValue(incoming.headers.cookie, cookieName(parts, incoming)))
    if (session === undefined) return withoutSession(parts, request, incoming, from)
    if (pathname.startsWith('/bridge/')) return callBridge(parts, request, session)
    if (pathname === '/events') {
      const leave = parts.sessions.attach(session)
      return eventStream((listener) => parts.application.subscribe(session.connection, listener), leave)
    }
    return parts.servePage(request, session.connection)
  }
}

function openSession(parts: RouteParts, request: Request, incoming: IncomingMessage, from: string): Response {
  if (request.method !== 'GET') return textAnswer(405, 'Method not allowed')
  const existing = parts.sessions.find(cookieValue(incoming.headers.cookie, cookieName(parts, incoming)))
  const cookie = parts.sessions.redeem(new URL(request.url).pathname.slice('/open/'.length), from)
  // The address was used by this very browser before (reload, history): it is in already.
  if (cookie === undefined && existing === undefined) return textAnswer(401, CLOSED_TEXT)
  return redirectHome(parts, incoming, cookie)
}

function withoutSession(
  parts: RouteParts,
  request: Request,
  incoming: IncomingMessage,
  from: string,
): Response {
  const isPage = request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html')
  if (isPage && parts.isSecure) return redirectHome(parts, incoming, parts.sessions.open(from))
  if (isPage) return textAnswer(401, CLOSED_TEXT)
  return jsonAnswer(401, fail('HOST_UNREACHABLE', { reason: 'session-ended' }))
}

function redirectHome(parts: RouteParts, incoming: IncomingMessage, cookie: string | undefined): Response {
  const answer = textAnswer(303, '')
  answer.headers.set('location', '/')
  if (cookie === undefined) return answer
  const secure = parts.isSecure ? '; Secure' : ''
  const name = cookieName(parts, incoming)
  answer.headers.set('set-cookie', `${name}=${cookie}; Path=/; HttpOnly; SameSite=Strict${secure}`)
  return answer
}

/** Cookies know no ports: the name keeps two programs on one machine apart. */
function cookieName(parts: RouteParts, incoming: IncomingMessage): string {
  return parts.isSecure ? '__Host-keiyaku' : `keiyaku-${incoming.socket.localPort ?? 0}`
}

async function callBridge(parts: RouteParts, request: Request, session: Session): Promise<Response> {
  if (request.method !== 'POST') return textAnswer(405, 'Method not allowed')
  if (request.headers.get('content-type') !== 'application/json') return textAnswer(415, 'JSON only')
  const text = await readText(request)
  if (text === undefined) return textAnswer(413, 'Call too large')
  const input = parseJson(text)
  if (input === undefined) return textAnswer(400, 'Not JSON')
  const channel = new URL(request.url).pathname.slice('/bridge/'.length)
  return jsonAnswer(200, await parts.application.call(channel, input.value, session.connection))
}

async function readText(request: Request): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.length
    if (sizeBytes > CALL_MAX_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** An empty body stands for a call without input (`undefined` has no JSON). */
function parseJson(text: string): { readonly value: unknown } | undefined {
  if (text === '') return { value: undefined }
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
