/**
 * Gate 10 and proof of existence (RFC 3161 §2.4, EN 319 102-1 §5.4 and §5.6): document timestamps are judged newest to
 * oldest; each good one proves, for its time, everything the revisions up to its own contain, and so lets the older
 * ones be judged at that time although their authorities' certificates may have run out since.
 */
import { hashWeakness, signatureWeakness } from '../../cms/algorithm-policy.ts'
import type { Certificate } from '../../cms/certificate.ts'
import { DerError } from '../../cms/der-reader.ts'
import { digestOf } from '../../cms/hashes.ts'
import { displayName } from '../../cms/names.ts'
import { OID_SIGNATURE_TIMESTAMP } from '../../cms/oids.ts'
import { type SignerInfo, signerCertificate } from '../../cms/parse-signed-data.ts'
import {
  checkTimestampToken,
  parseTimestampToken,
  type TimestampProblem,
  type TimestampToken,
} from '../../timestamp/parse-timestamp-token.ts'
import type { ReasonCode } from '../reason-codes.ts'
import type { Place } from './evidence-store.ts'
import { type CertificateVerdict, type Judge, judgeCertificate } from './judge-certificate.ts'

/** A timestamp that proves existence: of all revisions before its own, and of its own but its own /Contents. */
export type Protector = {
  readonly id: string
  readonly revision: number
  readonly timeMs: number
  /** When its authority's path runs out, ms since 1970. */
  readonly endMs: number
  readonly verdict: TimestampVerdict
}

/** Latest moment by which bytes at a place existed, as far as the protectors prove; `nowMs` otherwise. */
export function provenBy(protectors: readonly Protector[], place: Place, nowMs: number): number {
  let time = nowMs
  for (const protector of protectors) if (covers(protector, place)) time = Math.min(time, protector.timeMs)
  return time
}

export function covers(protector: Protector, place: Place): boolean {
  if (place === 'outside') return false
  if (place.revision !== protector.revision) return place.revision < protector.revision
  return place.contentsOf !== protector.id
}

export type TimestampVerdict = {
  readonly timeMs: number
  readonly authority: string
  readonly certificate: Certificate | undefined
  readonly isTrusted: boolean
  /** True when imprint and signature hold, whoever the authority is. */
  readonly isIntact: boolean
  readonly trust: CertificateVerdict | undefined
  readonly reasons: readonly ReasonCode[]
  readonly endMs: number
}

const CLOCK_SKEW_MS = 5 * 60_000

/**
 * Judges who made a token and when.
 *
 * @param provenMs by when the token itself is proven to have existed
 * @param problems what its cryptographic check found
 */
export async function judgeToken(
  judge: Judge,
  token: TimestampToken,
  provenMs: number,
  problems: readonly ReasonCode[],
): Promise<TimestampVerdict> {
  const certificate = tokenCertificate(judge, token)
  const { timeMs } = token.info
  const base = {
    timeMs,
    certificate,
    authority: certificate === undefined ? '' : displayName(certificate.subject),
    endMs: certificate?.notAfterMs ?? timeMs,
  }
  const failed = (
    reasons: readonly ReasonCode[],
    isIntact: boolean,
    trust?: CertificateVerdict,
  ): TimestampVerdict => ({
    ...base,
    isTrusted: false,
    isIntact,
    trust,
    reasons,
  })
  if (
    certificate !== undefined &&
    problems.length > 0 &&
    problems.every((one) => one === 'ALGORITHM_UNSUPPORTED')
  )
    return failed([...problems, 'TIMESTAMP_UNTRUSTED'], false)
  if (problems.length > 0 || certificate === undefined)
    return failed([...problems, 'TIMESTAMP_BROKEN'], false)
  if (timeMs > judge.nowMs + CLOCK_SKEW_MS) return failed(['TIMESTAMP_IN_FUTURE'], true)
  if (timeMs > provenMs + CLOCK_SKEW_MS) return failed(['TIMESTAMP_ORDER_WRONG'], true)
  if (!isStrong(token, certificate, provenMs)) return failed(['TIMESTAMP_ALGORITHM_WEAK'], true)
  const trust = await judgeCertificate(judge, certificate, 'timestamp', provenMs)
  const isTrusted = trust.trust === 'trusted'
  const ends = trust.path.slice(0, Math.max(1, trust.path.length - 1)).map((part) => part.notAfterMs)
  return {
    ...base,
    isTrusted,
    isIntact: true,
    trust,
    reasons: isTrusted ? [] : [...trust.reasons, untrustedReason(trust)],
    endMs: Math.min(...ends),
  }
}

/** An authority whose certificate has run out, and no newer timestamp that would prove the token was there in time. */
function untrustedReason(trust: CertificateVerdict): ReasonCode {
  return trust.trust === 'expired' ? 'NO_PROOF_OF_EXISTENCE' : 'TIMESTAMP_UNTRUSTED'
}

function isStrong(token: TimestampToken, certificate: Certificate, atMs: number): boolean {
  const { hash } = token.info
  const { signer } = token
  return (
    hash !== undefined &&
    signer.digestHash !== undefined &&
    hashWeakness(hash, atMs) === undefined &&
    hashWeakness(signer.digestHash, atMs) === undefined &&
    signatureWeakness(signer.signatureAlgorithm, certificate.key, atMs, signer.digestHash) === undefined
  )
}

function tokenCertificate(judge: Judge, token: TimestampToken): Certificate | undefined {
  const { id } = token.signer
  return (
    signerCertificate(id, token.signedData.certificates) ??
    judge.store.pool.find((certificate) => signerCertificate(id, [certificate]) !== undefined)
  )
}

const PROBLEM_CODES: Partial<Record<TimestampProblem, ReasonCode>> = {
  IMPRINT_MISMATCH: 'TIMESTAMP_IMPRINT_MISMATCH',
  CERTIFICATE_MISSING: 'TSA_CERTIFICATE_MISSING',
  NOT_A_TIMESTAMPING_CERTIFICATE: 'TSA_NOT_FOR_TIMESTAMPING',
  TIME_OUTSIDE_CERTIFICATE: 'TIMESTAMP_OUTSIDE_CERTIFICATE',
  SIGNATURE_UNSUPPORTED: 'ALGORITHM_UNSUPPORTED',
  DIGEST_ALGORITHM_UNKNOWN: 'ALGORITHM_UNSUPPORTED',
  IMPRINT_ALGORITHM_UNKNOWN: 'ALGORITHM_UNSUPPORTED',
}

/** Signature timestamps (EN 319 122-1 §5.3) among the unsigned attributes; the earliest trusted one, else the first. */
export async function judgeSignatureTimestamps(
  judge: Judge,
  signer: SignerInfo,
  provenMs: number,
): Promise<TimestampVerdict | undefined> {
  const values = signer.unsignedAttributes.get(OID_SIGNATURE_TIMESTAMP) ?? []
  let best: TimestampVerdict | undefined
  for (const value of values.slice(0, 16)) {
    const verdict = await judgeOne(judge, value.raw, signer, provenMs)
    const isBetter =
      best === undefined ||
      (verdict.isTrusted && (!best.isTrusted || verdict.timeMs < best.timeMs)) ||
      (!best.isTrusted && verdict.isIntact && !best.isIntact)
    if (isBetter) best = verdict
  }
  return best
}

async function judgeOne(
  judge: Judge,
  der: Uint8Array,
  signer: SignerInfo,
  provenMs: number,
): Promise<TimestampVerdict> {
  try {
    const token = parseTimestampToken(der)
    const problems = checkTimestampToken(
      token,
      (hash) => digestOf(hash, signer.signature),
      tokenCertificate(judge, token),
    )
    const codes = problems.map((problem): ReasonCode => PROBLEM_CODES[problem] ?? 'TIMESTAMP_SIGNATURE_WRONG')
    return await judgeToken(judge, token, provenMs, [...new Set(codes)])
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return {
      timeMs: 0,
      authority: '',
      certificate: undefined,
      isTrusted: false,
      isIntact: false,
      trust: undefined,
      reasons: ['TIMESTAMP_BROKEN'],
      endMs: 0,
    }
  }
}
