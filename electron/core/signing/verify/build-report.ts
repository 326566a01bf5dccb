/** Turns the findings about one signature into its entry of the report (shared/model/verification.ts). */
import type { Reason, SignatureReport } from '../../../../shared/model/verification.ts'
import type { Certificate } from '../cms/certificate.ts'
import { DerError, readTime } from '../cms/der-reader.ts'
import { attributeOf, displayName } from '../cms/names.ts'
import { OID_ORGANIZATION, OID_SIGNING_TIME } from '../cms/oids.ts'
import { asText, type PdfDictionary } from '../pdf/objects.ts'
import type { JudgedSignature, ReadSignature } from './crypto/signature-crypto.ts'
import type { ChangesAfter } from './diff/permissions.ts'
import type { CertificateVerdict } from './evidence/judge-certificate.ts'
import type { TimestampVerdict } from './evidence/timestamps.ts'
import type { Level } from './level.ts'
import { parsePdfDate } from './pdf-date.ts'
import { type ReasonCode, reason, shown } from './reason-codes.ts'
import { signatureVerdict } from './verdict.ts'

export type SignatureFindings = {
  readonly read: ReadSignature
  readonly judged: JudgedSignature
  readonly trust: CertificateVerdict
  readonly timestamp: TimestampVerdict | undefined
  /** Set when the caller knows which services are accredited. */
  readonly isAccredited: boolean | undefined
  readonly level: Level
  readonly changes: ChangesAfter
  readonly isWholeFile: boolean
  readonly revisions: number
  /** Faults of the cross-reference data the signature covers. */
  readonly structureFaults: readonly ReasonCode[]
  readonly reasons: readonly ReasonCode[]
  readonly evidenceUntilMs: number | undefined
}

export function buildReport(findings: SignatureFindings): SignatureReport {
  const { read, judged, trust, changes, level } = findings
  const { format } = read
  const isVerifiable = format.subFilter !== undefined
  const isChecked = judged.unchecked.length === 0
  const isBroken = judged.faults.length > 0 || findings.structureFaults.length > 0 || !isVerifiable
  const isPlaced =
    format.revision !== undefined && format.faults.length === 0 && findings.structureFaults.length === 0
  // What nobody could check is not called intact; the verdict then says that it could not be verified.
  const integrity = isBroken || !isChecked ? 'broken' : 'intact'
  const coverage = !isPlaced ? 'bad' : findings.isWholeFile ? 'whole-file' : 'revision'
  const trustWord =
    (judged.trustFaults.length > 0 || !isChecked) && trust.trust === 'trusted' ? 'unusable' : trust.trust
  const verdict = signatureVerdict({
    integrity,
    coverage,
    trust: trustWord,
    changesAfter: changes,
    isVerifiable: isVerifiable && (isChecked || isBroken || !isPlaced),
  })
  return {
    field: format.found.fieldName,
    kind: format.kind,
    subFilter: format.subFilterName,
    level,
    signer: signerOf(judged.certificate),
    algorithm: judged.algorithm,
    claimedAt: claimedTime(read),
    timestamp: timestampOf(findings),
    integrity,
    trust: trustWord,
    revocation: trust.revocation,
    coverage,
    revision: (format.revision ?? findings.revisions - 1) + 1,
    revisions: findings.revisions,
    changesAfter: { level: changes.level, permitted: changes.permitted, items: [...changes.items] },
    verdict,
    reasons: reasonsOf(findings),
    claims: claimsOf(format.found.dictionary),
    signedSizeBytes: format.range?.end ?? 0,
    evidenceUntil:
      findings.evidenceUntilMs === undefined ? null : new Date(findings.evidenceUntilMs).toISOString(),
  }
}

function signerOf(certificate: Certificate | undefined): SignatureReport['signer'] {
  if (certificate === undefined) return { commonName: '', organization: null }
  const organization = attributeOf(certificate.subject, OID_ORGANIZATION)
  return {
    commonName: shown(displayName(certificate.subject)),
    organization: organization === null ? null : shown(organization),
  }
}

function timestampOf({ timestamp, isAccredited }: SignatureFindings): SignatureReport['timestamp'] {
  if (timestamp === undefined) return null
  return {
    time: new Date(timestamp.timeMs).toISOString(),
    authority: shown(timestamp.authority),
    trusted: timestamp.isTrusted,
    ...(isAccredited === undefined ? {} : { accredited: isAccredited }),
  }
}

/** /M, or the signing-time attribute where there is no /M. */
function claimedTime(read: ReadSignature): string | null {
  const claimed = parsePdfDate(asText(read.format.found.dictionary.entries.get('M')))
  if (claimed !== null || read.format.kind === 'document-timestamp') return claimed
  const [node] = read.signer?.signedAttributes.get(OID_SIGNING_TIME) ?? []
  try {
    return node === undefined ? null : new Date(readTime(node)).toISOString()
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

function claimsOf({ entries }: PdfDictionary): SignatureReport['claims'] {
  const text = (key: string) => {
    const value = asText(entries.get(key))
    return value === undefined ? null : shown(value)
  }
  return {
    name: text('Name'),
    reason: text('Reason'),
    location: text('Location'),
    contactInfo: text('ContactInfo'),
  }
}

/** Faults first, then trust, then time, then notes; each code once. */
function reasonsOf(findings: SignatureFindings): Reason[] {
  const { judged, trust, timestamp } = findings
  const codes: ReasonCode[] = [
    ...judged.faults,
    ...judged.unchecked,
    ...findings.structureFaults,
    ...judged.trustFaults,
    ...trust.reasons,
    ...(timestamp?.reasons ?? []),
    ...findings.reasons,
    ...judged.notes,
  ]
  return [...new Set(codes)].map((code) => reason(code))
}
