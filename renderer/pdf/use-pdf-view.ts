import { useCallback, useMemo, useState } from 'react'
import type { PageSize, PdfFile } from './load-pdf.ts'
import { usePageSizes } from './use-page-sizes.ts'
import { type GivenWords, type PdfSearch, usePdfSearch } from './use-pdf-search.ts'

/** fit-width, fit-page, or CSS pixels per point × 0.75 (1 = 100 %). */
export type Zoom = 'fit-width' | 'fit-page' | number
export const ZOOM_STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4] as const

/** State of one open document's view: shared by pages, toolbar and thumbnails. */
export type PdfView = {
  readonly file: PdfFile
  readonly sizes: readonly PageSize[]
  /** Told by a page when it is drawn: until then the first page's size stands in. */
  readonly reportSize: (page: number, size: PageSize) => void
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

/** What led to the document: where it opens and what is marked in it. */
export type PdfOpening = GivenWords & { readonly page: number }

export function usePdfView(file: PdfFile, opening?: PdfOpening): PdfView {
  const { sizes, reportSize } = usePageSizes(file)
  const [zoom, setZoom] = useState<Zoom>('fit-width')
  const [area, setArea] = useState({ width: 0, height: 0 })
  const [page, setPage] = useState(opening?.page ?? 1)
  const [target, setTarget] = useState<{ readonly page: number } | undefined>(
    opening === undefined || opening.page === 1 ? undefined : { page: opening.page },
  )
  const goTo = useCallback(
    (wanted: number) => {
      const inside = Math.min(file.pageCount, Math.max(1, Math.round(wanted)))
      setTarget({ page: inside })
    },
    [file],
  )
  const search = usePdfSearch({ file, page, goTo }, opening)
  const scales = useMemo(() => sizes.map((size) => scaleOf(zoom, area, size)), [zoom, area, sizes])
  const scale = scales[page - 1] ?? 0
  return useMemo(
    () => ({
      file,
      sizes,
      reportSize,
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
    [file, sizes, reportSize, zoom, scales, scale, page, goTo, target, search],
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
