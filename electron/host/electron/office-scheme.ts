import { fail } from '../../../shared/result.ts'
import type { Connection } from '../../app/host-port.ts'
import { jsonAnswer, textAnswer } from '../../app/serve/page-policy.ts'
import type { PageServer } from '../../app/serve/page-server.ts'

export const SCHEME = 'keiyaku'
export const OFFICE_ORIGIN = `${SCHEME}://app`
export const OFFICE_URL = `${OFFICE_ORIGIN}/`

/** For `protocol.registerSchemesAsPrivileged`, before the application is ready. `bypassCSP` stays off. */
export const SCHEME_PRIVILEGES = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
} as const

/** The request of `protocol.handle`; `initiatorOrigin` comes from the browser process, not from the page. */
type SchemeRequest = Request & { readonly initiatorOrigin?: string }

/**
 * Serves the window's pages, files and uploads under `keiyaku://app/`.
 * `connectionOf` answers undefined once the window is gone.
 */
export function schemeHandler(
  servePage: PageServer,
  connectionOf: () => Connection | undefined,
): (request: SchemeRequest) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url)
    if (url.protocol !== `${SCHEME}:` || url.host !== 'app') return textAnswer(404, 'Unknown host')
    if (request.initiatorOrigin !== undefined && request.initiatorOrigin !== OFFICE_ORIGIN)
      return textAnswer(403, 'Foreign origin')
    if (request.method === 'POST' && request.headers.get('x-keiyaku-request') !== '1')
      return textAnswer(403, 'Request header missing')
    const connection = connectionOf()
    if (connection === undefined) return jsonAnswer(503, fail('HOST_UNREACHABLE', { reason: 'closing' }))
    return servePage(request, connection)
  }
}
