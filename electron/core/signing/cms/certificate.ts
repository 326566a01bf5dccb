import { createHash } from 'node:crypto'
import { type AlgorithmIdentifier, describeKey, type KeyDescription, parseAlgorithm } from './algorithms.ts'
import {
  childrenOf,
  DerError,
  type DerNode,
  expect,
  fieldsOf,
  readBits,
  readBoolean,
  readIntegerHex,
  readNamedBits,
  readOctets,
  readOid,
  readSmallInteger,
  readTime,
  readWhole,
} from './der-reader.ts'
import { type DistinguishedName, parseName } from './names.ts'
import {
  OID_ACCESS_CA_ISSUERS,
  OID_ACCESS_OCSP,
  OID_AUTHORITY_INFO_ACCESS,
  OID_AUTHORITY_KEY_ID,
  OID_BASIC_CONSTRAINTS,
  OID_CRL_DISTRIBUTION_POINTS,
  OID_EXTENDED_KEY_USAGE,
  OID_KEY_USAGE,
  OID_OCSP_NO_CHECK,
  OID_SUBJECT_KEY_ID,
} from './oids.ts'

/** Bits of KeyUsage, RFC 5280 §4.2.1.3. */
export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly'

const KEY_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

export type Extension = { readonly oid: string; readonly critical: boolean; readonly value: Uint8Array }

/** An X.509 certificate (RFC 5280 §4.1), fields read once, raw bytes kept for hashing and verifying. */
export type Certificate = {
  readonly der: Uint8Array
  readonly tbs: Uint8Array
  /** SHA-256 of `der`, lower-case hex: the identity of this certificate everywhere in the engine. */
  readonly fingerprint: string
  /** 1, 2 or 3. */
  readonly version: number
  /** Upper-case hex with its sign, as `readIntegerHex` gives it. */
  readonly serial: string
  readonly issuer: DistinguishedName
  readonly subject: DistinguishedName
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  /** Content of the subjectPublicKey BIT STRING, hashed for OCSP. */
  readonly publicKeyBits: Uint8Array
  readonly key: KeyDescription
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  readonly extensions: ReadonlyMap<string, Extension>
  /** Undefined when the extension is absent (then every use is allowed). */
  readonly keyUsage: readonly KeyUsage[] | undefined
  readonly extendedKeyUsage: readonly string[] | undefined
  readonly extendedKeyUsageCritical: boolean
  readonly isCa: boolean
  readonly pathLength: number | undefined
  readonly subjectKeyId: string | undefined
  readonly authorityKeyId: string | undefined
  readonly ocspUrls: readonly string[]
  readonly caIssuerUrls: readonly string[]
  readonly crlUrls: readonly string[]
  /** id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1). */
  readonly ocspNoCheck: boolean
  readonly selfIssued: boolean
}

/**
 * Reads one DER certificate. Proves nothing: neither signature nor validity is checked.
 *
 * @throws DerError when it is not a well-formed certificate or an extension occurs twice
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const [tbsNode, algorithmNode, signatureNode] = fieldsOf(readWhole(der))
  const tbs = [...fieldsOf(tbsNode)]
  const version =
    tbs[0]?.tag === 0xa0 ? readSmallInteger(childrenOf(tbs.shift() ?? expect(undefined, 0xa0))[0]) + 1 : 1
  const [serial, , issuerNode, validity, subjectNode, spkiNode, ...rest] = tbs
  const [notBefore, notAfter] = fieldsOf(validity)
  const issuer = parseName(issuerNode)
  const subject = parseName(subjectNode)
  const spki = expect(spkiNode, 0x30)
  const extensions = readExtensions(rest.find((node) => node.tag === 0xa3))
  return {
    der,
    tbs: expect(tbsNode, 0x30).raw,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    version,
    serial: readIntegerHex(serial),
    issuer,
    subject,
    notBeforeMs: readTime(notBefore),
    notAfterMs: readTime(notAfter),
    spki: spki.raw,
    publicKeyBits: readBits(childrenOf(spki)[1]),
    key: describeKey(spki),
    signatureAlgorithm: parseAlgorithm(algorithmNode),
    signature: readBits(signatureNode),
    extensions,
    ...readUses(extensions),
    ...readPointers(extensions),
    selfIssued: issuer.canonical === subject.canonical,
  }
}

/** Extensions of a certificate, CRL or OCSP structure, given the explicit tag or the SEQUENCE itself. */
export function readExtensions(node: DerNode | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>()
  if (node === undefined) return extensions
  const list = node.tag === 0x30 ? childrenOf(node) : fieldsOf(childrenOf(node)[0])
  for (const entry of list) {
    const fields = fieldsOf(entry)
    const oid = readOid(fields[0])
    const critical = fields[1]?.tag === 0x01 && readBoolean(fields[1])
    if (extensions.has(oid)) throw new DerError(`Extension ${oid} occurs twice`)
    extensions.set(oid, { oid, critical, value: readOctets(fields.at(-1)) })
  }
  return extensions
}

type Uses = Pick<
  Certificate,
  'keyUsage' | 'extendedKeyUsage' | 'extendedKeyUsageCritical' | 'isCa' | 'pathLength' | 'ocspNoCheck'
>

function readUses(extensions: ReadonlyMap<string, Extension>): Uses {
  const keyUsage = extensions.get(OID_KEY_USAGE)
  const extended = extensions.get(OID_EXTENDED_KEY_USAGE)
  const basic = extensions.get(OID_BASIC_CONSTRAINTS)
  const basicFields = basic === undefined ? [] : fieldsOf(readWhole(basic.value))
  const length = basicFields.find((field) => field.tag === 0x02)
  return {
    keyUsage:
      keyUsage === undefined
        ? undefined
        : readNamedBits(expect(readWhole(keyUsage.value), 0x03).content).flatMap(
            (bit) => KEY_USAGES[bit] ?? [],
          ),
    extendedKeyUsage: extended === undefined ? undefined : fieldsOf(readWhole(extended.value)).map(readOid),
    extendedKeyUsageCritical: extended?.critical ?? false,
    isCa: basicFields[0]?.tag === 0x01 && readBoolean(basicFields[0]),
    pathLength: length === undefined ? undefined : readSmallInteger(length),
    ocspNoCheck: extensions.has(OID_OCSP_NO_CHECK),
  }
}

type Pointers = Pick<Certificate, 'subjectKeyId' | 'authorityKeyId' | 'ocspUrls' | 'caIssuerUrls' | 'crlUrls'>

function readPointers(extensions: ReadonlyMap<string, Extension>): Pointers {
  const subjectKey = extensions.get(OID_SUBJECT_KEY_ID)
  const authorityKey = extensions.get(OID_AUTHORITY_KEY_ID)
  const access = extensions.get(OID_AUTHORITY_INFO_ACCESS)
  const points = extensions.get(OID_CRL_DISTRIBUTION_POINTS)
  const keyId =
    authorityKey === undefined
      ? undefined
      : fieldsOf(readWhole(authorityKey.value)).find((field) => field.tag === 0x80)
  const accesses =
    access === undefined ? [] : fieldsOf(readWhole(access.value)).map((entry) => fieldsOf(entry))
  const urlsFor = (method: string) =>
    accesses.filter(([type]) => readOid(type) === method).flatMap(([, location]) => urlOf(location))
  return {
    subjectKeyId: subjectKey === undefined ? undefined : hex(readOctets(readWhole(subjectKey.value))),
    authorityKeyId: keyId === undefined ? undefined : hex(keyId.content),
    ocspUrls: urlsFor(OID_ACCESS_OCSP),
    caIssuerUrls: urlsFor(OID_ACCESS_CA_ISSUERS),
    crlUrls: points === undefined ? [] : fieldsOf(readWhole(points.value)).flatMap(distributionUrls),
  }
}

/** URLs of one DistributionPoint (RFC 5280 §4.2.1.13); only fullName is used. */
function distributionUrls(point: DerNode): string[] {
  const name = fieldsOf(point).find((field) => field.tag === 0xa0)
  const full = name === undefined ? undefined : childrenOf(name).find((field) => field.tag === 0xa0)
  return full === undefined ? [] : childrenOf(full).flatMap(urlOf)
}

/** GeneralName of type uniformResourceIdentifier as a one-element list; other types give nothing. */
function urlOf(node: DerNode | undefined): string[] {
  return node?.tag === 0x86 ? [Buffer.from(node.content).toString('latin1')] : []
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

const MAX_CACHED = 500
const cache = new Map<string, Certificate>()

/**
 * `parseCertificate` with a small memory, keyed by the bytes themselves: a batch of a thousand files meets the same
 * few certificates. @throws DerError
 */
export function parseCertificateCached(der: Uint8Array): Certificate {
  const key = Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1')
  const known = cache.get(key)
  if (known !== undefined) return known
  // A copy: the given bytes may be a view on a whole PDF, or be wiped by their owner.
  const certificate = parseCertificate(Uint8Array.from(der))
  if (cache.size >= MAX_CACHED) cache.clear()
  cache.set(key, certificate)
  return certificate
}

/** Whether `issuer` could have issued `certificate` by name and key identifier. The signature is not checked. */
export function isIssuerByName(certificate: Certificate, issuer: Certificate): boolean {
  if (certificate.issuer.canonical !== issuer.subject.canonical) return false
  if (certificate.authorityKeyId === undefined || issuer.subjectKeyId === undefined) return true
  return certificate.authorityKeyId === issuer.subjectKeyId
}
