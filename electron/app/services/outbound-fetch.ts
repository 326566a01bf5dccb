/**
 * Every way out goes through here (L27): a `fetch` that knows the proxy of the settings. Node 24's own environment proxy
 * is not used, so that what the administrator sees in 設定 is all there is.
 */
import { request as httpRequest } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
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
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 502 })),
        )
      })
      outgoing.end(body)
    })
  }
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
