import { createHash } from 'node:crypto'
import { type AlgorithmIdentifier, parseAlgorithm, verifySignature } from '../cms/algorithms.ts'
import { type Certificate, parseCertificateCached, readExtensions } from '../cms/certificate.ts'
import {
  childrenOf,
  DerError,
  type DerNode,
  expect,
  fieldsOf,
  readBits,
  readIntegerHex,
  readOctets,
  readOid,
  readSmallInteger,
  readTime,
  readWhole,
} from '../cms/der-reader.ts'
import { contextTag, DER_NULL, octetString, oid, sameBytes, sequence, tlv } from '../cms/der-writer.ts'
import { type HashName, hashByOid, newHash } from '../cms/hashes.ts'
import { type DistinguishedName, parseName } from '../cms/names.ts'
import { OID_EKU_OCSP_SIGNING, OID_OCSP_BASIC, OID_OCSP_NONCE, OID_SHA1 } from '../cms/oids.ts'

/** Names a certificate to a responder (RFC 6960 §4.1.1). */
export type CertId = {
  readonly hash: HashName | undefined
  readonly issuerNameHash: Uint8Array
  readonly issuerKeyHash: Uint8Array
  readonly serial: string
}

/**
 * CertID with SHA-1, the one digest every responder knows (RFC 5019 §2.1.1). It is an identifier here, not a
 * signature: a collision gives an answer about another certificate, whose serial number would have to match too.
 */
export function encodeCertId(certificate: Certificate, issuer: Certificate): Uint8Array {
  const digest = (bytes: Uint8Array) => octetString(createHash('sha1').update(bytes).digest())
  return sequence(
    sequence(oid(OID_SHA1), DER_NULL),
    digest(issuer.subject.raw),
    digest(issuer.publicKeyBits),
    tlv(0x02, Buffer.from(certificate.serial, 'hex')),
  )
}

/**
 * Builds an OCSPRequest for one certificate (RFC 6960 §4.1).
 *
 * @param nonce up to 32 octets; many responders ignore it, so its absence in the answer is no error
 */
export function buildOcspRequest(
  certificate: Certificate,
  issuer: Certificate,
  nonce?: Uint8Array,
): Uint8Array {
  const requests = sequence(sequence(encodeCertId(certificate, issuer)))
  if (nonce === undefined) return sequence(sequence(requests))
  const extension = sequence(oid(OID_OCSP_NONCE), octetString(octetString(nonce)))
  return sequence(sequence(requests, contextTag(2, sequence(extension))))
}

export type OcspStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly atMs: number; readonly reason: number | undefined }
  | { readonly kind: 'unknown' }

export type OcspSingle = {
  readonly id: CertId
  readonly status: OcspStatus
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number | undefined
}

export type OcspResponse = {
  /** 0 successful; then `basic` is there. */
  readonly status: number
  readonly basic: BasicOcsp | undefined
}

export type BasicOcsp = {
  readonly tbs: Uint8Array
  readonly responderName: DistinguishedName | undefined
  /** SHA-1 of the responder's public key, hex, when it is named by key. */
  readonly responderKeyHash: string | undefined
  readonly producedAtMs: number
  readonly singles: readonly OcspSingle[]
  readonly nonce: Uint8Array | undefined
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  readonly certificates: readonly Certificate[]
}

/**
 * Reads a DER OCSPResponse (RFC 6960 §4.2.1); also a bare BasicOCSPResponse, as some writers embed it.
 *
 * @throws DerError
 * Verifies nothing: see `ocspSigner`.
 */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  const outer = readWhole(der)
  const [first, wrapper] = fieldsOf(outer)
  if (first?.tag === 0x30) return { status: 0, basic: parseBasic(outer) }
  const status = readSmallInteger(expect(first, 0x0a))
  if (wrapper === undefined) return { status, basic: undefined }
  const [type, body] = fieldsOf(fieldsOf(wrapper, 0xa0)[0])
  if (readOid(type) !== OID_OCSP_BASIC) throw new DerError('Unknown type of OCSP response')
  return { status, basic: parseBasic(readWhole(readOctets(body))) }
}

function parseBasic(node: DerNode): BasicOcsp {
  const [tbs, algorithm, signature, certificateNode] = fieldsOf(node)
  const fields = [...fieldsOf(tbs)]
  if (fields[0]?.tag === 0xa0) fields.shift() // version
  const [responder, producedAt, responses, ...rest] = fields
  const extensions = readExtensions(rest.find((field) => field.tag === 0xa1))
  const nonce = extensions.get(OID_OCSP_NONCE)
  const byName = responder?.tag === 0xa1
  const responderNode = responder === undefined ? undefined : childrenOf(responder)[0]
  return {
    tbs: expect(tbs, 0x30).raw,
    responderName: byName ? parseName(responderNode) : undefined,
    responderKeyHash: byName ? undefined : Buffer.from(readOctets(responderNode)).toString('hex'),
    producedAtMs: readTime(producedAt),
    singles: fieldsOf(responses).map(parseSingle),
    nonce: nonce?.value,
    signatureAlgorithm: parseAlgorithm(algorithm),
    signature: readBits(signature),
    certificates:
      certificateNode === undefined
        ? []
        : fieldsOf(fieldsOf(certificateNode, 0xa0)[0]).map((entry) => parseCertificateCached(entry.raw)),
  }
}

function parseSingle(node: DerNode): OcspSingle {
  const [id, status, thisUpdate, ...rest] = fieldsOf(node)
  const [algorithm, nameHash, keyHash, serial] = fieldsOf(id)
  const next = rest.find((field) => field.tag === 0xa0)
  return {
    id: {
      hash: hashByOid(parseAlgorithm(algorithm).oid),
      issuerNameHash: readOctets(nameHash),
      issuerKeyHash: readOctets(keyHash),
      serial: readIntegerHex(serial),
    },
    status: parseStatus(status),
    thisUpdateMs: readTime(thisUpdate),
    nextUpdateMs: next === undefined ? undefined : readTime(childrenOf(next)[0]),
  }
}

function parseStatus(node: DerNode | undefined): OcspStatus {
  if (node?.tag === 0x80) return { kind: 'good' }
  if (node?.tag === 0x82) return { kind: 'unknown' }
  const [time, reason] = fieldsOf(node, 0xa1)
  const [code] = reason === undefined ? [] : childrenOf(reason)
  return {
    kind: 'revoked',
    atMs: readTime(time),
    reason: code === undefined ? undefined : readSmallInteger(code),
  }
}

/** The single answer of a response that is about `certificate`, or undefined. */
export function singleFor(
  basic: BasicOcsp,
  certificate: Certificate,
  issuer: Certificate,
): OcspSingle | undefined {
  return basic.singles.find((single) => {
    if (single.id.serial !== certificate.serial || single.id.hash === undefined) return false
    const digest = (bytes: Uint8Array) =>
      newHash(single.id.hash ?? 'SHA-1')
        .update(bytes)
        .digest()
    return (
      sameBytes(digest(issuer.subject.raw), single.id.issuerNameHash) &&
      sameBytes(digest(issuer.publicKeyBits), single.id.issuerKeyHash)
    )
  })
}

/**
 * Who signed a response about a certificate of `issuer`: the issuer itself, or a responder the issuer certified with
 * id-kp-OCSPSigning (RFC 6960 §4.2.2.2). Undefined when the signature or the delegation does not hold.
 * The responder's validity and revocation are not judged.
 *
 * @param known further certificates in which the responder may be found
 */
export function ocspSigner(
  basic: BasicOcsp,
  issuer: Certificate,
  known: readonly Certificate[] = [],
): Certificate | undefined {
  return [issuer, ...basic.certificates, ...known].find((candidate) => {
    if (!isResponder(basic, candidate)) return false
    if (candidate.fingerprint !== issuer.fingerprint && !isDelegated(candidate, issuer)) return false
    const signed = { data: basic.tbs, signature: basic.signature }
    return verifySignature(candidate.spki, basic.signatureAlgorithm, signed)
  })
}

function isResponder(basic: BasicOcsp, candidate: Certificate): boolean {
  if (basic.responderName !== undefined) return basic.responderName.canonical === candidate.subject.canonical
  return basic.responderKeyHash === createHash('sha1').update(candidate.publicKeyBits).digest('hex')
}

function isDelegated(candidate: Certificate, issuer: Certificate): boolean {
  if (candidate.issuer.canonical !== issuer.subject.canonical) return false
  if (candidate.extendedKeyUsage?.includes(OID_EKU_OCSP_SIGNING) !== true) return false
  const signed = { data: candidate.tbs, signature: candidate.signature }
  return verifySignature(issuer.spki, candidate.signatureAlgorithm, signed)
}
