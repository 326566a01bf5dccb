/** Fetching, opening and checking of one document. */
import type { LinkKeys } from '../../shared/portal-api/keys.ts'
import type { PortalDocument, PortalManifest } from '../../shared/portal-api/manifest.ts'
import { describePieces, openChunk } from '../../shared/portal-api/package-sealing.ts'
import { sha256HexOf } from '../../shared/portal-api/platform.ts'
import { ok } from '../../shared/result.ts'
import { isPassing } from './dead-reason.ts'
import type { Answer, PortalClient } from './portal-client.ts'

export type LoadedDocument = {
  readonly bytes: Uint8Array
  /** Computed here, over the bytes that are shown. */
  readonly sha256: string
}

const TRIES = 3
const PAUSE_MS = 1500

/**
 * Loads a document; a broken connection is tried again a few times.
 *
 * @param onProgress share that has arrived, 0 to 1
 * @throws PortalProtocolError 'CIPHERTEXT_REFUSED' when the portal's bytes are not the office's; DocumentDiffers when the SHA-256 is not the manifest's
 */
export async function loadDocument(
  source: { readonly client: PortalClient; readonly keys: LinkKeys; readonly manifest: PortalManifest },
  document: PortalDocument,
  onProgress: (share: number) => void,
): Answer<LoadedDocument> {
  const { client, keys, manifest } = source
  const { chunkCount } = describePieces(document.id, document.sizeBytes)
  const bytes = new Uint8Array(document.sizeBytes)
  let offset = 0
  for (let index = 0; index < chunkCount; index++) {
    const sealed = await withRetries(() => client.chunk(document.id, index))
    if (!sealed.ok) return sealed
    const place = { linkId: manifest.linkId, documentId: document.id, index, chunkCount }
    const plain = await openChunk(keys.contentKey, place, sealed.value)
    if (offset + plain.length > bytes.length) throw new DocumentDiffers()
    bytes.set(plain, offset)
    offset += plain.length
    onProgress((index + 1) / chunkCount)
  }
  const sha256 = await sha256HexOf(bytes)
  if (offset !== bytes.length || sha256 !== document.sha256) throw new DocumentDiffers()
  return ok({ bytes, sha256 })
}

/** The document is not the one the manifest names. */
export class DocumentDiffers extends Error {}

async function withRetries<T>(ask: () => Answer<T>): Answer<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask()
    if (answer.ok || attempt === TRIES || !isPassing(answer.error)) return answer
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt))
  }
}
