import { parseAlgorithm } from '../cms/algorithms.ts'
import type { Certificate } from '../cms/certificate.ts'
import {
  childrenOf,
  DerError,
  type DerNode,
  fieldsOf,
  readIntegerHex,
  readOctets,
  readOid,
  readSmallInteger,
  readTime,
  readWhole,
} from '../cms/der-reader.ts'
import { digestOf, type HashName, hashByOid } from '../cms/hashes.ts'
import { type DistinguishedName, parseName } from '../cms/names.ts'
import { OID_EKU_TIME_STAMPING, OID_TST_INFO } from '../cms/oids.ts'
import {
  checkSigner,
  parseSignedData,
  type SignedData,
  type SignerInfo,
  type SignerProblem,
  signerCertificate,
} from '../cms/parse-signed-data.ts'

/** TSTInfo of RFC 3161 §2.4.2. */
export type TstInfo = {
  readonly policy: string
  readonly hash: HashName | undefined
  readonly imprint: Uint8Array
  readonly serial: string
  readonly timeMs: number
  /** Half-width of the interval the time lies in, in milliseconds; 0 when not given. */
  readonly accuracyMs: number
  /** Upper-case hex, as `readIntegerHex` gives it. */
  readonly nonce: string | undefined
  readonly tsaName: DistinguishedName | undefined
}

export type TimestampToken = {
  readonly signedData: SignedData
  readonly signer: SignerInfo
  /** The TSA's certificate when the token carries it. */
  readonly certificate: Certificate | undefined
  readonly info: TstInfo
}

/**
 * Reads a TimeStampToken (DER ContentInfo). Verifies nothing: see `checkTimestampToken`.
 *
 * @throws DerError when it is not a SignedData over a TSTInfo with exactly one signer
 */
export function parseTimestampToken(bytes: Uint8Array): TimestampToken {
  const signedData = parseSignedData(bytes)
  const [signer, ...others] = signedData.signers
  if (signedData.contentType !== OID_TST_INFO || signedData.content === undefined)
    throw new DerError('Not a TSTInfo')
  if (signer === undefined || others.length > 0) throw new DerError('A token has exactly one signer')
  return {
    signedData,
    signer,
    certificate: signerCertificate(signer.id, signedData.certificates),
    info: parseTstInfo(signedData.content),
  }
}

function parseTstInfo(bytes: Uint8Array): TstInfo {
  const [version, policy, imprint, serial, time, ...rest] = fieldsOf(readWhole(bytes))
  if (readSmallInteger(version) !== 1) throw new DerError('Unknown version of TSTInfo')
  const [algorithm, digest] = fieldsOf(imprint)
  const accuracy = rest.find((node) => node.tag === 0x30)
  const nonce = rest.find((node) => node.tag === 0x02)
  const tsa = rest.find((node) => node.tag === 0xa0)
  return {
    policy: readOid(policy),
    hash: hashByOid(parseAlgorithm(algorithm).oid),
    imprint: readOctets(digest),
    serial: readIntegerHex(serial),
    timeMs: readTime(time),
    accuracyMs: accuracy === undefined ? 0 : readAccuracy(accuracy),
    nonce: nonce === undefined ? undefined : readIntegerHex(nonce),
    tsaName: readTsaName(tsa),
  }
}

/** Accuracy ::= SEQUENCE { seconds INTEGER, millis [0], micros [1] }, all optional. */
function readAccuracy(node: DerNode): number {
  return childrenOf(node).reduce((sum, part) => {
    const value = readSmallInteger({ ...part, tag: 0x02 })
    return sum + (part.tag === 0x02 ? value * 1000 : part.tag === 0x80 ? value : value / 1000)
  }, 0)
}

function readTsaName(node: DerNode | undefined): DistinguishedName | undefined {
  const general = node === undefined ? undefined : childrenOf(node)[0]
  if (general?.tag !== 0xa4) return undefined
  return parseName(childrenOf(general)[0])
}

export type TimestampProblem =
  | SignerProblem
  | 'IMPRINT_MISMATCH'
  | 'IMPRINT_ALGORITHM_UNKNOWN'
  | 'CERTIFICATE_MISSING'
  | 'NOT_A_TIMESTAMPING_CERTIFICATE'
  | 'TIME_OUTSIDE_CERTIFICATE'

/**
 * Checks a token against what it should be over (RFC 3161 §2.2): imprint, signature, ESS certificate, critical
 * extended key usage with timeStamping alone (§2.3), time inside the certificate's span. Trust and revocation are not judged.
 *
 * @param digestUnder gives the digest, under the token's own hash, of the data the token should cover
 * @param certificate the TSA's certificate when the token itself does not carry it
 */
export function checkTimestampToken(
  token: TimestampToken,
  digestUnder: (hash: HashName) => Uint8Array,
  certificate: Certificate | undefined = token.certificate,
): readonly TimestampProblem[] {
  if (certificate === undefined) return ['CERTIFICATE_MISSING']
  const problems: TimestampProblem[] = []
  const { hash, imprint, timeMs } = token.info
  if (hash === undefined) problems.push('IMPRINT_ALGORITHM_UNKNOWN')
  else if (Buffer.compare(digestUnder(hash), imprint) !== 0) problems.push('IMPRINT_MISMATCH')
  const content = token.signedData.content ?? new Uint8Array()
  const signerHash = token.signer.digestHash
  if (signerHash === undefined) problems.push('DIGEST_ALGORITHM_UNKNOWN')
  else {
    const digest = digestOf(signerHash, content)
    problems.push(...checkSigner(token.signedData, token.signer, certificate, digest))
  }
  if (!isTimestampingCertificate(certificate)) problems.push('NOT_A_TIMESTAMPING_CERTIFICATE')
  if (timeMs < certificate.notBeforeMs || timeMs > certificate.notAfterMs)
    problems.push('TIME_OUTSIDE_CERTIFICATE')
  return problems
}

/** RFC 3161 §2.3: extendedKeyUsage is critical and holds timeStamping and nothing else. */
export function isTimestampingCertificate(certificate: Certificate): boolean {
  const usages = certificate.extendedKeyUsage
  return usages?.length === 1 && usages[0] === OID_EKU_TIME_STAMPING && certificate.extendedKeyUsageCritical
}
