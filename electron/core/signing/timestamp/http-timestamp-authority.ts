import type { StrongHash } from '../cms/algorithms.ts'
import { SigningError } from '../errors.ts'
import { fetchExchange, type HttpAnswer, type HttpExchange, HttpExchangeError } from '../http-exchange.ts'
import type { TimestampAuthority } from './timestamp-authority.ts'
import { buildTimestampRequest, readTimestampResponse } from './timestamp-protocol.ts'

const MAX_ANSWER_BYTES = 1024 * 1024

export type HttpTimestampOptions = {
  readonly url: string
  /** HTTP Basic, as most accredited services ask. */
  readonly user?: string
  readonly password?: string
  readonly timeoutMs?: number
  readonly exchange?: HttpExchange
}

/**
 * RFC 3161 over HTTP (§3.4). Answers above 1 MB are refused; the answer is checked as `readTimestampResponse` says.
 *
 * @throws SigningError TSA_UNREACHABLE (data: reason) | TSA_HTTP_ERROR (data: status) | TSA_REFUSED | TSA_ANSWER_INVALID
 */
export function httpTimestampAuthority(options: HttpTimestampOptions): TimestampAuthority {
  const exchange = options.exchange ?? fetchExchange()
  const url = new URL(options.url)
  const user = options.user ?? decodeURIComponent(url.username)
  const password = options.password ?? decodeURIComponent(url.password)
  // fetch refuses addresses that carry credentials.
  url.username = ''
  url.password = ''
  const headers: Record<string, string> = {
    'Content-Type': 'application/timestamp-query',
    Accept: 'application/timestamp-reply',
  }
  if (user !== '')
    headers.Authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`
  return {
    name: url.host,
    stamp: async (digest: Uint8Array, hash: StrongHash) => {
      const request = buildTimestampRequest(digest, hash)
      const answer = await ask(exchange, url.href, headers, {
        body: request.der,
        timeoutMs: options.timeoutMs ?? 20_000,
      })
      return readTimestampResponse(answer.body, request).der
    },
  }
}

async function ask(
  exchange: HttpExchange,
  url: string,
  headers: Readonly<Record<string, string>>,
  query: { readonly body: Uint8Array; readonly timeoutMs: number },
): Promise<HttpAnswer> {
  let answer: HttpAnswer
  try {
    answer = await exchange({ url, method: 'POST', headers, ...query, maxBytes: MAX_ANSWER_BYTES })
  } catch (error) {
    if (!(error instanceof HttpExchangeError)) throw error
    if (error.reason === 'too-large')
      throw new SigningError('TSA_ANSWER_INVALID', 'The answer is too large', {
        cause: error,
        data: { problem: 'TOO_LARGE' },
      })
    throw new SigningError('TSA_UNREACHABLE', 'The time-stamping authority does not answer', {
      cause: error,
      data: { reason: error.reason },
    })
  }
  if (answer.status !== 200)
    throw new SigningError('TSA_HTTP_ERROR', `The time-stamping authority answered HTTP ${answer.status}`, {
      data: { status: answer.status },
    })
  return answer
}

/**
 * Several authorities in order: the next is asked when one fails; if all fail, the first one's error is thrown, with
 * the others in `data.alsoFailed`. Never returns without a checked token.
 */
export function firstWorkingTimestampAuthority(
  authorities: readonly TimestampAuthority[],
): TimestampAuthority {
  const [first] = authorities
  if (first === undefined) throw new Error('At least one time-stamping authority is needed')
  return {
    name: first.name,
    stamp: async (digest, hash) => {
      const failures: SigningError[] = []
      for (const authority of authorities) {
        try {
          return await authority.stamp(digest, hash)
        } catch (error) {
          if (!(error instanceof SigningError)) throw error
          failures.push(error)
        }
      }
      const [cause, ...others] = failures
      throw new SigningError(cause?.code ?? 'TSA_UNREACHABLE', cause?.message ?? 'No authority answered', {
        cause,
        data: { ...cause?.data, alsoFailed: others.map((error) => error.code).join(' ') },
      })
    },
  }
}
