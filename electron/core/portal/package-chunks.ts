import type { DocumentId } from '../../../shared/model/brand.ts'
import { type SealedPackage, sealChunk } from '../../../shared/portal-api/package-sealing.ts'
import { CHUNK_BYTES } from '../../../shared/portal-api/wire.ts'
import type { ByteSource } from '../kit/byte-source.ts'
import type { ChunkSource } from './office-client.ts'

/**
 * The chunks of a package for `putPackage`, read and sealed one at a time, so that a large document never lies in memory whole.
 *
 * @param sources the documents' bytes; exactly those whose SHA-256 the manifest names (the caller answers for that)
 * @throws Error for a document that is not in the package or whose size is another
 */
export function packageChunks(
  sealed: Pick<SealedPackage, 'record' | 'contentKey'>,
  sources: ReadonlyMap<DocumentId, ByteSource>,
): ChunkSource {
  const { record, contentKey } = sealed
  return async (documentId, index) => {
    const pieces = record.documents.find(({ id }) => id === documentId)
    const source = sources.get(documentId)
    if (pieces === undefined || source === undefined)
      throw new Error(`No document ${documentId} in the package`)
    const { chunkCount } = pieces
    if (Math.max(1, Math.ceil(source.sizeBytes / CHUNK_BYTES)) !== chunkCount)
      throw new Error(`Document ${documentId} has another size than when it was sealed`)
    const offset = index * CHUNK_BYTES
    const plain = source.read(offset, Math.min(CHUNK_BYTES, source.sizeBytes - offset))
    return sealChunk(contentKey, { linkId: record.linkId, documentId, index, chunkCount }, plain)
  }
}
