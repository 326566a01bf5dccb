/** 一括検証 (L15): every signature and timestamp of a span, with a printable report. */
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId, DocumentId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { walkCases } from '../../core/archive/search/search-cases.ts'
import { requireCase } from '../../core/archive/tables/cases.ts'
import { listDocuments } from '../../core/archive/tables/documents.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { verifyVersion } from '../verification/verify-version.ts'
import { type SpanLine, spanReport } from './span-report.ts'

export type SpanResult = {
  rows: { caseId: CaseId; documentId: DocumentId | null; title: string; verdict: string }[]
  ticket: string | null
  code: string | null
}

/** All cases a query finds, with the rights of the person who asks. */
export function walkSearch(office: Office, query: SearchQuery, context: Context): Generator<CaseId> {
  const today = japaneseDay(office.clock.now())
  return walkCases(office.archive, query, viewerFor(actorOf(context)), today)
}

/** What a case is kept for: the contract, its certificate, and what was taken in with it. */
export function keptDocuments(office: Office, caseId: CaseId): CaseDocument[] {
  return listDocuments(office.archive.db, caseId).filter(({ role }) =>
    ['sign', 'certificate', 'attachment'].includes(role),
  )
}

export async function verifySpan(
  office: Office,
  input: InputOf<typeof bridge.archive.verifySpan>,
  context: Context,
) {
  const query = SearchQuery.parse({ dateFrom: input.dateFrom, dateTo: input.dateTo })
  const caseIds = [...walkSearch(office, query, context)]
  if (caseIds.length === 0) return fail('NOTHING_FOUND', {})
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) =>
    record(db, change, 'archive.span-verified', { data: { cases: caseIds.length } }),
  )
  const result: SpanResult = { rows: [], ticket: null, code: null }
  const taskId = office.tasks.start(context.connection, 'verify-span', result, async (control) => {
    const lines: SpanLine[] = []
    for (const [index, caseId] of caseIds.entries()) {
      if (control.signal.aborted) return
      const found = requireCase(office.archive.db, caseId)
      for (const document of keptDocuments(office, caseId)) {
        const { report } = await verifyVersion(
          office,
          { documentId: document.id, versionId: document.current.id },
          control.signal,
        )
        result.rows.push({ caseId, documentId: document.id, title: document.title, verdict: report.verdict })
        lines.push({ found, document, report })
      }
      control.progress(index + 1, caseIds.length)
    }
    const paper = spanReport(office, actorOf(context).displayName, input, lines)
    const made = await office.work.runTask('make-report', paper, { signal: control.signal })
    if (!made.ok) return
    result.ticket = office.tickets.issue(context.connection, {
      fileName: '一括検証結果.pdf',
      contentType: 'application/pdf',
      disposition: 'inline',
      open: () => memorySource(made.value),
    })
  })
  return ok({ taskId })
}

/** The rows come with the end: a page that asks at every step must not be sent ten thousand lines each time. */
export async function taskResult(office: Office, input: { readonly taskId: string }, context: Context) {
  const entry = office.tasks.find(context.connection, input.taskId)
  if (entry === undefined) return fail('NOT_FOUND', {})
  const { rows, ticket, code } = entry.result as SpanResult
  const done = entry.state !== 'running'
  return ok({ done, rows: done ? [...rows] : [], ticket, code: entry.state === 'failed' ? 'INTERNAL' : code })
}
