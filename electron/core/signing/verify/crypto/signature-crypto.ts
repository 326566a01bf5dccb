/**
 * Gate 9: the cryptography of one signature (RFC 5652 §5.6, RFC 5035, EN 319 122-1 §5, and Adobe's older formats).
 * Two steps, because the digest of the signed range comes from one pass over the file: `readSignature`, `judgeSignature`.
 */
import { hashWeakness, signatureWeakness } from '../../cms/algorithm-policy.ts'
import { parseAlgorithm, schemeOf, verifySignature } from '../../cms/algorithms.ts'
import { type Certificate, parseCertificateCached } from '../../cms/certificate.ts'
import { childrenOf, DerError, fieldsOf, readNode, readOctets, readOid } from '../../cms/der-reader.ts'
import { compareBytes, sequence } from '../../cms/der-writer.ts'
import { digestOf, type HashName } from '../../cms/hashes.ts'
import {
  OID_CMS_ALGORITHM_PROTECTION,
  OID_DATA,
  OID_MESSAGE_DIGEST,
  OID_SIGNATURE_TIMESTAMP,
  OID_SIGNING_TIME,
  OID_TST_INFO,
} from '../../cms/oids.ts'
import {
  checkSigner,
  parseSignedData,
  type SignedData,
  type SignerInfo,
  type SignerProblem,
} from '../../cms/parse-signed-data.ts'
import { asArray, asString } from '../../pdf/objects.ts'
import { parseTimestampToken, type TimestampToken } from '../../timestamp/parse-timestamp-token.ts'
import type { SignatureFormat } from '../format/signature-gates.ts'
import type { ReasonCode } from '../reason-codes.ts'
import { findSigner } from './find-signer.ts'
import { matchesPlainRsa } from './plain-rsa.ts'

/** What stands in /Contents, read but not verified. */
export type ReadSignature = {
  readonly format: SignatureFormat
  readonly signedData: SignedData | undefined
  readonly signer: SignerInfo | undefined
  /** The token of a document timestamp. */
  readonly token: TimestampToken | undefined
  /** PKCS#1 signature of `adbe.x509.rsa_sha1`. */
  readonly plainSignature: Uint8Array | undefined
  /** Certificates carried beside the signature. */
  readonly certificates: readonly Certificate[]
  /** DER certificates carried in its signature timestamps. */
  readonly timestampCertificates: readonly Uint8Array[]
  /** Digest the signed range needs. */
  readonly rangeHash: HashName | undefined
  readonly faults: readonly ReasonCode[]
  /** Why it cannot be checked here at all, whether it is right or wrong. */
  readonly unchecked: readonly ReasonCode[]
  readonly notes: readonly ReasonCode[]
}

/** Reads /Contents as its SubFilter says. Never throws for what a file may hold. */
export function readSignature(format: SignatureFormat): ReadSignature {
  const nothing: ReadSignature = {
    format,
    signedData: undefined,
    signer: undefined,
    token: undefined,
    plainSignature: undefined,
    certificates: [],
    timestampCertificates: [],
    rangeHash: undefined,
    faults: [],
    unchecked: [],
    notes: [],
  }
  if (format.subFilter === undefined) return { ...nothing, faults: ['SUBFILTER_UNKNOWN'] }
  if (format.contents.length === 0) return nothing
  try {
    const outer = readNode(format.contents)
    const padding = format.contents.subarray(outer.raw.length)
    const padded: ReasonCode[] = isZero(padding) ? [] : ['PADDING_NOT_ZERO']
    if (format.subFilter === 'adbe.x509.rsa_sha1')
      return { ...nothing, ...readPlain(format), faults: padded, rangeHash: 'SHA-1' }
    const read = format.subFilter === 'ETSI.RFC3161' ? readToken(format) : readCms(format)
    return { ...nothing, ...read, faults: [...padded, ...(read.faults ?? [])] }
  } catch (error) {
    if (error instanceof DerError || error instanceof RangeError)
      return { ...nothing, faults: ['CMS_MALFORMED'] }
    throw error
  }
}

function isZero(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== 0) return false
  return true
}

function readToken(format: SignatureFormat): Partial<ReadSignature> {
  const token = parseTimestampToken(format.contents)
  return {
    token,
    signedData: token.signedData,
    signer: token.signer,
    certificates: token.signedData.certificates,
    rangeHash: token.info.hash,
    unchecked: token.info.hash === undefined ? ['DIGEST_ALGORITHM_UNKNOWN'] : [],
    notes: token.signedData.isDer ? [] : ['NOTE_CMS_NOT_DER'],
  }
}

function readCms(format: SignatureFormat): Partial<ReadSignature> {
  const signedData = parseSignedData(format.contents)
  const [signer, ...others] = signedData.signers
  const faults: ReasonCode[] = []
  if (signer === undefined || others.length > 0) faults.push('SIGNER_COUNT_WRONG')
  const isOldSha1 = format.subFilter === 'adbe.pkcs7.sha1'
  if (!isOldSha1 && signedData.content !== undefined) faults.push('CONTENT_ENCAPSULATED')
  if (signedData.contentType !== OID_DATA) faults.push('CONTENT_TYPE_MISMATCH')
  const rangeHash = isOldSha1 ? 'SHA-1' : signer?.digestHash
  return {
    signedData,
    signer,
    certificates: signedData.certificates,
    timestampCertificates: signer === undefined ? [] : certificatesOfTimestamps(signer),
    rangeHash,
    faults,
    unchecked: signer !== undefined && rangeHash === undefined ? ['DIGEST_ALGORITHM_UNKNOWN'] : [],
    notes: signedData.isDer ? [] : ['NOTE_CMS_NOT_DER'],
  }
}

function certificatesOfTimestamps(signer: SignerInfo): readonly Uint8Array[] {
  const tokens = (signer.unsignedAttributes.get(OID_SIGNATURE_TIMESTAMP) ?? []).slice(0, 16)
  return tokens.flatMap((token) => {
    try {
      return parseSignedData(token.raw).certificates.map((certificate) => certificate.der)
    } catch (error) {
      // A broken token is judged, and named, with the timestamps.
      if (error instanceof DerError) return []
      throw error
    }
  })
}

/** `adbe.x509.rsa_sha1`: /Contents is an OCTET STRING with the PKCS#1 value, /Cert a string or array of strings (ISO 32000-1 §12.8.3.2). */
function readPlain(format: SignatureFormat): Partial<ReadSignature> {
  const cert = format.found.dictionary.entries.get('Cert')
  const strings = cert?.kind === 'string' ? [cert] : (asArray(cert) ?? [])
  return {
    plainSignature: readOctets(readNode(format.contents)),
    certificates: strings.flatMap((item) => {
      const bytes = asString(item)?.bytes
      return bytes === undefined ? [] : [parseCertificateCached(bytes)]
    }),
  }
}

/** Result of the cryptographic checks of one signature. */
export type JudgedSignature = {
  readonly certificate: Certificate | undefined
  /** Any of these: the signature is broken. */
  readonly faults: readonly ReasonCode[]
  /** Any of these without faults: nobody can say here whether the signature is right. */
  readonly unchecked: readonly ReasonCode[]
  /** Any of these: bytes are intact, but the signature cannot be relied on to name its signer. */
  readonly trustFaults: readonly ReasonCode[]
  readonly notes: readonly ReasonCode[]
  /** `RSA-2048/SHA-256`. */
  readonly algorithm: string
  /** True when hash and key were still acceptable for a signature that existed at that time. */
  readonly isStrongAt: (timeMs: number) => boolean
}

/**
 * Verifies a signature that has been read.
 *
 * @param rangeDigest digest of the signed range under `read.rangeHash`; undefined when the range is unusable
 * @param known further certificates in which the signer's may be found
 */
export function judgeSignature(
  read: ReadSignature,
  rangeDigest: Uint8Array | undefined,
  known: (test: (certificate: Certificate) => boolean) => Certificate | undefined,
): JudgedSignature {
  const faults: ReasonCode[] = [...read.format.faults, ...read.faults]
  const state: State = {
    faults,
    unchecked: [...read.unchecked],
    trustFaults: [],
    notes: [...read.notes],
  }
  if (read.plainSignature !== undefined) return judgePlain(read, read.plainSignature, rangeDigest, state)
  const { signer, signedData } = read
  if (signer === undefined || signedData === undefined) return unjudged(state)
  const certificate = findSigner(signer, read.certificates, known)
  if (certificate === undefined) {
    // Without the key the value cannot be checked; the digest still can.
    state.faults.push('SIGNER_CERTIFICATE_MISSING')
    if (rangeDigest !== undefined && !digestMatches(read, signer, rangeDigest)) faults.push('DIGEST_MISMATCH')
    return unjudged(state)
  }
  const algorithm = `${keyText(certificate)}/${signer.digestHash ?? '?'}`
  const isStrongAt = (timeMs: number) =>
    signer.digestHash !== undefined &&
    hashWeakness(read.rangeHash ?? 'MD5', timeMs) === undefined &&
    hashWeakness(signer.digestHash, timeMs) === undefined &&
    signatureWeakness(signer.signatureAlgorithm, certificate.key, timeMs, signer.digestHash) === undefined
  if (rangeDigest === undefined) return { certificate, ...state, algorithm, isStrongAt }
  const contentDigest = contentDigestOf(read, signer, rangeDigest, faults)
  if (contentDigest !== undefined) judgeCms(read, { signer, signedData, certificate, contentDigest }, state)
  return { certificate, ...state, algorithm, isStrongAt }
}

type State = {
  readonly faults: ReasonCode[]
  readonly unchecked: ReasonCode[]
  readonly trustFaults: ReasonCode[]
  readonly notes: ReasonCode[]
}

function unjudged(state: State): JudgedSignature {
  return { certificate: undefined, ...state, algorithm: '', isStrongAt: () => false }
}

export function keyText(certificate: Certificate): string {
  const { kind, bits } = certificate.key
  switch (kind) {
    case 'rsa':
      return `RSA-${bits}`
    case 'ec':
      return `ECDSA-${bits}`
    case 'ed25519':
      return 'Ed25519'
    case 'ed448':
      return 'Ed448'
    case 'dsa':
      return 'DSA'
    case 'other':
      return '?'
  }
}

/** The digest the message-digest attribute must hold: of the range, or of what is encapsulated. */
function contentDigestOf(
  read: ReadSignature,
  signer: SignerInfo,
  rangeDigest: Uint8Array,
  faults: ReasonCode[],
): Uint8Array | undefined {
  const content = read.signedData?.content
  if (read.token !== undefined) {
    if (compareBytes(read.token.info.imprint, rangeDigest) !== 0) faults.push('DIGEST_MISMATCH')
    if (read.signedData?.contentType !== OID_TST_INFO || content === undefined) return undefined
    return digestUnder(signer, content)
  }
  if (read.format.subFilter !== 'adbe.pkcs7.sha1') return rangeDigest
  if (content === undefined || compareBytes(content, rangeDigest) !== 0) {
    faults.push('DIGEST_MISMATCH')
    return undefined
  }
  return digestUnder(signer, content)
}

/** Without a known hash the attribute cannot be checked, as `checkSigner` says. */
function digestUnder(signer: SignerInfo, content: Uint8Array): Uint8Array {
  return signer.digestHash === undefined ? new Uint8Array() : digestOf(signer.digestHash, content)
}

function digestMatches(read: ReadSignature, signer: SignerInfo, rangeDigest: Uint8Array): boolean {
  if (read.token !== undefined) return compareBytes(read.token.info.imprint, rangeDigest) === 0
  if (read.format.subFilter === 'adbe.pkcs7.sha1')
    return compareBytes(read.signedData?.content ?? new Uint8Array(), rangeDigest) === 0
  const [digest] = signer.signedAttributes.get(OID_MESSAGE_DIGEST) ?? []
  return digest === undefined || compareBytes(digest.content, rangeDigest) === 0
}

type Parts = {
  readonly signer: SignerInfo
  readonly signedData: SignedData
  readonly certificate: Certificate
  readonly contentDigest: Uint8Array
}

const UNCHECKED_CODES = {
  DIGEST_ALGORITHM_UNKNOWN: 'DIGEST_ALGORITHM_UNKNOWN',
  SIGNATURE_UNSUPPORTED: 'ALGORITHM_UNSUPPORTED',
} as const satisfies Partial<Record<SignerProblem, ReasonCode>>

const PROBLEM_CODES: Readonly<
  Record<Exclude<SignerProblem, 'DIGEST_ALGORITHM_UNKNOWN' | 'SIGNATURE_UNSUPPORTED'>, ReasonCode>
> = {
  CONTENT_TYPE_MISMATCH: 'CONTENT_TYPE_MISMATCH',
  DIGEST_MISMATCH: 'DIGEST_MISMATCH',
  DIGEST_ALGORITHM_NOT_LISTED: 'DIGEST_NOT_LISTED',
  SIGNING_CERTIFICATE_MISSING: 'ESS_MISSING',
  SIGNING_CERTIFICATE_MISMATCH: 'ESS_MISMATCH',
  ATTRIBUTE_REPEATED: 'ATTRIBUTE_REPEATED',
  SIGNATURE_WRONG: 'SIGNATURE_WRONG',
}

function judgeCms(read: ReadSignature, parts: Parts, state: State): void {
  const { signer, signedData, certificate, contentDigest } = parts
  const needsEss = read.format.subFilter === 'ETSI.CAdES.detached' || read.token !== undefined
  if (signer.signedAttributesDer === undefined) {
    // Old CMS without signed attributes: the value is over the content itself (RFC 5652 §5.4).
    if (needsEss || signedData.contentType !== OID_DATA) state.faults.push('SIGNED_ATTRIBUTES_MISSING')
    else judgeBare(signer, certificate, contentDigest, state)
    return
  }
  const problems = safeCheck(parts)
  for (const problem of problems) {
    if (problem === 'SIGNATURE_WRONG' && verifiesWhenSorted(signer, certificate)) {
      state.notes.push('NOTE_ATTRIBUTE_ORDER')
      continue
    }
    if (problem === 'SIGNING_CERTIFICATE_MISSING') {
      if (needsEss) state.trustFaults.push('ESS_MISSING')
      continue
    }
    if (problem === 'DIGEST_ALGORITHM_UNKNOWN' || problem === 'SIGNATURE_UNSUPPORTED')
      state.unchecked.push(UNCHECKED_CODES[problem])
    else state.faults.push(PROBLEM_CODES[problem])
  }
  if (!signer.signedAttributesAreDer && !problems.includes('SIGNATURE_WRONG'))
    state.notes.push('NOTE_ATTRIBUTE_ORDER')
  if (!protectionHolds(signer)) state.faults.push('ALGORITHM_PROTECTION_MISMATCH')
  if (read.format.subFilter === 'ETSI.CAdES.detached' && signer.signedAttributes.has(OID_SIGNING_TIME))
    state.notes.push('NOTE_CMS_SIGNING_TIME')
}

/** Without attributes only RSA can be checked from the digest alone; of other keys nothing can be said. */
function judgeBare(signer: SignerInfo, certificate: Certificate, digest: Uint8Array, state: State): void {
  const scheme = schemeOf(signer.signatureAlgorithm)
  if (certificate.key.kind !== 'rsa' || scheme.kind !== 'rsa-pkcs1')
    state.unchecked.push('ALGORITHM_UNSUPPORTED')
  else if (!matchesPlainRsa(certificate, signer.signature, digest, signer.digestHash))
    state.faults.push('SIGNATURE_WRONG')
}

function safeCheck(parts: Parts): readonly SignerProblem[] {
  try {
    return checkSigner(parts.signedData, parts.signer, parts.certificate, parts.contentDigest)
  } catch (error) {
    if (error instanceof DerError) return ['SIGNING_CERTIFICATE_MISMATCH']
    throw error
  }
}

/** Some validators sort the attributes before verifying, so some writers sign the sorted form only. */
function verifiesWhenSorted(signer: SignerInfo, certificate: Certificate): boolean {
  if (signer.signedAttributesDer === undefined || signer.signedAttributesAreDer) return false
  const children = childrenOf(readNode(signer.signedAttributesDer)).map((node) => node.raw)
  const sorted = sequence(...children.toSorted(compareBytes))
  sorted[0] = 0x31
  const signed = { data: sorted, signature: signer.signature }
  return verifySignature(certificate.spki, signer.signatureAlgorithm, signed, signer.digestHash)
}

/** CMSAlgorithmProtection (RFC 6211): when present, it must name the algorithms that are used. */
function protectionHolds(signer: SignerInfo): boolean {
  const [value, ...more] = signer.signedAttributes.get(OID_CMS_ALGORITHM_PROTECTION) ?? []
  if (value === undefined) return true
  try {
    const [digest, signature] = fieldsOf(value)
    return (
      more.length === 0 &&
      signature?.tag === 0xa1 &&
      parseAlgorithm(digest).oid === signer.digestAlgorithm.oid &&
      readOid(childrenOf(signature)[0]) === signer.signatureAlgorithm.oid
    )
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}

function judgePlain(
  read: ReadSignature,
  value: Uint8Array,
  rangeDigest: Uint8Array | undefined,
  state: State,
): JudgedSignature {
  const [certificate] = read.certificates
  if (certificate === undefined) {
    state.faults.push('SIGNER_CERTIFICATE_MISSING')
    return unjudged(state)
  }
  if (rangeDigest !== undefined && !matchesPlainRsa(certificate, value, rangeDigest, 'SHA-1'))
    state.faults.push('SIGNATURE_WRONG')
  const isStrongAt = (timeMs: number) => hashWeakness('SHA-1', timeMs) === undefined
  return { certificate, ...state, algorithm: `${keyText(certificate)}/SHA-1`, isStrongAt }
}
