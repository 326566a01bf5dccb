import { X509Certificate } from 'node:crypto'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Application } from '../../app/host-port.ts'
import type { PageFiles } from '../../app/serve/page-files.ts'
import { createPageServer } from '../../app/serve/page-server.ts'
import type { Logger } from '../../core/kit/logger.ts'
import { listenerOf } from './node-adapter.ts'
import { createRoutes } from './routes.ts'
import { createSessions } from './sessions.ts'

export type BrowserHostOptions = {
  readonly application: Application
  readonly pageFiles: PageFiles
  readonly logger: Logger
  /** 0 = any free port. */
  readonly port: number
  /** With a certificate, other PCs of the office may connect to `host`; without one only this machine can. */
  readonly tls?: { readonly certificatePem: string; readonly keyPem: string; readonly host: string }
  readonly sessionGraceMs?: number
}

export type BrowserHost = {
  /** As the browser shows it, without a slash at the end. */
  readonly origin: string
  /** A fresh address that opens the application once; the address issued before is void. */
  readonly openingUrl: () => string
  readonly close: () => Promise<void>
}

const LOOPBACK = '127.0.0.1'

/**
 * Serves the application to a browser of this machine over loopback HTTP: the same bridge as Electron's window.
 * Rejects when the port is taken (`EADDRINUSE`) or the certificate cannot be used.
 */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const { application, pageFiles, logger, tls } = options
  const sessions = createSessions({
    graceMs: options.sessionGraceMs ?? 60_000,
    endConnection: application.endConnection,
  })
  const origins = new Set<string>()
  const routes = createRoutes({
    application,
    sessions,
    origins,
    logger,
    servePage: createPageServer({ application, pageFiles, logger }),
    isSecure: tls !== undefined,
  })
  const handle = listenerOf(routes, logger)
  const server = tls
    ? createHttpsServer({ cert: tls.certificatePem, key: tls.keyPem, minVersion: 'TLSv1.2' }, handle)
    : createHttpServer(handle)
  server.requestTimeout = 30 * 60_000 // a 200 MB upload over a slow office line
  await listen(server, options.port, tls?.host ?? LOOPBACK)
  const { port } = server.address() as AddressInfo
  for (const name of hostNames(tls)) origins.add(originOf(tls !== undefined, name, port))
  const [origin = ''] = origins
  return {
    origin,
    openingUrl: () => `${origin}/open/${sessions.issueToken()}`,
    close: async () => {
      sessions.close()
      server.closeAllConnections()
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
      })
    },
  }
}

/** The names we answer to: loopback only, or the names in the certificate. */
function hostNames(tls: BrowserHostOptions['tls']): string[] {
  if (tls === undefined) return [LOOPBACK]
  const names = new X509Certificate(tls.certificatePem).subjectAltName ?? ''
  const found = [...names.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name = '']) =>
    name.toLowerCase(),
  )
  const usable = found.filter((name) => !name.includes('*'))
  if (usable.length === 0) throw new Error('The TLS certificate names no host (subjectAltName)')
  return usable
}

function originOf(isSecure: boolean, name: string, port: number): string {
  const host = name.includes(':') ? `[${name}]` : name
  return new URL(`${isSecure ? 'https' : 'http'}://${host}:${port}`).origin
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
