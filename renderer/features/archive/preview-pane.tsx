import '../../pdf/pdf.css'
import { useMemo, useRef, useState } from 'react'
import type { Snippet } from '../../../shared/bridge/archive.ts'
import type { CaseDocument, DocumentRole } from '../../../shared/model/document.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useHitPages } from '../../bridge/use-hit-pages.ts'
import { useOpenPdf } from '../../bridge/use-open-pdf.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { formatDay } from '../../i18n/format.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { confidentialityLabel, documentRoleLabel } from '../../i18n/ja/labels.ts'
import { viewerText } from '../../i18n/ja/viewer.ts'
import type { PdfFile } from '../../pdf/load-pdf.ts'
import { PdfPages } from '../../pdf/pdf-pages.tsx'
import { PdfToolbar } from '../../pdf/pdf-toolbar.tsx'
import { type PdfOpening, usePdfView } from '../../pdf/use-pdf-view.ts'
import { LinkButton } from '../../ui/button.tsx'
import { SelectInput } from '../../ui/choice-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { KeepingActions } from './keeping-actions.tsx'
import { placeOf } from './search-results.tsx'
import type { SearchRow } from './search-store.ts'

const text = archiveText.search

type Props = {
  readonly row: SearchRow
  readonly words: readonly string[]
  readonly snippet: Snippet | null | undefined
  readonly folderName: string
}

/** The chosen contract: how long it is kept, and its documents with the found words marked. */
export function PreviewPane(props: Props) {
  const { row, words, snippet } = props
  const { can } = useSession()
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-1.5 border-b border-solid-gray-300 px-4 py-2">
        <h2 className="text-[1.0625rem] leading-[1.4] font-bold">{row.title}</h2>
        <p className="text-[0.875rem] text-solid-gray-800">
          {text.keptUntil(row.retentionEndsOn === null ? text.noEnd : formatDay(row.retentionEndsOn))}
          {'　'}
          {text.inFolder(props.folderName)}
          {'　'}
          {text.facets.confidentiality}：{confidentialityLabel[row.confidentiality]}
          {row.hold ? `　${text.heldLong}` : ''}
        </p>
        <div className="flex flex-wrap items-end gap-2">
          {row.documentId === null ? null : (
            <LinkButton size="small" look="primary" href={placeOf(row, words, snippet)}>
              {text.openDocument}
            </LinkButton>
          )}
          <LinkButton size="small" href={hrefOf(['cases', row.id], { from: 'archive' })}>
            {text.openCase}
          </LinkButton>
          {can('archive.manage') ? <KeepingActions row={row} /> : null}
        </div>
      </div>
      <Documents {...props} />
    </div>
  )
}

/** What somebody looking for the contract wants to see first. */
const READING_ORDER: readonly DocumentRole[] = ['sign', 'view', 'attachment', 'certificate', 'application']

function Documents({ row, words, snippet }: Props) {
  const { client } = useOfficeBridge()
  const { data, error, reload } = useQuery(`preview ${row.id}`, () => client.cases.read({ caseId: row.id }))
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const shown =
    data?.documents.toSorted(
      (left, right) => READING_ORDER.indexOf(left.role) - READING_ORDER.indexOf(right.role),
    ) ?? []
  const wanted = chosen ?? snippet?.documentId
  const document = shown.find((candidate) => candidate.id === wanted) ?? shown[0]
  return (
    <>
      {shown.length > 1 && document ? (
        <div className="border-b border-solid-gray-300 px-4 py-1.5">
          <SelectInput
            hideLabel
            label={viewerText.documents}
            value={String(document.id)}
            options={shown.map((candidate) => ({
              value: String(candidate.id),
              label: text.documentChoice(candidate.title, documentRoleLabel[candidate.role]),
            }))}
            onChange={setChosen}
          />
        </div>
      ) : null}
      <div className="min-h-0 flex-1">
        <Failure error={error} onRetry={reload} />
        {document ? (
          <PreviewDocument
            key={document.id}
            document={document}
            words={words}
            page={snippet?.documentId === document.id ? (snippet.page ?? 1) : 1}
          />
        ) : data ? (
          <p className="p-6">{text.noDocument}</p>
        ) : error ? null : (
          <Loading />
        )}
      </div>
    </>
  )
}

function PreviewDocument(props: {
  readonly document: CaseDocument
  readonly words: readonly string[]
  readonly page: number
}) {
  const { client, fileUrl } = useOfficeBridge()
  const { document, words, page } = props
  const opened = useQuery(`open ${document.id}`, () =>
    client.documents.open({ documentId: document.id, purpose: 'view' }),
  )
  const pdf = useOpenPdf(opened.data ? fileUrl(opened.data.ticket) : undefined)
  const pages = useHitPages(document.id, words)
  const opening = useMemo(() => ({ words, pages, page }), [words, pages, page])
  if (opened.error) return <Failure error={opened.error} onRetry={opened.reload} />
  if (pdf.state === 'failed') return <Notice severity="stop">{viewerText.failed[pdf.code]}</Notice>
  if (pdf.state === 'loading') return <Loading />
  return <PreviewPages file={pdf.file} title={document.title} opening={opening} />
}

function PreviewPages(props: {
  readonly file: PdfFile
  readonly title: string
  readonly opening: PdfOpening
}) {
  const view = usePdfView(props.file, props.opening)
  const searchRef = useRef<HTMLInputElement>(null)
  return (
    <div className="pdf-viewer">
      <PdfToolbar view={view} searchRef={searchRef} isCompact />
      <div className="pdf-body">
        <PdfPages view={view} title={props.title} onWantSearch={() => searchRef.current?.focus()} />
      </div>
    </div>
  )
}
