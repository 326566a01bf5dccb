import type { IncomingHttpHeaders } from 'node:http'

/** The header every writing call carries. A foreign page cannot send it without a preflight, which is never answered. */
export const REQUEST_HEADER = 'x-keiyaku-request'

export type Refusal = { readonly status: number; readonly reason: string }

/**
 * Refuses what did not come from our own page, before anything else is looked at.
 *
 * - `Host` must be an authority we listen as: a foreign name that resolves to 127.0.0.1 (DNS rebinding) is refused.
 * - `Origin`, when present, must be ours exactly; a writing call must have it, and the request header.
 * - `Sec-Fetch-Site`, when present: only our own page or the address bar.
 */
export function refusalOf(
  method: string,
  headers: IncomingHttpHeaders,
  origins: ReadonlySet<string>,
): Refusal | undefined {
  const host = headers.host?.toLowerCase()
  const authorities = [...origins].map((origin) => new URL(origin).host)
  if (host === undefined || !authorities.includes(host)) return { status: 421, reason: 'Unknown host' }
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST')
    return { status: 405, reason: 'Method not allowed' }
  const origin = headers.origin
  if (origin !== undefined && !(origins.has(origin) && new URL(origin).host === host))
    return { status: 403, reason: 'Foreign origin' }
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, reason: 'Foreign site' }
  if (method !== 'POST') return undefined
  if (origin === undefined) return { status: 403, reason: 'Origin missing' }
  if (headers[REQUEST_HEADER] !== '1') return { status: 403, reason: 'Request header missing' }
  return undefined
}

/** One cookie's value out of a Cookie header. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  const found = pairs.find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}
