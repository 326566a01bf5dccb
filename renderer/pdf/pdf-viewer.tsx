import { type ReactNode, useRef, useState } from 'react'
import './pdf.css'
import type { PdfFile } from './load-pdf.ts'
import type { PageGeometry } from './page-geometry.ts'
import { PdfPages } from './pdf-pages.tsx'
import { PdfThumbnails } from './pdf-thumbnails.tsx'
import { PdfToolbar } from './pdf-toolbar.tsx'
import { usePdfView } from './use-pdf-view.ts'

export type PdfViewerProps = {
  readonly file: PdfFile
  /** Name of the document for screen readers. */
  readonly title: string
  readonly onPageSeen?: (page: number) => void
  /** Drawn over each page: signature fields, marks. */
  readonly overlay?: (page: number, geometry: PageGeometry) => ReactNode
  readonly withThumbnails?: boolean
  /** Further buttons of the toolbar. */
  readonly tools?: ReactNode
}

/** Toolbar, thumbnails and pages of one open PDF; fills the height it is given. For more freedom use its parts. */
export function PdfViewer({ file, title, onPageSeen, overlay, withThumbnails, tools }: PdfViewerProps) {
  const view = usePdfView(file)
  const searchRef = useRef<HTMLInputElement>(null)
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="pdf-viewer">
      <PdfToolbar
        view={view}
        searchRef={searchRef}
        thumbnails={withThumbnails === true ? { isOpen, toggle: () => setOpen(!isOpen) } : undefined}
      >
        {tools}
      </PdfToolbar>
      <div className="pdf-body">
        {isOpen ? <PdfThumbnails view={view} /> : null}
        <PdfPages
          view={view}
          title={title}
          onPageSeen={onPageSeen}
          overlay={overlay}
          onWantSearch={() => searchRef.current?.focus()}
        />
      </div>
    </div>
  )
}
