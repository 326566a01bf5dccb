import { createServer, type RequestListener, request } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, createServer as createRawServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { outboundFetch } from '../../../../../electron/app/services/outbound-fetch.ts'
import { fetchExchange } from '../../../../../electron/core/signing/http-exchange.ts'
import { makeLoopbackCertificate } from '../../../../support/loopback-certificate.ts'

const open: { close: () => void }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

async function listen(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => void server.close() })
  return (server.address() as AddressInfo).port
}

/** A proxy that forwards and remembers what it was asked for. */
async function proxy(connectStatus = 200) {
  const seen: string[] = []
  const server = createServer((incoming, answer) => {
    seen.push(`${incoming.method} ${incoming.url}`)
    const onward = request(
      incoming.url ?? '',
      { method: incoming.method, headers: incoming.headers },
      (from) => {
        answer.writeHead(from.statusCode ?? 502)
        from.pipe(answer)
      },
    )
    incoming.pipe(onward)
  })
  server.on('connect', (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url}`)
    if (connectStatus !== 200) {
      socket.end(`HTTP/1.1 ${connectStatus} No\r\n\r\n`)
      return
    }
    const [host = '', port = '0'] = (incoming.url ?? '').split(':')
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  })
  return { seen, url: `http://127.0.0.1:${await listen(server)}` }
}

const target = async (listener: RequestListener) => `http://127.0.0.1:${await listen(createServer(listener))}`

describe('the way out through a proxy', () => {
  test('is taken for every request, with method, headers and bytes', async () => {
    const { seen, url: proxyUrl } = await proxy()
    const url = await target((incoming, answer) => {
      const parts: Buffer[] = []
      incoming.on('data', (part: Buffer) => parts.push(part))
      incoming.on('end', () => answer.end(`${incoming.headers['x-kind']} ${Buffer.concat(parts).toString()}`))
    })
    const answer = await outboundFetch(proxyUrl)(`${url}/tsa`, {
      method: 'POST',
      body: 'あ',
      headers: { 'x-kind': 'query' },
    })
    expect([answer.status, await answer.text()]).toEqual([200, 'query あ'])
    expect(seen).toEqual([`POST ${url}/tsa`])
  })

  test('tunnels https by CONNECT, and the certificate of the target is still judged', async () => {
    const { seen, url: proxyUrl } = await proxy()
    const port = await listen(
      createSecureServer(makeLoopbackCertificate(), (_incoming, answer) => answer.end('x')),
    )
    await expect(outboundFetch(proxyUrl)(`https://localhost:${port}/`)).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    expect(seen).toEqual([`CONNECT localhost:${port}`])
  })

  test('that the proxy refuses is a failure, not a direct request', async () => {
    const { seen, url: proxyUrl } = await proxy(407)
    await expect(outboundFetch(proxyUrl)('https://127.0.0.1:9/')).rejects.toThrow('407')
    expect(seen).toEqual(['CONNECT 127.0.0.1:9'])
  })

  test.each([204, 304])('takes an answer without a body (%i)', async (status) => {
    const { url: proxyUrl } = await proxy()
    const url = await target((_incoming, answer) => answer.writeHead(status).end())
    expect((await outboundFetch(proxyUrl)(url)).status).toBe(status)
  })

  test('fails on a status that HTTP does not know, and the program lives on', async () => {
    const server = createRawServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'))
      socket.on('error', () => socket.destroy())
    })
    const port = await listen(server)
    await expect(outboundFetch(`http://127.0.0.1:${port}`)('http://example.invalid/')).rejects.toThrow()
  })

  test('keeps the caller’s size limit for an endless answer', async () => {
    const { url: proxyUrl } = await proxy()
    const url = await target((_incoming, answer) => {
      const more = () => {
        while (!answer.destroyed && answer.write(Buffer.alloc(64 << 10)));
      }
      answer.on('drain', more)
      more()
    })
    const exchange = fetchExchange(outboundFetch(proxyUrl))
    await expect(
      exchange({ url, method: 'GET', timeoutMs: 10_000, maxBytes: 1 << 20 }),
    ).rejects.toMatchObject({ reason: 'too-large' })
  })
})

test('without a proxy the plain fetch is used', () => {
  expect(outboundFetch('')).toBe(fetch)
})
