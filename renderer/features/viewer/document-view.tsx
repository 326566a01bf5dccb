import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { PdfFile } from '../../pdf/load-pdf.ts'
import type { PageGeometry } from '../../pdf/page-geometry.ts'
import { PdfPages } from '../../pdf/pdf-pages.tsx'
import { PdfThumbnails } from '../../pdf/pdf-thumbnails.tsx'
import { PdfToolbar } from '../../pdf/pdf-toolbar.tsx'
import { type PdfOpening, type PdfView, usePdfView } from '../../pdf/use-pdf-view.ts'

/** One open PDF with toolbar and thumbnails; hands its view out so that a panel beside it can lead to a page. */
export function DocumentView(props: {
  readonly file: PdfFile
  readonly title: string
  /** Words that led here, and where to open. */
  readonly opening?: PdfOpening | undefined
  readonly overlay?: ((page: number, geometry: PageGeometry) => ReactNode) | undefined
  readonly onView: (view: PdfView) => void
  readonly tools?: ReactNode
}) {
  const view = usePdfView(props.file, props.opening)
  const searchRef = useRef<HTMLInputElement>(null)
  const [isOpen, setOpen] = useState(false)
  const { onView } = props
  useEffect(() => onView(view), [onView, view])
  return (
    <div className="pdf-viewer">
      <PdfToolbar view={view} searchRef={searchRef} thumbnails={{ isOpen, toggle: () => setOpen(!isOpen) }}>
        {props.tools}
      </PdfToolbar>
      <div className="pdf-body">
        {isOpen ? <PdfThumbnails view={view} /> : null}
        <PdfPages
          view={view}
          title={props.title}
          overlay={props.overlay}
          onWantSearch={() => searchRef.current?.focus()}
        />
      </div>
    </div>
  )
}
