/** What the office may ask, with its token. */
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import {
  CHUNK_BYTES,
  MAX_MANIFEST_BYTES,
  PORTAL_PROTOCOL_VERSION,
  type PortalEventPage,
  type PortalHealth,
  PortalPackageRecord,
} from '../../../shared/portal-api/wire.ts'
import { sha256Hex } from '../kit/bytes.ts'
import type { Clock } from '../kit/clock.ts'
import { PortalRefusal } from './errors.ts'
import type { EventLog } from './event-log.ts'
import type { Links } from './links.ts'
import { networkMatcher, type TrustedProxies } from './networks.ts'
import { createRateLimit } from './rate-limit.ts'
import { addressOf, chunkNameOf, isOfficeToken, linkIdOf } from './request.ts'

const Close = z.object({ reason: z.enum(['revoked', 'replaced']) })
const Acknowledge = z.object({ logId: z.string(), seq: z.number().int().min(0) })
const EventQuery = z.object({
  waitMs: z.coerce.number().int().min(0).max(30_000).default(0),
})
const MAX_BODY_BYTES = Math.max(2 * MAX_MANIFEST_BYTES, CHUNK_BYTES + 1024)

export type OfficeRoutesOptions = {
  readonly links: Links
  readonly events: EventLog
  readonly clock: Clock
  readonly proxies: TrustedProxies
  readonly officeTokenSha256: string
  /** Networks the office may come from; empty = any. */
  readonly officeNetworks: readonly string[]
  readonly freeBytes: () => Promise<number | null>
}

export function officeRoutes(options: OfficeRoutesOptions): Hono {
  const app = new Hono()
  app.use(onlyTheOffice(options))
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new PortalRefusal('TOO_LARGE')
      },
    }),
  )
  addLinkRoutes(app, options)
  addEventRoutes(app, options)
  app.get('/health', async (c) => {
    const health: PortalHealth = {
      program: 'keiyaku-desk portal',
      protocol: PORTAL_PROTOCOL_VERSION,
      time: options.clock.now(),
      links: options.links.count(),
      waitingEvents: options.events.waiting().length,
      freeBytes: await options.freeBytes(),
    }
    return c.json(health)
  })
  return app
}

function addLinkRoutes(app: Hono, { links }: OfficeRoutesOptions): void {
  app.put('/links/:linkId', async (c) => {
    const record = PortalPackageRecord.parse(await c.req.json())
    if (record.linkId !== linkIdOf(c)) throw new PortalRefusal('REQUEST_INVALID')
    await links.register(record)
    return c.json(await links.officeStatus(record.linkId))
  })
  app.put('/links/:linkId/documents/:documentId/chunks/:index', async (c) => {
    await links.putChunk(chunkNameOf(c), new Uint8Array(await c.req.arrayBuffer()))
    return c.json({})
  })
  app.post('/links/:linkId/publish', async (c) => {
    await links.publish(linkIdOf(c))
    return c.json(await links.officeStatus(linkIdOf(c)))
  })
  app.get('/links/:linkId', async (c) => c.json(await links.officeStatus(linkIdOf(c))))
  app.post('/links/:linkId/close', async (c) => {
    await links.close(linkIdOf(c), Close.parse(await c.req.json()).reason)
    return c.json(await links.officeStatus(linkIdOf(c)))
  })
  app.post('/links/:linkId/unlock', async (c) => {
    await links.unlock(linkIdOf(c))
    return c.json(await links.officeStatus(linkIdOf(c)))
  })
  app.delete('/links/:linkId', async (c) => {
    await links.remove(linkIdOf(c))
    return c.json({})
  })
}

function addEventRoutes(app: Hono, { events }: OfficeRoutesOptions): void {
  app.get('/events', async (c) => {
    const { waitMs } = EventQuery.parse(c.req.query())
    if (waitMs > 0) await events.waitFor(events.acknowledgedSeq(), waitMs, c.req.raw.signal)
    const page: PortalEventPage = {
      logId: events.logId,
      events: [...events.waiting()],
      acknowledgedSeq: events.acknowledgedSeq(),
    }
    return c.json(page)
  })
  app.post('/events/acknowledge', async (c) => {
    const { logId, seq } = Acknowledge.parse(await c.req.json())
    if (logId !== events.logId) throw new PortalRefusal('REQUEST_INVALID')
    await events.acknowledge(seq)
    return c.json({ acknowledgedSeq: events.acknowledgedSeq() })
  })
}

function onlyTheOffice(options: OfficeRoutesOptions): MiddlewareHandler {
  const isOfficeNetwork = networkMatcher(options.officeNetworks)
  const wrong = createRateLimit({ perMinute: 10, burst: 20, clock: options.clock })
  return async (c, next) => {
    const address = addressOf(c, options.proxies)
    if (!isOfficeNetwork(address)) throw new PortalRefusal('NETWORK_REFUSED')
    const given = /^Bearer (?<token>[\w.~+/-]{16,512}=*)$/.exec(c.req.header('authorization') ?? '')
    if (given === null || !isOfficeToken(options.officeTokenSha256, sha256Hex(given.groups?.token ?? ''))) {
      if (!wrong.take(address)) throw new PortalRefusal('TOO_MANY_REQUESTS')
      throw new PortalRefusal('OFFICE_TOKEN_WRONG')
    }
    await next()
  }
}
