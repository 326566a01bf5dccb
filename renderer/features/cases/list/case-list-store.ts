import { createStore, type StoreApi } from 'zustand'
import { CaseState } from '../../../../shared/model/case.ts'
import type { OfficeBridge } from '../../../bridge/office-bridge.ts'

type Client = OfficeBridge['client']
type ListAnswer = Extract<Awaited<ReturnType<Client['cases']['list']>>, { readonly ok: true }>['value']
type Failed = { readonly code: string; readonly data: unknown }
export type CaseRow = ListAnswer['rows'][number]
export type ListTab = CaseState | 'all'

export const PAGE_SIZE = 50

export type CaseListState = {
  readonly tab: ListTab
  readonly text: string
  readonly mine: boolean
  readonly offset: number
  readonly answer: ListAnswer | undefined
  readonly error: Failed | undefined
  readonly selected: ReadonlySet<string>
  readonly setTab: (tab: ListTab) => void
  readonly setText: (text: string) => void
  readonly setMine: (mine: boolean) => void
  readonly setOffset: (offset: number) => void
  readonly select: (selected: ReadonlySet<string>) => void
  readonly load: () => Promise<void>
}

/** The list of cases: what is asked for, the newest answer, what is selected. Overtaken answers are dropped. */
export function createCaseListStore(client: Client): StoreApi<CaseListState> {
  let asked = 0
  return createStore<CaseListState>()((set, get) => {
    const change = (part: Partial<CaseListState>) => {
      set({ offset: 0, selected: new Set(), ...part })
      void get().load()
    }
    return {
      tab: 'all',
      text: '',
      mine: false,
      offset: 0,
      answer: undefined,
      error: undefined,
      selected: new Set(),
      setTab: (tab) => change({ tab }),
      setText: (text) => change({ text }),
      setMine: (mine) => change({ mine }),
      setOffset: (offset) => change({ offset }),
      select: (selected) => set({ selected }),
      load: async () => {
        asked += 1
        const mine = asked
        const { tab, text, offset } = get()
        const answer = await client.cases.list({
          states: tab === 'all' ? [] : [tab],
          text: text.trim(),
          mine: get().mine,
          offset,
          limit: PAGE_SIZE,
        })
        if (mine !== asked) return
        if (answer.ok) set({ answer: answer.value, error: undefined })
        else set({ error: answer.error })
      },
    }
  })
}

export function tabOf(value: string | null): ListTab {
  const state = CaseState.safeParse(value)
  return state.success ? state.data : 'all'
}
