import '../../pdf/pdf.css'
import { useEffect, useMemo, useState } from 'react'
import { z } from 'zod'
import type { CaseId, DocumentId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useHitPages } from '../../bridge/use-hit-pages.ts'
import { useOpenPdf } from '../../bridge/use-open-pdf.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { viewerText as text } from '../../i18n/ja/viewer.ts'
import type { PdfOpening } from '../../pdf/use-pdf-view.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading, Page } from '../../ui/page.tsx'
import { hrefOf, replaceRoute, useRoute } from '../../ui/router.ts'
import { saveFile } from '../../ui/save-file.ts'
import { FieldsMode } from './fields-mode.tsx'
import { printPages } from './print-pages.ts'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { SignatureMode } from './signature-mode.tsx'
import { useViewedCase, type ViewedCase } from './use-viewed-case.ts'

/** 文書ビューア: documents as tabs, the pages, and beside them 署名パネル or the placing of fields. */
export function ViewerPage(props: { readonly caseId: CaseId; readonly documentId: DocumentId }) {
  const { data, error, reload } = useViewedCase(props.caseId)
  const back = { href: hrefOf(['cases', props.caseId], { tab: 'documents' }), label: text.back }
  const document = data?.documents.find((candidate) => candidate.id === props.documentId)
  if (data === undefined || document === undefined)
    return (
      <Page title={text.signatures} back={back}>
        {error ? <Failure error={error} onRetry={reload} /> : data ? <p>{text.noDocument}</p> : <Loading />}
      </Page>
    )
  return <Viewer key={document.id} view={data} document={document} />
}

function useDocumentFile(document: CaseDocument) {
  const { client, fileUrl } = useOfficeBridge()
  const opened = useQuery(`open ${document.id} ${document.current.id}`, () =>
    client.documents.open({ documentId: document.id, versionId: document.current.id, purpose: 'view' }),
  )
  const pdf = useOpenPdf(opened.data ? fileUrl(opened.data.ticket) : undefined)
  const save = async () => {
    const file = await client.documents.open({ documentId: document.id, purpose: 'download' })
    if (file.ok) saveFile(fileUrl(file.value.ticket), file.value.fileName)
  }
  const [printing, setPrinting] = useState<number | undefined>(undefined)
  const [failure, setFailure] = useState(false)
  const print = async () => {
    if (pdf.state !== 'open' || printing !== undefined) return
    // Asked for on purpose: the main side logs who printed what.
    const file = await client.documents.open({ documentId: document.id, purpose: 'print' })
    if (!file.ok) return setFailure(true)
    setFailure(false)
    try {
      await printPages(pdf.file, setPrinting)
    } catch (error) {
      console.warn('pdf.print-failed', error)
      setFailure(true)
    }
    setPrinting(undefined)
  }
  return { pdf, error: opened.error, save, print, printing, hasPrintFailed: failure }
}

/** From a search: its words are marked, and the document opens where they stand. */
function useOpening(document: CaseDocument): PdfOpening {
  const { query } = useRoute()
  const given = query.get('words')
  const page = Number(query.get('page') ?? 1)
  const words = useMemo(() => sentWords(given), [given])
  const pages = useHitPages(document.id, words)
  return useMemo(
    () => ({ words, pages, page: page >= 1 && page <= document.pages ? page : 1 }),
    [words, pages, page, document.pages],
  )
}

/** Words in the address; an address that somebody changed by hand has none. */
function sentWords(given: string | null): readonly string[] {
  if (given === null) return []
  try {
    return SentWords.safeParse(JSON.parse(given)).data ?? []
  } catch {
    return [] // Not JSON.
  }
}
const SentWords = z.array(z.string().max(500)).max(60)

function Viewer({ view, document }: { readonly view: ViewedCase; readonly document: CaseDocument }) {
  const { can } = useSession()
  const { query } = useRoute()
  const { pdf, error, save, print, printing, hasPrintFailed } = useDocumentFile(document)
  const opening = useOpening(document)
  useEscapeToSearch(query.get('from') === 'archive')
  const [isHelpOpen, setHelpOpen] = useState(false)
  useQuestionMark(() => setHelpOpen(true))
  useEffect(() => {
    window.document.title = `${document.title}｜${uiText.appName}`
  }, [document.title])
  const canPlace = can('case.write') && view.detail.state === 'draft' && document.role === 'sign'
  const mode = canPlace && query.get('mode') === 'fields' ? 'fields' : 'signatures'
  const tools = (
    <>
      <Button size="small" onPress={() => void save()}>
        {text.save}
      </Button>
      <Button size="small" isDisabled={printing !== undefined} onPress={() => void print()}>
        {printing === undefined ? text.print : text.printing(printing, document.pages)}
      </Button>
      <Button size="small" look="quiet" onPress={() => setHelpOpen(true)}>
        {text.shortcuts}
      </Button>
    </>
  )
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ViewerHeader view={view} document={document} mode={canPlace ? mode : undefined} />
      {hasPrintFailed ? (
        <Notice severity="stop" live>
          {text.printFailed}
        </Notice>
      ) : null}
      <div className="min-h-0 flex-1">
        {error || pdf.state === 'failed' ? (
          <div className="p-6">
            <Failure error={error} />
            {pdf.state === 'failed' ? <Notice severity="stop">{text.failed[pdf.code]}</Notice> : null}
          </div>
        ) : pdf.state === 'loading' ? (
          <p role="status" className="p-6">
            {text.loading}
          </p>
        ) : mode === 'fields' ? (
          <FieldsMode view={view} document={document} file={pdf.file} tools={tools} />
        ) : (
          <SignatureMode view={view} document={document} file={pdf.file} opening={opening} tools={tools} />
        )}
      </div>
      {isHelpOpen ? <ShortcutsDialog onClose={() => setHelpOpen(false)} /> : null}
    </div>
  )
}

function ViewerHeader(props: {
  readonly view: ViewedCase
  readonly document: CaseDocument
  readonly mode: 'fields' | 'signatures' | undefined
}) {
  const { view, document, mode } = props
  const caseId = view.detail.id
  const { query } = useRoute()
  const isFromSearch = query.get('from') === 'archive'
  const kept = { from: query.get('from') ?? undefined, words: query.get('words') ?? undefined }
  const link =
    'inline-block border-b-4 border-transparent px-3 py-1 text-solid-gray-800 no-underline hover:border-solid-gray-420 aria-[current]:border-blue-900 aria-[current]:font-bold aria-[current]:text-blue-1000'
  return (
    <header className="flex flex-wrap items-end gap-x-6 border-b border-solid-gray-300 px-4 pt-2">
      <div className="min-w-0 pb-1">
        <p className="flex gap-4 text-[0.875rem]">
          {isFromSearch ? (
            <button type="button" className="text-blue-900 underline" onClick={() => window.history.back()}>
              {`← ${text.backToSearch}`}
            </button>
          ) : null}
          <a className="text-blue-900 underline" href={hrefOf(['cases', caseId], { tab: 'documents' })}>
            {isFromSearch ? text.toCase : `← ${text.back}`}
          </a>
        </p>
        <h1 className="truncate text-[1.0625rem] leading-[1.4] font-bold">{view.detail.title}</h1>
      </div>
      <nav aria-label={text.documents} className="flex flex-wrap">
        {view.documents.map((other) => (
          <a
            key={other.id}
            href={hrefOf(['cases', caseId, 'documents', other.id], kept)}
            aria-current={other.id === document.id ? 'page' : undefined}
            className={link}
          >
            {other.title}
          </a>
        ))}
      </nav>
      {mode === undefined ? null : (
        <fieldset className="ml-auto flex gap-1 pb-1">
          <legend className="sr-only">{text.panels}</legend>
          {(['signatures', 'fields'] as const).map((name) => (
            <Button
              key={name}
              size="small"
              look={name === mode ? 'primary' : 'secondary'}
              aria-pressed={name === mode}
              onPress={() =>
                replaceRoute(
                  hrefOf(
                    ['cases', caseId, 'documents', document.id],
                    name === 'fields' ? { mode: 'fields' } : {},
                  ),
                )
              }
            >
              {text[name]}
            </Button>
          ))}
        </fieldset>
      )}
    </header>
  )
}

/** Esc goes back to the hits, unless something open takes it (a dialog, a list, a conversion, the field of the search). */
function useEscapeToSearch(isFromSearch: boolean): void {
  useEffect(() => {
    if (!isFromSearch) return undefined
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof HTMLElement ? event.target : null
      const isTaken = target !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
      if (event.key !== 'Escape' || event.isComposing || isTaken || event.defaultPrevented) return
      if (document.querySelector('[role=dialog], [role=menu], [role=listbox]') !== null) return
      window.history.back()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isFromSearch])
}

/** `?` opens the list of keys, unless it is being typed into something. */
function useQuestionMark(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof HTMLElement ? event.target : null
      const isTyping = target !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
      if (event.key === '?' && !isTyping && !event.ctrlKey && !event.metaKey) open()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [open])
}
