/**
 * Sealing (office) and opening (page) of packages: AES-256-GCM (NIST SP 800-38D), a fresh random 96-bit nonce in front of
 * every piece, and additional data that says which piece of which link it is, so that the portal cannot move, drop or swap pieces.
 */
import type { DocumentId } from '../model/brand.ts'
import { PortalProtocolError } from './errors.ts'
import { derive, deriveLinkKeys, deriveNoticeKey, hashReadToken, importContentKey } from './keys.ts'
import type { PortalLink, PortalLinkId } from './link.ts'
import {
  type EcPrivateJwk,
  type EcPublicJwk,
  PortalContact,
  PortalManifest,
  type PortalManifestFacts,
} from './manifest.ts'
import {
  fromBase64Url,
  fromUtf8,
  joinBytes,
  type OpaqueKey,
  randomBytes,
  subtle,
  toBase64Url,
  utf8,
} from './platform.ts'
import { CHUNK_BYTES, PortalPackageRecord, SEALED_OVERHEAD_BYTES } from './wire.ts'

const NONCE_BYTES = 12

export type PackageToSeal = {
  readonly link: PortalLink
  /** Empty = none. Must agree with `facts.accessCodeRequired`. */
  readonly accessCode: string
  readonly facts: PortalManifestFacts
  readonly officePublicKey: EcPublicJwk
  /** CIDR ranges or addresses; empty = any. */
  readonly allowedNetworks: readonly string[]
}

export type SealedPackage = {
  /** Give it to the portal; store it first, so that an interrupted upload resumes with the same package. */
  readonly record: PortalPackageRecord
  /** 32 bytes. Needed to seal chunks; wipe it once the package is published. */
  readonly contentKey: Uint8Array
  /** Store it with the case: `openResponse` needs it. Undefined for downloads. */
  readonly responsePublicKey: EcPublicJwk | undefined
}

/**
 * Seals everything of a package but the documents' bytes (`sealChunk` does those, one by one).
 *
 * The response key pair is made here; its private half goes into the sealed manifest only, so a response signed with it can
 * come from nobody but the holder of the link (and code). The office keeps the public half: it cannot make up a response later.
 * Does not prove who the holder is: mail address and code stand for that.
 */
export async function sealPackage(input: PackageToSeal): Promise<SealedPackage> {
  const { link, facts } = input
  if (facts.accessCodeRequired !== (input.accessCode !== '') || facts.kind !== link.kind)
    throw new Error('Link, access code and manifest do not agree')
  const keys = await deriveLinkKeys(link, input.accessCode)
  const responseKey = facts.kind === 'signing' ? await newResponseKey() : undefined
  const manifest = PortalManifest.parse({
    ...facts,
    version: 1,
    linkId: link.linkId,
    chunkBytes: CHUNK_BYTES,
    officePublicKey: input.officePublicKey,
    ...(responseKey && { responseKey }),
  })
  const manifestKey = await pieceKey(keys.contentKey, 'manifest', link.linkId)
  const noticeKey = await importContentKey(await deriveNoticeKey(link))
  const record = PortalPackageRecord.parse({
    linkId: link.linkId,
    kind: link.kind,
    readTokenSha256: await hashReadToken(keys.readToken),
    accessCodeRequired: facts.accessCodeRequired,
    expiresAt: facts.deadline,
    allowedNetworks: [...input.allowedNetworks],
    notice: toBase64Url(await seal(noticeKey, utf8(JSON.stringify(facts.contact)), `notice|${link.linkId}`)),
    manifest: toBase64Url(await seal(manifestKey, utf8(JSON.stringify(manifest)), `manifest|${link.linkId}`)),
    documents: facts.documents.map((document) => describePieces(document.id, document.sizeBytes)),
  })
  return { record, contentKey: keys.contentKey, responsePublicKey: responseKey && publicHalf(responseKey) }
}

/** Where a chunk belongs. */
export type ChunkPlace = {
  readonly linkId: PortalLinkId
  readonly documentId: DocumentId
  readonly index: number
  readonly chunkCount: number
}

/** Seals one chunk (`CHUNK_BYTES` plain bytes, the last one less): nonce (12) ‖ ciphertext ‖ tag (16). */
export async function sealChunk(
  contentKey: Uint8Array,
  place: ChunkPlace,
  plain: Uint8Array,
): Promise<Uint8Array> {
  return seal(await pieceKey(contentKey, 'document', place.documentId), plain, chunkLabel(place))
}

/** @throws PortalProtocolError 'CIPHERTEXT_REFUSED' */
export async function openChunk(
  contentKey: Uint8Array,
  place: ChunkPlace,
  sealed: Uint8Array,
): Promise<Uint8Array> {
  return open(await pieceKey(contentKey, 'document', place.documentId), sealed, chunkLabel(place))
}

/**
 * @param sealed base64url
 * @throws PortalProtocolError 'CIPHERTEXT_REFUSED' | 'CONTENT_INVALID'
 */
export async function openManifest(
  link: PortalLink,
  contentKey: Uint8Array,
  sealed: string,
): Promise<PortalManifest> {
  const key = await pieceKey(contentKey, 'manifest', link.linkId)
  const plain = await open(key, bytesOf(sealed), `manifest|${link.linkId}`)
  const manifest = PortalManifest.safeParse(readJson(plain))
  if (!manifest.success) throw new PortalProtocolError('CONTENT_INVALID', { cause: manifest.error })
  if (manifest.data.linkId !== link.linkId || manifest.data.kind !== link.kind)
    throw new PortalProtocolError('CONTENT_INVALID')
  return manifest.data
}

/**
 * Whom to ask, readable with the link alone.
 *
 * @param sealed base64url
 * @throws PortalProtocolError 'CIPHERTEXT_REFUSED' | 'CONTENT_INVALID'
 */
export async function openNotice(link: PortalLink, sealed: string): Promise<PortalContact> {
  const key = await importContentKey(await deriveNoticeKey(link))
  const contact = PortalContact.safeParse(readJson(await open(key, bytesOf(sealed), `notice|${link.linkId}`)))
  if (!contact.success) throw new PortalProtocolError('CONTENT_INVALID', { cause: contact.error })
  return contact.data
}

/** How many pieces a document of `sizeBytes` makes, and how many bytes they are when sealed. */
export function describePieces(
  id: DocumentId,
  sizeBytes: number,
): { readonly id: DocumentId; readonly chunkCount: number; readonly sealedBytes: number } {
  const chunkCount = Math.max(1, Math.ceil(sizeBytes / CHUNK_BYTES))
  return { id, chunkCount, sealedBytes: sizeBytes + chunkCount * SEALED_OVERHEAD_BYTES }
}

async function newResponseKey(): Promise<EcPrivateJwk> {
  const pair = await subtle().generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  return (await subtle().exportKey('jwk', pair.privateKey)) as EcPrivateJwk
}

function publicHalf({ kty, crv, x, y }: EcPrivateJwk): EcPublicJwk {
  return { kty, crv, x, y }
}

function chunkLabel(place: ChunkPlace): string {
  return `chunk|${place.linkId}|${place.documentId}|${place.index}|${place.chunkCount}`
}

async function pieceKey(contentKey: Uint8Array, purpose: string, id: string): Promise<OpaqueKey> {
  return importContentKey(await derive(contentKey, `${purpose}|${id}`))
}

async function seal(key: OpaqueKey, plain: Uint8Array, label: string): Promise<Uint8Array> {
  const nonce = randomBytes(NONCE_BYTES)
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: utf8(label) }
  return joinBytes(nonce, new Uint8Array(await subtle().encrypt(algorithm, key, plain)))
}

async function open(key: OpaqueKey, sealed: Uint8Array, label: string): Promise<Uint8Array> {
  const algorithm = {
    name: 'AES-GCM',
    iv: sealed.subarray(0, NONCE_BYTES),
    additionalData: utf8(label),
  }
  try {
    return new Uint8Array(await subtle().decrypt(algorithm, key, sealed.subarray(NONCE_BYTES)))
  } catch (error) {
    throw new PortalProtocolError('CIPHERTEXT_REFUSED', { cause: error })
  }
}

function bytesOf(base64Url: string): Uint8Array {
  const bytes = fromBase64Url(base64Url)
  if (bytes === undefined) throw new PortalProtocolError('CIPHERTEXT_REFUSED')
  return bytes
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes))
  } catch (error) {
    throw new PortalProtocolError('CONTENT_INVALID', { cause: error })
  }
}
