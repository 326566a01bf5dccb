import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import type { ContractKind, ContractMethod } from '../../../shared/model/case.ts'
import { contractKindName, contractMethodName } from '../../../shared/model/case-names.ts'
import { ok } from '../../../shared/result.ts'
import { findMarks } from '../../../shared/text/normalise.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { searchCases } from '../../core/archive/search/search-cases.ts'
import { readCaseSummaries, requireCase } from '../../core/archive/tables/cases.ts'
import { listDocuments, readDocumentText } from '../../core/archive/tables/documents.ts'
import { listFolders } from '../../core/archive/tables/folders.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'

type Input = InputOf<typeof bridge.archive.search>

/** 保管庫を探す: one typed line and filters, the person's rights applied. Searching is not logged, opening is. */
export async function searchArchive(office: Office, input: Input, context: Context) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const started = performance.now()
  const result = searchCases(office.archive, input, viewer, { offset: input.offset, limit: input.limit })
  const rows = readCaseSummaries(db, result.caseIds, viewer).map((summary) => {
    const { fields, fiscalYear, retentionEndsOn, hold } = requireCase(db, summary.id)
    return {
      ...summary,
      folderId: fields.folderId,
      fiscalYear,
      retentionEndsOn,
      hold,
      snippet: snippetOf(db, summary.id, result.words),
    }
  })
  return ok({
    rows,
    total: result.total,
    totalIsCapped: result.totalIsCapped,
    waiting: result.waiting,
    facets: Object.fromEntries(
      Object.entries(result.facets).map(([facet, counts]) => [
        facet,
        counts.map(({ value, count }) => ({ value, count, label: labelOf(db, facet, value) })),
      ]),
    ),
    understood: result.understood.map(({ kind, text }) => ({ kind, text })),
    words: [...result.words],
    ms: performance.now() - started,
  })
}

function labelOf(db: ReadableDb, facet: string, value: string): string {
  if (facet === 'method') return contractMethodName(value as ContractMethod)
  if (facet === 'kind') return contractKindName(value as ContractKind)
  if (facet === 'folder') return listFolders(db).find((folder) => folder.id === value)?.name ?? ''
  return value
}

const AROUND = 30

/** The first place inside the case's documents where a word stands, with a little text around it. */
function snippetOf(db: ReadableDb, caseId: CaseId, words: readonly string[]) {
  if (words.length === 0) return null
  for (const document of listDocuments(db, caseId))
    for (const [index, page] of readDocumentText(db, document.id).entries()) {
      const first = findMarks(page, words)[0]
      if (first === undefined) continue
      const from = Math.max(0, first[0] - AROUND)
      const text = page.slice(from, first[1] + AROUND * 2).replace(/\s+/g, ' ')
      return { source: `${document.title} ${index + 1}ページ`, text, marks: findMarks(text, words) }
    }
  return null
}
