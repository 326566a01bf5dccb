import { type AlgorithmIdentifier, parseAlgorithm, verifySignature } from '../cms/algorithms.ts'
import { type Certificate, type Extension, readExtensions } from '../cms/certificate.ts'
import {
  childrenOf,
  DerError,
  expect,
  fieldsOf,
  readBits,
  readIntegerHex,
  readNode,
  readSmallInteger,
  readTime,
  readWhole,
} from '../cms/der-reader.ts'
import { type DistinguishedName, parseName } from '../cms/names.ts'
import {
  OID_CRL_NUMBER,
  OID_CRL_REASON,
  OID_INVALIDITY_DATE,
  OID_ISSUING_DISTRIBUTION_POINT,
} from '../cms/oids.ts'

export type RevokedCertificate = {
  readonly serial: string
  readonly atMs: number
  readonly reason: number | undefined
  /** Invalidity date (RFC 5280 §5.3.2): since when the key is known or suspected to be lost. */
  readonly invalidityMs: number | undefined
}

/** Which certificates a CRL speaks of (IssuingDistributionPoint, RFC 5280 §5.2.5). */
export type CrlScope = {
  readonly onlyUserCertificates: boolean
  readonly onlyCaCertificates: boolean
  readonly onlyAttributeCertificates: boolean
  readonly onlySomeReasons: boolean
  readonly indirect: boolean
}

export type CertificateList = {
  readonly der: Uint8Array
  readonly tbs: Uint8Array
  readonly issuer: DistinguishedName
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number | undefined
  readonly number: string | undefined
  /** Looks up one serial number (upper-case hex); big lists are scanned, not kept as objects. */
  readonly find: (serial: string) => RevokedCertificate | undefined
  readonly extensions: ReadonlyMap<string, Extension>
  /** True when a critical extension is not understood: the list must then not be used (RFC 5280 §5.2). */
  readonly hasUnknownCritical: boolean
  readonly scope: CrlScope
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
}

/** Reads a DER CertificateList (RFC 5280 §5.1). Verifies nothing. @throws DerError */
export function parseCrl(der: Uint8Array): CertificateList {
  const [tbs, algorithm, signature] = fieldsOf(readWhole(der))
  const fields = [...fieldsOf(tbs)]
  if (fields[0]?.tag === 0x02) fields.shift() // version
  const [, issuer, thisUpdate, ...rest] = fields
  const next = rest[0]?.tag === 0x17 || rest[0]?.tag === 0x18 ? rest.shift() : undefined
  const entries = rest[0]?.tag === 0x30 ? rest.shift() : undefined
  const extensions = readExtensions(rest.find((node) => node.tag === 0xa0))
  const number = extensions.get(OID_CRL_NUMBER)
  const known = new Set([OID_CRL_NUMBER, OID_ISSUING_DISTRIBUTION_POINT])
  return {
    der,
    tbs: expect(tbs, 0x30).raw,
    issuer: parseName(issuer),
    thisUpdateMs: readTime(thisUpdate),
    nextUpdateMs: next === undefined ? undefined : readTime(next),
    number: number === undefined ? undefined : readIntegerHex(readWhole(number.value)),
    find: (serial) => (entries === undefined ? undefined : findEntry(entries.content, serial)),
    extensions,
    hasUnknownCritical: [...extensions.values()].some((entry) => entry.critical && !known.has(entry.oid)),
    scope: readScope(extensions.get(OID_ISSUING_DISTRIBUTION_POINT)),
    signatureAlgorithm: parseAlgorithm(algorithm),
    signature: readBits(signature),
  }
}

function findEntry(entries: Uint8Array, serial: string): RevokedCertificate | undefined {
  for (let offset = 0; offset < entries.length; ) {
    const entry = readNode(entries, offset)
    offset += entry.raw.length
    const [number, time, extensionNode] = childrenOf(entry)
    if (readIntegerHex(number) !== serial) continue
    const extensions = readExtensions(extensionNode)
    const reason = extensions.get(OID_CRL_REASON)
    const invalidity = extensions.get(OID_INVALIDITY_DATE)
    return {
      serial,
      atMs: readTime(time),
      reason: reason === undefined ? undefined : readSmallInteger(readWhole(reason.value)),
      invalidityMs: invalidity === undefined ? undefined : readTime(readWhole(invalidity.value)),
    }
  }
  return undefined
}

function readScope(extension: Extension | undefined): CrlScope {
  const fields = extension === undefined ? [] : fieldsOf(readWhole(extension.value))
  const flag = (tag: number) => {
    const field = fields.find((node) => node.tag === tag)
    if (field === undefined) return false
    if (field.content.length !== 1) throw new DerError('Bad flag in IssuingDistributionPoint')
    return field.content[0] !== 0
  }
  return {
    onlyUserCertificates: flag(0x81),
    onlyCaCertificates: flag(0x82),
    onlySomeReasons: fields.some((node) => node.tag === 0x83),
    indirect: flag(0x84),
    onlyAttributeCertificates: flag(0x85),
  }
}

/**
 * Whether a CRL is issued and signed by `issuer` and speaks of `certificate`: name, cRLSign, signature, scope,
 * no unknown critical extension (RFC 5280 §6.3.3). Indirect CRLs and those for some reasons only are not used.
 */
export function crlCovers(crl: CertificateList, certificate: Certificate, issuer: Certificate): boolean {
  if (crl.issuer.canonical !== issuer.subject.canonical) return false
  if (certificate.issuer.canonical !== issuer.subject.canonical) return false
  if (issuer.keyUsage?.includes('cRLSign') === false) return false
  const { scope } = crl
  if (crl.hasUnknownCritical || scope.indirect || scope.onlySomeReasons || scope.onlyAttributeCertificates)
    return false
  if (certificate.isCa ? scope.onlyUserCertificates : scope.onlyCaCertificates) return false
  return verifySignature(issuer.spki, crl.signatureAlgorithm, { data: crl.tbs, signature: crl.signature })
}
