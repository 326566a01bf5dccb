/**
 * Carries an import out, one line after the other: verified, text read, stored as a concluded case; then timestamps, if wanted.
 * The outcome of a line is written in the transaction that made its case: after a kill nothing is done twice.
 */
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { CaseId } from '../../../shared/model/brand.ts'
import { insertCase } from '../../core/archive/tables/cases.ts'
import {
  findVersionsBySha256,
  insertDocument,
  writeDocumentText,
} from '../../core/archive/tables/documents.ts'
import type { ImportFile } from '../../core/archive/tables/import-files.ts'
import { endImport, findImportRow, type ImportRow, noteImportRow } from '../../core/archive/tables/imports.ts'
import type { Actor } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeOf, record } from '../record.ts'
import { PROGRAM_ENDS, type TaskControl } from '../tasks.ts'
import type { ExaminedImport } from '../work/examine-import.ts'
import { clearImport } from './import-clear.ts'
import { createExaminer, examineAhead, settledValue } from './import-examine.ts'
import { type ImportPlan, isReady, type Planned, type Planner, pdfsOf, type Ready } from './import-plan.ts'
import type { ImportTaskResult } from './import-result.ts'
import { stampImport } from './import-stamp.ts'

export type ImportRun = {
  readonly importId: string
  readonly plan: ImportPlan
  readonly planner: Planner
  readonly actor: Actor
  readonly control: TaskControl
  readonly result: ImportTaskResult
}

const TELL_EVERY_MS = 250

export async function runImport(office: Office, run: ImportRun): Promise<void> {
  const { control, importId, plan, planner } = run
  const { signal } = control
  const tell = teller(office, run)
  const listed = await takeLines(office, run, tell)
  if (plan.options.timestamp && !signal.aborted) await stampImport(office, run)
  // What the program's end cut off stands as a crash would have left it: it goes on from there.
  if (signal.aborted && signal.reason === PROGRAM_ENDS) return
  if (!signal.aborted) await noteUnlisted(office, run, listed)
  office.archive.transaction((db) => {
    const change = changeOf(run.actor, office.clock)
    const { made, duplicate, refused, unlisted, unstamped } = run.result
    endImport(db, importId, { state: signal.aborted ? 'cancelled' : 'done', unstamped }, change.at)
    record(db, change, signal.aborted ? 'import.cancelled' : 'import.finished', {
      data: { name: plan.options.name, made, duplicate, refused, unlisted },
    })
  })
  if (!signal.aborted) await clearImport(office, importId)
  control.progress(planner.lines, planner.lines)
}

/** @returns the files that lines name */
async function takeLines(office: Office, run: ImportRun, tell: Teller): Promise<ReadonlySet<string>> {
  const { planner, control, importId } = run
  const examiner = createExaminer(office, control.signal)
  const listed = new Set<string>()
  const toExamine = (planned: Planned): ImportFile | undefined =>
    isReady(planned) && !isDone(office, importId, planned) && !isKept(office, planned.file)
      ? planned.file
      : undefined
  try {
    for await (const { planned, examined } of examineAhead(linesOf(planner), toExamine, examiner)) {
      if (control.signal.aborted) break
      if (planned.file !== null) listed.add(planned.file.file.fileId)
      // Seldom: what kept the file when it was looked ahead is gone by now.
      const late = examined === undefined ? toExamine(planned) : undefined
      const value = await (examined === undefined ? late && examiner.examine(late) : settledValue(examined))
      if (value === undefined && (examined ?? late) !== undefined) break
      tell(takeLine(office, run, planned, value))
      // A whole turn of the event loop: after `setImmediate` the next line would still be in the same one.
      await setTimeout(1)
    }
  } finally {
    await examiner.close()
  }
  return listed
}

function* linesOf(planner: Planner): Generator<Planned> {
  for (let index = 0; index < planner.lines; index += 1) yield planner.at(index)
}

function isDone(office: Office, importId: string, { line }: Planned): boolean {
  return findImportRow(office.archive.db, importId, line) !== undefined
}

/** Asked anew for every line: since the plan was made the file may have come in another way, or with a line before. */
function isKept(office: Office, { file }: ImportFile): boolean {
  return findVersionsBySha256(office.archive.db, file.sha256).length > 0
}

/** One transaction at most. @returns the case that was made */
function takeLine(
  office: Office,
  run: ImportRun,
  planned: Planned,
  examined: ExaminedImport | undefined,
): CaseId | undefined {
  const { archive } = office
  const known = findImportRow(archive.db, run.importId, planned.line)
  if (known !== undefined) {
    run.result[known.outcome] += 1
    return undefined
  }
  const note = (row: Pick<ImportRow, 'outcome'> & Partial<ImportRow>): undefined => {
    archive.transaction((db) => noteImportRow(db, run.importId, { ...rowOf(planned), ...row }))
    run.result[row.outcome] += 1
  }
  if (!isReady(planned)) return note({ outcome: 'refused' })
  const [kept] = findVersionsBySha256(archive.db, planned.file.file.sha256)
  if (kept !== undefined) return note({ outcome: 'duplicate', caseId: kept.caseId })
  if (examined === undefined) throw new Error('A file was not looked into')
  if (examined.problem !== null)
    return note({ outcome: 'refused', problem: examined.problem, verdict: examined.verdict })
  const caseId = makeCase(office, run, planned, examined)
  run.result.made += 1
  return caseId
}

function rowOf(planned: Planned): ImportRow {
  const { line, title, fileName, problem, cell, file } = planned
  const sha256 = file?.file.sha256 ?? null
  return {
    line,
    outcome: 'refused',
    caseId: null,
    sha256,
    problem,
    title,
    file: fileName,
    cell,
    verdict: null,
  }
}

type Good = Extract<ExaminedImport, { readonly problem: null }>

/** The case, its document, text, history with the source, log and the line's outcome: one transaction. */
function makeCase(office: Office, run: ImportRun, planned: Ready, examined: Good): CaseId {
  const { name } = run.plan.options
  const { line, fields, file, fileName } = planned
  const change = changeOf(run.actor, office.clock, `取り込み「${name}」${line}行目（${fileName}）`)
  return office.archive.transaction((db) => {
    const caseId = insertCase(db, fields, change, { state: 'concluded' })
    const document = insertDocument(
      db,
      {
        caseId,
        title: fields.title,
        fileName: file.path.split('/').at(-1) ?? file.path,
        role: examined.signatures > 0 ? 'sign' : 'attachment',
        pages: Math.max(1, examined.pageCount),
        preflight: null,
        file: file.file,
        reason: 'import',
      },
      change,
    )
    if (examined.pages.length > 0) writeDocumentText(db, document.id, examined.pages)
    const { verdict } = examined
    record(db, change, 'case.imported', {
      caseId,
      data: { import: name, line, sha256: file.file.sha256, verdict },
    })
    const problem = examined.pages.length === 0 ? 'NO_TEXT' : null
    noteImportRow(db, run.importId, { ...rowOf(planned), outcome: 'made', caseId, problem, verdict })
    return caseId
  })
}

const UNLISTED_A_TURN = 200

/** PDFs no line names are told of before they go. */
async function noteUnlisted(office: Office, run: ImportRun, listed: ReadonlySet<string>): Promise<void> {
  const { planner, importId, result } = run
  let line = planner.lines === 0 ? 0 : planner.at(planner.lines - 1).line
  for await (const page of pdfsOf(office, importId)) {
    const left = page.filter(({ file }) => !listed.has(file.fileId))
    for (let start = 0; start < left.length; start += UNLISTED_A_TURN) {
      const some = left.slice(start, start + UNLISTED_A_TURN)
      office.archive.transaction((db) => {
        for (const { path, file } of some) {
          line += 1
          const row = { line, outcome: 'unlisted', caseId: null, sha256: file.sha256, problem: null } as const
          noteImportRow(db, importId, { ...row, title: '', file: path, cell: null, verdict: null })
        }
      })
      result.unlisted += some.length
      await setImmediate()
    }
  }
}

type Teller = (made: CaseId | undefined) => void

/** Pages hear of progress and of new cases a few times a second, not ten thousand times. */
function teller(office: Office, { control, planner }: ImportRun): Teller {
  let told = 0
  let done = 0
  let newest: CaseId | undefined
  return (made) => {
    done += 1
    newest = made ?? newest
    if (performance.now() - told < TELL_EVERY_MS && done < planner.lines) return
    told = performance.now()
    control.progress(done, planner.lines)
    if (newest !== undefined) announceCase(office, newest)
    newest = undefined
  }
}
