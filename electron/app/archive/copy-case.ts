/** One contract on its way to a 写し: every kept document examined and measured, and the paper in front of it. */
import type { FileVerdict } from '../../../shared/bridge/outcomes.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { contractKindNames, contractMethodNames } from '../../../shared/model/names.ts'
import { formatBothDates } from '../../../shared/rules/japanese-date.ts'
import { type CaseRecord, requireCase } from '../../core/archive/tables/cases.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import type { VaultFile } from '../../core/archive/vault.ts'
import { type CopiedDocument, type CopyCoverData, copyCover } from '../../core/pages/office-papers.ts'
import type { Report } from '../../core/pages/report-model.ts'
import { measurePages, openCopySource, type PageMeasure } from '../../core/signing/copy/copy-source.ts'
import { SigningError } from '../../core/signing/errors.ts'
import type { Office } from '../office.ts'
import { readSettings } from '../settings/read-settings.ts'
import { copiedDocuments, type Examined, examineFile, findingOf } from './examine-file.ts'
import { isGood } from './outcomes.ts'

export type CopyDocument = {
  readonly document: CaseDocument
  readonly examined: Examined
  /** Why the pages are not in the copy; null: they are. */
  finding: FileVerdict | null
  readonly pages: readonly PageMeasure[]
  readonly open: () => VaultFile
}

export type CopyCase = { readonly found: CaseRecord; readonly documents: readonly CopyDocument[] }

/** Longer than any contract; a mistaken file would fill the paper tray. Printed from its own page instead. */
const MOST_PAGES = 5_000

/** @throws AbortError */
export async function prepareCase(office: Office, caseId: CaseId, signal: AbortSignal): Promise<CopyCase> {
  const found = requireCase(office.archive.db, caseId)
  const documents: CopyDocument[] = []
  for (const document of copiedDocuments(office, caseId)) {
    const examined = await examineFile(office, document, signal)
    const open = () => {
      const { db, vault } = office.archive
      return vault.open(fileOfVersion(db, document.current.id).fileId)
    }
    const measured = examined.isReadable ? await measure(open) : { finding: examined.verdict, pages: [] }
    documents.push({ document, examined, open, ...measured })
  }
  return { found, documents }
}

async function measure(open: () => VaultFile): Promise<Pick<CopyDocument, 'finding' | 'pages'>> {
  const source = open()
  try {
    const pages = await measurePages(await openCopySource(source))
    return pages.length > MOST_PAGES ? { finding: 'not-copied', pages: [] } : { finding: null, pages }
  } catch (error) {
    return { finding: copyFinding(error), pages: [] }
  } finally {
    source.close()
  }
}

/** What a failure to copy says about the file. Whatever says nothing about it is thrown on. */
export function copyFinding(error: unknown): FileVerdict {
  const finding = error instanceof SigningError ? 'not-copied' : findingOf(error)
  if (finding === undefined) throw error
  return finding
}

const MISSING_BECAUSE: Readonly<Partial<Record<FileVerdict, string>>> = {
  damaged: 'ファイルが壊れているため、写しはありません。バックアップから戻してください。',
  missing: 'ファイルが見つからないため、写しはありません。バックアップから戻してください。',
  disposed: '廃棄済みのため、写しはありません。',
  'not-copied': 'この文書の頁は写せません。文書の画面から、原本のファイルを別に印刷してください。',
}

export function coverOf(
  office: Office,
  { found, documents }: CopyCase,
  printed: Pick<CopyCoverData, 'printedAt' | 'printedBy'>,
): Report {
  const { amount, contractDate, counterparties, periodFrom, periodTo, kind, method, department } =
    found.fields
  const day = (date: typeof contractDate) => (date === null ? '' : formatBothDates(date))
  return copyCover({
    townName: readSettings(office.archive.db).town.townName,
    title: found.title,
    facts: [
      ['件名', found.title],
      ['契約番号', found.contractNumber || 'なし'],
      ['相手方', counterparties.map(({ name }) => name).join('\n')],
      ['契約金額', amountWords(amount)],
      ['契約日', day(contractDate) || '記載なし'],
      ...(periodFrom === null && periodTo === null
        ? []
        : [['履行期間', `${day(periodFrom)}～${day(periodTo)}`] as const]),
      ['契約の種別・方法', `${contractKindNames[kind]} / ${contractMethodNames[method]}`],
      ['所管課', department],
    ],
    ...printed,
    documents: documents.map(copiedDocument),
  })
}

function copiedDocument({ document, examined, finding, pages }: CopyDocument): CopiedDocument {
  return {
    title: document.title,
    sha256: document.current.sha256,
    pages: finding === null ? pages.length : null,
    missingBecause: finding === null ? '' : (MISSING_BECAUSE[finding] ?? ''),
    verified: examined.isReadable ? { report: examined.report, at: examined.verifiedAt } : null,
  }
}

export function amountWords(amount: number | null): string {
  return amount === null ? '金額の記載なし' : `${amount.toLocaleString('ja-JP')}円`
}

/** What a reader must know of the case's files in a word: the first doubtful finding, else the first. */
export function caseFinding({ documents }: CopyCase): FileVerdict | null {
  const all = documents.map(({ finding, examined }) => finding ?? examined.verdict)
  return all.find((verdict) => !isGood(verdict)) ?? all[0] ?? null
}
