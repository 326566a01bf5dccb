import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { OfficeBridge } from '../../../../renderer/bridge/office-bridge.ts'
import { addressOf, askedBy } from '../../../../renderer/features/archive/search-address.ts'
import {
  createSearchStore,
  EMPTY_QUERY,
  hasFilters,
  type SearchAnswer,
  SLOW_MS,
} from '../../../../renderer/features/archive/search-store.ts'
import { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { fail, ok } from '../../../../shared/result.ts'

const DEBOUNCE_MS = 15
const answer = (total: number): SearchAnswer => ({
  rows: [],
  total,
  totalIsEstimate: false,
  waiting: 0,
  facets: {},
  understood: [],
  words: [],
  ms: 0,
})

/** A bridge that answers a search when the test says so. */
function slowBridge() {
  const asked: { readonly text: string; readonly reply: (total: number) => void }[] = []
  const search = (input: { readonly text?: string }) =>
    new Promise((resolve) => {
      asked.push({ text: input.text ?? '', reply: (total) => resolve(ok(answer(total))) })
    })
  return { asked, client: { archive: { search } } as unknown as OfficeBridge['client'] }
}

describe('search as one types', () => {
  it('asks once after a pause, not at every key', async () => {
    const { asked, client } = slowBridge()
    const store = createSearchStore(client, { debounceMs: DEBOUNCE_MS })
    for (const text of ['橋', '橋梁', '橋梁補']) store.getState().change({ text })
    await sleep(DEBOUNCE_MS * 3)
    expect(asked.map((question) => question.text)).toEqual(['橋梁補'])
  })

  it('drops an answer that a newer question overtook', async () => {
    const { asked, client } = slowBridge()
    const store = createSearchStore(client, { debounceMs: DEBOUNCE_MS })
    store.getState().change({ text: '橋' })
    await sleep(DEBOUNCE_MS * 3)
    store.getState().change({ text: '橋梁' })
    await sleep(DEBOUNCE_MS * 3)
    asked[1]?.reply(2)
    await sleep(1)
    asked[0]?.reply(900)
    await sleep(1)
    expect(store.getState().answer?.total).toBe(2)
  })

  it('asks nothing in the middle of a Japanese conversion, and asks when it ends', async () => {
    const { asked, client } = slowBridge()
    const store = createSearchStore(client, { debounceMs: DEBOUNCE_MS })
    store.getState().setComposing(true)
    for (const text of ['ｋ', 'き', 'きょう', 'きょうりょう']) store.getState().change({ text })
    await sleep(DEBOUNCE_MS * 3)
    expect(asked).toEqual([])
    store.getState().change({ text: '橋梁' })
    store.getState().setComposing(false)
    await sleep(DEBOUNCE_MS * 3)
    expect(asked.map((question) => question.text)).toEqual(['橋梁'])
  })

  it('says that it is slow only when it is, and not any more once the answer is there', async () => {
    const { asked, client } = slowBridge()
    const store = createSearchStore(client, { debounceMs: DEBOUNCE_MS })
    void store.getState().load()
    await sleep(SLOW_MS / 2)
    expect(store.getState().isSlow).toBe(false)
    await sleep(SLOW_MS)
    expect(store.getState().isSlow).toBe(true)
    asked[0]?.reply(3)
    await sleep(1)
    expect(store.getState()).toMatchObject({ isSlow: false, answer: { total: 3 } })
  })

  it('keeps the hits of before when the next answer fails', async () => {
    let isFailing = false
    const search = async () => (isFailing ? fail('HOST_UNREACHABLE', {}) : ok(answer(7)))
    const client = { archive: { search } } as unknown as OfficeBridge['client']
    const store = createSearchStore(client, { debounceMs: DEBOUNCE_MS })
    await store.getState().load()
    isFailing = true
    await store.getState().load()
    expect(store.getState()).toMatchObject({ answer: { total: 7 }, error: { code: 'HOST_UNREACHABLE' } })
  })

  it('asks for the places in the documents a few rows at a time, and no longer once the words changed', async () => {
    const asked: string[][] = []
    const rows = Array.from({ length: 12 }, (_, at) => ({
      id: `c${at}`,
      documentId: at === 3 ? null : `d${at}`,
    }))
    const client = {
      archive: {
        search: async () => ok({ ...answer(12), rows, words: ['橋梁'] }),
        snippets: async ({ caseIds }: { readonly caseIds: string[] }) => {
          asked.push(caseIds)
          if (asked.length === 2) void store.getState().load()
          return ok({ rows: caseIds.map((caseId) => ({ caseId, snippet: null })) })
        },
      },
    } as unknown as OfficeBridge['client']
    const store = createSearchStore(client, { debounceMs: DEBOUNCE_MS })
    await store.getState().load()
    await sleep(20)
    expect(asked[0]).toEqual(['c0', 'c1', 'c2', 'c4', 'c5'])
    // The second part was overtaken; the newer search asked from the top again.
    expect(asked.map((part) => part[0])).toEqual(['c0', 'c6', 'c0', 'c6', 'c11'])
    expect(Object.keys(store.getState().snippets)).toHaveLength(11)
  })

  it('knows a filter from a typed line or an order', () => {
    expect(hasFilters({ ...EMPTY_QUERY, text: '橋', order: 'amount' })).toBe(false)
    expect(hasFilters({ ...EMPTY_QUERY, amountBlank: true })).toBe(true)
  })
})

describe('the search in the address of the page', () => {
  it('comes back as it was left', () => {
    const asked = {
      query: SearchQuery.parse({
        text: '橋梁 令和7年度',
        departments: ['土木課'],
        order: 'amount',
        holdOnly: true,
      }),
      offset: 50,
      selected: 'c1',
    }
    const address = new URLSearchParams(
      Object.entries(addressOf(asked)).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
    expect(askedBy(address)).toEqual(asked)
  })

  it('is empty for an empty search, and an address changed by hand is an empty search', () => {
    expect(addressOf({ query: EMPTY_QUERY, offset: 0 })).toEqual({
      q: undefined,
      offset: undefined,
      at: undefined,
    })
    for (const q of ['{', '[]', '{"order":"sideways"}'])
      expect(askedBy(new URLSearchParams({ q, offset: '-3' }))).toEqual({ query: EMPTY_QUERY, offset: 0 })
  })
})
