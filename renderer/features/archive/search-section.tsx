import { type RefObject, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { archiveText } from '../../i18n/ja/archive.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { SelectInput } from '../../ui/choice-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { hrefOf, replaceRoute, useRoute } from '../../ui/router.ts'
import { useMedia } from '../../ui/use-media.ts'
import { useSettled } from '../../ui/use-settled.ts'
import { type FoundWork, FoundWorkDialog } from './found-work-dialog.tsx'
import { NothingFound } from './nothing-found.tsx'
import { PreviewPane } from './preview-pane.tsx'
import { SavedSearches } from './saved-searches.tsx'
import { addressOf, askedBy } from './search-address.ts'
import { SearchChips } from './search-chips.tsx'
import { SearchField } from './search-field.tsx'
import { SearchFilters } from './search-filters.tsx'
import { SearchResults } from './search-results.tsx'
import { createSearchStore, PAGE_SIZE, type SearchState, soughtWords } from './search-store.ts'
import { useSlashKey } from './use-slash-key.ts'

const text = archiveText.search

/** The search lives in the address of the page: going back from a document finds it as it was left. */
function useSearch(): SearchState {
  const bridge = useOfficeBridge()
  const { query: address } = useRoute()
  const [store] = useState(() => createSearchStore(bridge.client, { start: askedBy(address) }))
  const written = useRef(address.toString())
  useEffect(() => {
    void store.getState().load()
    return bridge.subscribe((event) => {
      if (event.topic === 'case-changed') store.getState().loadSoon()
    })
  }, [bridge, store])
  const search = useStore(store)
  const { asked, selected, replace } = search
  useEffect(() => {
    const href = hrefOf(['archive'], addressOf({ ...asked, ...(selected === undefined ? {} : { selected }) }))
    written.current = href.split('?')[1] ?? ''
    if (window.location.hash !== href) replaceRoute(href)
  }, [asked, selected])
  const now = address.toString()
  useEffect(() => {
    // Somebody went elsewhere within the archive: by the menu, by the browser's back.
    if (now !== written.current) replace(askedBy(new URLSearchParams(now)))
  }, [now, replace])
  return search
}

/** One field, facets beside it, results, and the document itself. */
export function SearchSection() {
  const search = useSearch()
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const { can } = useSession()
  const [work, setWork] = useState<FoundWork | undefined>(undefined)
  const { answer } = search
  useSlashKey(field)
  useEffect(() => {
    document.title = `${archiveText.title}｜${uiText.appName}`
  }, [])
  const goToHits = () => {
    const [first] = answer?.rows ?? []
    if (first === undefined) return
    list.current?.querySelector('a')?.focus()
    search.select(first.id)
  }
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-1.5 border-b border-solid-gray-300 px-6 py-2">
        <div className="flex flex-wrap items-end gap-x-3 gap-y-2">
          <div className="min-w-72 flex-1">
            <SearchField search={search} fieldRef={field} onGoToHits={goToHits} />
          </div>
          {can('archive.export') ? (
            <>
              <Button isDisabled={(answer?.total ?? 0) === 0} onPress={() => setWork('print')}>
                {text.print}
              </Button>
              <Button isDisabled={(answer?.total ?? 0) === 0} onPress={() => setWork('export')}>
                {text.export}
              </Button>
            </>
          ) : null}
        </div>
        <SearchChips search={search} />
      </div>
      <div className="grid min-h-0 flex-1 grid-cols-[14rem_minmax(20rem,1fr)] grid-rows-1 max-md:block xl:grid-cols-[14rem_minmax(26rem,1fr)_minmax(26rem,1.1fr)]">
        <FilterColumn search={search} />
        <HitColumn search={search} listRef={list} fieldRef={field} />
        <PreviewColumn search={search} />
      </div>
      {work === undefined ? null : (
        <FoundWorkDialog work={work} query={search.query} onClose={() => setWork(undefined)} />
      )}
    </div>
  )
}

/** From this width on (`md` of the layout) the filters stand beside the list; below they are folded away. */
const BESIDE = '(min-width: 48rem)'

function FilterColumn({ search }: { readonly search: SearchState }) {
  const isBeside = useMedia(BESIDE)
  const content = (
    <>
      <SavedSearches query={search.query} onOpen={(query) => search.replace({ query, offset: 0 })} />
      <SearchFilters query={search.query} facets={search.answer?.facets ?? {}} onChange={search.change} />
    </>
  )
  return (
    <aside
      aria-label={text.filters}
      className="overflow-y-auto border-r border-solid-gray-300 px-4 py-3 max-md:border-r-0 max-md:border-b"
    >
      {isBeside ? (
        content
      ) : (
        <details>
          <summary className="font-bold">{text.openFilters}</summary>
          <div className="pt-2">{content}</div>
        </details>
      )}
    </aside>
  )
}

function HitColumn(props: {
  readonly search: SearchState
  readonly listRef: RefObject<HTMLUListElement | null>
  readonly fieldRef: RefObject<HTMLInputElement | null>
}) {
  const { search, listRef, fieldRef } = props
  const { answer } = search
  const column = useRef<HTMLElement>(null)
  useTopOfNewHits(column, search)
  useReturnToRow(listRef, search)
  return (
    <section
      ref={column}
      aria-label={text.results}
      aria-busy={search.isSlow}
      className="flex min-w-0 flex-col overflow-y-auto"
    >
      <div className="sticky top-0 z-10 flex flex-wrap items-center justify-between gap-x-3 border-b border-solid-gray-300 bg-white px-3 py-1">
        <p className="font-bold tabular-nums">
          {answer ? text.count(answer.total, answer.totalIsEstimate) : ''}
          {search.isSlow ? <span className="ml-2 font-400">{text.searching}</span> : null}
        </p>
        <SelectInput
          hideLabel
          label={text.order}
          value={search.query.order}
          options={(Object.keys(text.orders) as SearchQuery['order'][]).map((value) => ({
            value,
            label: text.orders[value],
          }))}
          onChange={(order) => search.change({ order })}
        />
      </div>
      <Announcement search={search} />
      <Failure error={search.error} onRetry={() => void search.load()} />
      {answer && answer.waiting > 0 ? <Notice severity="info">{text.waiting(answer.waiting)}</Notice> : null}
      {answer ? (
        <>
          {answer.rows.length === 0 && search.offset === 0 ? <NothingFound search={search} /> : null}
          {answer.rows.length === 0 && search.offset > 0 ? (
            <Notice severity="info">{text.nothingFurther}</Notice>
          ) : null}
          <SearchResults
            rows={answer.rows}
            words={soughtWords(answer, search.asked.query)}
            snippets={search.snippets}
            selected={search.selected}
            listRef={listRef}
            onSelect={search.select}
            onLeave={() => fieldRef.current?.focus()}
          />
          <div className="px-3 py-3">
            <Pager offset={search.offset} limit={PAGE_SIZE} total={answer.total} onMove={search.setOffset} />
          </div>
        </>
      ) : search.error ? null : (
        <Loading />
      )}
    </section>
  )
}

/** Read out once a search has come to rest, not at every key. */
const QUIET_MS = 900

function Announcement({ search }: { readonly search: SearchState }) {
  const { answer, isSlow } = search
  const sentence = isSlow
    ? text.searching
    : answer
      ? text.announced(text.count(answer.total, answer.totalIsEstimate))
      : ''
  const settled = useSettled(sentence, QUIET_MS)
  return (
    <p role="status" className="sr-only">
      {settled}
    </p>
  )
}

/** Other hits begin at their top; the same question asked again (a case changed) stays where it is. */
function useTopOfNewHits(column: RefObject<HTMLElement | null>, { asked, answer }: SearchState): void {
  const key = JSON.stringify(asked)
  const shown = useRef(key)
  useEffect(() => {
    if (answer === undefined || shown.current === key) return
    shown.current = key
    column.current?.scrollTo(0, 0)
  }, [column, answer, key])
}

/** Back from a document: the row one came from has the focus. */
function useReturnToRow(list: RefObject<HTMLUListElement | null>, { answer, selected }: SearchState): void {
  const start = useRef(selected)
  useEffect(() => {
    if (answer === undefined || start.current === undefined) return
    start.current = undefined
    list.current?.querySelector<HTMLElement>('a[aria-current]')?.focus()
  }, [list, answer])
}

/** Longer than the pause between two arrow keys: a document is opened (and logged) only when somebody stays at it. */
const STAY_MS = 250

function PreviewColumn({ search }: { readonly search: SearchState }) {
  const { answer, snippets } = search
  const selected = useSettled(search.selected, STAY_MS)
  const row = answer?.rows.find((candidate) => candidate.id === selected)
  const isWaiting =
    row !== undefined &&
    answer !== undefined &&
    answer.words.length > 0 &&
    snippets[row.id] === undefined &&
    row.documentId !== null
  const folder = answer?.facets.folder?.find((entry) => entry.value === (row?.folderId ?? ''))
  return (
    <aside
      aria-label={text.preview}
      className="hidden min-h-0 min-w-0 border-l border-solid-gray-300 xl:block"
    >
      {row === undefined ? (
        <div className="flex flex-col gap-2 p-6 text-solid-gray-700">
          <p>{text.choose}</p>
          <p>{text.keys}</p>
        </div>
      ) : isWaiting ? (
        <Loading />
      ) : (
        <PreviewPane
          key={row.id}
          row={row}
          words={answer?.words ?? []}
          snippet={snippets[row.id]}
          folderName={folder?.label || text.noFolder}
        />
      )}
    </aside>
  )
}
