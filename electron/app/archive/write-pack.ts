/** Cases → one PDF among the temporary files: frame made in a worker, pages joined to it as a stream from the vault. */
import type { StoredFile } from '../../core/archive/vault.ts'
import type { CopyFrame, FramePart } from '../../core/pages/copy-frame.ts'
import type { CopyCoverData } from '../../core/pages/office-papers.ts'
import type { Report } from '../../core/pages/report-model.ts'
import { CopyFailure, type CopyPart, copyPages } from '../../core/signing/copy/copy-pages.ts'
import type { Office } from '../office.ts'
import { readSettings } from '../settings/read-settings.ts'
import { workDone } from '../work/work-done.ts'
import { type CopyCase, type CopyDocument, copyFinding, coverOf } from './copy-case.ts'

export type PackRun = {
  readonly office: Office
  readonly signal: AbortSignal
  readonly printed: Pick<CopyCoverData, 'printedAt' | 'printedBy'>
  readonly onSheet?: (done: number, total: number) => void
}

/** Part of the PDF: a paper, or the pages of a document. */
type Part = {
  readonly frame: FramePart
  readonly bookmark: string | null
  readonly document: CopyDocument | null
}

/**
 * @param indexWith makes the list of contents; `places` are cells that become the sheet on which each case begins
 * Pages that turn out not to be copyable are left out, which the cover then says; `finding` of the document tells it.
 */
export async function writePack(
  run: PackRun,
  cases: readonly CopyCase[],
  indexWith: ((places: readonly string[]) => Report) | undefined,
): Promise<StoredFile> {
  for (;;) {
    const parts = partsOf(run, cases, indexWith)
    try {
      return await write(run, parts)
    } catch (error) {
      if (!(error instanceof CopyFailure)) throw error
      run.signal.throwIfAborted()
      const document = parts[error.part]?.document
      if (document === null || document === undefined) throw error
      document.finding = copyFinding(error.cause)
    }
  }
}

function partsOf(
  run: PackRun,
  cases: readonly CopyCase[],
  indexWith: ((places: readonly string[]) => Report) | undefined,
): Part[] {
  const parts: Part[] = []
  const starts: number[] = []
  for (const printed of cases) {
    starts.push(parts.length + (indexWith === undefined ? 0 : 1))
    parts.push(paper(coverOf(run.office, printed, run.printed), printed.found.title))
    for (const document of printed.documents) if (document.finding === null) parts.push(pagesOf(document))
  }
  const index = indexWith?.(starts.map((start) => `@${start}`))
  return index === undefined ? parts : [paper(index, '目次'), ...parts]
}

function paper(report: Report, bookmark: string): Part {
  return { frame: { kind: 'paper', report }, bookmark, document: null }
}

function pagesOf(document: CopyDocument): Part {
  const { title, current } = document.document
  const label = `${title}（全${document.pages.length}頁）　原本のSHA-256 ${current.sha256}`
  return { frame: { kind: 'pages', label, pages: document.pages }, bookmark: `　${title}`, document }
}

async function write(
  { office, signal, printed, onSheet }: PackRun,
  parts: readonly Part[],
): Promise<StoredFile> {
  const title = '電子契約の写し'
  const author = readSettings(office.archive.db).town.townName
  const frame = workDone(
    await office.work.runTask(
      'make-copy-frame',
      { title, author, createdAt: printed.printedAt, parts: parts.map((part) => part.frame) },
      { signal },
    ),
  )
  const info = { title, author, createdAtEpochMs: printed.printedAt }
  const copying = copyPages(
    frame.bytes,
    parts.map((part, index) => copyPart(part, frame.places[index])),
    {
      info,
      onPage: (done) => {
        signal.throwIfAborted()
        onSheet?.(done, frame.sheets)
      },
    },
  )
  return office.temporary.put(copying)
}

function copyPart({ bookmark, document }: Part, place: CopyFrame['places'][number] | undefined): CopyPart {
  const { first = 0, count = 0 } = place ?? {}
  const sheets = Array.from({ length: count }, (_value, index) => index)
  return {
    open: document?.open ?? null,
    pages: sheets.map((index) =>
      document === null ? { index: first + index, mark: null } : { index, mark: first + index },
    ),
    bookmark,
  }
}
