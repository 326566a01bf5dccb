import type { ByteSource } from '../../kit/byte-source.ts'
import { prefixSource } from './diff/compare-revisions.ts'

/**
 * The file as it was signed: bytes [0, signedSizeBytes), unchanged. Shown for 「署名時の版を表示」, and what a signer
 * answers for; what follows in the file was added later.
 *
 * @throws RangeError when the report is not about this source
 */
export function signedRevision(
  source: ByteSource,
  signature: { readonly signedSizeBytes: number },
): ByteSource {
  const { signedSizeBytes } = signature
  if (!Number.isSafeInteger(signedSizeBytes) || signedSizeBytes <= 0 || signedSizeBytes > source.sizeBytes)
    throw new RangeError('The signed revision does not lie in this file')
  return prefixSource(source, signedSizeBytes)
}
