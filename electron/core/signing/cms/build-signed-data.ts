import { createHash } from 'node:crypto'
import type { SigningAlgorithm, SigningKey } from '../keys/signing-key.ts'
import { digestAlgorithmDer, type StrongHash, signatureAlgorithmDer } from './algorithms.ts'
import { childrenOf, readNode, readWhole } from './der-reader.ts'
import { contextTag, integer, octetString, oid, sequence, setOf, tlv } from './der-writer.ts'
import { nodeHash } from './hashes.ts'
import {
  OID_CONTENT_TYPE,
  OID_DATA,
  OID_MESSAGE_DIGEST,
  OID_SIGNATURE_TIMESTAMP,
  OID_SIGNED_DATA,
  OID_SIGNING_CERTIFICATE_V2,
} from './oids.ts'

/** What a CMS needs to know of the signer before anything is signed. */
export type SignerDescription = {
  /** DER certificate of the signer. */
  readonly certificate: Uint8Array
  /** DER certificates to carry along, in any order; duplicates are dropped. */
  readonly chain: readonly Uint8Array[]
  readonly algorithm: SigningAlgorithm
}

/** Encapsulated content of tokens (TSTInfo); a PDF signature is detached and has none. */
export type Encapsulated = { readonly contentType: string; readonly content: Uint8Array }

/**
 * DER of the signed attributes, tagged as the SET OF that is signed (RFC 5652 §5.4).
 *
 *     SignedAttributes ::= SET OF Attribute   -- content-type, message-digest, signing-certificate-v2
 *
 * No signing-time: PAdES carries the claimed time in /M (EN 319 142-1 §6.3).
 *
 * @param messageDigest raw digest of the signed byte ranges under `algorithm.hash`
 */
export function signedAttributes(
  messageDigest: Uint8Array,
  signer: Pick<SignerDescription, 'certificate' | 'algorithm'>,
  contentType: string = OID_DATA,
): Uint8Array {
  return setOf(
    attribute(OID_CONTENT_TYPE, oid(contentType)),
    attribute(OID_MESSAGE_DIGEST, octetString(messageDigest)),
    attribute(OID_SIGNING_CERTIFICATE_V2, signingCertificateV2(signer.certificate, signer.algorithm.hash)),
  )
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), tlv(0x31, value))
}

/**
 * ESS signing-certificate-v2 (RFC 5035 §3) with the hash of the signer's certificate. issuerSerial is left out, as
 * EN 319 122-1 §5.2.2.3 recommends; the default hash SHA-256 is not encoded (DER).
 */
function signingCertificateV2(certificate: Uint8Array, hash: StrongHash): Uint8Array {
  const digest = octetString(createHash(nodeHash(hash)).update(certificate).digest())
  const essCertId = hash === 'SHA-256' ? sequence(digest) : sequence(digestAlgorithmDer(hash), digest)
  return sequence(sequence(essCertId))
}

/**
 * Puts a finished signature into a CMS ContentInfo.
 *
 *     SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, certificates [0], signerInfos }
 *
 * @param attributes the exact bytes `signedAttributes` returned, which were signed
 * @param signature RSA octets or DER Ecdsa-Sig-Value
 */
export function assembleSignedData(
  signer: SignerDescription,
  attributes: Uint8Array,
  signature: Uint8Array,
  encapsulated?: Encapsulated,
): Uint8Array {
  const digestAlgorithm = digestAlgorithmDer(signer.algorithm.hash)
  const signerInfo = sequence(
    integer(1),
    issuerAndSerial(signer.certificate),
    digestAlgorithm,
    retag(attributes, 0xa0),
    signatureAlgorithmDer(signer.algorithm),
    octetString(signature),
  )
  const contentInfo =
    encapsulated === undefined
      ? sequence(oid(OID_DATA))
      : sequence(oid(encapsulated.contentType), contextTag(0, octetString(encapsulated.content)))
  const signedData = sequence(
    // RFC 5652 §5.1: version 3 when the content is not id-data, else 1 (signer named by issuer and serial number).
    integer(encapsulated === undefined ? 1 : 3),
    setOf(digestAlgorithm),
    contentInfo,
    retag(setOf(...withoutDuplicates([signer.certificate, ...signer.chain])), 0xa0),
    setOf(signerInfo),
  )
  return sequence(oid(OID_SIGNED_DATA), contextTag(0, signedData))
}

/**
 * Signs a digest as CAdES for PAdES B-B (EN 319 142-1 §6, EN 319 122-1, RFC 5652).
 *
 * @param messageDigest raw digest of the byte ranges under `key.algorithm.hash`
 * @returns DER ContentInfo
 * Does not check the certificate's validity: see `assertMaySign`.
 */
export async function buildSignedData(
  messageDigest: Uint8Array,
  key: SigningKey,
  encapsulated?: Encapsulated,
): Promise<Uint8Array> {
  const attributes = signedAttributes(messageDigest, key, encapsulated?.contentType)
  return assembleSignedData(key, attributes, await key.sign(attributes), encapsulated)
}

/**
 * Adds a signature timestamp as unsigned attribute (EN 319 122-1 §5.3) to the first signer.
 *
 * @param cms DER ContentInfo with one signer
 * @param token DER TimeStampToken over the digest of `signatureValueOf(cms)`
 */
export function addSignatureTimestamp(cms: Uint8Array, token: Uint8Array): Uint8Array {
  const content = contentInfoParts(cms)
  const signerInfos = content.fields.at(-1)
  const [signerInfo] = signerInfos === undefined ? [] : childrenOf(signerInfos)
  if (signerInfo === undefined) throw new Error('The CMS has no signer')
  const parts = childrenOf(signerInfo)
  const unsigned = parts.find((part, index) => index > 0 && part.tag === 0xa1)
  const present = unsigned === undefined ? [] : childrenOf(unsigned).map((node) => node.raw)
  const extended = sequence(
    ...parts.filter((part) => part !== unsigned).map((part) => part.raw),
    retag(setOf(...present, attribute(OID_SIGNATURE_TIMESTAMP, token)), 0xa1),
  )
  const others = content.fields.slice(0, -1).map((node) => node.raw)
  return sequence(oid(OID_SIGNED_DATA), contextTag(0, sequence(...others, setOf(extended))))
}

function contentInfoParts(cms: Uint8Array) {
  const [, wrapper] = childrenOf(readNode(cms))
  const [signedData] = wrapper === undefined ? [] : childrenOf(wrapper)
  if (signedData === undefined) throw new Error('Not a CMS SignedData')
  return { fields: childrenOf(signedData) }
}

/** IssuerAndSerialNumber taken over byte by byte from the certificate. */
function issuerAndSerial(certificate: Uint8Array): Uint8Array {
  const [tbs] = childrenOf(readWhole(certificate))
  const fields = tbs === undefined ? [] : childrenOf(tbs)
  const offset = fields[0]?.tag === 0xa0 ? 1 : 0
  const serial = fields[offset]
  const issuer = fields[offset + 2]
  if (serial === undefined || issuer === undefined) throw new Error('Not a certificate')
  return sequence(issuer.raw, serial.raw)
}

/** The same TLV under another identifier octet (SET OF ↔ [n] IMPLICIT). */
function retag(der: Uint8Array, tag: number): Uint8Array {
  const copy = Uint8Array.from(der)
  copy[0] = tag
  return copy
}

function withoutDuplicates(certificates: readonly Uint8Array[]): Uint8Array[] {
  const seen = new Map<string, Uint8Array>()
  for (const der of certificates) {
    const id = Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1')
    if (!seen.has(id)) seen.set(id, der)
  }
  return [...seen.values()]
}
