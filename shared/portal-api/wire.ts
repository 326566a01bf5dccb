/**
 * What travels over HTTP between office, portal and page, besides ciphertext.
 * Paths and headers stand here once; meaning and state machine: electron/core/portal/README.md.
 */
import { z } from 'zod'
import { DocumentId, EpochMs, Sha256Hex } from '../model/brand.ts'
import { AllowedNetworks } from '../model/network.ts'
import { PortalLinkId, PortalLinkKind } from './link.ts'

export const READ_TOKEN_HEADER = 'x-portal-token'
/** A page of another origin cannot set this without a CORS preflight, which the portal never grants. */
export const CLIENT_HEADER = 'x-portal-client'
export const PORTAL_PROTOCOL_VERSION = 1
/** Plain bytes per chunk of a document; a sealed chunk is 28 bytes longer. */
export const CHUNK_BYTES = 1 << 20
export const SEALED_OVERHEAD_BYTES = 28
export const MAX_MANIFEST_BYTES = 1 << 20
export const MAX_NOTICE_BYTES = 8 << 10
export const MAX_RESPONSE_BYTES = 256 << 10
export const MAX_CODE_FAILURES = 5

/** Base64url bytes in JSON. */
const Sealed = (maxBytes: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .max(Math.ceil((maxBytes * 4) / 3) + 4)

/**
 * What the office registers for a link. JSON-serialisable, so that the office can store it before it sends and resume
 * with the very same package after a crash.
 */
export const PortalPackageRecord = z.object({
  linkId: PortalLinkId,
  kind: PortalLinkKind,
  readTokenSha256: Sha256Hex,
  accessCodeRequired: z.boolean(),
  /** From this moment on the link is lapsed and its ciphertext is deleted. */
  expiresAt: EpochMs,
  /** Networks the signer may come from; empty = any. */
  allowedNetworks: AllowedNetworks,
  /** Sealed with the notice key (base64url). */
  notice: Sealed(MAX_NOTICE_BYTES),
  /** Sealed with the content key (base64url). */
  manifest: Sealed(MAX_MANIFEST_BYTES),
  documents: z
    .array(
      z.object({
        id: DocumentId,
        chunkCount: z.number().int().min(1).max(4096),
        sealedBytes: z.number().int().min(1),
      }),
    )
    .min(1)
    .max(100),
})
export type PortalPackageRecord = z.output<typeof PortalPackageRecord>

/**
 * uploading → open → answered | revoked | replaced | expired. `open` and `answered` can also be locked (a separate flag).
 * answered: a response arrived. revoked: withdrawn. replaced: a newer link took its place. In the last four the ciphertext is gone.
 */
export const PortalLinkState = z.enum(['uploading', 'open', 'answered', 'revoked', 'replaced', 'expired'])
export type PortalLinkState = z.output<typeof PortalLinkState>

/** What anyone who has the link id may know. */
export const PortalPublicStatus = z.object({
  state: PortalLinkState,
  kind: PortalLinkKind,
  locked: z.boolean(),
  accessCodeRequired: z.boolean(),
  failuresLeft: z.number().int().min(0),
  notice: z.string(),
  expiresAt: EpochMs,
  answeredAt: EpochMs.nullable(),
})
export type PortalPublicStatus = z.output<typeof PortalPublicStatus>

export const PortalOpened = z.object({ manifest: z.string() })
export type PortalOpened = z.output<typeof PortalOpened>

export const PortalReceipt = z.object({
  receivedAt: EpochMs,
  /** First 16 hex digits of the SHA-256 of the sealed response: the 受付番号 both sides can name. */
  receiptNumber: z.string(),
})
export type PortalReceipt = z.output<typeof PortalReceipt>

/** What the office may know of a link. */
export const PortalOfficeStatus = PortalPublicStatus.omit({ notice: true }).extend({
  failures: z.number().int().min(0),
  /** SHA-256 of the registered record, to see whether a resumed upload is the same package. */
  recordSha256: Sha256Hex,
  /** What is still to be uploaded. */
  missingChunks: z.array(z.object({ documentId: DocumentId, indexes: z.array(z.number().int()) })),
})
export type PortalOfficeStatus = z.output<typeof PortalOfficeStatus>

const EventCommon = {
  /** Rises by 1; never reused within one log. */
  seq: z.number().int().min(1),
  id: z.string(),
  linkId: PortalLinkId,
  /** The portal's claims: its clock, the address and browser it saw. */
  receivedAt: EpochMs,
  ipAddress: z.string(),
  userAgent: z.string(),
}

/**
 * opened: right token shown. document-seen: the page says a document was shown. code-failed: wrong token. locked: the fifth one.
 * downloaded: the last chunk of a document of a download link was fetched. response: sealed answer, base64url.
 * network-refused: somebody came from a network the office does not allow, and saw nothing.
 */
export const PortalEvent = z.discriminatedUnion('kind', [
  z.object({ ...EventCommon, kind: z.literal('opened') }),
  z.object({ ...EventCommon, kind: z.literal('document-seen'), documentId: DocumentId }),
  z.object({ ...EventCommon, kind: z.literal('downloaded'), documentId: DocumentId }),
  z.object({ ...EventCommon, kind: z.literal('code-failed'), failures: z.number().int() }),
  z.object({ ...EventCommon, kind: z.literal('locked'), failures: z.number().int() }),
  z.object({ ...EventCommon, kind: z.literal('network-refused') }),
  z.object({ ...EventCommon, kind: z.literal('response'), sealed: z.string() }),
])
export type PortalEvent = z.output<typeof PortalEvent>

export const PortalEventPage = z.object({
  /** Changes when the portal starts with an empty folder: sequence numbers of another log mean nothing. */
  logId: z.string(),
  events: z.array(PortalEvent),
  acknowledgedSeq: z.number().int().min(0),
})
export type PortalEventPage = z.output<typeof PortalEventPage>

export const PortalHealth = z.object({
  program: z.literal('keiyaku-desk portal'),
  protocol: z.number().int(),
  time: EpochMs,
  links: z.number().int(),
  waitingEvents: z.number().int(),
  freeBytes: z.number().int().nullable(),
})
export type PortalHealth = z.output<typeof PortalHealth>

/** Why the portal said no; the HTTP status in brackets. */
export const PortalRefusalCode = z.enum([
  /** [404] */ 'LINK_UNKNOWN',
  /** [401] wrong read token; `failuresLeft` comes along. */ 'TOKEN_WRONG',
  /** [423] */ 'LINK_LOCKED',
  /** [409] */ 'LINK_ANSWERED',
  /** [410] */ 'LINK_EXPIRED',
  /** [410] */ 'LINK_REVOKED',
  /** [410] */ 'LINK_REPLACED',
  /** [409] not published yet, or chunks are missing. */ 'LINK_NOT_READY',
  /** [409] registered before with other contents. */ 'LINK_DIFFERS',
  /** [403] the signer's or the office's network is not allowed. */ 'NETWORK_REFUSED',
  /** [401] */ 'OFFICE_TOKEN_WRONG',
  /** [403] a page of another origin, or a request without the client header. */ 'ORIGIN_REFUSED',
  /** [400] */ 'REQUEST_INVALID',
  /** [413] */ 'TOO_LARGE',
  /** [429] */ 'TOO_MANY_REQUESTS',
  /** [507] */ 'STORAGE_FULL',
  /** [500] */ 'INTERNAL',
])
export type PortalRefusalCode = z.output<typeof PortalRefusalCode>

export const PortalRefusalBody = z.object({
  code: PortalRefusalCode,
  failuresLeft: z.number().int().min(0).optional(),
})
export type PortalRefusalBody = z.output<typeof PortalRefusalBody>
