import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { describeError } from '../../app/dispatch.ts'
import { textAnswer } from '../../app/serve/page-policy.ts'
import type { Logger } from '../../core/kit/logger.ts'

export type Answer = (request: Request, incoming: IncomingMessage) => Promise<Response>

/**
 * Runs a handler of web requests behind node:http. Differs from ready adapters in what it never does:
 * no error text reaches the browser or the console, and a body that fails half-way breaks the connection,
 * so that a truncated PDF is never taken for a whole one.
 */
export function listenerOf(
  answer: Answer,
  logger: Logger,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    respond(answer, incoming, outgoing).catch((error: unknown) => {
      logger.warn('request-failed', { detail: describeError(error) })
      outgoing.destroy()
    })
  }
}

async function respond(answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = requestOf(incoming)
  const response = request === undefined ? textAnswer(400, 'Bad request') : await answer(request, incoming)
  outgoing.statusCode = response.status
  response.headers.forEach((value, name) => {
    outgoing.setHeader(name, value)
  })
  // An answer before the end of an upload (too large): close instead of reading the rest.
  if (!incoming.complete && incoming.headers['content-length'] !== '0')
    outgoing.setHeader('connection', 'close')
  if (response.body === null || incoming.method === 'HEAD') {
    outgoing.end()
    return
  }
  // SSE must leave at once, not with its first event.
  outgoing.flushHeaders()
  // Node and the DOM declare the same stream differently; under which one this file is checked depends on who imports it.
  const body: unknown = response.body
  await pipeline(Readable.fromWeb(body as NodeReadableStream), outgoing).catch((error: unknown) => {
    // The reader left (closed tab, cancelled range request of pdf.js): normal, the source is closed by pipeline.
    if (!isPrematureClose(error)) throw error
  })
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}

/** The request as a web request; undefined when its target is no path. The authority is checked by the guard. */
function requestOf(incoming: IncomingMessage): Request | undefined {
  const target = incoming.url ?? ''
  if (!target.startsWith('/') || !URL.canParse(`http://host${target}`)) return undefined
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one)
  }
  const method = incoming.method ?? 'GET'
  const url = new URL(`http://host${target}`)
  if (method !== 'POST') return isForbiddenMethod(method) ? undefined : new Request(url, { method, headers })
  const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array>
  const init = { method, headers, body, duplex: 'half' as const }
  return new Request(url, init)
}

/** Methods that the Request class itself refuses. */
function isForbiddenMethod(method: string): boolean {
  return ['CONNECT', 'TRACE', 'TRACK'].includes(method.toUpperCase())
}
