import { type ReactNode, type RefObject, useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import { pdfText } from './ja.ts'
import { zoomStep } from './pdf-pages.tsx'
import { type PdfView, ZOOM_STEPS, type Zoom } from './use-pdf-view.ts'

export type PdfToolbarProps = {
  readonly view: PdfView
  readonly searchRef: RefObject<HTMLInputElement | null>
  readonly thumbnails?: { readonly isOpen: boolean; readonly toggle: () => void } | undefined
  /** For a narrow place: page number and search only. */
  readonly isCompact?: boolean
  /** Further buttons at the right end. */
  readonly children?: ReactNode
}

/** Page, zoom and search of one document. */
export function PdfToolbar({ view, searchRef, thumbnails, isCompact, children }: PdfToolbarProps) {
  return (
    <div className="pdf-toolbar" role="toolbar" aria-label={pdfText.toolbar}>
      {thumbnails ? (
        <Button
          className="pdf-tool pdf-tool-wide"
          aria-expanded={thumbnails.isOpen}
          onPress={thumbnails.toggle}
        >
          {pdfText.thumbnails}
        </Button>
      ) : null}
      <PageTools view={view} hasSteps={isCompact !== true} />
      {isCompact === true ? null : <ZoomTools view={view} />}
      <SearchTools view={view} searchRef={searchRef} />
      {children}
    </div>
  )
}

function Tool(props: {
  readonly label: string
  readonly sign: string
  readonly isDisabled?: boolean
  /** Left out on a phone, where two fingers do the same. */
  readonly isZoom?: boolean
  readonly onPress: () => void
}) {
  return (
    <Button
      className={props.isZoom === true ? 'pdf-tool pdf-tool-zoom' : 'pdf-tool'}
      aria-label={props.label}
      isDisabled={props.isDisabled ?? false}
      onPress={props.onPress}
    >
      <span aria-hidden="true">{props.sign}</span>
    </Button>
  )
}

function PageTools({ view, hasSteps }: { readonly view: PdfView; readonly hasSteps: boolean }) {
  const { page, goTo, file } = view
  const [typed, setTyped] = useState(String(page))
  useEffect(() => setTyped(String(page)), [page])
  const go = (): void => {
    const wanted = Number(typed.normalize('NFKC'))
    if (Number.isInteger(wanted) && wanted >= 1) goTo(wanted)
    else setTyped(String(page))
  }
  return (
    <div className="pdf-tools">
      {hasSteps ? (
        <>
          <Tool label={pdfText.previousPage} sign="▲" isDisabled={page <= 1} onPress={() => goTo(page - 1)} />
          <Tool
            label={pdfText.nextPage}
            sign="▼"
            isDisabled={page >= file.pageCount}
            onPress={() => goTo(page + 1)}
          />
        </>
      ) : null}
      <input
        className="pdf-input pdf-page-number"
        aria-label={pdfText.pageNumber}
        inputMode="numeric"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={go}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go()
        }}
      />
      <span className="pdf-count">{pdfText.ofPages(file.pageCount)}</span>
    </div>
  )
}

function ZoomTools({ view }: { readonly view: PdfView }) {
  const now = Math.round(((view.scale * 72) / 96) * 100)
  const value = typeof view.zoom === 'number' ? String(view.zoom) : view.zoom
  const isStep = typeof view.zoom !== 'number' || ZOOM_STEPS.some((step) => step === view.zoom)
  return (
    <div className="pdf-tools">
      <Tool isZoom label={pdfText.zoomOut} sign="－" onPress={() => view.setZoom(zoomStep(view, -1))} />
      <select
        className="pdf-input"
        aria-label={pdfText.zoom}
        value={value}
        onChange={(event) => view.setZoom(zoomOf(event.currentTarget.value))}
      >
        <option value="fit-width">{pdfText.fitWidth}</option>
        <option value="fit-page">{pdfText.fitPage}</option>
        {isStep ? null : <option value={value}>{pdfText.percent(now)}</option>}
        {ZOOM_STEPS.map((step) => (
          <option key={step} value={String(step)}>
            {pdfText.percent(Math.round(step * 100))}
          </option>
        ))}
      </select>
      <Tool isZoom label={pdfText.zoomIn} sign="＋" onPress={() => view.setZoom(zoomStep(view, 1))} />
    </div>
  )
}

function zoomOf(value: string): Zoom {
  return value === 'fit-width' || value === 'fit-page' ? value : Number(value)
}

function SearchTools({
  view,
  searchRef,
}: {
  readonly view: PdfView
  readonly searchRef: RefObject<HTMLInputElement | null>
}) {
  const { query, setQuery, matches, step, given, dropGiven } = view.search
  const canStep = given === undefined ? matches.length > 0 : (given.pages?.length ?? 0) > 0
  return (
    <div className="pdf-tools pdf-search">
      <input
        ref={searchRef}
        className="pdf-input"
        type="search"
        aria-label={pdfText.search}
        placeholder={given === undefined ? pdfText.search : pdfText.givenWords(given.words)}
        aria-description={given === undefined ? undefined : pdfText.givenWords(given.words)}
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter also ends a Japanese conversion; that one is not meant for us.
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) step(event.shiftKey ? -1 : 1)
        }}
      />
      <Tool label={pdfText.searchPrevious} sign="▲" isDisabled={!canStep} onPress={() => step(-1)} />
      <Tool label={pdfText.searchNext} sign="▼" isDisabled={!canStep} onPress={() => step(1)} />
      <span className="pdf-count" role="status">
        {searchState(view)}
      </span>
      {given === undefined ? null : <Tool label={pdfText.dropGiven} sign="×" onPress={dropGiven} />}
    </div>
  )
}

function searchState({ search, page }: PdfView): string {
  const { given, query, matches, current, isRunning } = search
  if (given !== undefined) {
    if (given.pages === undefined) return pdfText.searchRunning
    const before = given.pages.filter((hit) => hit <= page).length
    return given.pages.length === 0
      ? pdfText.givenNone
      : pdfText.givenPosition(Math.max(1, before), given.pages.length)
  }
  if (query.trim() === '') return ''
  if (matches.length > 0) return pdfText.searchPosition(current + 1, matches.length)
  return isRunning ? pdfText.searchRunning : pdfText.searchNone
}
