import type { ByteSource } from '../kit/byte-source.ts'
import type { Clock } from '../kit/clock.ts'
import { SigningError } from './errors.ts'
import { assertCertificateMaySign } from './keys/may-sign.ts'
import type { SigningKey } from './keys/signing-key.ts'
import { prepareSignature, type SignatureOptions } from './pdf/prepare-signature.ts'
import { signPrepared } from './sign-prepared.ts'
import type { TimestampAuthority } from './timestamp/timestamp-authority.ts'

/** What to sign with, where and how. */
export type SignRequest = {
  readonly key: SigningKey
  readonly clock: Clock
  /** Field, place, reason, appearance …; `signedAt` defaults to the clock. */
  readonly options?: Omit<SignatureOptions, 'signedAt' | 'hash'> & { readonly signedAt?: Date }
  /** Absent: B-B. Present: B-T, or an error. */
  readonly timestampAuthority?: TimestampAuthority
}

export type SignedUpdate = {
  /** Bytes to append to the source; source + appended is the signed file. */
  readonly appended: Uint8Array
  readonly level: 'B-B' | 'B-T'
  readonly fieldName: string
  /** Size and digest of the source the update belongs to, for `writeUpdatedFile`. */
  readonly baseSizeBytes: number
  readonly baseDigest: Uint8Array
  readonly hash: SigningKey['algorithm']['hash']
}

/** Signed attributes, algorithm identifiers and the signature itself, rounded up. */
const CMS_OVERHEAD_BYTES = 2048
/** Accredited services return 4 to 9 kB with their chains; EN 319 142-1 sets no limit. */
const TIMESTAMPED_MINIMUM_BYTES = 32 * 1024
const MAX_RESERVED_BYTES = 1024 * 1024

/**
 * Signs a PDF as an incremental update: PAdES B-B, or B-T with an authority (EN 319 142-1 §6).
 *
 * /Contents is sized by the chain; when the finished CMS is larger, the signature is made once more with room for it.
 *
 * @throws SigningError CERTIFICATE_* and KEY_* before anything is read, those of `prepareSignature`, TSA_*
 * Nothing is produced on failure. Does not check earlier signatures nor ask for revocation.
 */
export async function signPdf(source: ByteSource, request: SignRequest): Promise<SignedUpdate> {
  const { key, clock, options, timestampAuthority } = request
  const nowMs = clock.now()
  assertCertificateMaySign(key.certificate, nowMs)
  const complete = { signedAt: new Date(nowMs), ...options, hash: key.algorithm.hash }
  let reservedBytes = options?.reservedBytes ?? estimateReservedBytes(key, timestampAuthority !== undefined)
  for (;;) {
    const prepared = await prepareSignature(source, { ...complete, reservedBytes })
    try {
      const { appended, level } = await signPrepared(prepared, key, timestampAuthority)
      const { fieldName, baseSizeBytes, baseDigest, hash } = prepared
      return { appended, level, fieldName, baseSizeBytes, baseDigest, hash }
    } catch (error) {
      const required = largerSize(error)
      if (required === undefined || required > MAX_RESERVED_BYTES) throw error
      reservedBytes = required
    }
  }
}

/** Room to ask for at the second try, or undefined when the failure was another one. */
export function largerSize(error: unknown): number | undefined {
  if (!(error instanceof SigningError) || error.code !== 'RESERVED_SPACE_TOO_SMALL') return undefined
  return roundUp(Number(error.data.requiredBytes) + 1024)
}

/** Bytes to reserve for the CMS of `key`: certificates, signature, and a timestamp token when one is wanted. */
export function estimateReservedBytes(key: SigningKey, timestamped: boolean): number {
  const certificates = key.chain.reduce((sum, der) => sum + der.length, key.certificate.length)
  const size = roundUp(certificates + CMS_OVERHEAD_BYTES)
  return timestamped ? Math.max(TIMESTAMPED_MINIMUM_BYTES, size + TIMESTAMPED_MINIMUM_BYTES / 2) : size
}

function roundUp(size: number): number {
  return Math.ceil(size / 1024) * 1024
}
