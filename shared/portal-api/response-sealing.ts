/**
 * The answer on its way from the page to the office: JSON, signed with the response key of the package (ECDSA P-256 with
 * SHA-256, FIPS 186-5), then sealed to the office's public key (HPKE base mode, RFC 9180 §6.1: DHKEM(P-256, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM). The portal can neither read it nor make one.
 */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { z } from 'zod'
import { PortalProtocolError } from './errors.ts'
import type { PortalLinkId } from './link.ts'
import type { EcPrivateJwk, EcPublicJwk, PortalManifest, PortalManifestFacts } from './manifest.ts'
import { fromBase64Url, fromUtf8, joinBytes, subtle, toBase64Url, utf8 } from './platform.ts'
import { PortalResponse } from './response.ts'
import { MAX_RESPONSE_BYTES } from './wire.ts'

const ENCAPSULATED_BYTES = 65
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** `body` is the JSON text that was signed, kept word for word: the office stores it as evidence. */
const SignedResponse = z.object({ version: z.literal(1), body: z.string(), signature: z.string() })

/** The office's key pair for responses; one per town, the private half stays in the archive. */
export type OfficeKeyPair = { readonly publicKey: EcPublicJwk; readonly privateKey: EcPrivateJwk }

export async function newOfficeKeyPair(): Promise<OfficeKeyPair> {
  const pair = await subtle().generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])
  const { kty, crv, x, y, d } = (await subtle().exportKey('jwk', pair.privateKey)) as EcPrivateJwk
  return { publicKey: { kty, crv, x, y }, privateKey: { kty, crv, x, y, d } }
}

/**
 * Signs and seals a response (page).
 *
 * @returns encapsulated key (65 bytes) ‖ HPKE ciphertext; send the same bytes again when the answer of the portal got lost
 */
export async function sealResponse(manifest: PortalManifest, response: PortalResponse): Promise<Uint8Array> {
  if (manifest.responseKey === undefined) throw new Error('A download has no response')
  const body = JSON.stringify(PortalResponse.parse(response))
  const key = await subtle().importKey('jwk', manifest.responseKey, ECDSA, false, ['sign'])
  const signature = toBase64Url(new Uint8Array(await subtle().sign(ECDSA, key, signedBytes(body))))
  const kem = new DhkemP256HkdfSha256()
  const sender = await suiteOf(kem).createSenderContext({
    recipientPublicKey: await kem.importKey('jwk', manifest.officePublicKey, true),
    info: infoOf(manifest.linkId),
  })
  const plain = utf8(JSON.stringify({ version: 1, body, signature }))
  const sealed = await sender.seal(plain)
  const whole = joinBytes(new Uint8Array(sender.enc), new Uint8Array(sealed))
  if (whole.length > MAX_RESPONSE_BYTES) throw new Error('The response is too large')
  return whole
}

export type ResponseToOpen = {
  readonly linkId: PortalLinkId
  readonly packageId: string
  readonly officePrivateKey: EcPrivateJwk
  /** From `sealPackage`. */
  readonly responsePublicKey: EcPublicJwk
  /** base64url, as the portal delivers it. */
  readonly sealed: string
}

export type OpenedResponse = {
  readonly response: PortalResponse
  /** The signed JSON text and its signature (base64url, r ‖ s, 64 bytes): evidence, with the public key. */
  readonly body: string
  readonly signature: string
}

/**
 * Opens and checks a response (office).
 *
 * Proves that the sender could open this package, i.e. had the link and the access code. Times are the signer's computer's claim.
 * @throws PortalProtocolError 'CIPHERTEXT_REFUSED' | 'CONTENT_INVALID' | 'RESPONSE_NOT_FROM_LINK' | 'RESPONSE_OF_ANOTHER_LINK'
 */
export async function openResponse(input: ResponseToOpen): Promise<OpenedResponse> {
  const signed = parse(SignedResponse, await openSealed(input))
  const signature = fromBase64Url(signed.signature)
  const key = await subtle().importKey('jwk', input.responsePublicKey, ECDSA, false, ['verify'])
  if (signature === undefined || !(await subtle().verify(ECDSA, key, signature, signedBytes(signed.body))))
    throw new PortalProtocolError('RESPONSE_NOT_FROM_LINK')
  const response = parse(PortalResponse, utf8(signed.body))
  if (response.linkId !== input.linkId || response.packageId !== input.packageId)
    throw new PortalProtocolError('RESPONSE_OF_ANOTHER_LINK')
  return { response, body: signed.body, signature: signed.signature }
}

/** Why a consent does not fit what was sent. */
export type ConsentProblem =
  | { readonly code: 'STATEMENT_DIFFERS' }
  | { readonly code: 'DOCUMENT_MISSING' | 'DOCUMENT_DIFFERS' | 'DOCUMENT_NOT_SHOWN'; readonly id: string }

/**
 * Compares a consent with what the office sent; empty = it fits. Every document must come back with the SHA-256 of the bytes sent,
 * and every document to be signed must have been shown to its last page (L2).
 */
export function findConsentProblems(
  response: PortalResponse & { readonly kind: 'consent' },
  sent: Pick<PortalManifestFacts, 'documents' | 'consentStatement'>,
): readonly ConsentProblem[] {
  const problems: ConsentProblem[] = []
  if (response.statement !== sent.consentStatement) problems.push({ code: 'STATEMENT_DIFFERS' })
  for (const document of sent.documents) {
    const shown = response.documents.find((candidate) => candidate.id === document.id)
    if (shown === undefined) problems.push({ code: 'DOCUMENT_MISSING', id: document.id })
    else if (shown.sha256 !== document.sha256) problems.push({ code: 'DOCUMENT_DIFFERS', id: document.id })
    else if (document.role === 'sign' && (shown.firstShownAt === null || shown.lastPageSeen < document.pages))
      problems.push({ code: 'DOCUMENT_NOT_SHOWN', id: document.id })
  }
  return problems
}

async function openSealed(input: ResponseToOpen): Promise<Uint8Array> {
  const bytes = fromBase64Url(input.sealed)
  if (bytes === undefined || bytes.length <= ENCAPSULATED_BYTES)
    throw new PortalProtocolError('CIPHERTEXT_REFUSED')
  const kem = new DhkemP256HkdfSha256()
  try {
    const recipient = await suiteOf(kem).createRecipientContext({
      recipientKey: await kem.importKey('jwk', input.officePrivateKey, false),
      enc: bytes.slice(0, ENCAPSULATED_BYTES).buffer,
      info: infoOf(input.linkId),
    })
    return new Uint8Array(await recipient.open(bytes.slice(ENCAPSULATED_BYTES)))
  } catch (error) {
    throw new PortalProtocolError('CIPHERTEXT_REFUSED', { cause: error })
  }
}

function suiteOf(kem: DhkemP256HkdfSha256): CipherSuite {
  return new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() })
}

function infoOf(linkId: PortalLinkId): Uint8Array<ArrayBuffer> {
  return utf8(`keiyaku-desk portal v1 response|${linkId}`) as Uint8Array<ArrayBuffer>
}

function signedBytes(body: string): Uint8Array {
  return utf8(`keiyaku-desk portal v1 response body|${body}`)
}

function parse<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(fromUtf8(bytes)))
  } catch (error) {
    throw new PortalProtocolError('CONTENT_INVALID', { cause: error })
  }
}
