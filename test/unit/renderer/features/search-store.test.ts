import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { OfficeBridge } from '../../../../renderer/bridge/office-bridge.ts'
import {
  createSearchStore,
  EMPTY_QUERY,
  hasFilters,
  type SearchAnswer,
  withoutPiece,
} from '../../../../renderer/features/archive/search-store.ts'
import { ok } from '../../../../shared/result.ts'

const DEBOUNCE_MS = 15
const answer = (total: number): SearchAnswer => ({
  rows: [],
  total,
  totalIsCapped: false,
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
    const store = createSearchStore(client, DEBOUNCE_MS)
    for (const text of ['橋', '橋梁', '橋梁補']) store.getState().change({ text })
    await sleep(DEBOUNCE_MS * 3)
    expect(asked.map((question) => question.text)).toEqual(['橋梁補'])
  })

  it('drops an answer that a newer question overtook', async () => {
    const { asked, client } = slowBridge()
    const store = createSearchStore(client, DEBOUNCE_MS)
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

  it('takes one understood piece out of the line', () => {
    expect(withoutPiece('令和7年度 1,000万円以上 橋梁', '1,000万円以上')).toBe('令和7年度 橋梁')
    expect(withoutPiece('橋梁', '道路')).toBe('橋梁')
  })

  it('knows a filter from a typed line or an order', () => {
    expect(hasFilters({ ...EMPTY_QUERY, text: '橋', order: 'amount' })).toBe(false)
    expect(hasFilters({ ...EMPTY_QUERY, amountBlank: true })).toBe(true)
  })
})
