import { useCallback, useEffect, useRef, useState } from 'react'
import type { DocumentId, EpochMs } from '../../shared/model/brand.ts'
import type { ShownDocument } from '../../shared/portal-api/response.ts'
import { deadReasonOf, isPassing } from './dead-reason.ts'
import type { DeadReason } from './ja.ts'
import { type LoadedDocument, loadDocument } from './load-document.ts'
import type { PortalSession } from './use-portal.ts'

export type DocumentState =
  | { readonly kind: 'loading'; readonly share: number }
  | { readonly kind: 'failed' }
  | { readonly kind: 'ready'; readonly loaded: LoadedDocument }

type Seen = { readonly firstShownAt: EpochMs; readonly lastPageSeen: number }

export type Documents = {
  readonly states: ReadonlyMap<DocumentId, DocumentState>
  readonly reload: (id: DocumentId) => void
  readonly markSeen: (id: DocumentId, page: number) => void
  /** True when the last page of the document was on the screen. */
  readonly isRead: (id: DocumentId) => boolean
  readonly isOpened: (id: DocumentId) => boolean
  /** For the response; undefined while not every document has arrived. */
  readonly shown: () => readonly ShownDocument[] | undefined
}

/** Loads all documents of a session one after the other and remembers what was shown of them. */
export function useDocuments(session: PortalSession, onDead: (reason: DeadReason) => void): Documents {
  const { manifest, client } = session
  const [states, setStates] = useState<ReadonlyMap<DocumentId, DocumentState>>(
    () => new Map(manifest.documents.map(({ id }) => [id, { kind: 'loading', share: 0 }])),
  )
  const [seen, setSeen] = useState<ReadonlyMap<DocumentId, Seen>>(new Map())
  const put = useCallback(
    (id: DocumentId, state: DocumentState) => setStates((before) => new Map(before).set(id, state)),
    [],
  )
  const load = useCallback(
    async (id: DocumentId) => {
      const document = manifest.documents.find((candidate) => candidate.id === id)
      if (document === undefined) return
      put(id, { kind: 'loading', share: 0 })
      try {
        const loaded = await loadDocument(session, document, (share) => put(id, { kind: 'loading', share }))
        if (loaded.ok) put(id, { kind: 'ready', loaded: loaded.value })
        else if (isPassing(loaded.error)) put(id, { kind: 'failed' })
        else onDead(deadReasonOf(loaded.error, manifest.kind))
      } catch (error) {
        console.warn('portal.document-refused', error)
        onDead('package-damaged')
      }
    },
    [session, manifest, put, onDead],
  )
  const begun = useRef<PortalSession>(undefined)
  useEffect(() => {
    if (begun.current === session) return
    begun.current = session
    const loadAll = async (): Promise<void> => {
      for (const { id } of manifest.documents) await load(id)
    }
    void loadAll()
  }, [session, manifest, load])

  const told = useRef(new Set<DocumentId>())
  const markSeen = useCallback(
    (id: DocumentId, page: number) => {
      setSeen((before) => {
        const known = before.get(id)
        if (known !== undefined && known.lastPageSeen >= page) return before
        const firstShownAt = known?.firstShownAt ?? (Date.now() as EpochMs)
        return new Map(before).set(id, { firstShownAt, lastPageSeen: page })
      })
      if (told.current.has(id)) return
      told.current.add(id)
      // Only a note for the office; the response carries the same in the signer's own words.
      void client.seen(id)
    },
    [client],
  )
  return {
    states,
    reload: (id) => void load(id),
    markSeen,
    isOpened: (id) => seen.has(id),
    isRead: (id) => {
      const pages =
        manifest.documents.find((document) => document.id === id)?.pages ?? Number.POSITIVE_INFINITY
      return (seen.get(id)?.lastPageSeen ?? 0) >= pages
    },
    shown: () => {
      const all: ShownDocument[] = []
      for (const { id, role, title } of manifest.documents) {
        const state = states.get(id)
        if (state?.kind !== 'ready') return undefined
        const { firstShownAt = null, lastPageSeen = 0 } = seen.get(id) ?? {}
        all.push({
          id,
          role,
          title,
          sha256: state.loaded.sha256 as ShownDocument['sha256'],
          firstShownAt,
          lastPageSeen,
        })
      }
      return all
    },
  }
}
