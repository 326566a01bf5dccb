import { createStore, type StoreApi } from 'zustand'
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { OfficeBridge } from '../../bridge/office-bridge.ts'

type Client = OfficeBridge['client']
export type SearchAnswer = Extract<
  Awaited<ReturnType<Client['archive']['search']>>,
  { readonly ok: true }
>['value']
export type SearchRow = SearchAnswer['rows'][number]
type Failed = { readonly code: string; readonly data: unknown }

/** A pause in typing long enough to ask; shorter than a person notices. */
export const DEBOUNCE_MS = 120
export const PAGE_SIZE = 50

export type SearchState = {
  readonly query: SearchQuery
  readonly answer: SearchAnswer | undefined
  readonly error: Failed | undefined
  readonly offset: number
  readonly selected: string | undefined
  /** Changes part of the query and asks again, from the first page. */
  readonly change: (part: Partial<SearchQuery>) => void
  readonly replace: (query: SearchQuery) => void
  readonly setOffset: (offset: number) => void
  readonly select: (caseId: string) => void
  readonly load: () => Promise<void>
}

export const EMPTY_QUERY: SearchQuery = SearchQuery.parse({})

/** Search as you type: asks after a pause, and drops answers that a newer question overtook. */
export function createSearchStore(client: Client, debounceMs = DEBOUNCE_MS): StoreApi<SearchState> {
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  return createStore<SearchState>()((set, get) => {
    const askSoon = () => {
      clearTimeout(timer)
      timer = setTimeout(() => void get().load(), debounceMs)
    }
    return {
      query: EMPTY_QUERY,
      answer: undefined,
      error: undefined,
      offset: 0,
      selected: undefined,
      change: (part) => {
        set((old) => ({ query: { ...old.query, ...part }, offset: 0 }))
        askSoon()
      },
      replace: (query) => {
        set({ query, offset: 0 })
        askSoon()
      },
      setOffset: (offset) => {
        set({ offset })
        void get().load()
      },
      select: (selected) => set({ selected }),
      load: async () => {
        asked += 1
        const mine = asked
        const { query, offset } = get()
        const answer = await client.archive.search({ ...query, offset, limit: PAGE_SIZE })
        if (mine !== asked) return
        if (answer.ok) set({ answer: answer.value, error: undefined })
        else set({ error: answer.error })
      },
    }
  })
}

/** The typed line without one of the pieces it was understood as. */
export function withoutPiece(line: string, piece: string): string {
  const at = line.indexOf(piece)
  if (at < 0) return line
  return `${line.slice(0, at)} ${line.slice(at + piece.length)}`.replace(/\s+/g, ' ').trim()
}

export function hasFilters(query: SearchQuery): boolean {
  return (
    JSON.stringify({ ...query, text: '', order: 'newest' }) !==
    JSON.stringify({ ...EMPTY_QUERY, order: 'newest' })
  )
}
