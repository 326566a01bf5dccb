import type { PDFPageProxy, RenderTask } from 'pdfjs-dist'
import { type CSSProperties, memo, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { TextMatch } from './find-matches.ts'
import { pdfText } from './ja.ts'
import { loadPdfJs, type PageSize, type PdfFile } from './load-pdf.ts'
import { type CssRect, type PageGeometry, pageGeometry } from './page-geometry.ts'

/** More pixels than this make some browsers drop the canvas; the page is then drawn coarser. */
const MAX_CANVAS_PIXELS = 16_000_000

export type PdfPageProps = {
  readonly file: PdfFile
  readonly number: number
  readonly size: PageSize
  readonly scale: number
  /** Only pages near the screen are drawn. */
  readonly isNear: boolean
  readonly matches: readonly TextMatch[]
  readonly currentMatch: TextMatch | undefined
  /** Drawn over the page: fields, marks. */
  readonly overlay?: ((page: number, geometry: PageGeometry) => ReactNode) | undefined
  /** Told the page's own size once it is known. */
  readonly onSize: (page: number, size: PageSize) => void
}

/** One page: drawing, selectable text, marks of search hits, overlay. Keeps its place when not drawn. */
export const PdfPage = memo(function PdfPage(props: PdfPageProps) {
  const { file, number, size, scale } = props
  const style = { width: `${size.width * scale}px`, height: `${size.height * scale}px` }
  return (
    <section
      className="pdf-page"
      style={style}
      data-page={number}
      aria-label={pdfText.pageOf(number, file.pageCount)}
    >
      {props.isNear ? <NearPage {...props} /> : null}
    </section>
  )
})

function NearPage(props: PdfPageProps) {
  const { file, number, scale, onSize } = props
  const page = usePage(file, number)
  useEffect(() => {
    if (page === undefined) return
    const { width, height } = page.getViewport({ scale: 1 })
    onSize(number, { width, height })
  }, [page, number, onSize])
  if (page === undefined) return <p className="pdf-page-waiting">{pdfText.page(number)}</p>
  const style = {
    '--total-scale-factor': String(scale),
    '--scale-factor': String(scale),
  } as CSSProperties
  return (
    <div className="pdf-drawn" style={style}>
      <DrawnPage {...props} page={page} />
    </div>
  )
}

function DrawnPage({
  page,
  number,
  scale,
  matches,
  currentMatch,
  overlay,
}: PdfPageProps & { page: PDFPageProxy }) {
  const viewport = useMemo(() => page.getViewport({ scale }), [page, scale])
  const { canvasRef, hasFailed } = useCanvas(page, scale)
  const { textRef, runs } = useTextLayer(page, scale)
  const marks = useMarks(runs, matches)
  const marksRef = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!marks.some(({ match }) => match === currentMatch)) return
    marksRef.current?.querySelector('.pdf-mark-current')?.scrollIntoView({ block: 'nearest' })
  }, [marks, currentMatch])
  return (
    <>
      <div aria-hidden="true">
        <canvas ref={canvasRef} className="pdf-canvas" />
      </div>
      {hasFailed ? <p className="pdf-page-waiting">{pdfText.drawFailed}</p> : null}
      <div ref={marksRef} className="pdf-marks" aria-hidden="true">
        {marks.map(({ match, rects }) =>
          rects.map((rect) => (
            <div
              key={`${match.start.run}.${match.start.offset}.${rect.left}.${rect.top}`}
              className={match === currentMatch ? 'pdf-mark pdf-mark-current' : 'pdf-mark'}
              style={rect}
            />
          )),
        )}
      </div>
      <div ref={textRef} className="textLayer" />
      {overlay?.(number, pageGeometry(viewport))}
    </>
  )
}

function usePage(file: PdfFile, number: number): PDFPageProxy | undefined {
  const [page, setPage] = useState<PDFPageProxy>()
  useEffect(() => {
    let isCurrent = true
    file.page(number).then(
      (loaded) => {
        if (isCurrent) setPage(loaded)
      },
      (error: unknown) => {
        if (isCurrent) console.warn('pdf.page-failed', number, error)
      },
    )
    return () => {
      isCurrent = false
    }
  }, [file, number])
  return page
}

function useCanvas(page: PDFPageProxy, scale: number) {
  const canvasRef = useRef<HTMLCanvasElement>(null)
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    const shown = canvasRef.current
    if (shown === null) return
    const plain = page.getViewport({ scale })
    const wanted = Math.min(3, Math.max(1, window.devicePixelRatio))
    const density = Math.min(wanted, Math.sqrt(MAX_CANVAS_PIXELS / (plain.width * plain.height)))
    const viewport = page.getViewport({ scale: scale * density })
    // Drawn aside and copied when done: while a zoom is under way the old drawing stays visible.
    const canvas = document.createElement('canvas')
    canvas.width = Math.ceil(viewport.width)
    canvas.height = Math.ceil(viewport.height)
    const task: RenderTask = page.render({ canvas, viewport })
    task.promise.then(
      () => {
        shown.width = canvas.width
        shown.height = canvas.height
        shown.getContext('2d')?.drawImage(canvas, 0, 0)
        shown.dataset.drawn = 'true'
        setFailed(false)
      },
      (error: unknown) => {
        if (error instanceof Error && error.name === 'RenderingCancelledException') return
        console.warn('pdf.draw-failed', error)
        setFailed(true)
      },
    )
    return () => task.cancel()
  }, [page, scale])
  return { canvasRef, hasFailed }
}

function useTextLayer(page: PDFPageProxy, scale: number) {
  const textRef = useRef<HTMLDivElement>(null)
  const [runs, setRuns] = useState<readonly HTMLElement[]>([])
  useEffect(() => {
    const container = textRef.current
    if (container === null) return
    let isCurrent = true
    let cancel = (): void => undefined
    const draw = async (): Promise<void> => {
      const { pdfjs } = await loadPdfJs()
      const content = await page.getTextContent()
      if (!isCurrent) return
      container.replaceChildren()
      const layer = new pdfjs.TextLayer({
        textContentSource: content,
        container,
        viewport: page.getViewport({ scale }),
      })
      cancel = () => layer.cancel()
      await layer.render()
      if (isCurrent) setRuns([...layer.textDivs])
    }
    draw().catch((error: unknown) => {
      if (isCurrent) console.warn('pdf.text-failed', error)
    })
    return () => {
      isCurrent = false
      cancel()
    }
  }, [page, scale])
  return { textRef, runs }
}

type Mark = { readonly match: TextMatch; readonly rects: readonly CssRect[] }

function useMarks(runs: readonly HTMLElement[], matches: readonly TextMatch[]): readonly Mark[] {
  return useMemo(
    () => (runs.length === 0 ? [] : matches.map((match) => ({ match, rects: rectsOf(runs, match) }))),
    [runs, matches],
  )
}

function rectsOf(runs: readonly HTMLElement[], match: TextMatch): readonly CssRect[] {
  const page = runs[match.start.run]?.closest('.pdf-page')?.getBoundingClientRect()
  if (page === undefined) return []
  const rects: CssRect[] = []
  for (let run = match.start.run; run <= match.end.run; run++) {
    const text = runs[run]?.firstChild
    if (!(text instanceof Text)) continue
    const range = document.createRange()
    range.setStart(text, run === match.start.run ? Math.min(match.start.offset, text.length) : 0)
    range.setEnd(text, run === match.end.run ? Math.min(match.end.offset, text.length) : text.length)
    for (const { left, top, width, height } of range.getClientRects())
      rects.push({ left: left - page.left, top: top - page.top, width, height })
  }
  return rects
}
