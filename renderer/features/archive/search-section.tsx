import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { archiveText } from '../../i18n/ja/archive.ts'
import { labelOf } from '../../i18n/ja/labels.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { SelectInput } from '../../ui/choice-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Empty, Loading } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { PreviewPane } from './preview-pane.tsx'
import { SavedSearches } from './saved-searches.tsx'
import { SearchFilters } from './search-filters.tsx'
import { SearchResults } from './search-results.tsx'
import { createSearchStore, PAGE_SIZE, type SearchState, withoutPiece } from './search-store.ts'

const text = archiveText.search

function useSearch(): SearchState {
  const bridge = useOfficeBridge()
  const [store] = useState(() => createSearchStore(bridge.client))
  useEffect(() => {
    void store.getState().load()
    return bridge.subscribe((event) => {
      if (event.topic === 'case-changed') void store.getState().load()
    })
  }, [bridge, store])
  return useStore(store)
}

/** One field, facets beside it, results, and the document itself. */
export function SearchSection() {
  const search = useSearch()
  const { can } = useSession()
  const [isExporting, setExporting] = useState(false)
  const { answer } = search
  const row = answer?.rows.find((candidate) => candidate.id === search.selected)
  useEffect(() => {
    document.title = `${archiveText.title}｜${uiText.appName}`
  }, [])
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-2 border-b border-solid-gray-300 px-6 py-3">
        <div className="flex flex-wrap items-end gap-x-5 gap-y-2">
          <div className="min-w-72 flex-1">
            <TextInput
              label={text.label}
              type="search"
              autoFocus
              placeholder={text.placeholder}
              value={search.query.text}
              onChange={(typed) => search.change({ text: typed })}
            />
          </div>
          <SelectInput
            label={text.order}
            value={search.query.order}
            options={(Object.keys(text.orders) as SearchQuery['order'][]).map((value) => ({
              value,
              label: text.orders[value],
            }))}
            onChange={(order) => search.change({ order })}
          />
          {can('archive.export') ? (
            <Button isDisabled={(answer?.total ?? 0) === 0} onPress={() => setExporting(true)}>
              {text.export}
            </Button>
          ) : null}
        </div>
        <UnderstoodChips search={search} />
      </div>
      <div className="grid min-h-0 flex-1 grid-cols-[15rem_minmax(20rem,1fr)] max-md:grid-cols-1 xl:grid-cols-[15rem_minmax(20rem,2fr)_minmax(26rem,3fr)]">
        <aside
          aria-label={text.filters}
          className="overflow-y-auto border-r border-solid-gray-300 px-4 py-4 max-md:border-r-0"
        >
          <SavedSearches query={search.query} onOpen={search.replace} />
          <SearchFilters query={search.query} facets={answer?.facets ?? {}} onChange={search.change} />
        </aside>
        <section aria-label={text.results} className="flex min-w-0 flex-col gap-3 overflow-y-auto px-4 py-4">
          <Failure error={search.error} onRetry={() => void search.load()} />
          {answer ? (
            <>
              <p role="status" className="font-bold tabular-nums">
                {text.count(answer.total, answer.totalIsCapped)}
              </p>
              {answer.rows.length === 0 ? <Empty>{text.nothing}</Empty> : null}
              <SearchResults
                rows={answer.rows}
                words={answer.words}
                selected={search.selected}
                onSelect={search.select}
              />
              <Pager
                offset={search.offset}
                limit={PAGE_SIZE}
                total={answer.total}
                onMove={search.setOffset}
              />
            </>
          ) : search.error ? null : (
            <Loading />
          )}
        </section>
        <aside
          aria-label={text.preview}
          className={`min-h-0 min-w-0 border-l border-solid-gray-300 max-xl:col-span-2 max-xl:border-t ${row ? 'max-xl:h-[70vh]' : 'max-xl:hidden'}`}
        >
          {row ? (
            <PreviewPane key={row.id} row={row} />
          ) : (
            <p className="p-6 text-solid-gray-700">{text.choose}</p>
          )}
        </aside>
      </div>
      {isExporting ? <ExportDialog query={search.query} onClose={() => setExporting(false)} /> : null}
    </div>
  )
}

/** How the line was understood; each piece can be taken away. */
function UnderstoodChips({ search }: { readonly search: SearchState }) {
  const understood = search.query.text.trim() === '' ? [] : (search.answer?.understood ?? [])
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-2 text-[0.875rem]" aria-live="polite">
      {understood.length > 0 ? <span className="text-solid-gray-700">{text.understood}</span> : null}
      {understood.map((piece) => (
        <button
          key={`${piece.kind} ${piece.text}`}
          type="button"
          className="rounded-full border border-blue-900 bg-blue-50 px-2.5 py-0.5 text-blue-1000 hover:bg-blue-100"
          aria-label={text.removeChip(piece.text)}
          onClick={() => search.change({ text: withoutPiece(search.query.text, piece.text) })}
        >
          {labelOf(text.kinds, piece.kind)}：{piece.text} ×
        </button>
      ))}
    </div>
  )
}
