/**
 * 写し (L18): contracts on paper for 支出命令 and audit. One PDF that is printed in one go: for each contract the sheet that
 * says what was verified, then the pages of its documents, all sheets numbered together. More than fit one PDF become a ZIP
 * with one such PDF a contract and a list of contents, in the order that was asked for.
 */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { contractFileName } from '../../../shared/rules/contract-file-name.ts'
import { formatBothDates } from '../../../shared/rules/japanese-date.ts'
import type { StoredFile } from '../../core/archive/vault.ts'
import { writeZip, type ZipEntry } from '../../core/kit/write-zip.ts'
import { type CopyIndexData, copyIndex } from '../../core/pages/office-papers.ts'
import { NOT_FOUND, visibleCase } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import type { TaskControl } from '../tasks.ts'
import { contentOf } from '../temporary-files.ts'
import { workDone } from '../work/work-done.ts'
import { amountWords, type CopyCase, caseFinding, prepareCase } from './copy-case.ts'
import { copiedDocuments } from './examine-file.ts'
import { findingWord } from './finding-words.ts'
import type { Outcome } from './outcome.ts'
import { addFinding, startWork } from './outcomes.ts'
import { queryWords } from './query-words.ts'
import { collectCases, createPause, spanObstacle } from './span-tasks.ts'
import { type PackRun, writePack } from './write-pack.ts'

type Table = typeof bridge.papers

/** Sheets that still make one pile; beyond, each contract is a file of its own. */
const MOST_PAGES_TOGETHER = 1_000
const MOST_CASES_TOGETHER = 200

export async function printCases(
  office: Office,
  { caseIds }: InputOf<Table['printCases']>,
  context: Context,
) {
  const found = caseIds.map((caseId) => visibleCase(office, context, caseId))
  const [first] = found
  if (first === undefined || found.includes(undefined)) return NOT_FOUND
  const about = found.length === 1 ? first.title : `${first.title} ほか${found.length - 1}件`
  return ok({ taskId: startPrint(office, context, about, async () => [...new Set(caseIds)]) })
}

export async function printFound(office: Office, { query }: InputOf<Table['printFound']>, context: Context) {
  const obstacle = spanObstacle(office, query, context)
  if (obstacle !== undefined) return fail(obstacle, {})
  const about = queryWords(office.archive.db, query)
  const taskId = startPrint(office, context, about, ({ signal }) =>
    collectCases(office, query, context, signal),
  )
  return ok({ taskId })
}

function startPrint(
  office: Office,
  context: Context,
  about: string,
  casesOf: (control: TaskControl) => Promise<readonly CaseId[]>,
): string {
  return startWork(office, context, { kind: 'print-copies', about }, async (control, outcome) => {
    const caseIds = await casesOf(control)
    const run: PrintRun = {
      ...{ office, context, control, outcome, about, signal: control.signal },
      printed: { printedAt: office.clock.now(), printedBy: actorOf(context).displayName },
    }
    outcome.file = (await fitTogether(run, caseIds))
      ? await printOne(run, caseIds)
      : await printZip(run, caseIds)
  })
}

type PrintRun = PackRun & {
  readonly context: Context
  readonly control: TaskControl
  readonly outcome: Outcome
  readonly about: string
}

async function fitTogether({ office }: PrintRun, caseIds: readonly CaseId[]): Promise<boolean> {
  if (caseIds.length === 1) return true
  if (caseIds.length > MOST_CASES_TOGETHER) return false
  const pause = createPause()
  let pages = 0
  for (const caseId of caseIds) {
    for (const document of copiedDocuments(office, caseId)) pages += document.pages
    await pause()
  }
  return pages <= MOST_PAGES_TOGETHER
}

async function printOne(run: PrintRun, caseIds: readonly CaseId[]): Promise<Outcome['file']> {
  const cases: CopyCase[] = []
  for (const [index, caseId] of caseIds.entries()) {
    run.signal.throwIfAborted()
    cases.push(await prepareCase(run.office, caseId, run.signal))
    run.control.progress(index, caseIds.length)
  }
  const index =
    cases.length === 1 ? undefined : (places: readonly string[]) => indexOf(run, cases, places, '頁')
  const stored = await writePack({ ...run, onSheet: run.control.progress }, cases, index)
  for (const printed of cases) await note(run, printed)
  return { fileId: stored.fileId, fileName: '電子契約の写し.pdf', contentType: 'application/pdf' }
}

async function printZip(run: PrintRun, caseIds: readonly CaseId[]): Promise<Outcome['file']> {
  const { office } = run
  const directory = office.temporary.spool()
  try {
    const stored = await office.temporary.put(writeZip(zipEntries(run, caseIds), directory))
    return { fileId: stored.fileId, fileName: '電子契約の写し.zip', contentType: 'application/zip' }
  } finally {
    await directory.drop()
  }
}

/** Lists of contents in the ZIP have at most so many lines each. */
const INDEX_ROWS = 2_000

async function* zipEntries(run: PrintRun, caseIds: readonly CaseId[]): AsyncGenerator<ZipEntry> {
  const { office, signal, control } = run
  const modifiedAt = run.printed.printedAt
  let rows: CopyIndexData['rows'][number][] = []
  let lists = 0
  const list = async (): Promise<ZipEntry> => {
    lists += 1
    const report = copyIndex({ ...indexFacts(run), rows, placeLabel: '番号' })
    const bytes = workDone(await office.work.runTask('make-report', report, { signal }))
    rows = []
    return { name: `000_目次_${String(lists).padStart(3, '0')}.pdf`, modifiedAt, content: [bytes], level: 1 }
  }
  for (const [index, caseId] of caseIds.entries()) {
    signal.throwIfAborted()
    const number = String(index + 1).padStart(3, '0')
    const prepared = await prepareCase(office, caseId, signal)
    const stored = await writePack(run, [prepared], undefined)
    yield* packEntry(office, stored, { name: `${number}_${nameOf(prepared)}`, modifiedAt })
    await note(run, prepared)
    rows.push(indexRow(prepared, number))
    if (rows.length === INDEX_ROWS) yield await list()
    control.progress(index + 1, caseIds.length)
  }
  if (rows.length > 0) yield await list()
}

async function* packEntry(
  office: Office,
  stored: StoredFile,
  entry: Pick<ZipEntry, 'name' | 'modifiedAt'>,
): AsyncGenerator<ZipEntry> {
  try {
    yield { ...entry, content: contentOf(office.temporary.open(stored.fileId)), level: 1 }
  } finally {
    await office.temporary.destroy(stored.fileId)
  }
}

function nameOf({ found }: CopyCase): string {
  return contractFileName({
    date: found.fields.contractDate,
    amountYen: found.fields.amount,
    counterparty: found.fields.counterparties[0]?.name ?? '',
    title: found.title,
  })
}

function indexOf(run: PrintRun, cases: readonly CopyCase[], places: readonly string[], placeLabel: string) {
  const rows = cases.map((printed, index) => indexRow(printed, places[index] ?? ''))
  return copyIndex({ ...indexFacts(run), rows, placeLabel })
}

function indexFacts({ office, about, printed }: PrintRun): Omit<CopyIndexData, 'rows' | 'placeLabel'> {
  return { townName: readSettings(office.archive.db).town.townName, about, ...printed }
}

function indexRow(printed: CopyCase, place: string): CopyIndexData['rows'][number] {
  const { title, fields } = printed.found
  return {
    date: fields.contractDate === null ? '' : formatBothDates(fields.contractDate),
    title,
    counterparty: fields.counterparties.map(({ name }) => name).join('、'),
    amount: amountWords(fields.amount),
    finding: findingWord(caseFinding(printed)) || '文書なし',
    place,
  }
}

/** The outcome's rows, and the log: a copy that is not in the log is not handed out. */
async function note({ office, context, outcome }: PrintRun, { found, documents }: CopyCase): Promise<void> {
  for (const { document, examined, finding } of documents)
    addFinding(outcome, {
      caseId: found.id,
      documentId: document.id,
      title: `${found.title} ${document.title}`,
      verdict: finding ?? examined.verdict,
    })
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'case.printed', {
      caseId: found.id,
      data: { documents: documents.filter(({ finding }) => finding === null).length },
    }),
  )
  await new Promise((resolve) => setImmediate(resolve))
}
