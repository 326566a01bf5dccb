/**
 * Every way out goes through here (L27): a `fetch` that knows the proxy of the settings. Node 24's own environment proxy
 * is not used, so that what the administrator sees in 設定 is all there is.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'

export type OutboundFetch = (proxyUrl: string) => typeof fetch

export const outboundFetch: OutboundFetch = (proxyUrl) =>
  proxyUrl === '' ? fetch : throughProxy(new URL(proxyUrl))

/** HTTP through the proxy by absolute form, HTTPS by CONNECT (RFC 9110 §9.3.6). */
function throughProxy(proxy: URL): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const body = Buffer.from(await request.arrayBuffer())
    const headers = Object.fromEntries(request.headers)
    const options = { method: request.method, headers: { ...headers, 'content-length': String(body.length) } }
    return new Promise((resolve, reject) => {
      const outgoing =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent: tunnelAgent(proxy), signal: request.signal })
          : httpRequest({
              ...options,
              host: proxy.hostname,
              port: proxy.port || 80,
              path: url.href,
              signal: request.signal,
            })
      outgoing.on('error', reject)
      outgoing.on('response', (answer) => {
        try {
          resolve(responseOf(answer))
        } catch (error) {
          // A status that HTTP does not know; thrown here it would end the program.
          answer.destroy()
          reject(error)
        }
      })
      outgoing.end(body)
    })
  }
}

/** Statuses that have no body (RFC 9110 §15.3.5, §15.4.5); a Response refuses one. */
const WITHOUT_BODY = [204, 205, 304]

/** The body stays a stream, so that the caller's size limit holds and nothing endless is gathered here. */
function responseOf(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 502
  if (WITHOUT_BODY.includes(status)) {
    answer.resume()
    return new Response(null, { status })
  }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status })
}

function tunnelAgent(proxy: URL): Agent {
  const agent = new Agent({ keepAlive: false })
  agent.createConnection = (options, callback) => {
    const { host, port } = options as { host: string; port: number }
    const connect = httpRequest({
      host: proxy.hostname,
      port: proxy.port || 80,
      method: 'CONNECT',
      path: `${host}:${port}`,
    })
    const done = callback as (error: Error | null, socket?: Socket) => void
    connect.on('error', (error) => done(error))
    connect.on('connect', (answer, socket: Socket) => {
      if (answer.statusCode === 200) done(null, tlsConnect({ socket, servername: host }))
      else done(new Error(`The proxy answered ${answer.statusCode}`))
    })
    connect.end()
    return undefined
  }
  return agent
}
