import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { findMatches, type TextMatch } from './find-matches.ts'
import type { PageSize, PdfFile } from './load-pdf.ts'

/** fit-width, fit-page, or CSS pixels per point × 0.75 (1 = 100 %). */
export type Zoom = 'fit-width' | 'fit-page' | number
export const ZOOM_STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4] as const

export type PdfSearch = {
  readonly query: string
  readonly setQuery: (query: string) => void
  readonly isRunning: boolean
  readonly matches: readonly TextMatch[]
  /** Index of the match that is shown; -1 = none. */
  readonly current: number
  readonly step: (by: 1 | -1) => void
}

/** State of one open document's view: shared by pages, toolbar and thumbnails. */
export type PdfView = {
  readonly file: PdfFile
  readonly sizes: readonly PageSize[]
  readonly zoom: Zoom
  readonly setZoom: (zoom: Zoom) => void
  /** CSS pixels per point of each page; 0 until the area is measured: nothing is drawn, and nothing counts as seen. */
  readonly scales: readonly number[]
  /** That of the page on the screen. */
  readonly scale: number
  readonly setArea: (area: { readonly width: number; readonly height: number }) => void
  readonly page: number
  /** Told by the pages as they are scrolled. */
  readonly reportPage: (page: number) => void
  readonly goTo: (page: number) => void
  /** A request to scroll; a new object each time. */
  readonly target: { readonly page: number } | undefined
  readonly search: PdfSearch
}

const CSS_PX_PER_POINT = 96 / 72
/** Room beside the pages, CSS pixels. */
const MARGIN_PX = 24

export function usePdfView(file: PdfFile): PdfView {
  const sizes = usePageSizes(file)
  const [zoom, setZoom] = useState<Zoom>('fit-width')
  const [area, setArea] = useState({ width: 0, height: 0 })
  const [page, setPage] = useState(1)
  const [target, setTarget] = useState<{ readonly page: number }>()
  const goTo = useCallback(
    (wanted: number) => {
      const inside = Math.min(file.pageCount, Math.max(1, Math.round(wanted)))
      setTarget({ page: inside })
    },
    [file],
  )
  const search = useSearch(file, goTo)
  const scales = useMemo(() => sizes.map((size) => scaleOf(zoom, area, size)), [zoom, area, sizes])
  const scale = scales[page - 1] ?? 0
  return useMemo(
    () => ({
      file,
      sizes,
      zoom,
      setZoom,
      scales,
      scale,
      setArea,
      page,
      reportPage: setPage,
      goTo,
      target,
      search,
    }),
    [file, sizes, zoom, scales, scale, page, goTo, target, search],
  )
}

function scaleOf(
  zoom: Zoom,
  area: { readonly width: number; readonly height: number },
  size: PageSize,
): number {
  if (area.width === 0 || area.height === 0) return 0
  if (typeof zoom === 'number') return zoom * CSS_PX_PER_POINT
  // Each page by itself: one wide drawing must not make the contract's pages small.
  const byWidth = Math.max(50, area.width - MARGIN_PX) / size.width
  // A page blown up over a wide screen is harder to read, not easier.
  if (zoom === 'fit-width') return Math.min(byWidth, 1.25 * CSS_PX_PER_POINT)
  return Math.min(byWidth, Math.max(50, area.height - MARGIN_PX) / size.height)
}

/** Sizes of all pages; the first page's size stands in until the real ones are known. */
function usePageSizes(file: PdfFile): readonly PageSize[] {
  const guess = useMemo(() => Array.from({ length: file.pageCount }, () => file.firstPageSize), [file])
  const [sizes, setSizes] = useState(guess)
  useEffect(() => {
    let isCurrent = true
    setSizes(guess)
    const measure = async (): Promise<void> => {
      const measured: PageSize[] = []
      for (let number = 1; number <= file.pageCount; number++) {
        const { width, height } = (await file.page(number)).getViewport({ scale: 1 })
        if (!isCurrent) return
        measured.push({ width, height })
      }
      const isUniform = measured.every(
        ({ width, height }) => width === file.firstPageSize.width && height === file.firstPageSize.height,
      )
      if (!isUniform) setSizes(measured)
    }
    measure().catch((error: unknown) => {
      if (isCurrent) console.warn('pdf.measure-failed', error)
    })
    return () => {
      isCurrent = false
    }
  }, [file, guess])
  return sizes
}

function useSearch(file: PdfFile, goTo: (page: number) => void): PdfSearch {
  const [query, setQuery] = useState('')
  const [matches, setMatches] = useState<readonly TextMatch[]>([])
  const [current, setCurrent] = useState(-1)
  const [isRunning, setRunning] = useState(false)
  const page = useRef(goTo)
  page.current = goTo
  useEffect(() => {
    let isCurrent = true
    setMatches([])
    setCurrent(-1)
    if (query.trim() === '') return
    setRunning(true)
    const run = async (): Promise<void> => {
      const found: TextMatch[] = []
      for (let number = 1; number <= file.pageCount; number++) {
        const before = found.length
        found.push(...findMatches(number, await file.pageTexts(number), query))
        if (!isCurrent) return
        if (found.length > before) setMatches([...found])
        if (before === 0 && found[0] !== undefined) {
          setCurrent(0)
          page.current(found[0].page)
        }
      }
      setRunning(false)
    }
    const timer = setTimeout(() => {
      run().catch((error: unknown) => {
        if (!isCurrent) return
        console.warn('pdf.search-failed', error)
        setRunning(false)
      })
    }, 200)
    return () => {
      isCurrent = false
      clearTimeout(timer)
      setRunning(false)
    }
  }, [file, query])
  const step = useCallback(
    (by: 1 | -1) => {
      if (matches.length === 0) return
      const next = (current + by + matches.length) % matches.length
      setCurrent(next)
      const match = matches[next]
      if (match !== undefined) goTo(match.page)
    },
    [matches, current, goTo],
  )
  return useMemo(
    () => ({ query, setQuery, isRunning, matches, current, step }),
    [query, isRunning, matches, current, step],
  )
}
