import { type AlgorithmIdentifier, checkSignature, parseAlgorithm } from './algorithms.ts'
import { type Certificate, parseCertificateCached } from './certificate.ts'
import {
  childrenOf,
  DerError,
  type DerNode,
  expect,
  fieldsOf,
  isDer,
  readIntegerHex,
  readNode,
  readOctets,
  readOid,
  readSmallInteger,
  readWhole,
} from './der-reader.ts'
import { compareBytes, sameBytes } from './der-writer.ts'
import { digestOf, type HashName, hashByOid } from './hashes.ts'
import { type DistinguishedName, parseName } from './names.ts'
import {
  OID_CONTENT_TYPE,
  OID_MESSAGE_DIGEST,
  OID_SIGNED_DATA,
  OID_SIGNING_CERTIFICATE,
  OID_SIGNING_CERTIFICATE_V2,
} from './oids.ts'

export type SignerId =
  | { readonly kind: 'issuer-serial'; readonly issuer: DistinguishedName; readonly serial: string }
  | { readonly kind: 'key-id'; readonly keyId: string }

export type Attributes = ReadonlyMap<string, readonly DerNode[]>

export type SignerInfo = {
  readonly version: number
  readonly id: SignerId
  readonly digestAlgorithm: AlgorithmIdentifier
  readonly digestHash: HashName | undefined
  /** Signed attributes as they are signed: the file's bytes with the tag of SET OF; undefined when there are none. */
  readonly signedAttributesDer: Uint8Array | undefined
  /** False when the attributes are not in DER order or not DER: foreign files, accepted with a note. */
  readonly signedAttributesAreDer: boolean
  readonly signedAttributes: Attributes
  readonly unsignedAttributes: Attributes
  /** An attribute type occurs twice among the signed ones (RFC 5652 §5.3 forbids it). */
  readonly hasRepeatedAttribute: boolean
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
}

export type SignedData = {
  readonly raw: Uint8Array
  /** False when any length in the CMS is indefinite or not minimal. */
  readonly isDer: boolean
  readonly version: number
  readonly digestAlgorithms: readonly AlgorithmIdentifier[]
  readonly contentType: string
  /** Encapsulated content, or undefined when detached. */
  readonly content: Uint8Array | undefined
  readonly certificates: readonly Certificate[]
  /** How many entries of the certificate set could not be read (attribute certificates, damaged ones). */
  readonly unreadableCertificates: number
  /** DER CertificateLists carried in the CMS. */
  readonly crls: readonly Uint8Array[]
  readonly signers: readonly SignerInfo[]
}

/**
 * Reads a CMS ContentInfo with SignedData (RFC 5652 §5.1); bytes after it are ignored (zero padding of /Contents).
 *
 * @throws DerError when it is not one
 * Verifies nothing.
 */
export function parseSignedData(bytes: Uint8Array): SignedData {
  const outer = readNode(bytes)
  const [type, wrapper] = fieldsOf(outer)
  if (readOid(type) !== OID_SIGNED_DATA) throw new DerError('Not a SignedData')
  const [version, digests, encapsulated, ...rest] = fieldsOf(fieldsOf(wrapper, 0xa0)[0])
  const [contentType, contentWrapper] = fieldsOf(encapsulated)
  const [contentNode] = contentWrapper === undefined ? [] : fieldsOf(contentWrapper, 0xa0)
  const certificateNodes = rest[0]?.tag === 0xa0 ? childrenOf(rest[0]) : []
  const crlNode = rest.find((node) => node.tag === 0xa1)
  const certificates = certificateNodes.flatMap(readableCertificate)
  return {
    raw: outer.raw,
    isDer: isDer(outer),
    version: readSmallInteger(version),
    digestAlgorithms: fieldsOf(digests, 0x31).map(parseAlgorithm),
    contentType: readOid(contentType),
    content: contentNode === undefined ? undefined : readOctets(contentNode),
    certificates,
    unreadableCertificates: certificateNodes.length - certificates.length,
    crls:
      crlNode === undefined
        ? []
        : childrenOf(crlNode)
            .filter((node) => node.tag === 0x30)
            .map((node) => node.raw),
    signers: fieldsOf(rest.at(-1), 0x31).map(parseSigner),
  }
}

function readableCertificate(node: DerNode): Certificate[] {
  if (node.tag !== 0x30) return []
  try {
    return [parseCertificateCached(node.raw)]
  } catch (error) {
    // One damaged certificate must not hide the others; `unreadableCertificates` counts it.
    if (error instanceof DerError) return []
    throw error
  }
}

function parseSigner(node: DerNode): SignerInfo {
  const fields = fieldsOf(node)
  const [version, id, digestNode] = fields
  let index = 3
  const signedNode = fields[index]?.tag === 0xa0 ? fields[index++] : undefined
  const algorithmNode = fields[index++]
  const signatureNode = fields[index++]
  const unsignedNode = fields[index]?.tag === 0xa1 ? fields[index] : undefined
  const digestAlgorithm = parseAlgorithm(digestNode)
  const signed = readAttributes(signedNode)
  return {
    version: readSmallInteger(version),
    id: parseSignerId(id),
    digestAlgorithm,
    digestHash: hashByOid(digestAlgorithm.oid),
    signedAttributesDer: signedNode === undefined ? undefined : asSetOf(signedNode),
    signedAttributesAreDer: signedNode === undefined || isSorted(signedNode),
    signedAttributes: signed.attributes,
    hasRepeatedAttribute: signed.repeated,
    unsignedAttributes: readAttributes(unsignedNode).attributes,
    signatureAlgorithm: parseAlgorithm(algorithmNode),
    signature: readOctets(signatureNode),
  }
}

function parseSignerId(node: DerNode | undefined): SignerId {
  if (node?.tag === 0x80) return { kind: 'key-id', keyId: Buffer.from(node.content).toString('hex') }
  const [issuer, serial] = fieldsOf(node)
  return { kind: 'issuer-serial', issuer: parseName(issuer), serial: readIntegerHex(serial) }
}

function readAttributes(node: DerNode | undefined): { attributes: Attributes; repeated: boolean } {
  const attributes = new Map<string, readonly DerNode[]>()
  let repeated = false
  for (const entry of node === undefined ? [] : childrenOf(node)) {
    const [type, values] = fieldsOf(entry)
    const oid = readOid(type)
    const earlier = attributes.get(oid)
    if (earlier !== undefined) repeated = true
    attributes.set(oid, [...(earlier ?? []), ...fieldsOf(values, 0x31)])
  }
  return { attributes, repeated }
}

function asSetOf(node: DerNode): Uint8Array {
  const copy = Uint8Array.from(node.raw)
  copy[0] = 0x31
  return copy
}

function isSorted(node: DerNode): boolean {
  const children = childrenOf(node)
  return (
    isDer(node) &&
    children.every(
      (child, index) => index === 0 || compareBytes(children[index - 1]?.raw ?? child.raw, child.raw) <= 0,
    )
  )
}

/** The certificate of the set that a signer id names, or undefined. Two certificates of one name and number: the first. */
export function signerCertificate(
  id: SignerId,
  certificates: readonly Certificate[],
): Certificate | undefined {
  return certificates.find((certificate) =>
    id.kind === 'key-id'
      ? certificate.subjectKeyId === id.keyId
      : certificate.serial === id.serial && certificate.issuer.canonical === id.issuer.canonical,
  )
}

/** Signature octets of the first signer: what a signature timestamp is over. @throws DerError */
export function signatureValueOf(cms: Uint8Array): Uint8Array {
  const [, wrapper] = fieldsOf(readNode(cms))
  const signedData = fieldsOf(fieldsOf(wrapper, 0xa0)[0])
  const [signer] = fieldsOf(signedData.at(-1), 0x31)
  const signature = fieldsOf(signer).find((field) => field.tag === 0x04)
  return readOctets(signature)
}

export type SignerProblem =
  | 'CONTENT_TYPE_MISMATCH'
  | 'DIGEST_MISMATCH'
  | 'DIGEST_ALGORITHM_UNKNOWN'
  | 'DIGEST_ALGORITHM_NOT_LISTED'
  | 'SIGNING_CERTIFICATE_MISSING'
  | 'SIGNING_CERTIFICATE_MISMATCH'
  | 'ATTRIBUTE_REPEATED'
  | 'SIGNATURE_WRONG'
  | 'SIGNATURE_UNSUPPORTED'

/**
 * Cryptographic checks of one signer (RFC 5652 §5.6, RFC 5035 §5): content-type, message-digest, ESS certificate hash,
 * signature. Trust, time and the strength of algorithms are judged elsewhere.
 *
 * @param contentDigest digest of the content under `signer.digestHash`
 */
export function checkSigner(
  signedData: SignedData,
  signer: SignerInfo,
  certificate: Certificate,
  contentDigest: Uint8Array,
): readonly SignerProblem[] {
  const problems: SignerProblem[] = []
  const hash = signer.digestHash
  if (hash === undefined) return ['DIGEST_ALGORITHM_UNKNOWN']
  if (!signedData.digestAlgorithms.some((algorithm) => algorithm.oid === signer.digestAlgorithm.oid))
    problems.push('DIGEST_ALGORITHM_NOT_LISTED')
  if (signer.hasRepeatedAttribute) problems.push('ATTRIBUTE_REPEATED')
  const tbs = signer.signedAttributesDer
  if (tbs === undefined) return [...problems, 'SIGNING_CERTIFICATE_MISSING']
  const [contentType, ...moreTypes] = signer.signedAttributes.get(OID_CONTENT_TYPE) ?? []
  if (moreTypes.length > 0 || contentType?.tag !== 0x06 || readOid(contentType) !== signedData.contentType)
    problems.push('CONTENT_TYPE_MISMATCH')
  const [digest, ...moreDigests] = signer.signedAttributes.get(OID_MESSAGE_DIGEST) ?? []
  if (moreDigests.length > 0 || digest?.tag !== 0x04 || !sameBytes(digest.content, contentDigest))
    problems.push('DIGEST_MISMATCH')
  const bound = matchesSigningCertificate(signer, certificate)
  if (bound === undefined) problems.push('SIGNING_CERTIFICATE_MISSING')
  else if (!bound) problems.push('SIGNING_CERTIFICATE_MISMATCH')
  const signed = { data: tbs, signature: signer.signature }
  const outcome = checkSignature(certificate.spki, signer.signatureAlgorithm, signed, hash)
  if (outcome === 'wrong') problems.push('SIGNATURE_WRONG')
  if (outcome === 'unsupported') problems.push('SIGNATURE_UNSUPPORTED')
  return problems
}

/**
 * Compares the first ESSCertID(v2) with the certificate, including issuerSerial when it is there (RFC 5035 §5.4).
 * Undefined when neither signing-certificate nor signing-certificate-v2 is present.
 */
export function matchesSigningCertificate(signer: SignerInfo, certificate: Certificate): boolean | undefined {
  const [v2] = signer.signedAttributes.get(OID_SIGNING_CERTIFICATE_V2) ?? []
  const [v1] = signer.signedAttributes.get(OID_SIGNING_CERTIFICATE) ?? []
  const value = v2 ?? v1
  if (value === undefined) return undefined
  const [first] = fieldsOf(fieldsOf(value)[0])
  const fields = [...fieldsOf(first)]
  const named = v2 !== undefined && fields[0]?.tag === 0x30 ? fields.shift() : undefined
  const hash: HashName | undefined =
    v2 === undefined ? 'SHA-1' : named === undefined ? 'SHA-256' : hashByOid(parseAlgorithm(named).oid)
  if (hash === undefined) return false
  const digest = digestOf(hash, certificate.der)
  if (!sameBytes(digest, expect(fields[0], 0x04).content)) return false
  return fields[1] === undefined || namesCertificate(fields[1], certificate)
}

/** IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber }; the issuer is one directoryName [4]. */
function namesCertificate(node: DerNode, certificate: Certificate): boolean {
  const [names, serial] = fieldsOf(node)
  const directory = fieldsOf(names).find((name) => name.tag === 0xa4)
  if (directory === undefined) return false
  const issuer = parseName(readWhole(directory.content))
  return issuer.canonical === certificate.issuer.canonical && readIntegerHex(serial) === certificate.serial
}
