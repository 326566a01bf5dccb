/** Reading of requests and writing of refusals, shared by the public and the office routes. */
import { timingSafeEqual } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context, ErrorHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { DocumentId } from '../../../shared/model/brand.ts'
import { PortalLinkId } from '../../../shared/portal-api/link.ts'
import type { PortalRefusalBody, PortalRefusalCode } from '../../../shared/portal-api/wire.ts'
import type { Logger } from '../kit/logger.ts'
import { PortalRefusal } from './errors.ts'
import type { Visitor } from './link-context.ts'
import type { ChunkName } from './link-files.ts'
import { clientAddress, type TrustedProxies } from './networks.ts'

const STATUS: Record<PortalRefusalCode, ContentfulStatusCode> = {
  LINK_UNKNOWN: 404,
  TOKEN_WRONG: 401,
  LINK_LOCKED: 423,
  LINK_ANSWERED: 409,
  LINK_EXPIRED: 410,
  LINK_REVOKED: 410,
  LINK_REPLACED: 410,
  LINK_NOT_READY: 409,
  LINK_DIFFERS: 409,
  NETWORK_REFUSED: 403,
  OFFICE_TOKEN_WRONG: 401,
  ORIGIN_REFUSED: 403,
  REQUEST_INVALID: 400,
  TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  STORAGE_FULL: 507,
  INTERNAL: 500,
}

/** Most that is read after the answer is made: more than any request of ours has. */
const MAX_DISCARDED_BYTES = 4 << 20

/** Turns whatever a handler throws into a coded answer; what is not a refusal is logged as a bug. */
export function answerErrors(logger: Logger): ErrorHandler {
  return (error, c) => {
    const refusal = asRefusal(error)
    if (refusal.code === 'INTERNAL' || refusal.code === 'STORAGE_FULL')
      logger.error('portal.request-failed', error, { method: c.req.method, code: refusal.code })
    const body: PortalRefusalBody = {
      code: refusal.code,
      ...(refusal.failuresLeft !== undefined && { failuresLeft: refusal.failuresLeft }),
    }
    return c.json(body, STATUS[refusal.code])
  }
}

/**
 * Reads what a request still sends when its answer is made. A connection that is closed while the other side is sending loses
 * the answer, and over a slow line the office would see a broken connection where it was told why (RFC 9112 section 9.6).
 * How long that may take is the server's `requestTimeout`.
 */
export async function readToEnd(incoming: HttpBindings['incoming']): Promise<void> {
  if (incoming.complete || incoming.destroyed) return
  await new Promise<void>((resolve) => {
    let discarded = 0
    incoming.removeAllListeners('data') // Who began to read the body has answered, and would only keep it in memory.
    incoming.on('data', (chunk: Buffer) => {
      discarded += chunk.length
      if (discarded <= MAX_DISCARDED_BYTES) return
      incoming.pause()
      resolve()
    })
    incoming.once('end', resolve)
    incoming.once('close', resolve)
    incoming.resume()
  })
}

function asRefusal(error: unknown): PortalRefusal {
  if (error instanceof PortalRefusal) return error
  if (error instanceof z.ZodError || error instanceof SyntaxError) return new PortalRefusal('REQUEST_INVALID')
  if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
    return new PortalRefusal('STORAGE_FULL')
  return new PortalRefusal('INTERNAL')
}

export function addressOf(c: Context, proxies: TrustedProxies): string {
  return clientAddress(getConnInfo(c).remote.address, c.req.header('x-forwarded-for'), proxies)
}

/** True when our own proxy says that it took the request over TLS. */
export function cameOverTls(c: Context, proxies: TrustedProxies): boolean {
  return (
    proxies.isTrusted(getConnInfo(c).remote.address) && c.req.header('x-forwarded-proto')?.trim() === 'https'
  )
}

export function visitorOf(c: Context, proxies: TrustedProxies): Visitor {
  return {
    ipAddress: addressOf(c, proxies),
    userAgent: (c.req.header('user-agent') ?? '').slice(0, 300),
  }
}

export function linkIdOf(c: Context): PortalLinkId {
  const parsed = PortalLinkId.safeParse(c.req.param('linkId'))
  if (!parsed.success) throw new PortalRefusal('LINK_UNKNOWN')
  return parsed.data
}

const ChunkIndex = z.coerce.number().int().min(0).max(4095)

export function chunkNameOf(c: Context): ChunkName {
  return {
    linkId: linkIdOf(c),
    documentId: DocumentId.parse(c.req.param('documentId')),
    index: ChunkIndex.parse(c.req.param('index')),
  }
}

/** True when `token` hashes to the stored SHA-256 (64 hex digits); constant time. */
export function isOfficeToken(tokenSha256: string, hashOfGiven: string): boolean {
  return (
    tokenSha256.length === hashOfGiven.length &&
    timingSafeEqual(Buffer.from(tokenSha256), Buffer.from(hashOfGiven))
  )
}
