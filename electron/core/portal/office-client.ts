/**
 * The office's side of the portal: outbound requests only. Never throws for what the network or the portal does;
 * every failure is a value with a code, so that the caller's job queue can decide to try again.
 */
import { z } from 'zod'
import type { DocumentId } from '../../../shared/model/brand.ts'
import type { PortalLinkId } from '../../../shared/portal-api/link.ts'
import {
  PORTAL_PROTOCOL_VERSION,
  PortalEventPage,
  PortalHealth,
  PortalOfficeStatus,
  type PortalPackageRecord,
  PortalRefusalBody,
  type PortalRefusalCode,
} from '../../../shared/portal-api/wire.ts'
import { type Failure, fail, ok, type Result } from '../../../shared/result.ts'

/** What can go wrong between office and portal. */
export type PortalClientErrorCode =
  /** No connection: name not found, refused, broken off, certificate not trusted. Try again later. */
  | 'PORTAL_UNREACHABLE'
  /** No answer within the time limit. Try again later. */
  | 'PORTAL_TIMEOUT'
  /** The caller's signal stopped it. */
  | 'PORTAL_CANCELLED'
  /** The office token is not the portal's. */
  | 'PORTAL_REFUSED_TOKEN'
  /** The portal does not let this network in. */
  | 'PORTAL_REFUSED_NETWORK'
  /** The answer is not one of this protocol (proxy page, other program, other version). */
  | 'PORTAL_ANSWER_INVALID'
  /** The portal does not know this link. */
  | 'PORTAL_LINK_UNKNOWN'
  /** The link was answered, revoked, replaced or has lapsed; `detail` says which. */
  | 'PORTAL_LINK_CLOSED'
  /** Registered before with other contents: make a new link. */
  | 'PORTAL_LINK_DIFFERS'
  /** The portal asks for patience (429) or has an error of its own (5xx). Try again later. */
  | 'PORTAL_BUSY'
  /** The portal's disk is full. */
  | 'PORTAL_STORAGE_FULL'
  /** The portal finds the request wrong: a bug or another version. */
  | 'PORTAL_REFUSED_REQUEST'

export type PortalFailure = Failure<PortalClientErrorCode, { readonly detail: string }>
type Answer<T> = Promise<Result<T, PortalFailure>>

/** Gives the sealed bytes of one chunk (`sealChunk`); called only for chunks the portal does not have yet. */
export type ChunkSource = (documentId: DocumentId, index: number) => Promise<Uint8Array>

export type PutProgress = { readonly doneChunks: number; readonly allChunks: number }

export type OfficePortalClient = {
  readonly health: () => Answer<PortalHealth>
  /**
   * Registers, uploads what is missing and publishes. Safe to repeat with the same record after any failure;
   * ends with the link open (or already answered).
   */
  readonly putPackage: (
    record: PortalPackageRecord,
    chunks: ChunkSource,
    options?: { readonly onProgress?: (progress: PutProgress) => void; readonly signal?: AbortSignal },
  ) => Answer<PortalOfficeStatus>
  readonly linkStatus: (linkId: PortalLinkId) => Answer<PortalOfficeStatus>
  /** Kills a link: revoked = withdrawn, replaced = a newer link was mailed. Its ciphertext is deleted at once. */
  readonly closeLink: (linkId: PortalLinkId, reason: 'revoked' | 'replaced') => Answer<PortalOfficeStatus>
  /** Ends a lock after wrong codes; the count starts anew. */
  readonly unlockLink: (linkId: PortalLinkId) => Answer<PortalOfficeStatus>
  /** Removes every trace of a link; unknown links are fine. */
  readonly deleteLink: (linkId: PortalLinkId) => Answer<void>
  /** Events not acknowledged yet, in order; waits up to `waitMs` (at most 30,000) for the first one. */
  readonly pullEvents: (options?: {
    readonly waitMs?: number
    readonly signal?: AbortSignal
  }) => Answer<PortalEventPage>
  /** After the events up to `seq` have had their effect. Idempotent. */
  readonly acknowledge: (logId: string, seq: number) => Answer<void>
}

export type OfficePortalClientOptions = {
  /** Base URL without path. */
  readonly url: string
  readonly officeToken: string
  /** The caller's fetch: proxy, own CA. @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch
  /** For one request, in ms; a long poll gets `waitMs` on top. @default 30000 */
  readonly timeoutMs?: number
}

type Request = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: string | Uint8Array
  readonly extraMs?: number
  readonly signal?: AbortSignal | undefined
}
type Send = <Schema extends z.ZodType>(request: Request, schema: Schema) => Answer<z.output<Schema>>

const Empty = z.object({})

/** A client for one portal. Keeps no state and no connection of its own. */
export function createOfficePortalClient(options: OfficePortalClientOptions): OfficePortalClient {
  const send: Send = (request, schema) => sendRequest(options, request, schema)
  const post = (path: string, body: unknown = {}): Request => ({
    method: 'POST',
    path,
    body: JSON.stringify(body),
  })
  return {
    health: async () => {
      const health = await send({ method: 'GET', path: '/office/health' }, PortalHealth)
      if (health.ok && health.value.protocol !== PORTAL_PROTOCOL_VERSION)
        return fail('PORTAL_ANSWER_INVALID', { detail: `protocol ${health.value.protocol}` })
      return health
    },
    putPackage: (record, chunks, extra = {}) => putPackage(send, record, { ...extra, chunks }),
    linkStatus: (linkId) => send({ method: 'GET', path: `/office/links/${linkId}` }, PortalOfficeStatus),
    closeLink: (linkId, reason) =>
      send(post(`/office/links/${linkId}/close`, { reason }), PortalOfficeStatus),
    unlockLink: (linkId) => send(post(`/office/links/${linkId}/unlock`), PortalOfficeStatus),
    deleteLink: async (linkId) =>
      withoutValue(await send({ method: 'DELETE', path: `/office/links/${linkId}` }, Empty)),
    pullEvents: ({ waitMs = 0, signal } = {}) =>
      send(
        { method: 'GET', path: `/office/events?waitMs=${waitMs}`, extraMs: waitMs, signal },
        PortalEventPage,
      ),
    acknowledge: async (logId, seq) =>
      withoutValue(await send(post('/office/events/acknowledge', { logId, seq }), Empty)),
  }
}

async function putPackage(
  send: Send,
  record: PortalPackageRecord,
  options: {
    readonly chunks: ChunkSource
    readonly onProgress?: (progress: PutProgress) => void
    readonly signal?: AbortSignal
  },
): Answer<PortalOfficeStatus> {
  const { chunks, onProgress, signal } = options
  const path = `/office/links/${record.linkId}`
  const status = await send({ method: 'PUT', path, body: JSON.stringify(record), signal }, PortalOfficeStatus)
  if (!status.ok) return status
  const allChunks = record.documents.reduce((count, { chunkCount }) => count + chunkCount, 0)
  const missing = status.value.missingChunks.flatMap(({ documentId, indexes }) =>
    indexes.map((index) => ({ documentId, index })),
  )
  let doneChunks = allChunks - missing.length
  for (const { documentId, index } of missing) {
    onProgress?.({ doneChunks, allChunks })
    const body = await chunks(documentId, index)
    const chunkPath = `${path}/documents/${documentId}/chunks/${index}`
    const put = await send({ method: 'PUT', path: chunkPath, body, signal }, Empty)
    if (!put.ok) return put
    doneChunks += 1
  }
  onProgress?.({ doneChunks, allChunks })
  return send({ method: 'POST', path: `${path}/publish`, body: '{}', signal }, PortalOfficeStatus)
}

async function sendRequest<Schema extends z.ZodType>(
  options: OfficePortalClientOptions,
  request: Request,
  schema: Schema,
): Answer<z.output<Schema>> {
  const time = AbortSignal.timeout((options.timeoutMs ?? 30_000) + (request.extraMs ?? 0))
  const signal = request.signal === undefined ? time : AbortSignal.any([time, request.signal])
  let status: number
  let text: string
  try {
    const response = await (options.fetch ?? globalThis.fetch)(
      `${options.url.replace(/\/+$/, '')}${request.path}`,
      {
        method: request.method,
        headers: {
          authorization: `Bearer ${options.officeToken}`,
          'content-type': typeof request.body === 'string' ? 'application/json' : 'application/octet-stream',
        },
        ...(request.body !== undefined && { body: request.body as string | Uint8Array<ArrayBuffer> }),
        redirect: 'error', // The token goes to the portal and nowhere else.
        signal,
      },
    )
    status = response.status
    text = await response.text()
  } catch (error) {
    if (request.signal?.aborted === true) return fail('PORTAL_CANCELLED', { detail: '' })
    if (time.aborted) return fail('PORTAL_TIMEOUT', { detail: '' })
    return fail('PORTAL_UNREACHABLE', { detail: causeOf(error) })
  }
  const json = readJson(text)
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(json)
    return parsed.success ? ok(parsed.data) : fail('PORTAL_ANSWER_INVALID', { detail: `status ${status}` })
  }
  return refusalOf(status, json)
}

function refusalOf(status: number, json: unknown): { readonly ok: false; readonly error: PortalFailure } {
  const body = PortalRefusalBody.safeParse(json)
  if (!body.success)
    return fail(status >= 500 || status === 429 ? 'PORTAL_BUSY' : 'PORTAL_ANSWER_INVALID', {
      detail: `status ${status}`,
    })
  return fail(CODE_OF[body.data.code], { detail: body.data.code })
}

const CODE_OF: Record<PortalRefusalCode, PortalClientErrorCode> = {
  LINK_UNKNOWN: 'PORTAL_LINK_UNKNOWN',
  TOKEN_WRONG: 'PORTAL_REFUSED_REQUEST',
  LINK_LOCKED: 'PORTAL_REFUSED_REQUEST',
  LINK_ANSWERED: 'PORTAL_LINK_CLOSED',
  LINK_EXPIRED: 'PORTAL_LINK_CLOSED',
  LINK_REVOKED: 'PORTAL_LINK_CLOSED',
  LINK_REPLACED: 'PORTAL_LINK_CLOSED',
  LINK_NOT_READY: 'PORTAL_REFUSED_REQUEST',
  LINK_DIFFERS: 'PORTAL_LINK_DIFFERS',
  NETWORK_REFUSED: 'PORTAL_REFUSED_NETWORK',
  OFFICE_TOKEN_WRONG: 'PORTAL_REFUSED_TOKEN',
  ORIGIN_REFUSED: 'PORTAL_REFUSED_REQUEST',
  REQUEST_INVALID: 'PORTAL_REFUSED_REQUEST',
  TOO_LARGE: 'PORTAL_REFUSED_REQUEST',
  TOO_MANY_REQUESTS: 'PORTAL_BUSY',
  STORAGE_FULL: 'PORTAL_STORAGE_FULL',
  INTERNAL: 'PORTAL_BUSY',
}

function withoutValue(result: Result<unknown, PortalFailure>): Result<void, PortalFailure> {
  return result.ok ? ok(undefined) : result
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error ? cause.name : 'unknown'
}
