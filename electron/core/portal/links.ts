/**
 * The life of a link at the portal: who may do what in which state. One change of a link at a time; every change is on
 * disk before it is answered.
 */
import { createHash } from 'node:crypto'
import type { DocumentId, EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import type { PortalLinkId } from '../../../shared/portal-api/link.ts'
import {
  CHUNK_BYTES,
  MAX_CODE_FAILURES,
  type PortalOfficeStatus,
  type PortalPackageRecord,
  type PortalPublicStatus,
  type PortalReceipt,
  SEALED_OVERHEAD_BYTES,
} from '../../../shared/portal-api/wire.ts'
import { equalSecrets, sha256Hex } from '../kit/bytes.ts'
import type { Clock } from '../kit/clock.ts'
import type { Logger } from '../kit/logger.ts'
import { PortalRefusal } from './errors.ts'
import type { EventLog, NewPortalEvent } from './event-log.ts'
import {
  assertNetwork,
  assertState,
  type Context,
  clear,
  current,
  finish,
  inTurn,
  linkOf,
  save,
  tell,
  type Visitor,
} from './link-context.ts'
import type { ChunkName, LinkFiles, StoredLink } from './link-files.ts'
import { reconcile, sweep } from './link-upkeep.ts'

export type Links = {
  /** How many links are known, dead ones included. */
  readonly count: () => number
  readonly register: (record: PortalPackageRecord) => Promise<void>
  readonly putChunk: (place: ChunkName, sealed: Uint8Array) => Promise<void>
  readonly publish: (linkId: PortalLinkId) => Promise<void>
  readonly officeStatus: (linkId: PortalLinkId) => Promise<PortalOfficeStatus>
  readonly close: (linkId: PortalLinkId, reason: 'revoked' | 'replaced') => Promise<void>
  readonly unlock: (linkId: PortalLinkId) => Promise<void>
  readonly remove: (linkId: PortalLinkId) => Promise<void>

  readonly publicStatus: (linkId: PortalLinkId, visitor: Visitor) => Promise<PortalPublicStatus>
  readonly open: (linkId: PortalLinkId, readToken: string, visitor: Visitor) => Promise<string>
  readonly readChunk: (place: ChunkName, readToken: string, visitor: Visitor) => Promise<Uint8Array>
  readonly seen: (
    linkId: PortalLinkId,
    documentId: DocumentId,
    ...who: [readToken: string, visitor: Visitor]
  ) => Promise<void>
  readonly answer: (
    linkId: PortalLinkId,
    sealed: Uint8Array,
    ...who: [readToken: string, visitor: Visitor]
  ) => Promise<PortalReceipt>

  /** Marks lapsed links and deletes the ciphertext of dead ones; finishes what a crash left half done. */
  readonly sweep: () => Promise<void>
}

export async function createLinks(
  files: LinkFiles,
  events: EventLog,
  clock: Clock,
  logger: Logger,
): Promise<Links> {
  const known = new Map<PortalLinkId, StoredLink>()
  for (const link of await files.loadAll()) known.set(link.linkId, link)
  const memory = { turns: new Map(), visits: new Map(), uncleared: new Set<PortalLinkId>() }
  const context: Context = { files, events, clock, logger, known, ...memory }
  await reconcile(context)
  return {
    count: () => known.size,
    ...officeSide(context),
    ...signerSide(context),
    sweep: () => sweep(context),
  }
}

function officeSide(context: Context) {
  const { files, known, clock } = context
  return {
    register: (record: PortalPackageRecord) =>
      inTurn(context, record.linkId, async () => {
        const recordSha256 = sha256Hex(JSON.stringify(record))
        const present = known.get(record.linkId)
        if (present?.recordSha256 === recordSha256) return
        if (present !== undefined && present.state !== 'uploading') throw new PortalRefusal('LINK_DIFFERS')
        if (present !== undefined) await files.deleteCiphertext(record.linkId)
        const { manifest, ...rest } = record
        await files.writeManifest(record.linkId, manifest)
        await save(context, {
          ...rest,
          version: 1,
          recordSha256,
          state: 'uploading',
          failures: 0,
          locked: false,
          createdAt: clock.now(),
          closedAt: null,
          answer: null,
        })
      }),
    putChunk: (place: ChunkName, sealed: Uint8Array) =>
      inTurn(context, place.linkId, async () => {
        const link = linkOf(context, place.linkId)
        assertChunk(link, place, sealed.length)
        if (link.state === 'open') return // Published: every chunk is there, this is a repeated request.
        assertState(link, ['uploading'])
        await files.writeChunk(place, sealed)
      }),
    publish: (linkId: PortalLinkId) =>
      inTurn(context, linkId, async () => {
        const link = await current(context, linkId)
        if (link.state === 'open' || link.state === 'answered') return
        assertState(link, ['uploading'])
        if ((await missingChunks(context, link)).length > 0) throw new PortalRefusal('LINK_NOT_READY')
        await save(context, { ...link, state: 'open' })
      }),
    officeStatus: (linkId: PortalLinkId) =>
      inTurn(context, linkId, async () => {
        const link = await current(context, linkId)
        const { notice: _, ...status } = statusOf(link)
        return {
          ...status,
          failures: link.failures,
          recordSha256: link.recordSha256,
          missingChunks: link.state === 'uploading' ? await missingChunks(context, link) : [],
        }
      }),
    close: (linkId: PortalLinkId, reason: 'revoked' | 'replaced') =>
      inTurn(context, linkId, async () => {
        const link = await current(context, linkId)
        if (link.state === reason) return
        if (link.state === 'answered') throw new PortalRefusal('LINK_ANSWERED')
        await finish(context, { ...link, state: reason, closedAt: clock.now() })
      }),
    unlock: (linkId: PortalLinkId) =>
      inTurn(context, linkId, async () => {
        const link = linkOf(context, linkId)
        if (link.locked || link.failures > 0) await save(context, { ...link, locked: false, failures: 0 })
      }),
    remove: (linkId: PortalLinkId) =>
      inTurn(context, linkId, async () => {
        if (!known.has(linkId)) return
        await files.deleteAll(linkId)
        known.delete(linkId)
      }),
  }
}

function signerSide(context: Context) {
  const { files, clock } = context
  return {
    publicStatus: (linkId: PortalLinkId, visitor: Visitor) =>
      inTurn(context, linkId, async () => {
        const link = await current(context, linkId)
        await assertNetwork(context, link, visitor)
        if (link.state === 'uploading') throw new PortalRefusal('LINK_UNKNOWN')
        return statusOf(link)
      }),
    open: (linkId: PortalLinkId, readToken: string, visitor: Visitor) =>
      inTurn(context, linkId, async () => {
        const link = await admit(context, linkId, readToken, visitor)
        const manifest = await files.readManifest(linkId)
        await tell(context, { kind: 'opened', linkId, receivedAt: clock.now(), ...visitor }, '')
        if (link.failures > 0) await save(context, { ...link, failures: 0 })
        return manifest
      }),
    readChunk: (place: ChunkName, readToken: string, visitor: Visitor) =>
      inTurn(context, place.linkId, async () => {
        const { linkId, documentId } = place
        const link = await admit(context, linkId, readToken, visitor)
        const chunkCount = assertChunk(link, place, 0)
        const sealed = await files.readChunk(place)
        const facts = { linkId, documentId, receivedAt: clock.now(), ...visitor }
        if (link.kind === 'download' && place.index === chunkCount - 1)
          await tell(context, { kind: 'downloaded', ...facts }, documentId)
        return sealed
      }),
    seen: (linkId: PortalLinkId, documentId: DocumentId, ...who: [string, Visitor]) =>
      inTurn(context, linkId, async () => {
        const [readToken, visitor] = who
        const link = await admit(context, linkId, readToken, visitor)
        if (!link.documents.some(({ id }) => id === documentId)) throw new PortalRefusal('REQUEST_INVALID')
        const event = { kind: 'document-seen', linkId, documentId, receivedAt: clock.now() } as const
        await tell(context, { ...event, ...visitor }, documentId)
      }),
    answer: (linkId: PortalLinkId, sealed: Uint8Array, ...who: [string, Visitor]) =>
      inTurn(context, linkId, async () => {
        const [readToken, visitor] = who
        const sealedSha256 = sha256Hex(sealed)
        const before = await current(context, linkId)
        await assertNetwork(context, before, visitor)
        if (before.answer?.sealedSha256 === sealedSha256 && isToken(before, readToken))
          return receiptOf(before.answer)
        const link = await admit(context, linkId, readToken, visitor)
        if (link.kind !== 'signing') throw new PortalRefusal('REQUEST_INVALID')
        const answer = { receivedAt: clock.now(), sealedSha256 }
        const event: NewPortalEvent = {
          kind: 'response',
          linkId,
          receivedAt: answer.receivedAt,
          ...visitor,
          sealed: Buffer.from(sealed).toString('base64url'),
        }
        await context.events.append(event, () =>
          save(context, { ...link, state: 'answered', closedAt: answer.receivedAt, answer }),
        )
        await clear(context, linkId)
        return receiptOf(answer)
      }),
  }
}

/**
 * Checks network, state, lock and token, in this order, and counts a wrong token (durably, before the answer).
 * @throws PortalRefusal
 */
async function admit(
  context: Context,
  linkId: PortalLinkId,
  readToken: string,
  visitor: Visitor,
): Promise<StoredLink> {
  const link = await current(context, linkId)
  await assertNetwork(context, link, visitor)
  assertState(link, ['open'])
  if (link.locked) throw new PortalRefusal('LINK_LOCKED', 0)
  if (isToken(link, readToken)) return link
  const failures = link.failures + 1
  const locked = failures >= MAX_CODE_FAILURES
  await save(context, { ...link, failures, locked })
  const facts = { linkId, failures, receivedAt: context.clock.now(), ...visitor }
  await context.events.append({ kind: locked ? 'locked' : 'code-failed', ...facts })
  throw new PortalRefusal(locked ? 'LINK_LOCKED' : 'TOKEN_WRONG', Math.max(0, MAX_CODE_FAILURES - failures))
}

function isToken(link: StoredLink, readToken: string): boolean {
  return equalSecrets(
    createHash('sha256').update(Buffer.from(readToken, 'base64url')).digest('hex'),
    link.readTokenSha256,
  )
}

async function missingChunks(
  context: Context,
  link: StoredLink,
): Promise<PortalOfficeStatus['missingChunks']> {
  const missing: PortalOfficeStatus['missingChunks'] = []
  for (const { id, chunkCount } of link.documents) {
    const present = await context.files.chunkIndexes(link.linkId, id)
    const indexes = Array.from({ length: chunkCount }, (_, index) => index).filter((at) => !present.has(at))
    if (indexes.length > 0) missing.push({ documentId: id, indexes })
  }
  return missing
}

function statusOf(link: StoredLink): PortalPublicStatus {
  return {
    state: link.state,
    kind: link.kind,
    locked: link.locked,
    accessCodeRequired: link.accessCodeRequired,
    failuresLeft: Math.max(0, MAX_CODE_FAILURES - link.failures),
    notice: link.notice,
    expiresAt: link.expiresAt,
    answeredAt: link.answer?.receivedAt ?? null,
  }
}

function receiptOf(answer: {
  readonly receivedAt: EpochMs
  readonly sealedSha256: Sha256Hex
}): PortalReceipt {
  return { receivedAt: answer.receivedAt, receiptNumber: answer.sealedSha256.slice(0, 16) }
}

function assertChunk(link: StoredLink, place: ChunkName, sealedBytes: number): number {
  const document = link.documents.find(({ id }) => id === place.documentId)
  if (document === undefined || place.index >= document.chunkCount) throw new PortalRefusal('REQUEST_INVALID')
  if (sealedBytes > CHUNK_BYTES + SEALED_OVERHEAD_BYTES) throw new PortalRefusal('TOO_LARGE')
  return document.chunkCount
}
