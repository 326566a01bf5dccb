import { appendedSource, type ByteSource } from '../kit/byte-source.ts'
import { concatBytes } from '../kit/bytes.ts'
import { addArchiveTimestamp } from './add-archive-timestamp.ts'
import { addValidationData, type CollectorWithClock, type MissingData } from './add-validation-data.ts'
import { keyReliableUntil } from './cms/algorithm-policy.ts'
import type { Certificate } from './cms/certificate.ts'
import { digestBase, extendDigest } from './pdf/base-digest.ts'
import { openPdf } from './pdf/reader.ts'
import { type FileSignature, readSignatures } from './read-signatures.ts'
import type { ValidationSources } from './revocation/collect-validation.ts'
import type { TimestampAuthority } from './timestamp/timestamp-authority.ts'

export type RenewRequest = {
  readonly validation: ValidationSources | CollectorWithClock
  readonly authority: TimestampAuthority
  /**
   * Stop without a timestamp when data is missing that another try may bring (default: stamp and report what is missing).
   * What no try can bring does not stop it: a revoked or expired certificate, an unreadable signature.
   */
  readonly requireComplete?: boolean
}

export type Renewal = {
  /** Bytes to append: new validation data, then a document timestamp. Empty when it is too early or incomplete. */
  readonly appended: Uint8Array
  readonly missing: readonly MissingData[]
  readonly waitUntilMs: number | undefined
  /** After this renewal; undefined when nothing was appended. */
  readonly evidenceUntilMs: number | undefined
}

/** What a later try may bring. */
const CURABLE: ReadonlySet<MissingData['code']> = new Set<MissingData['code']>([
  'ISSUER_NOT_FOUND',
  'REVOCATION_UNAVAILABLE',
  'REVOCATION_TOO_OLD',
])

/**
 * Makes B-LTA of a signed file, or carries its evidence on: validation data for everything in the file, the last
 * document timestamp included, and then a new document timestamp (EN 319 142-1 §5.5, §6.3 letters w and x).
 * Has to be done while the newest timestamp's certificate is still valid: see `evidenceUntil`.
 *
 * @throws SigningError TSA_* and those of the reader; nothing is produced then
 */
export async function renew(source: ByteSource, request: RenewRequest): Promise<Renewal> {
  const update = await addValidationData(source, request.validation)
  const { missing, waitUntilMs } = update
  const isIncomplete = missing.some((entry) => CURABLE.has(entry.code))
  if (waitUntilMs !== undefined || (request.requireComplete === true && isIncomplete))
    return { appended: new Uint8Array(), missing, waitUntilMs, evidenceUntilMs: undefined }
  const withData = appendedSource(source, source.sizeBytes, update.appended)
  const digest = extendDigest(await digestBase(source, 'SHA-256'), update.appended)
  const stamped = await addArchiveTimestamp(withData, request.authority, digest)
  const appended = concatBytes([update.appended, stamped])
  const evidence = evidenceUntil(appendedSource(source, source.sizeBytes, appended))
  return { appended, missing, waitUntilMs, evidenceUntilMs: evidence?.untilMs }
}

export type Evidence = {
  /** When the file's proof lapses unless renewed, ms since 1970. */
  readonly untilMs: number
  /** What it hangs on: the newest document timestamp, the weakest signature timestamp, or a signer's certificate. */
  readonly basis: 'archive-timestamp' | 'signature-timestamp' | 'certificate'
}

/**
 * When the signatures of a file stop being provable: the end of the newest document timestamp's certificate or of its
 * algorithms; without one, the earliest end among the signatures. Undefined for a file without readable signatures.
 *
 * @throws SigningError of the reader
 * Reads, does not verify.
 */
export function evidenceUntil(source: ByteSource): Evidence | undefined {
  const signatures = readSignatures(openPdf(source))
  const last = signatures.at(-1)
  const stamp = last?.kind === 'document-timestamp' ? last.tokens[0]?.certificate : undefined
  if (stamp !== undefined) return { untilMs: endOf(stamp), basis: 'archive-timestamp' }
  const ends = signatures.filter((signature) => signature.kind === 'signature').flatMap(evidenceOf)
  return ends.sort((left, right) => left.untilMs - right.untilMs)[0]
}

function evidenceOf(signature: FileSignature): Evidence[] {
  const stamps = signature.tokens.flatMap((token) => token.certificate ?? [])
  if (stamps.length > 0) return [{ untilMs: Math.max(...stamps.map(endOf)), basis: 'signature-timestamp' }]
  return signature.certificate === undefined
    ? []
    : [{ untilMs: endOf(signature.certificate), basis: 'certificate' }]
}

function endOf(certificate: Certificate): number {
  return Math.min(certificate.notAfterMs, keyReliableUntil(certificate.key))
}
