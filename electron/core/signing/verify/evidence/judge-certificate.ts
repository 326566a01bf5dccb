/**
 * Trust in the holder of one key at one time: path, RFC 5280 rules, revocation of every certificate below the anchor
 * (gate 11). The time is the one by which the signature is proven to have existed.
 */
import type { Certificate } from '../../cms/certificate.ts'
import type { RevocationSource } from '../../revocation/revocation-source.ts'
import type { Budget } from '../budget.ts'
import type { ReasonCode } from '../reason-codes.ts'
import { buildPaths } from '../trust/path-building.ts'
import { findPathFault, type KeyPurpose, type PathFault } from '../trust/path-rules.ts'
import { addCrl, addOcsp, type EvidenceStore, type Place } from './evidence-store.ts'
import { type RevocationContext, type RevocationStatus, revocationStatus } from './revocation-status.ts'

export type Trust = 'trusted' | 'unknown' | 'revoked' | 'expired' | 'not-yet-valid' | 'unusable'

export type CertificateVerdict = {
  readonly trust: Trust
  readonly revocation: 'good' | 'revoked' | 'unknown'
  /** The path the verdict is about, end entity first; just the certificate when there is none. */
  readonly path: readonly Certificate[]
  readonly reasons: readonly ReasonCode[]
  readonly revokedAtMs: number | undefined
}

export type Judge = {
  readonly store: EvidenceStore
  readonly nowMs: number
  readonly budget: Budget
  readonly existedBy: (place: Place) => number
  readonly online: RevocationSource | undefined
  /** Fingerprints already asked about online. */
  readonly asked: Set<string>
}

const MAXIMUM_RESPONDER_DEPTH = 3

/** Judges `leaf`, used for `purpose` at `atMs`. Every path is tried; the best verdict is given. */
export async function judgeCertificate(
  judge: Judge,
  leaf: Certificate,
  purpose: KeyPurpose,
  atMs: number,
): Promise<CertificateVerdict> {
  const paths = buildPaths(judge.store.pool, leaf)
  let best: CertificateVerdict = {
    trust: 'unknown',
    revocation: 'unknown',
    path: [leaf],
    reasons: [judge.store.pool.anchors.size === 0 ? 'NO_TRUST_ANCHORS' : 'NO_PATH_TO_ANCHOR'],
    revokedAtMs: undefined,
  }
  let isFirst = true
  for (const path of paths) {
    await judge.budget.pause()
    const fault = findPathFault(path, purpose, atMs)
    const verdict = fault === undefined ? await judgeRevocation(judge, path, atMs) : faultVerdict(path, fault)
    if (isFirst || RANK[verdict.trust] > RANK[best.trust]) best = verdict
    if (best.trust === 'trusted' && best.revocation === 'good') break
    isFirst = false
  }
  return best
}

const RANK: Readonly<Record<Trust, number>> = {
  unknown: 0,
  unusable: 1,
  'not-yet-valid': 2,
  expired: 3,
  revoked: 4,
  trusted: 5,
}

function faultVerdict(path: readonly Certificate[], fault: PathFault): CertificateVerdict {
  const trust =
    fault === 'CERTIFICATE_EXPIRED'
      ? 'expired'
      : fault === 'CERTIFICATE_NOT_YET_VALID'
        ? 'not-yet-valid'
        : 'unusable'
  return { trust, revocation: 'unknown', path, reasons: [fault], revokedAtMs: undefined }
}

async function judgeRevocation(
  judge: Judge,
  path: readonly Certificate[],
  atMs: number,
): Promise<CertificateVerdict> {
  const context = revocationContext(judge, 0)
  const statuses: RevocationStatus[] = []
  for (const [index, certificate] of path.entries()) {
    const issuer = path[index + 1]
    if (issuer === undefined) continue
    let status = revocationStatus(context, certificate, issuer, atMs)
    if (status.status === 'unknown' && (await fetchStatus(judge, certificate, issuer)))
      status = revocationStatus(context, certificate, issuer, atMs)
    statuses.push(status)
  }
  const revoked = statuses.find((status) => status.status === 'revoked')
  if (revoked !== undefined)
    return {
      trust: 'revoked',
      revocation: 'revoked',
      path,
      reasons: ['CERTIFICATE_REVOKED'],
      revokedAtMs: revoked.revokedAtMs,
    }
  const isGood = statuses.length > 0 && statuses.every((status) => status.status === 'good')
  const notes = [...new Set(statuses.flatMap((status) => status.note ?? []))]
  return {
    trust: 'trusted',
    revocation: isGood ? 'good' : 'unknown',
    path,
    reasons: statuses.length === 0 ? ['NOTE_DIRECTLY_TRUSTED'] : notes,
    revokedAtMs: statuses.find((status) => status.revokedAtMs !== undefined)?.revokedAtMs,
  }
}

function revocationContext(judge: Judge, depth: number): RevocationContext {
  return {
    store: judge.store,
    nowMs: judge.nowMs,
    budget: judge.budget,
    existedBy: judge.existedBy,
    isSignerTrusted: (signer, purpose, atMs) => isDataSignerTrusted(judge, { signer, purpose, atMs, depth }),
  }
}

type DataSigner = {
  readonly signer: Certificate
  readonly purpose: 'ocsp' | 'crl'
  readonly atMs: number
  readonly depth: number
}

/** A responder or CRL signer needs a path of its own; ocsp-nocheck spares it the question whether it is revoked. */
function isDataSignerTrusted(judge: Judge, { signer, purpose, atMs, depth }: DataSigner): boolean {
  judge.budget.tick()
  return buildPaths(judge.store.pool, signer).some((path) => {
    if (findPathFault(path, purpose, atMs) !== undefined) return false
    const issuer = path[1]
    if (issuer === undefined || signer.ocspNoCheck || depth >= MAXIMUM_RESPONDER_DEPTH) return true
    const status = revocationStatus(revocationContext(judge, depth + 1), signer, issuer, atMs)
    return status.status !== 'revoked'
  })
}

/** Asks the online source once for a certificate. True when something came. */
async function fetchStatus(judge: Judge, certificate: Certificate, issuer: Certificate): Promise<boolean> {
  const { online, asked, store } = judge
  if (online === undefined || asked.has(certificate.fingerprint)) return false
  asked.add(certificate.fingerprint)
  const response = await judge.budget.within(online.ocsp(certificate.der, issuer.der))
  if (response !== undefined) {
    addOcsp(store, response, 'outside')
    return true
  }
  const crl = await judge.budget.within(online.crl(certificate.der, issuer.der))
  if (crl !== undefined) addCrl(store, crl, 'outside')
  return crl !== undefined
}
