/** The page's requests to its own portal. Failures are values; a request that got no answer is repeated by whoever asked. */
import { z } from 'zod'
import type { DocumentId } from '../../shared/model/brand.ts'
import type { PortalLink } from '../../shared/portal-api/link.ts'
import { toBase64Url } from '../../shared/portal-api/platform.ts'
import {
  CLIENT_HEADER,
  PortalOpened,
  PortalPublicStatus,
  PortalReceipt,
  PortalRefusalBody,
  type PortalRefusalCode,
  READ_TOKEN_HEADER,
} from '../../shared/portal-api/wire.ts'
import { type Failure, fail, ok, type Result } from '../../shared/result.ts'

/** The portal's own refusals, or no usable answer at all. */
export type PageFailure = Failure<PortalRefusalCode | 'UNREACHABLE', { readonly failuresLeft: number }>
export type Answer<T> = Promise<Result<T, PageFailure>>

export type PortalClient = {
  readonly status: () => Answer<PortalPublicStatus>
  readonly open: () => Answer<PortalOpened>
  readonly chunk: (documentId: DocumentId, index: number) => Answer<Uint8Array>
  readonly seen: (documentId: DocumentId) => Answer<unknown>
  readonly respond: (sealed: Uint8Array) => Answer<PortalReceipt>
}

const TIMEOUT_MS = 60_000

/** @param readToken undefined: only `status` can be asked. */
export function createPortalClient(link: PortalLink, readToken?: Uint8Array): PortalClient {
  const post = async (path: string, body: BodyInit): Answer<Response> => {
    try {
      const response = await fetch(`/api/links/${link.linkId}${path}`, {
        method: 'POST',
        body,
        headers: {
          [CLIENT_HEADER]: '1',
          ...(readToken && { [READ_TOKEN_HEADER]: toBase64Url(readToken) }),
        },
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return response.ok ? ok(response) : await refusalOf(response)
    } catch (error) {
      console.warn('portal.request-failed', path, error)
      return fail('UNREACHABLE', { failuresLeft: 0 })
    }
  }
  const ask = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    body: BodyInit = '{}',
  ): Answer<z.output<Schema>> => {
    const answer = await post(path, body)
    if (!answer.ok) return answer
    const parsed = schema.safeParse(await answer.value.json())
    return parsed.success ? ok(parsed.data) : fail('UNREACHABLE', { failuresLeft: 0 })
  }
  return {
    status: () => ask('/status', PortalPublicStatus),
    open: () => ask('/open', PortalOpened),
    chunk: async (documentId, index) => {
      const answer = await post(`/documents/${documentId}/chunks/${index}`, '{}')
      return answer.ok ? readBytes(answer.value) : answer
    },
    seen: (documentId) => ask('/seen', z.unknown(), JSON.stringify({ documentId })),
    respond: (sealed) => ask('/response', PortalReceipt, new Uint8Array(sealed)),
  }
}

async function refusalOf(response: Response): Answer<never> {
  const body = PortalRefusalBody.safeParse(await response.json().catch((error: unknown) => ({ error })))
  if (!body.success) return fail('UNREACHABLE', { failuresLeft: 0 })
  return fail(body.data.code, { failuresLeft: body.data.failuresLeft ?? 0 })
}

async function readBytes(response: Response): Answer<Uint8Array> {
  try {
    return ok(new Uint8Array(await response.arrayBuffer()))
  } catch (error) {
    console.warn('portal.body-failed', error) // The connection broke off in the middle.
    return fail('UNREACHABLE', { failuresLeft: 0 })
  }
}
