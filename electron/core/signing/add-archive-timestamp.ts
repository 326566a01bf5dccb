import type { ByteSource } from '../kit/byte-source.ts'
import type { BaseDigest } from './pdf/base-digest.ts'
import { prepareDocumentTimestamp } from './pdf/prepare-signature.ts'
import { fillSignature } from './pdf/prepared-signature.ts'
import { largerSize } from './sign-pdf.ts'
import type { TimestampAuthority } from './timestamp/timestamp-authority.ts'

const RESERVED_BYTES = 32 * 1024

/**
 * Appends a document timestamp over everything before it (EN 319 142-1 §6.3 letter y, ISO 32000-2 §12.8.5).
 * After `addValidationData` this makes B-LTA; repeated in time it carries the evidence on.
 *
 * @param baseDigest running digest of the source when it is known already
 * @returns bytes to append
 * @throws SigningError TSA_*, and those of the reader; nothing is produced then
 */
export async function addArchiveTimestamp(
  source: ByteSource,
  authority: TimestampAuthority,
  baseDigest?: BaseDigest,
): Promise<Uint8Array> {
  let reservedBytes = RESERVED_BYTES
  for (;;) {
    const prepared = await prepareDocumentTimestamp(source, {
      reservedBytes,
      ...(baseDigest === undefined ? {} : { baseDigest, hash: baseDigest.hash }),
    })
    const token = await authority.stamp(prepared.digest, prepared.hash)
    try {
      return fillSignature(prepared, token)
    } catch (error) {
      const required = largerSize(error)
      if (required === undefined) throw error
      reservedBytes = required
    }
  }
}
