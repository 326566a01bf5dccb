import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { TextMatch } from './find-matches.ts'
import { pdfText } from './ja.ts'
import type { PageGeometry } from './page-geometry.ts'
import { PdfPage } from './pdf-page.tsx'
import { type PdfView, ZOOM_STEPS, type Zoom } from './use-pdf-view.ts'

export type PdfPagesProps = {
  readonly view: PdfView
  /** Name of the document, read out for the scrolling area. */
  readonly title: string
  /** Told once per page, when its foot has come onto the screen. */
  readonly onPageSeen?: ((page: number) => void) | undefined
  readonly overlay?: ((page: number, geometry: PageGeometry) => ReactNode) | undefined
  /** For Ctrl+F inside the pages. */
  readonly onWantSearch?: (() => void) | undefined
}

const NO_MATCHES: readonly TextMatch[] = []

/** Pages drawn before and behind those on the screen. */
const NEAR = 2

/** All pages of a document in one scrolling area; only those near the screen are drawn. */
export function PdfPages({ view, title, onPageSeen, overlay, onWantSearch }: PdfPagesProps) {
  const areaRef = useRef<HTMLDivElement>(null)
  const [range, setRange] = useState({ first: 1, last: 1 })
  useArea(areaRef, view)
  useScroll(areaRef, view, { setRange, onPageSeen })
  useTarget(areaRef, view)
  useKeptPlace(areaRef, view)
  const { matches, current } = view.search
  const byPage = useMemo(() => Map.groupBy(matches, (match) => match.page), [matches])
  const currentMatch = matches[current]
  return (
    <section
      ref={areaRef}
      className="pdf-pages"
      aria-label={pdfText.pages(title)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard (WCAG 2.1.1).
      tabIndex={0}
      onKeyDown={(event) => onKey(event, view, onWantSearch)}
    >
      {view.sizes.map((size, index) => {
        const number = index + 1
        return (
          <PdfPage
            key={number}
            file={view.file}
            number={number}
            size={size}
            scale={view.scales[index] ?? 0}
            isNear={view.scale > 0 && number >= range.first - NEAR && number <= range.last + NEAR}
            matches={byPage.get(number) ?? NO_MATCHES}
            currentMatch={currentMatch?.page === number ? currentMatch : undefined}
            overlay={overlay}
            onSize={view.reportSize}
          />
        )
      })}
    </section>
  )
}

/** The next zoom step above or below what is shown now. */
export function zoomStep(view: PdfView, by: 1 | -1): Zoom {
  const now = (view.scale * 72) / 96
  const steps = by === 1 ? ZOOM_STEPS : ZOOM_STEPS.toReversed()
  return steps.find((step) => (by === 1 ? step > now + 0.01 : step < now - 0.01)) ?? steps.at(-1) ?? 1
}

function onKey(event: KeyboardEvent, view: PdfView, onWantSearch?: () => void): void {
  const isFind = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f'
  if (isFind && onWantSearch !== undefined) {
    event.preventDefault()
    onWantSearch()
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return
  if (event.key === '+' || event.key === ';') view.setZoom(zoomStep(view, 1))
  else if (event.key === '-') view.setZoom(zoomStep(view, -1))
  else if (event.key === '0') view.setZoom('fit-width')
  else return
  event.preventDefault()
}

function useArea(areaRef: React.RefObject<HTMLDivElement | null>, view: PdfView): void {
  const { setArea } = view
  useLayoutEffect(() => {
    const area = areaRef.current
    if (area === null) return
    const measure = (): void => setArea({ width: area.clientWidth, height: area.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(area)
    return () => observer.disconnect()
  }, [areaRef, setArea])
}

function useScroll(
  areaRef: React.RefObject<HTMLDivElement | null>,
  view: PdfView,
  tell: {
    readonly setRange: (range: { readonly first: number; readonly last: number }) => void
    readonly onPageSeen: ((page: number) => void) | undefined
  },
): void {
  const { reportPage, scales } = view
  const { setRange } = tell
  const onPageSeen = useRef(tell.onPageSeen)
  onPageSeen.current = tell.onPageSeen
  const seen = useRef(new Set<number>())
  useEffect(() => {
    const area = areaRef.current
    if (area === null || (scales[0] ?? 0) <= 0) return
    const look = (): void => {
      const shown = shownPages(area)
      const [first] = shown
      if (first === undefined) return
      const main = shown.reduce((best, page) => (page.visiblePx > best.visiblePx ? page : best), first)
      reportPage(main.number)
      setRange({ first: first.number, last: shown.at(-1)?.number ?? first.number })
      for (const page of shown) {
        if (!page.isFootShown || seen.current.has(page.number)) continue
        seen.current.add(page.number)
        onPageSeen.current?.(page.number)
      }
    }
    look()
    let frame = 0
    const onScroll = (): void => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(look)
    }
    area.addEventListener('scroll', onScroll, { passive: true })
    const observer = new ResizeObserver(onScroll)
    observer.observe(area)
    return () => {
      cancelAnimationFrame(frame)
      area.removeEventListener('scroll', onScroll)
      observer.disconnect()
    }
  }, [areaRef, reportPage, setRange, scales])
}

/** Pages from the first that ends below `top`; found by halves, for there may be thousands. */
function* pagesFrom(area: HTMLElement, top: number): Generator<HTMLElement> {
  const pages = area.querySelectorAll<HTMLElement>('.pdf-page')
  let [low, high] = [0, pages.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const page = pages[middle]
    if (page !== undefined && page.offsetTop + page.offsetHeight <= top) low = middle + 1
    else high = middle
  }
  for (let index = low; index < pages.length; index += 1) {
    const page = pages[index]
    if (page !== undefined) yield page
  }
}

type ShownPage = { readonly number: number; readonly visiblePx: number; readonly isFootShown: boolean }

/** The lowest part of a page, which is margin nearly always. */
const FOOT = 0.06

function shownPages(area: HTMLElement): readonly ShownPage[] {
  const top = area.scrollTop
  const bottom = top + area.clientHeight
  if (area.clientHeight === 0) return []
  const shown: ShownPage[] = []
  for (const page of pagesFrom(area, top)) {
    const start = page.offsetTop
    const heightPx = page.offsetHeight
    if (start >= bottom) break
    const visiblePx = Math.min(bottom, start + heightPx) - Math.max(top, start)
    const isFootShown = start + heightPx * (1 - FOOT) <= bottom
    shown.push({ number: Number(page.dataset.page), visiblePx, isFootShown })
  }
  return shown
}

function useTarget(areaRef: React.RefObject<HTMLDivElement | null>, view: PdfView): void {
  const { target, scales } = view
  const isMeasured = (scales[0] ?? 0) > 0
  useEffect(() => {
    const area = isMeasured ? areaRef.current : null
    const page = target && area?.querySelector<HTMLElement>(`[data-page="${target.page}"]`)
    if (area && page) area.scrollTop = page.offsetTop - 8
  }, [areaRef, target, isMeasured])
}

/** Zooming, and sizes that become known late, keep the same spot of the document at the top of the screen. */
function useKeptPlace(areaRef: React.RefObject<HTMLDivElement | null>, view: PdfView): void {
  const { scales } = view
  const place = useRef<{ readonly page: string; readonly share: number }>(undefined)
  useEffect(() => {
    const area = areaRef.current
    if (area === null) return
    const remember = (): void => {
      const { value: page } = pagesFrom(area, area.scrollTop).next()
      if (!page) return
      const share = (area.scrollTop - page.offsetTop) / Math.max(1, page.offsetHeight)
      place.current = { page: page.dataset.page ?? '1', share }
    }
    area.addEventListener('scroll', remember, { passive: true })
    return () => area.removeEventListener('scroll', remember)
  }, [areaRef])
  useLayoutEffect(() => {
    const area = areaRef.current
    const kept = place.current
    if (area === null || kept === undefined || (scales[0] ?? 0) <= 0) return
    const page = area.querySelector<HTMLElement>(`[data-page="${kept.page}"]`)
    if (page !== null) area.scrollTop = page.offsetTop + kept.share * page.offsetHeight
  }, [areaRef, scales])
}
