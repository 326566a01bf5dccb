/**
 * The portal: the one part that listens to the network. It holds ciphertext, hashes of tokens and times;
 * neither the archive key nor a signing key nor the key of any package. Rules: README.md of this folder.
 */

import { mkdir, readFile, statfs } from 'node:fs/promises'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { join } from 'node:path'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { sha256Hex } from '../kit/bytes.ts'
import { type Clock, systemClock } from '../kit/clock.ts'
import { type Logger, silentLogger } from '../kit/logger.ts'
import { PortalStartError } from './errors.ts'
import { type EventLog, openEventLog } from './event-log.ts'
import { holdFolder } from './folder-lock.ts'
import { strictHeaders } from './headers.ts'
import { openLinkFiles } from './link-files.ts'
import { createLinks, type Links } from './links.ts'
import { trustedProxies } from './networks.ts'
import { officeRoutes } from './office-routes.ts'
import { pagesRoutes } from './pages.ts'
import { publicRoutes } from './public-routes.ts'
import { answerErrors, cameOverTls, readToEnd } from './request.ts'

export type PortalServerOptions = {
  /** The portal's own folder; made when missing. One running portal per folder. */
  readonly dataDir: string
  /** 0 = any free port. */
  readonly port: number
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string
  /** The office's token: its SHA-256 (64 hex digits), or a file that holds the token itself. */
  readonly officeToken: { readonly sha256: string } | { readonly file: string }
  /** Folder of the built pages (dist/portal); undefined = no pages, only the interfaces (tests). */
  readonly pagesDir?: string
  readonly clock?: Clock
  readonly logger?: Logger
  /** Our own reverse proxies (addresses, CIDR): their X-Forwarded-For and -Proto are believed, nobody else's. @default none */
  readonly trustedProxies?: readonly string[]
  /** Networks (CIDR) the office may come from; empty = any. */
  readonly officeNetworks?: readonly string[]
  /** PEM texts; without them plain http, for loopback or behind a proxy. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export type PortalServer = {
  readonly port: number
  /** e.g. `http://127.0.0.1:8471` */
  readonly url: string
  /** Answers what is under way, then stops. */
  readonly close: () => Promise<void>
}

const SWEEP_EVERY_MS = 60_000

/**
 * Starts the portal.
 * @throws PortalStartError 'EVENT_LOG_DAMAGED' | 'LINK_FILE_DAMAGED' | 'PAGES_MISSING' | 'PORT_UNAVAILABLE' | 'FOLDER_IN_USE'
 */
export async function startPortalServer(options: PortalServerOptions): Promise<PortalServer> {
  const logger = options.logger ?? silentLogger
  const clock = options.clock ?? systemClock
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const undo: (() => Promise<unknown>)[] = [await holdFolder(options.dataDir)]
  try {
    const events = await openEventLog(join(options.dataDir, 'events'))
    undo.push(events.close)
    const links = await createLinks(await openLinkFiles(options.dataDir), events, clock, logger)
    await links.sweep()
    const app = await buildApp(options, { links, events, clock, logger })
    const server = createServer(options, app)
    const port = await listen(server, options)
    const timer = setInterval(() => {
      links.sweep().catch((error: unknown) => logger.error('portal.sweep-failed', error))
    }, SWEEP_EVERY_MS)
    timer.unref()
    logger.info('portal.started', { port, links: links.count(), waitingEvents: events.waiting().length })
    return {
      port,
      url: `${options.tls ? 'https' : 'http'}://${urlHost(options.host)}:${port}`,
      close: async () => {
        clearInterval(timer)
        events.wakeReaders()
        await stop(server)
        for (const step of undo.reverse()) await step()
        logger.info('portal.stopped')
      },
    }
  } catch (error) {
    for (const step of undo.reverse()) await step()
    throw error
  }
}

const STOP_WITHIN_MS = 5_000

/** Lets requests under way end, hangs up on connections that only wait for the next one, and in the end on all. */
async function stop(server: Server): Promise<void> {
  const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const force = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS)
  await stopped
  clearTimeout(force)
}

type Parts = {
  readonly links: Links
  readonly events: EventLog
  readonly clock: Clock
  readonly logger: Logger
}

async function buildApp(options: PortalServerOptions, parts: Parts): Promise<Hono> {
  const proxies = trustedProxies(options.trustedProxies ?? [])
  const { links, events, clock, logger } = parts
  const app = new Hono()
  app.use(strictHeaders((c) => options.tls !== undefined || cameOverTls(c, proxies)))
  app.onError(answerErrors(logger))
  app.notFound((c) => c.text('404 ページが見つかりません。', 404))
  app.get('/healthz', (c) => c.text('ok'))
  app.route('/api/links', publicRoutes({ links, clock, proxies }))
  const office = officeRoutes({
    links,
    events,
    clock,
    proxies,
    officeTokenSha256: await tokenHash(options.officeToken),
    officeNetworks: options.officeNetworks ?? [],
    freeBytes: () => freeBytes(options.dataDir),
  })
  app.route('/office', office)
  if (options.pagesDir !== undefined) app.route('/', await pagesRoutes(options.pagesDir))
  return app
}

function createServer(options: PortalServerOptions, app: Hono): Server {
  const listener = getRequestListener(async (request, bindings) => {
    const answer = await app.fetch(request, bindings)
    await readToEnd((bindings as HttpBindings).incoming) // HTTP/1 only: both servers below.
    return answer
  })
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 120_000, // 1 MiB over a slow line; a client that trickles is cut off.
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 16 << 10,
  }
  const handle = (...[request, response]: Parameters<typeof listener>): void =>
    void listener(request, response)
  const server = options.tls
    ? createHttpsServer({ ...limits, ...options.tls, minVersion: 'TLSv1.2' }, handle)
    : createHttpServer(limits, handle)
  server.maxConnections = 1000
  server.setTimeout(60_000) // No byte in either direction for a minute; a long poll waits 30 s at most.
  return server
}

function listen(server: Server, options: PortalServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new PortalStartError('PORT_UNAVAILABLE', String(options.port), { cause: error })),
    )
    server.listen(options.port, options.host ?? '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : options.port)
    })
  })
}

async function tokenHash(token: PortalServerOptions['officeToken']): Promise<string> {
  return 'sha256' in token
    ? token.sha256.toLowerCase()
    : sha256Hex((await readFile(token.file, 'utf8')).trim())
}

async function freeBytes(folder: string): Promise<number | null> {
  if (process.platform === 'win32') return null
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

function urlHost(host = '127.0.0.1'): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
