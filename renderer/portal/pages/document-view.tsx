import { useEffect, useRef, useState } from 'react'
import { ProgressBar } from 'react-aria-components'
import type { PortalDocument } from '../../../shared/portal-api/manifest.ts'
import { openPdf, type PdfFile } from '../../pdf/load-pdf.ts'
import type { PageGeometry } from '../../pdf/page-geometry.ts'
import { PdfViewer } from '../../pdf/pdf-viewer.tsx'
import { Button } from '../components/button.tsx'
import { Message } from '../components/frame.tsx'
import { portalText } from '../ja.ts'
import type { DocumentState } from '../use-documents.ts'

const text = portalText.review

type Props = {
  readonly document: PortalDocument
  readonly state: DocumentState | undefined
  readonly onReload: () => void
  readonly onShown: () => void
  readonly onPageSeen: (page: number) => void
  readonly onDetails: () => void
}

/** One document: loading, failed, or shown. */
export function DocumentView(props: Props) {
  const { document, state } = props
  if (state?.kind === 'failed')
    return (
      <div className="flex flex-col items-start gap-4 p-6">
        <Message tone="error">{text.documentFailed}</Message>
        <Button onPress={props.onReload}>{text.loadAgain}</Button>
      </div>
    )
  if (state?.kind === 'ready') return <ShownPdf {...props} bytes={state.loaded.bytes} />
  return <Loading title={document.title} share={state?.share ?? 0} />
}

function Loading({ title, share }: { readonly title: string; readonly share: number }) {
  const label = text.documentLoading(title)
  return (
    <div className="flex flex-1 items-center justify-center p-6">
      <ProgressBar aria-label={label} value={share * 100} className="flex w-80 max-w-full flex-col gap-2">
        <span>{label}</span>
        <span className="block h-2 overflow-hidden rounded-full bg-solid-gray-200">
          <span className="block h-full bg-blue-900" style={{ width: `${share * 100}%` }} />
        </span>
      </ProgressBar>
    </div>
  )
}

function ShownPdf(props: Props & { readonly bytes: Uint8Array }) {
  const { document, bytes } = props
  const { file, hasFailed } = usePdf(bytes)
  const onShown = useRef(props.onShown)
  onShown.current = props.onShown
  useEffect(() => {
    if (file !== undefined) onShown.current()
  }, [file])
  if (hasFailed)
    return (
      <div className="p-6">
        <Message tone="error">{text.cannotShow}</Message>
      </div>
    )
  if (file === undefined) return <Loading title={document.title} share={1} />
  return (
    <>
      {document.role === 'view' ? (
        <p className="flex-none bg-yellow-50 px-4 py-1 text-[0.9375rem]">{text.viewOnly}</p>
      ) : null}
      <div className="min-h-0 flex-1">
        <PdfViewer
          file={file}
          title={document.title}
          withThumbnails={file.pageCount > 1}
          onPageSeen={props.onPageSeen}
          overlay={(page, geometry) => <Fields document={document} page={page} geometry={geometry} />}
          tools={
            <Button look="quiet" onPress={props.onDetails}>
              {text.details}
            </Button>
          }
        />
      </div>
    </>
  )
}

function usePdf(bytes: Uint8Array): { readonly file: PdfFile | undefined; readonly hasFailed: boolean } {
  const [file, setFile] = useState<PdfFile>()
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    let isCurrent = true
    let opened: PdfFile | undefined
    openPdf({ bytes }).then(
      (pdf) => {
        if (!isCurrent) return pdf.close()
        opened = pdf
        setFile(pdf)
      },
      (error: unknown) => {
        console.warn('portal.pdf-failed', error)
        if (isCurrent) setFailed(true)
      },
    )
    return () => {
      isCurrent = false
      opened?.close()
    }
  }, [bytes])
  return { file, hasFailed }
}

function Fields({
  document,
  page,
  geometry,
}: {
  readonly document: PortalDocument
  readonly page: number
  readonly geometry: PageGeometry
}) {
  return document.fields
    .filter((field) => field.page === page)
    .map((field) => {
      const place = geometry.toCss(field)
      // A label over a field at the right edge grows to the left, where the page has room.
      const isRight = place.left + place.width / 2 > geometry.widthPx / 2
      return (
        <div key={field.id} className={field.mine ? 'field field-mine' : 'field'} style={place}>
          <span className={isRight ? 'field-label field-label-right' : 'field-label'}>
            {field.mine ? text.fieldMine(field.label) : field.label}
          </span>
        </div>
      )
    })
}
