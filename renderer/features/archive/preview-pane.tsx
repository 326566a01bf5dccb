import '../../pdf/pdf.css'
import { useEffect, useRef, useState } from 'react'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useOpenPdf } from '../../bridge/use-open-pdf.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { viewerText } from '../../i18n/ja/viewer.ts'
import type { PdfFile } from '../../pdf/load-pdf.ts'
import { PdfPages } from '../../pdf/pdf-pages.tsx'
import { PdfToolbar } from '../../pdf/pdf-toolbar.tsx'
import { usePdfView } from '../../pdf/use-pdf-view.ts'
import { LinkButton } from '../../ui/button.tsx'
import { SelectInput } from '../../ui/choice-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { KeepingActions } from './keeping-actions.tsx'
import type { SearchRow } from './search-store.ts'

const text = archiveText.search

/** The word that stands in the document, as it stands there; '' = found elsewhere. */
function foundWord({ snippet }: SearchRow): string {
  const [start, end] = snippet?.marks[0] ?? [0, 0]
  return snippet?.text.slice(start, end) ?? ''
}

/** The chosen contract: its documents with the found words marked. */
export function PreviewPane(props: { readonly row: SearchRow }) {
  const { client } = useOfficeBridge()
  const { can } = useSession()
  const caseId = props.row.id
  const { data, error, reload } = useQuery(`preview ${caseId}`, () => client.cases.read({ caseId }))
  const shown = data?.documents.filter((document) => document.role !== 'attachment') ?? []
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const document = shown.find((candidate) => candidate.id === chosen) ?? shown[0]
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-2 border-b border-solid-gray-300 px-4 py-3">
        <h2 className="text-[1.0625rem] leading-[1.4] font-bold">{props.row.title}</h2>
        <div className="flex flex-wrap items-end gap-2">
          <LinkButton size="small" look="primary" href={hrefOf(['cases', caseId])}>
            {text.openCase}
          </LinkButton>
          {can('archive.manage') ? <KeepingActions row={props.row} /> : null}
        </div>
        {shown.length > 1 && document ? (
          <SelectInput
            label={viewerText.documents}
            value={String(document.id)}
            options={shown.map((candidate) => ({ value: String(candidate.id), label: candidate.title }))}
            onChange={setChosen}
          />
        ) : null}
      </div>
      <div className="min-h-0 flex-1">
        <Failure error={error} onRetry={reload} />
        {document ? (
          <PreviewDocument key={document.id} document={document} word={foundWord(props.row)} />
        ) : data ? (
          <p className="p-6">{text.noDocument}</p>
        ) : error ? null : (
          <Loading />
        )}
      </div>
    </div>
  )
}

function PreviewDocument(props: { readonly document: CaseDocument; readonly word: string }) {
  const { client, fileUrl } = useOfficeBridge()
  const { document } = props
  const opened = useQuery(`open ${document.id}`, () =>
    client.documents.open({ documentId: document.id, purpose: 'view' }),
  )
  const pdf = useOpenPdf(opened.data ? fileUrl(opened.data.ticket) : undefined)
  if (opened.error) return <Failure error={opened.error} onRetry={opened.reload} />
  if (pdf.state === 'failed') return <Notice severity="stop">{viewerText.failed[pdf.code]}</Notice>
  if (pdf.state === 'loading') return <Loading />
  return <PreviewPages file={pdf.file} title={document.title} word={props.word} />
}

function PreviewPages(props: { readonly file: PdfFile; readonly title: string; readonly word: string }) {
  const view = usePdfView(props.file)
  const searchRef = useRef<HTMLInputElement>(null)
  const { setQuery } = view.search
  const { word } = props
  useEffect(() => setQuery(word), [setQuery, word])
  return (
    <div className="pdf-viewer">
      <PdfToolbar view={view} searchRef={searchRef} />
      <div className="pdf-body">
        <PdfPages view={view} title={props.title} onWantSearch={() => searchRef.current?.focus()} />
      </div>
    </div>
  )
}
