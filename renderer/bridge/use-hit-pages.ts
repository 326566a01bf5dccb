import type { DocumentId } from '../../shared/model/brand.ts'
import { ok } from '../../shared/result.ts'
import { useOfficeBridge } from './office-bridge.ts'
import { useQuery } from './use-query.ts'

/** Pages of a document on which one of the words stands; undefined until the main side has looked. Without words: none. */
export function useHitPages(documentId: DocumentId, words: readonly string[]): readonly number[] | undefined {
  const { client } = useOfficeBridge()
  const found = useQuery(`hit-pages ${documentId} ${JSON.stringify(words)}`, async () =>
    words.length === 0 ? ok({ pages: [] }) : client.archive.hitPages({ documentId, words: [...words] }),
  )
  return found.data?.pages ?? (found.error === undefined ? undefined : [])
}
