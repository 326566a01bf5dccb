/**
 * Was a certificate revoked at a given time? (RFC 5280 §6.3, RFC 6960 §3.2 and §4.2.2, EN 319 102-1 §5.2.5.)
 * "Good" needs data of an authorised issuer that speaks of that time and whose own signature can still be relied on;
 * "revoked" is believed more easily: when in doubt, against the signature.
 */
import { signatureWeakness } from '../../cms/algorithm-policy.ts'
import { verifySignature } from '../../cms/algorithms.ts'
import type { Certificate } from '../../cms/certificate.ts'
import { childrenOf, DerError, type DerNode, fieldsOf, readWhole } from '../../cms/der-reader.ts'
import {
  OID_CRL_DISTRIBUTION_POINTS,
  OID_EKU_OCSP_SIGNING,
  OID_ISSUING_DISTRIBUTION_POINT,
} from '../../cms/oids.ts'
import type { CertificateList } from '../../revocation/crl.ts'
import { type BasicOcsp, ocspSigner, singleFor } from '../../revocation/ocsp.ts'
import type { Budget } from '../budget.ts'
import type { ReasonCode } from '../reason-codes.ts'
import type { EvidenceStore, Place, Placed } from './evidence-store.ts'

export type RevocationStatus = {
  readonly status: 'good' | 'revoked' | 'unknown'
  /** When it was revoked, also if later than the time asked about. */
  readonly revokedAtMs: number | undefined
  readonly note: ReasonCode | undefined
  /** True when the good status rests on data that lies in the file. */
  readonly isEmbedded: boolean
}

/** What judging needs besides the data: time, proofs of existence, and how to judge the data's own signers. */
export type RevocationContext = {
  readonly store: EvidenceStore
  readonly nowMs: number
  readonly budget: Budget
  /** Latest moment by which bytes at a place are known to have existed: an archive timestamp's, or now. */
  readonly existedBy: (place: Place) => number
  /** True when `signer` had a trusted path at `atMs` for signing such data, and is not known to be revoked. */
  readonly isSignerTrusted: (signer: Certificate, purpose: 'ocsp' | 'crl', atMs: number) => boolean
}

const CLOCK_SKEW_MS = 5 * 60_000
/** How long data without nextUpdate speaks for (RFC 6960 §4.2.2.1: newer information is always available). */
const WITHOUT_NEXT_UPDATE_MS = 24 * 3600_000
const EXPIRED_CERTIFICATES_ON_CRL = '2.5.29.60'
/** CRLReason removeFromCRL. */
const REMOVED_FROM_LIST = 8

type Finding = {
  readonly revokedAtMs: number | undefined
  /** Undefined when it says revoked; else whether it supports "good" at the time asked about. */
  readonly good: 'yes' | 'stale' | 'signer' | 'future' | undefined
  readonly isEmbedded: boolean
}

/** Status of `certificate` at `atMs`, from all data at hand. */
export function revocationStatus(
  context: RevocationContext,
  certificate: Certificate,
  issuer: Certificate,
  atMs: number,
): RevocationStatus {
  const question: Question = { context, certificate, issuer, atMs }
  const findings = [
    ...context.store.crls.flatMap((item) => guarded(() => askCrl(question, item))),
    ...context.store.responses.flatMap((item) => guarded(() => askOcsp(question, item))),
  ]
  const revocations = findings.flatMap((finding) => finding.revokedAtMs ?? [])
  const revokedAtMs = revocations.length === 0 ? undefined : Math.min(...revocations)
  if (revokedAtMs !== undefined && revokedAtMs <= atMs)
    return { status: 'revoked', revokedAtMs, note: undefined, isEmbedded: true }
  const good = findings.filter((finding) => finding.good === 'yes')
  if (good.length > 0)
    return {
      status: 'good',
      revokedAtMs,
      note: undefined,
      isEmbedded: good.some((finding) => finding.isEmbedded),
    }
  // Revoked after the time asked about says, in itself, that it was good before.
  if (revokedAtMs !== undefined)
    return { status: 'good', revokedAtMs, note: 'NOTE_REVOKED_LATER', isEmbedded: false }
  return { status: 'unknown', revokedAtMs, note: noteFor(findings), isEmbedded: false }
}

function noteFor(findings: readonly Finding[]): ReasonCode {
  if (findings.some((finding) => finding.good === 'signer')) return 'REVOCATION_DATA_NOT_PROVEN'
  if (findings.some((finding) => finding.good === 'stale')) return 'REVOCATION_DATA_STALE'
  return 'REVOCATION_UNKNOWN'
}

function guarded(read: () => Finding | undefined): readonly Finding[] {
  try {
    const finding = read()
    return finding === undefined ? [] : [finding]
  } catch (error) {
    if (error instanceof DerError) return []
    throw error
  }
}

type Question = {
  readonly context: RevocationContext
  readonly certificate: Certificate
  readonly issuer: Certificate
  readonly atMs: number
}

function askCrl(question: Question, item: Placed<CertificateList>): Finding | undefined {
  const { context, certificate, issuer, atMs } = question
  const crl = item.value
  if (crl.issuer.canonical !== certificate.issuer.canonical) return undefined
  context.budget.tick()
  const signer = crlSigner(context.store, crl, issuer)
  if (signer === undefined) return undefined
  const proofMs = context.existedBy(item.place)
  const isEmbedded = item.place !== 'outside'
  // Against the signature a list counts even with parts that are not understood; only in an indirect one the number
  // may be another issuer's. The key may have been lost before it was revoked: an earlier invalidity date counts.
  const entry = crl.scope.indirect ? undefined : crl.find(certificate.serial)
  if (entry !== undefined && entry.reason !== REMOVED_FROM_LIST)
    return {
      revokedAtMs: Math.min(entry.atMs, entry.invalidityMs ?? entry.atMs),
      good: undefined,
      isEmbedded,
    }
  if (!speaksOf(crl, certificate) || !isInScope(crl, certificate)) return undefined
  const isOwn = signer.fingerprint === issuer.fingerprint
  const good = judgeFreshness(crl.thisUpdateMs, crl.nextUpdateMs, atMs, context.nowMs)
  const isWeak = signatureWeakness(crl.signatureAlgorithm, signer.key, proofMs) !== undefined
  const isTrusted =
    !isWeak && (isOwn ? isWithin(signer, proofMs) : context.isSignerTrusted(signer, 'crl', proofMs))
  return { revokedAtMs: undefined, good: isTrusted ? good : 'signer', isEmbedded }
}

/** Whether the silence of a list about a certificate says anything (RFC 5280 §5.2, §6.3.3). */
function speaksOf(crl: CertificateList, certificate: Certificate): boolean {
  const { scope } = crl
  if (crl.hasUnknownCritical || scope.indirect || scope.onlySomeReasons || scope.onlyAttributeCertificates)
    return false
  if (certificate.isCa ? scope.onlyUserCertificates : scope.onlyCaCertificates) return false
  // A list made after the certificate ran out may have dropped it (RFC 5280 §3.3).
  return crl.thisUpdateMs <= certificate.notAfterMs || crl.extensions.has(EXPIRED_CERTIFICATES_ON_CRL)
}

/** The CRL signer: the certificate's own issuer, or another certificate of that name with cRLSign (key rollover). */
function crlSigner(store: EvidenceStore, crl: CertificateList, issuer: Certificate): Certificate | undefined {
  const candidates = [issuer, ...store.pool.bySubject(crl.issuer.canonical)]
  return candidates.find((candidate) => isSignedBy(crl, candidate))
}

const signedBy = new WeakMap<CertificateList, Map<string, boolean>>()

/** Name, cRLSign and signature, remembered: a national list has megabytes, and every certificate of a path asks. */
function isSignedBy(crl: CertificateList, issuer: Certificate): boolean {
  const answers = signedBy.get(crl) ?? new Map<string, boolean>()
  signedBy.set(crl, answers)
  const known = answers.get(issuer.fingerprint)
  if (known !== undefined) return known
  const answer =
    crl.issuer.canonical === issuer.subject.canonical &&
    issuer.keyUsage?.includes('cRLSign') !== false &&
    verifySignature(issuer.spki, crl.signatureAlgorithm, { data: crl.tbs, signature: crl.signature })
  answers.set(issuer.fingerprint, answer)
  return answer
}

/** A list for one distribution point speaks only of certificates that name this point (RFC 5280 §6.3.3 b 2). */
function isInScope(crl: CertificateList, certificate: Certificate): boolean {
  const extension = crl.extensions.get(OID_ISSUING_DISTRIBUTION_POINT)
  if (extension === undefined) return true
  const point = fieldsOf(readWhole(extension.value)).find((field) => field.tag === 0xa0)
  if (point === undefined) return true
  const own = certificate.extensions.get(OID_CRL_DISTRIBUTION_POINTS)
  if (own === undefined) return false
  const names = new Set(fullNames(point))
  return fieldsOf(readWhole(own.value)).some((entry) => {
    const name = fieldsOf(entry).find((field) => field.tag === 0xa0)
    return name !== undefined && fullNames(name).some((text) => names.has(text))
  })
}

function fullNames(point: DerNode): readonly string[] {
  return childrenOf(point).flatMap((choice) =>
    choice.tag === 0xa0
      ? childrenOf(choice).map((name) => Buffer.from(name.raw).toString('latin1'))
      : [`relative ${Buffer.from(choice.raw).toString('latin1')}`],
  )
}

function askOcsp(question: Question, item: Placed<BasicOcsp>): Finding | undefined {
  const { context, certificate, issuer, atMs } = question
  const basic = item.value
  context.budget.tick()
  const single = singleFor(basic, certificate, issuer)
  if (single === undefined) return undefined
  const signer = responderOf(context.store, basic, issuer)
  if (signer === undefined) return undefined
  const isEmbedded = item.place !== 'outside'
  const proofMs = context.existedBy(item.place)
  if (single.status.kind === 'revoked')
    return { revokedAtMs: single.status.atMs, good: undefined, isEmbedded }
  if (single.status.kind === 'unknown') return undefined
  if (single.thisUpdateMs > certificate.notAfterMs) return undefined
  const isOwn = signer.fingerprint === issuer.fingerprint
  const isWeak = signatureWeakness(basic.signatureAlgorithm, signer.key, proofMs) !== undefined
  const isTrusted =
    !isWeak && (isOwn ? isWithin(signer, proofMs) : context.isSignerTrusted(signer, 'ocsp', proofMs))
  const good = judgeFreshness(single.thisUpdateMs, single.nextUpdateMs, atMs, context.nowMs)
  return { revokedAtMs: undefined, good: isTrusted ? good : 'signer', isEmbedded }
}

const responders = new WeakMap<BasicOcsp, Map<string, Certificate | undefined>>()

/** Who signed the response, remembered. */
function responderOf(store: EvidenceStore, basic: BasicOcsp, issuer: Certificate): Certificate | undefined {
  const answers = responders.get(basic) ?? new Map<string, Certificate | undefined>()
  responders.set(basic, answers)
  if (!answers.has(issuer.fingerprint))
    answers.set(issuer.fingerprint, ocspSigner(basic, issuer, delegatesOf(store, basic, issuer)))
  return answers.get(issuer.fingerprint)
}

/** Responders that are not in the response itself but elsewhere in the file. */
function delegatesOf(store: EvidenceStore, basic: BasicOcsp, issuer: Certificate): readonly Certificate[] {
  if (basic.responderName === undefined) return []
  return store.pool.bySubject(basic.responderName.canonical).filter(
    (candidate) =>
      candidate.extendedKeyUsage?.includes(OID_EKU_OCSP_SIGNING) === true &&
      verifySignature(issuer.spki, candidate.signatureAlgorithm, {
        data: candidate.tbs,
        signature: candidate.signature,
      }),
  )
}

function isWithin(signer: Certificate, atMs: number): boolean {
  return atMs >= signer.notBeforeMs && atMs <= signer.notAfterMs
}

/** Data speaks of a time when it was current then, or was made later. */
function judgeFreshness(
  thisUpdateMs: number,
  nextUpdateMs: number | undefined,
  atMs: number,
  nowMs: number,
): 'yes' | 'stale' | 'future' {
  if (thisUpdateMs > nowMs + CLOCK_SKEW_MS) return 'future'
  return atMs <= (nextUpdateMs ?? thisUpdateMs + WITHOUT_NEXT_UPDATE_MS) ? 'yes' : 'stale'
}
