import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  fetchExchange,
  HttpExchangeError,
  type HttpRequest,
} from '../../../../../electron/core/signing/http-exchange.ts'

let server: Server
let base: string
const exchange = fetchExchange()
const request = (path: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url: `${base}${path}`,
  method: 'GET',
  timeoutMs: 300,
  maxBytes: 1000,
  ...more,
})

beforeAll(async () => {
  server = createServer((incoming, response) => {
    if (incoming.url === '/moved') response.writeHead(302, { Location: '/here' }).end()
    else if (incoming.url === '/here') response.end('found')
    else if (incoming.url === '/endless') {
      const timer = setInterval(() => response.write(Buffer.alloc(400)), 1)
      response.on('close', () => clearInterval(timer))
    } else if (incoming.url === '/slow') response.write('a')
    else response.writeHead(404).end('nothing')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return error instanceof HttpExchangeError ? error.reason : String(error)
  }
  return 'answered'
}

describe('an HTTP exchange', () => {
  it('gives any status with its body', async () => {
    expect(await exchange(request('/none'))).toEqual({ status: 404, body: Buffer.from('nothing') })
  })

  it('follows a redirect of a GET but not of a POST, which may carry a password', async () => {
    expect((await exchange(request('/moved'))).body).toEqual(Buffer.from('found'))
    expect(await reasonOf(exchange(request('/moved', { method: 'POST', body: Buffer.from('x') })))).toBe(
      'unreachable',
    )
  })

  it('cuts off an endless answer at its limit', async () => {
    expect(await reasonOf(exchange(request('/endless', { timeoutMs: 5000 })))).toBe('too-large')
  })

  it('gives up in time on an answer that does not end, and at once where nothing listens', async () => {
    expect(await reasonOf(exchange(request('/slow')))).toBe('timeout')
    expect(await reasonOf(exchange({ ...request('/'), url: 'http://127.0.0.1:1/' }))).toBe('unreachable')
  })
})
