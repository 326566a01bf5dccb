import type { Clock } from '../../kit/clock.ts'
import { type Certificate, parseCertificateCached } from '../cms/certificate.ts'
import { displayName } from '../cms/names.ts'
import { hasIssued } from '../keys/chain-order.ts'
import type { IssuerSource } from './http-revocation-source.ts'
import { type RevocationAnswer, readCrlAnswer, readOcspAnswer } from './revocation-answer.ts'
import type { RevocationSource } from './revocation-source.ts'

/** DER certificates, OCSP responses and CRLs for a document security store (ISO 32000-2 §12.8.4.3). */
export type ValidationMaterial = {
  readonly certificates: readonly Uint8Array[]
  readonly ocsps: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
}

/** A certificate whose chain has to be provable later, and when it was used. */
export type CertificateUse = {
  readonly certificate: Certificate
  /** Best known time of the use, ms: of the timestamp over the signature, or the token's own time. */
  readonly usedAtMs: number
  /** Data about a signer has to be newer than the signature; about others, as new as there is. */
  readonly role: 'signer' | 'timestamp'
  /** Certificates that came along with the use. */
  readonly pool: readonly Certificate[]
}

export type MissingCode =
  | 'ISSUER_NOT_FOUND' // the chain ends before an anchor
  | 'REVOCATION_UNAVAILABLE' // no OCSP answer and no CRL could be had
  | 'REVOCATION_TOO_OLD' // only data older than the signature: try again at `waitUntilMs`
  | 'EXPIRED_BEFORE_COLLECTION' // the certificate had expired, so new data proves nothing about it
  | 'REVOKED'

export type MissingValidation = {
  readonly subject: string
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string
  readonly code: MissingCode
}

export type CollectedValidation = {
  /** Everything needed that `known` does not hold yet. */
  readonly material: ValidationMaterial
  readonly missing: readonly MissingValidation[]
  /** When to ask again, because data newer than a signature was not to be had yet; undefined: no reason to wait. */
  readonly waitUntilMs: number | undefined
}

export type ValidationSources = {
  readonly revocation: RevocationSource
  readonly issuers?: IssuerSource
  /** DER certificates that are trusted; nothing is collected about them. Without any, a self-issued one ends a chain. */
  readonly anchors: readonly Uint8Array[]
  readonly clock: Clock
}

/** Collects for one file after another; answers are kept between files of one run. */
export type ValidationCollector = {
  readonly collect: (
    uses: readonly CertificateUse[],
    known: ValidationMaterial,
  ) => Promise<CollectedValidation>
}

const MAX_CHAIN = 10
/** After so long the issuer will not say anything newer (it may have closed); what there is goes into the file. */
const PATIENCE_MS = 14 * 24 * 3600_000
/** How soon to ask again when a source gives no next update. */
const RETRY_MS = 3600_000

/**
 * Makes a collector. OCSP is asked first, then the CRL. Data is accepted only when it is signed by the issuer (or its
 * delegate) and speaks of the certificate; about a signer only when thisUpdate is later than the signature, never in
 * the same second, because a verifier could not tell which came first.
 */
export function validationCollector(sources: ValidationSources): ValidationCollector {
  const run: Run = {
    sources,
    anchors: sources.anchors.map(parseCertificateCached),
    latest: new Map(),
    fetchedIssuers: new Map(),
  }
  return {
    collect: async (uses, known) => {
      const result = new Collection(known)
      for (const use of uses) await collectUse(run, use, result)
      return result.finish()
    },
  }
}

type Run = {
  readonly sources: ValidationSources
  readonly anchors: readonly Certificate[]
  /** Newest answer by fingerprint. */
  readonly latest: Map<string, RevocationAnswer>
  readonly fetchedIssuers: Map<string, readonly Certificate[]>
}

/** What has been found for one file. */
class Collection {
  readonly pool: Certificate[]
  readonly #known: ValidationMaterial
  readonly #present: Set<string>
  readonly #certificates: Uint8Array[] = []
  readonly #ocsps: Uint8Array[] = []
  readonly #crls: Uint8Array[] = []
  readonly #missing = new Map<string, MissingValidation>()
  readonly #settled = new Set<string>()
  #waitUntilMs: number | undefined

  constructor(known: ValidationMaterial) {
    this.#known = known
    this.pool = known.certificates.map(parseCertificateCached)
    this.#present = new Set([...known.certificates, ...known.ocsps, ...known.crls].map(keyOf))
  }

  /** Data the file already carries about a certificate. */
  knownAnswers(certificate: Certificate, issuer: Certificate): readonly RevocationAnswer[] {
    return [
      ...this.#known.ocsps.flatMap((der) => readOcspAnswer(der, certificate, issuer, this.pool) ?? []),
      ...this.#known.crls.flatMap((der) => readCrlAnswer(der, certificate, issuer) ?? []),
    ]
  }

  /** True the first time a certificate is met at this time of use. */
  begin(certificate: Certificate, usedAtMs: number): boolean {
    const key = `${certificate.fingerprint}@${usedAtMs}`
    if (this.#settled.has(key)) return false
    this.#settled.add(key)
    return true
  }

  addCertificate(certificate: Certificate): void {
    this.#add(this.#certificates, certificate.der)
  }

  addAnswer(answer: RevocationAnswer): void {
    this.#add(answer.kind === 'ocsp' ? this.#ocsps : this.#crls, answer.der)
  }

  #add(list: Uint8Array[], der: Uint8Array): void {
    const key = keyOf(der)
    if (this.#present.has(key)) return
    this.#present.add(key)
    list.push(der)
  }

  lacks(certificate: Certificate, code: MissingCode): void {
    const { fingerprint, subject } = certificate
    this.#missing.set(`${fingerprint} ${code}`, { subject: displayName(subject), fingerprint, code })
  }

  wait(untilMs: number): void {
    this.#waitUntilMs = Math.max(this.#waitUntilMs ?? 0, untilMs)
  }

  finish(): CollectedValidation {
    return {
      material: { certificates: this.#certificates, ocsps: this.#ocsps, crls: this.#crls },
      missing: [...this.#missing.values()],
      waitUntilMs: this.#waitUntilMs,
    }
  }
}

function keyOf(der: Uint8Array): string {
  return Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1')
}

async function collectUse(run: Run, use: CertificateUse, result: Collection): Promise<void> {
  let current = use.certificate
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    if (isAnchor(run, current)) return
    result.addCertificate(current)
    const issuer = await issuerFor(run, current, [...use.pool, ...result.pool])
    if (issuer === undefined) return result.lacks(current, 'ISSUER_NOT_FOUND')
    const strict = depth === 0 && use.role === 'signer'
    await collectAbout(run, { certificate: current, issuer, usedAtMs: use.usedAtMs, strict }, result)
    current = issuer
  }
}

function isAnchor(run: Run, certificate: Certificate): boolean {
  if (run.anchors.some((anchor) => anchor.fingerprint === certificate.fingerprint)) return true
  return run.anchors.length === 0 && certificate.selfIssued
}

/** Anchors first, then what came along, then the address inside the certificate. */
async function issuerFor(
  run: Run,
  certificate: Certificate,
  pool: readonly Certificate[],
): Promise<Certificate | undefined> {
  if (certificate.selfIssued) return undefined
  const near = [...run.anchors, ...pool].find((candidate) => hasIssued(candidate, certificate))
  if (near !== undefined || run.sources.issuers === undefined) return near
  let fetched = run.fetchedIssuers.get(certificate.fingerprint)
  if (fetched === undefined) {
    fetched = (await run.sources.issuers.issuers(certificate.der)).map(parseCertificateCached)
    run.fetchedIssuers.set(certificate.fingerprint, fetched)
  }
  return fetched.find((candidate) => hasIssued(candidate, certificate))
}

type Question = {
  readonly certificate: Certificate
  readonly issuer: Certificate
  readonly usedAtMs: number
  /** Only data newer than the use will do. */
  readonly strict: boolean
}

async function collectAbout(run: Run, question: Question, result: Collection): Promise<void> {
  const { certificate, issuer, usedAtMs, strict } = question
  if (certificate.ocspNoCheck || !result.begin(certificate, usedAtMs)) return
  const isNewer = (answer: RevocationAnswer) => answer.thisUpdateMs > usedAtMs
  const proves = (answer: RevocationAnswer) =>
    isNewer(answer) && answer.thisUpdateMs <= certificate.notAfterMs
  const nowMs = run.sources.clock.now()
  const kept = result.knownAnswers(certificate, issuer).find(proves)
  const latest = run.latest.get(certificate.fingerprint)
  const answer =
    kept ?? (latest !== undefined && proves(latest) ? latest : await ask(run, certificate, issuer))
  if (answer === undefined) return result.lacks(certificate, 'REVOCATION_UNAVAILABLE')
  if (answer !== kept) run.latest.set(certificate.fingerprint, answer)
  if (answer.revokedAtMs !== undefined) result.lacks(certificate, 'REVOKED')
  if (answer.thisUpdateMs > certificate.notAfterMs) {
    // RFC 5280 §3.3: CAs drop expired certificates from their lists; silence about them means nothing.
    return result.lacks(certificate, 'EXPIRED_BEFORE_COLLECTION')
  }
  const isFresh = answer.nextUpdateMs === undefined || nowMs <= answer.nextUpdateMs
  if (!isNewer(answer) && (strict || !isFresh)) {
    result.lacks(certificate, 'REVOCATION_TOO_OLD')
    if (nowMs - usedAtMs < PATIENCE_MS) return result.wait(whenNewer(answer, usedAtMs, nowMs))
  }
  result.addAnswer(answer)
  await collectResponder(run, question, answer, result)
}

/** OCSP answers are made on request: the next second will do. A CRL changes at its next update. */
function whenNewer(answer: RevocationAnswer, usedAtMs: number, nowMs: number): number {
  const nextSecond = Math.floor(usedAtMs / 1000) * 1000 + 1000
  if (answer.thisUpdateMs >= nextSecond - 1000) return Math.max(nextSecond, nowMs)
  if (answer.nextUpdateMs !== undefined && answer.nextUpdateMs > nowMs) return answer.nextUpdateMs
  return nowMs + RETRY_MS
}

/** The responder that signed an OCSP answer has a chain too, unless it is the issuer itself. */
async function collectResponder(
  run: Run,
  question: Question,
  answer: RevocationAnswer,
  result: Collection,
): Promise<void> {
  const { issuer, usedAtMs } = question
  if (answer.kind !== 'ocsp' || answer.signer.fingerprint === issuer.fingerprint) return
  result.addCertificate(answer.signer)
  await collectAbout(run, { certificate: answer.signer, issuer, usedAtMs, strict: false }, result)
}

/** OCSP first, CRL as fall-back (design.md §5). A failing source gives undefined and has reported why. */
async function ask(
  run: Run,
  certificate: Certificate,
  issuer: Certificate,
): Promise<RevocationAnswer | undefined> {
  const { revocation } = run.sources
  const ocsp = await revocation.ocsp(certificate.der, issuer.der)
  const fromOcsp = ocsp === undefined ? undefined : readOcspAnswer(ocsp, certificate, issuer)
  if (fromOcsp !== undefined) return fromOcsp
  const crl = await revocation.crl(certificate.der, issuer.der)
  return crl === undefined ? undefined : readCrlAnswer(crl, certificate, issuer)
}
