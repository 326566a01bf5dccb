/** One request to a trust service and its whole answer. */
export type HttpRequest = {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly timeoutMs: number
  /** An answer longer than this is cut off and counts as a failure. */
  readonly maxBytes: number
}

export type HttpAnswer = { readonly status: number; readonly body: Uint8Array }

/** Port: how the engine reaches the network. The host passes one that knows the proxy and the list of allowed targets. */
export type HttpExchange = (request: HttpRequest) => Promise<HttpAnswer>

/** Why no answer came. */
export class HttpExchangeError extends Error {
  readonly reason: 'unreachable' | 'timeout' | 'too-large'

  constructor(reason: HttpExchangeError['reason'], cause?: unknown) {
    super(`HTTP exchange failed: ${reason}`, { cause })
    this.name = 'HttpExchangeError'
    this.reason = reason
  }
}

/**
 * Exchanges over a `fetch`: Node's own, or Electron's `net.fetch`, which uses the system's proxy.
 * A POST follows no redirect, because it may carry a password.
 */
export function fetchExchange(fetchFunction: typeof fetch = fetch): HttpExchange {
  return async (request) => {
    const signal = AbortSignal.timeout(request.timeoutMs)
    try {
      const response = await fetchFunction(request.url, {
        method: request.method,
        headers: { ...request.headers },
        redirect: request.method === 'GET' ? 'follow' : 'error',
        signal,
        ...(request.body === undefined ? {} : { body: Buffer.from(request.body) }),
      })
      return { status: response.status, body: await readLimited(response, request.maxBytes) }
    } catch (error) {
      if (error instanceof HttpExchangeError) throw error
      throw new HttpExchangeError(signal.aborted ? 'timeout' : 'unreachable', error)
    }
  }
}

async function readLimited(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    size += value.length
    if (size > maxBytes) {
      await reader.cancel()
      throw new HttpExchangeError('too-large')
    }
    chunks.push(value)
  }
}
