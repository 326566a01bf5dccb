/** The ports in force now, by the settings: built-in test parts or the town's own. Use cases ask here, never build them. */
import type { ReadableDb } from '../../core/archive/database.ts'
import { readSecret } from '../../core/archive/tables/settings.ts'
import type { Clock } from '../../core/kit/clock.ts'
import type { Logger } from '../../core/kit/logger.ts'
import type { MailTransport } from '../../core/mail/mail-transport.ts'
import { createSmtpTransport } from '../../core/mail/smtp-transport.ts'
import { createOfficePortalClient, type OfficePortalClient } from '../../core/portal/office-client.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { fetchExchange } from '../../core/signing/http-exchange.ts'
import type { ValidationSources } from '../../core/signing/revocation/collect-validation.ts'
import { httpRevocationSource } from '../../core/signing/revocation/http-revocation-source.ts'
import { httpTimestampAuthority } from '../../core/signing/timestamp/http-timestamp-authority.ts'
import type { TimestampAuthority } from '../../core/signing/timestamp/timestamp-authority.ts'
import type { StartProgram } from '../host-services.ts'
import { CodedFailure } from '../jobs/failure-codes.ts'
import { readSecretText, readSettings } from '../settings/read-settings.ts'
import type { OutboundFetch } from './outbound-fetch.ts'
import { createSigningKeys, type SigningKeys } from './signing-keys.ts'
import type { TestOperation } from './test-operation.ts'

export type PortalInForce = {
  readonly client: OfficePortalClient
  /** What the counterparty's browser opens. */
  readonly publicUrl: string
}

export type Services = {
  readonly keys: SigningKeys
  /** Starts our own programs, for example the one that holds a token. */
  readonly startProgram: StartProgram
  /** @throws CodedFailure NETWORK_SWITCHED_OFF */
  readonly timestampAuthority: () => TimestampAuthority
  /** OCSP, CRL and issuers for long-term data, with the anchors nothing is collected about. */
  readonly validation: () => ValidationSources
  /** DER certificates this town trusts for signers and TSA. */
  readonly anchors: () => readonly Uint8Array[]
  /** @throws CodedFailure NETWORK_SWITCHED_OFF */
  readonly mailTransport: () => MailTransport
  /** undefined: switched off. @throws CodedFailure TEST_PART_DOWN while the built-in portal restarts */
  readonly portal: () => PortalInForce | undefined
  /** 総務大臣認定 by the data file of the program (L10). */
  readonly isAccreditedTsa: (certificate: Uint8Array) => boolean
  readonly testOperation: TestOperation
  readonly close: () => Promise<void>
}

export type ServicesOptions = {
  readonly db: ReadableDb
  readonly clock: Clock
  readonly logger: Logger
  readonly testOperation: TestOperation
  readonly fetch: OutboundFetch
  readonly startProgram: StartProgram
  readonly isAccreditedTsa: (certificate: Uint8Array) => boolean
}

const SWITCHED_OFF = 'NETWORK_SWITCHED_OFF'

export function createServices(options: ServicesOptions): Services {
  const { db, testOperation } = options
  let transport: { readonly basis: string; readonly value: MailTransport } | undefined
  const settings = () => readSettings(db)
  const timestampAuthority = (): TimestampAuthority => {
    const { tsa, network } = settings()
    if (tsa.mode === 'built-in') return httpTimestampAuthority({ url: testOperation.trust().tsaUrl })
    if (!network.timestamp) throw new CodedFailure(SWITCHED_OFF, { part: 'timestamp' })
    const password = readSecretText(db, 'tsa-password')
    return httpTimestampAuthority({
      url: tsa.url,
      user: tsa.user,
      ...(password === undefined ? {} : { password }),
      exchange: fetchExchange(options.fetch(network.proxyUrl)),
    })
  }
  const anchors = () => [...testOperation.anchors(), ...readAnchors(db)]
  return {
    keys: createSigningKeys(options),
    startProgram: options.startProgram,
    timestampAuthority,
    anchors,
    validation: () => {
      const { network } = settings()
      const http = httpRevocationSource({
        exchange: network.revocation ? fetchExchange(options.fetch(network.proxyUrl)) : localOnly(options),
        redirect: testOperation.redirect,
        onFailure: (failure) => options.logger.warn('revocation.failed', { code: failure.code }),
      })
      return { revocation: http, issuers: http, anchors: anchors(), clock: options.clock }
    },
    mailTransport: () => {
      const { smtp, network } = settings()
      if (smtp.mode === 'server' && !network.mail) throw new CodedFailure(SWITCHED_OFF, { part: 'mail' })
      const password = readSecretText(db, 'smtp-password') ?? ''
      const basis = JSON.stringify([smtp, password, network.proxyUrl])
      if (transport?.basis === basis) return transport.value
      transport?.value.close()
      const value = createSmtpTransport(
        smtp.mode === 'built-in'
          ? { host: '127.0.0.1', port: testOperation.mailPort(), security: 'none', auth: null, ca: null }
          : {
              host: smtp.host,
              port: smtp.port,
              security: smtp.security,
              auth: smtp.user === '' ? null : { user: smtp.user, password },
              ca: null,
              ...(network.proxyUrl === '' ? {} : { proxyUrl: network.proxyUrl }),
            },
      )
      transport = { basis, value }
      return value
    },
    portal: () => {
      const { portal, network } = settings()
      if (portal.mode === 'built-in') {
        const { url, officeToken } = testOperation.portal()
        return { client: createOfficePortalClient({ url, officeToken }), publicUrl: url }
      }
      if (!network.portal) return undefined
      return {
        client: createOfficePortalClient({
          url: portal.url,
          officeToken: readSecretText(db, 'portal-token') ?? '',
          fetch: options.fetch(network.proxyUrl),
        }),
        publicUrl: portal.publicUrl === '' ? portal.url : portal.publicUrl,
      }
    },
    isAccreditedTsa: options.isAccreditedTsa,
    testOperation,
    close: async () => {
      transport?.value.close()
      await testOperation.close()
    },
  }
}

/** With revocation look-ups switched off only the built-in responder on this machine is asked. */
function localOnly(options: ServicesOptions): ReturnType<typeof fetchExchange> {
  const exchange = fetchExchange()
  return (request) => {
    if (new URL(request.url).hostname === '127.0.0.1') return exchange(request)
    options.logger.info('revocation.switched-off')
    throw new SigningError('REVOCATION_UNAVAILABLE', 'Look-ups are switched off')
  }
}

/** Roots of the certificates the administrator put in, beside the built-in one. */
export function readAnchors(db: ReadableDb): readonly Uint8Array[] {
  const stored = readSecret(db, 'trust-anchors')
  if (stored === undefined) return []
  const list: unknown = JSON.parse(Buffer.from(stored).toString('utf8'))
  return Array.isArray(list) ? list.map((text) => Buffer.from(String(text), 'base64')) : []
}
