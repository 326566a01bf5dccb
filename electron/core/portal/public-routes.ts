/**
 * What a signer's browser may ask. Everything that reads or changes a link is a POST with a header that only our own page sets:
 * mail scanners, previews and pages of other origins can do nothing.
 */
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { DocumentId } from '../../../shared/model/brand.ts'
import { CLIENT_HEADER, MAX_RESPONSE_BYTES, READ_TOKEN_HEADER } from '../../../shared/portal-api/wire.ts'
import type { Clock } from '../kit/clock.ts'
import { PortalRefusal } from './errors.ts'
import type { Links } from './links.ts'
import type { TrustedProxies } from './networks.ts'
import { createRateLimit } from './rate-limit.ts'
import { addressOf, chunkNameOf, linkIdOf, visitorOf } from './request.ts'

const Seen = z.object({ documentId: DocumentId })

export function publicRoutes(options: {
  readonly links: Links
  readonly clock: Clock
  readonly proxies: TrustedProxies
}): Hono {
  const { links, proxies } = options
  const app = new Hono()
  app.use(onlyOurPage)
  app.use(limitRequests(options))
  app.use(
    bodyLimit({
      maxSize: MAX_RESPONSE_BYTES,
      onError: () => {
        throw new PortalRefusal('TOO_LARGE')
      },
    }),
  )
  const tokenOf = (given: string | undefined): string => {
    if (given === undefined || !/^[\w-]{43}$/.test(given)) throw new PortalRefusal('REQUEST_INVALID')
    return given
  }
  app.post('/:linkId/status', async (c) =>
    c.json(await links.publicStatus(linkIdOf(c), visitorOf(c, proxies))),
  )
  app.post('/:linkId/open', async (c) => {
    const token = tokenOf(c.req.header(READ_TOKEN_HEADER))
    return c.json({ manifest: await links.open(linkIdOf(c), token, visitorOf(c, proxies)) })
  })
  app.post('/:linkId/documents/:documentId/chunks/:index', async (c) => {
    const token = tokenOf(c.req.header(READ_TOKEN_HEADER))
    const sealed = await links.readChunk(chunkNameOf(c), token, visitorOf(c, proxies))
    return c.body(new Uint8Array(sealed), 200, { 'content-type': 'application/octet-stream' })
  })
  app.post('/:linkId/seen', async (c) => {
    const token = tokenOf(c.req.header(READ_TOKEN_HEADER))
    const { documentId } = Seen.parse(await c.req.json())
    await links.seen(linkIdOf(c), documentId, token, visitorOf(c, proxies))
    return c.json({})
  })
  app.post('/:linkId/response', async (c) => {
    const token = tokenOf(c.req.header(READ_TOKEN_HEADER))
    const sealed = new Uint8Array(await c.req.arrayBuffer())
    if (sealed.length === 0) throw new PortalRefusal('REQUEST_INVALID')
    return c.json(await links.answer(linkIdOf(c), sealed, token, visitorOf(c, proxies)))
  })
  return app
}

const onlyOurPage: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('sec-fetch-site')
  if (c.req.header(CLIENT_HEADER) !== '1' || (site !== undefined && site !== 'same-origin'))
    throw new PortalRefusal('ORIGIN_REFUSED')
  await next()
}

function limitRequests(options: {
  readonly clock: Clock
  readonly proxies: TrustedProxies
}): MiddlewareHandler {
  const { clock, proxies } = options
  // A package of 300 documents of one chunk each still loads at once; whole offices share one address.
  const any = createRateLimit({ perMinute: 1200, burst: 1200, clock })
  const opening = createRateLimit({ perMinute: 120, burst: 240, clock })
  return async (c, next) => {
    const address = addressOf(c, proxies)
    const isAllowed = c.req.path.endsWith('/open')
      ? opening.take(address) && any.take(address)
      : any.take(address)
    if (!isAllowed) throw new PortalRefusal('TOO_MANY_REQUESTS')
    await next()
  }
}
