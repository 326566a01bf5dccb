import { useEffect, useRef, useState } from 'react'
import { pdfText } from './ja.ts'
import type { PageSize, PdfFile } from './load-pdf.ts'
import type { PdfView } from './use-pdf-view.ts'

const WIDTH_PX = 96

/** Small pictures of all pages; drawn when they come into sight. */
export function PdfThumbnails({ view }: { readonly view: PdfView }) {
  const listRef = useRef<HTMLOListElement>(null)
  const { page } = view
  useEffect(() => {
    listRef.current?.querySelector(`[data-thumbnail="${page}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [page])
  return (
    <nav className="pdf-thumbnails" aria-label={pdfText.thumbnails}>
      <ol ref={listRef}>
        {view.sizes.map((size, index) => {
          const number = index + 1
          return (
            <li key={number}>
              <button
                type="button"
                data-thumbnail={number}
                className="pdf-thumbnail"
                aria-label={pdfText.page(number)}
                aria-current={number === page ? 'page' : undefined}
                onClick={() => view.goTo(number)}
              >
                <Thumbnail file={view.file} number={number} size={size} />
                <span aria-hidden="true">{number}</span>
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

function Thumbnail({
  file,
  number,
  size,
}: {
  readonly file: PdfFile
  readonly number: number
  readonly size: PageSize
}) {
  const canvasRef = useRef<HTMLCanvasElement>(null)
  const [isInSight, setInSight] = useState(false)
  useEffect(() => {
    const canvas = canvasRef.current
    if (canvas === null) return
    const observer = new IntersectionObserver(([entry]) => setInSight(entry?.isIntersecting ?? false), {
      rootMargin: '200px',
    })
    observer.observe(canvas)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    const canvas = canvasRef.current
    if (canvas === null || !isInSight) return
    let cancel = (): void => undefined
    let isCurrent = true
    file
      .page(number)
      .then((page) => {
        if (!isCurrent) return undefined
        const viewport = page.getViewport({ scale: (WIDTH_PX * 2) / size.width })
        canvas.width = Math.ceil(viewport.width)
        canvas.height = Math.ceil(viewport.height)
        const task = page.render({ canvas, viewport })
        cancel = () => task.cancel()
        return task.promise
      })
      .catch((error: unknown) => {
        if (isCurrent) console.warn('pdf.thumbnail-failed', number, error)
      })
    return () => {
      isCurrent = false
      cancel()
    }
  }, [file, number, size, isInSight])
  const style = { width: `${WIDTH_PX}px`, height: `${(WIDTH_PX * size.height) / size.width}px` }
  return (
    <div aria-hidden="true">
      <canvas ref={canvasRef} style={style} />
    </div>
  )
}
