import { createStore, type StoreApi } from 'zustand'
import { SearchQuery, type Snippet } from '../../../shared/bridge/archive.ts'
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
/** Waiting longer than this is said. */
export const SLOW_MS = 400
export const PAGE_SIZE = 50
/** Rows whose place in the documents is asked for at a time, from the top. */
const SNIPPETS_AT_A_TIME = 5

/** What was asked last: what the address of the page says. */
export type Asked = { readonly query: SearchQuery; readonly offset: number; readonly selected?: string }

export type SearchState = {
  readonly query: SearchQuery
  readonly asked: Asked
  readonly answer: SearchAnswer | undefined
  /** By case; missing = not asked yet, null = the words stand in no document. */
  readonly snippets: Readonly<Record<string, Snippet | null>>
  readonly error: Failed | undefined
  /** An answer takes longer than one notices. */
  readonly isSlow: boolean
  readonly offset: number
  readonly selected: string | undefined
  /** Changes part of the query and asks again, from the first page. */
  readonly change: (part: Partial<SearchQuery>) => void
  /** While a Japanese conversion is open nothing is asked; its end asks. */
  readonly setComposing: (isComposing: boolean) => void
  readonly replace: (asked: Asked) => void
  readonly setOffset: (offset: number) => void
  readonly select: (caseId: string | undefined) => void
  /** Asks at once. */
  readonly load: () => Promise<void>
  /** Asks after a pause, however often it is called meanwhile. */
  readonly loadSoon: () => void
}

export const EMPTY_QUERY: SearchQuery = SearchQuery.parse({})

/** Search as you type: asks after a pause, and drops answers that a newer question overtook. */
export function createSearchStore(
  client: Client,
  options: { readonly debounceMs?: number; readonly start?: Asked } = {},
): StoreApi<SearchState> {
  const { debounceMs = DEBOUNCE_MS, start = { query: EMPTY_QUERY, offset: 0 } } = options
  let run = 0
  let isComposing = false
  let timer: ReturnType<typeof setTimeout> | undefined
  return createStore<SearchState>()((set, get) => {
    const askSoon = () => {
      clearTimeout(timer)
      if (!isComposing) timer = setTimeout(() => void get().load(), debounceMs)
    }
    const snippets = snippetFiller(client, { get, set, run: () => run })
    return {
      query: start.query,
      asked: start,
      answer: undefined,
      snippets: {},
      error: undefined,
      isSlow: false,
      offset: start.offset,
      selected: start.selected,
      change: (part) => {
        set((old) => ({ query: { ...old.query, ...part }, offset: 0 }))
        askSoon()
      },
      setComposing: (composing) => {
        isComposing = composing
        askSoon()
      },
      replace: ({ query, offset, selected }) => {
        set({ query, offset, selected })
        askSoon()
      },
      setOffset: (offset) => {
        set({ offset })
        void get().load()
      },
      select: (selected) => {
        set({ selected })
        if (selected !== undefined) void snippets.fillOne(selected)
      },
      loadSoon: askSoon,
      load: async () => {
        clearTimeout(timer)
        run += 1
        const mine = run
        const { query, offset } = get()
        set({ asked: { query, offset } })
        const slow = setTimeout(() => {
          if (mine === run) set({ isSlow: true })
        }, SLOW_MS)
        const answer = await client.archive.search({ ...query, offset, limit: PAGE_SIZE })
        clearTimeout(slow)
        if (mine !== run) return
        if (!answer.ok) return set({ error: answer.error, isSlow: false })
        set({
          answer: answer.value,
          error: undefined,
          isSlow: false,
          snippets: keptSnippets(get(), answer.value),
        })
        await snippets.fillAll(answer.value)
      },
    }
  })
}

/** Fetches the rows' places in the documents for as long as no newer search has begun. */
function snippetFiller(
  client: Client,
  store: {
    readonly get: () => SearchState
    readonly set: StoreApi<SearchState>['setState']
    readonly run: () => number
  },
) {
  const fetchPart = async (caseIds: SearchRow['id'][], words: string[]): Promise<boolean> => {
    const mine = store.run()
    const found = await client.archive.snippets({ caseIds, words })
    if (mine !== store.run()) return false
    if (!found.ok) {
      store.set({ error: found.error })
      return false
    }
    const rows = found.value.rows.map(({ caseId, snippet }) => [caseId, snippet] as const)
    store.set((old) => ({ snippets: { ...old.snippets, ...Object.fromEntries(rows) } }))
    return true
  }
  return {
    /** From the top, a few at a time. */
    fillAll: async ({ rows, words }: SearchAnswer): Promise<void> => {
      if (words.length === 0) return
      const caseIds = rows.flatMap((row) => (row.documentId === null ? [] : [row.id]))
      for (let at = 0; at < caseIds.length; at += SNIPPETS_AT_A_TIME)
        if (!(await fetchPart(caseIds.slice(at, at + SNIPPETS_AT_A_TIME), words))) return
    },
    /** The row somebody looks at does not wait for those above it. */
    fillOne: async (caseId: string): Promise<void> => {
      const { answer, snippets } = store.get()
      const row = answer?.rows.find((candidate) => candidate.id === caseId)
      if (answer === undefined || row === undefined || row.documentId === null) return
      if (answer.words.length > 0 && snippets[caseId] === undefined) await fetchPart([row.id], answer.words)
    },
  }
}

/** Where the same words were sought before, a row keeps its line until it is asked for anew: nothing flickers. */
function keptSnippets({ answer, snippets }: SearchState, next: SearchAnswer): SearchState['snippets'] {
  return answer !== undefined && answer.words.join('\n') === next.words.join('\n') ? snippets : {}
}

export function hasFilters(query: SearchQuery): boolean {
  return (
    JSON.stringify({ ...query, text: '', order: 'newest' }) !==
    JSON.stringify({ ...EMPTY_QUERY, order: 'newest' })
  )
}

/** The words that are marked in a field of a row. */
export function soughtWords(answer: SearchAnswer, query: SearchQuery) {
  const wordsOf = (kind: string) =>
    answer.understood.flatMap((each) => (each.kind === kind && 'word' in each ? [each.word] : []))
  const typed = (line: string) => line.split(/\s+/).filter((word) => word !== '')
  return {
    anywhere: answer.words,
    title: [...answer.words, ...wordsOf('title'), ...typed(query.title)],
    number: [...answer.words, ...wordsOf('number'), ...typed(query.contractNumber)],
    counterparty: [...answer.words, ...wordsOf('counterparty'), ...typed(query.counterparty)],
  }
}
export type SoughtWords = ReturnType<typeof soughtWords>
