/** How an import stands or ended: counts, the lines to look at, and every line as CSV. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { ImportLine, ImportResult } from '../../../shared/bridge/imports.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseSummary } from '../../../shared/model/case.ts'
import { ok } from '../../../shared/result.ts'
import { readCaseSummaries } from '../../core/archive/tables/cases.ts'
import { findImport, type Import, type ImportRow, listImportRows } from '../../core/archive/tables/imports.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { VERDICT_WORDS } from '../../core/pages/verdict-words.ts'
import { NOT_FOUND, viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv.ts'
import type { Office } from '../office.ts'
import { readImportPlan } from './import-plan.ts'
import { emptyResult, type ImportTaskResult, type ReportedLine } from './import-result.ts'
import { duplicateSentence, OUTCOME_WORDS, problemSentence, UNLISTED_SENTENCE } from './import-words.ts'
import { importWorkOf, lastCheckOf } from './import-work.ts'

type Table = typeof bridge.imports

const SHOWN = 200

export async function importTaskResult(
  office: Office,
  input: InputOf<Table['taskResult']>,
  context: Context,
) {
  const entry = office.tasks.find(context.connection, input.taskId)
  if (entry === undefined) return NOT_FOUND
  const result = entry.result as ImportTaskResult
  const endings = { running: null, done: null, cancelled: 'TASK_CANCELLED', failed: 'INTERNAL' } as const
  const code = result.code ?? endings[entry.state]
  const found = result.importId === null ? undefined : findImport(office.archive.db, result.importId)
  const reader = found === undefined ? { context, isMaker: true } : readerOf(found, context)
  return ok(resultOf(office, { ...result, code }, entry.state !== 'running', reader))
}

/** By the import: whoever asks, from whichever window, also after a restart. */
export async function importResult(office: Office, { importId }: InputOf<Table['result']>, context: Context) {
  const found = findImport(office.archive.db, importId)
  if (found === undefined) return NOT_FOUND
  const work = importWorkOf(office, importId)
  const reader = readerOf(found, context)
  if (found.state === 'open') {
    const checked = lastCheckOf(office, importId)
    if (checked === undefined) return NOT_FOUND
    return ok(resultOf(office, checked, work === undefined, reader))
  }
  const { lines } = readImportPlan(found)
  const result = emptyResult({ importId, lines, ...found.counts, unstamped: found.unstamped })
  if (found.state === 'cancelled' && work === undefined) result.code = 'TASK_CANCELLED'
  return ok(resultOf(office, result, work === undefined, reader))
}

/** Who reads a report. Whoever made the import wrote its table, and reads there what they wrote. */
type Reader = { readonly context: Context; readonly isMaker: boolean }

function readerOf({ ownerId }: Import, context: Context): Reader {
  return { context, isMaker: ownerId === actorOf(context).userId }
}

function resultOf(office: Office, result: ImportTaskResult, done: boolean, reader: Reader): ImportResult {
  const { importId: _importId, report: _report, unused, ...counts } = result
  const toLookAt = done ? linesToLookAt(office, result, reader) : []
  return {
    ...counts,
    done,
    problems: inWords(office, toLookAt.slice(0, SHOWN), reader),
    unused: unused.slice(0, SHOWN),
  }
}

function linesToLookAt(
  office: Office,
  { importId, dry, report }: ImportTaskResult,
  { context }: Reader,
): ReportedLine[] {
  if (importId !== null) return storedLines(office, importId, { after: 0, limit: SHOWN, onlyToLookAt: true })
  if (dry)
    return report.filter(
      ({ problem, outcome }) => problem !== null || outcome === 'duplicate' || outcome === 'unlisted',
    )
  // Documents of the archive that got no timestamp, of everybody's cases.
  const visible = visibleCases(office, report, context)
  return report.filter(({ caseId }) => caseId !== null && visible.has(caseId))
}

function storedLines(
  office: Office,
  importId: string,
  page: NonNullable<Parameters<typeof listImportRows>[2]>,
): ReportedLine[] {
  return listImportRows(office.archive.db, importId, page).map(reportedOf)
}

function reportedOf(row: ImportRow): ReportedLine {
  const { outcome, problem, cell, title, file, verdict, caseId } = row
  const line = outcome === 'unlisted' ? null : row.line
  return { line, outcome, problem, cell, title, file, verdict, caseId, sameAsLine: null }
}

/** Cases are named to those only who may see them; a line that names one, also to whoever wrote the line. */
function inWords(office: Office, lines: readonly ReportedLine[], reader: Reader): ImportLine[] {
  const cases = visibleCases(office, lines, reader.context)
  return lines.map((each) => {
    const found = each.caseId === null ? undefined : cases.get(each.caseId)
    const isHidden = each.caseId !== null && found === undefined && !reader.isMaker
    const { title, file } = isHidden ? HIDDEN : each
    const { line, outcome, problem } = each
    return { line, outcome, problem, title, file, reason: reasonOf(each, found), caseId: found?.id ?? null }
  })
}

const HIDDEN = { title: '見る権限のない案件', file: '' }

function visibleCases(
  office: Office,
  lines: readonly ReportedLine[],
  context: Context,
): ReadonlyMap<CaseId, CaseSummary> {
  const ids = lines.flatMap(({ caseId }) => caseId ?? [])
  const visible = readCaseSummaries(office.archive.db, [...new Set(ids)], viewerFor(actorOf(context)))
  return new Map(visible.map((summary) => [summary.id, summary]))
}

function reasonOf(line: ReportedLine, found: CaseSummary | undefined): string {
  if (line.outcome === 'duplicate') return duplicateSentence({ line: line.sameAsLine, found })
  if (line.outcome === 'unlisted') return UNLISTED_SENTENCE
  return line.problem === null ? '' : problemSentence(line.problem, line.cell)
}

const REPORT_HEAD = ['行（見出しを除く）', '結果', '理由', '件名', 'ファイル', '署名']
const LINES_A_TURN = 200

export async function makeImportReport(
  office: Office,
  { importId }: InputOf<Table['report']>,
  context: Context,
) {
  const found = findImport(office.archive.db, importId)
  const checked = found?.state === 'open' ? lastCheckOf(office, importId) : undefined
  if (found === undefined || (found.state === 'open' && checked === undefined)) return NOT_FOUND
  const reader = readerOf(found, context)
  const pieces = [Buffer.from(BYTE_ORDER_MARK + csvLine(REPORT_HEAD))]
  for (const page of pagesOf(office, importId, checked)) {
    const words = inWords(office, page, reader)
    pieces.push(Buffer.from(words.map((line, index) => csvOf(line, page[index])).join('')))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const bytes = Buffer.concat(pieces)
  const ticket = office.tickets.issue(context.connection, {
    fileName: checked === undefined ? '取り込みの結果.csv' : '取り込みの下調べ.csv',
    contentType: 'text/csv; charset=utf-8',
    disposition: 'attachment',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}

function* pagesOf(
  office: Office,
  importId: string,
  checked: ImportTaskResult | undefined,
): Generator<readonly ReportedLine[]> {
  if (checked !== undefined) {
    for (let start = 0; start < checked.report.length; start += LINES_A_TURN)
      yield checked.report.slice(start, start + LINES_A_TURN)
    return
  }
  for (let after = 0; ; ) {
    const rows = listImportRows(office.archive.db, importId, { after, limit: LINES_A_TURN })
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(reportedOf)
    after = last.line
  }
}

function csvOf(line: ImportLine, reported: ReportedLine | undefined): string {
  const verdict = reported?.verdict ?? null
  return csvLine([
    line.line === null ? '' : String(line.line),
    OUTCOME_WORDS[line.outcome],
    line.reason,
    line.title,
    line.file,
    verdict === null ? '' : VERDICT_WORDS[verdict],
  ])
}
