/** 取り込み: dry run first, then the run; both as long work that anybody with the right may follow and stop. */
import { z } from 'zod'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { ImportMapping } from '../../../shared/bridge/imports.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { findVersionsBySha256 } from '../../core/archive/tables/documents.ts'
import { listFolders } from '../../core/archive/tables/folders.ts'
import {
  findImport,
  resumeImport as goOnWithImport,
  listImports,
  startImport,
} from '../../core/archive/tables/imports.ts'
import { readSetting, writeSetting } from '../../core/archive/tables/settings.ts'
import { sha256Hex } from '../../core/kit/bytes.ts'
import { NOT_FOUND } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import type { TaskControl } from '../tasks.ts'
import { openDraft } from './import-draft.ts'
import { createExaminer, examineAhead, settledValue } from './import-examine.ts'
import {
  createPlanner,
  ImportPlan,
  isReady,
  type Planned,
  type Planner,
  pdfsOf,
  readImportPlan,
  readTableOf,
} from './import-plan.ts'
import { emptyResult, type ImportTaskResult, type ReportedLine } from './import-result.ts'
import { runImport } from './import-run.ts'
import { lineOf, recogniseColumns, recogniseService } from './import-table.ts'
import { forgetCheck, importWorkOf, isImporting, keepCheck, startImportWork } from './import-work.ts'

type Table = typeof bridge.imports
type Request = InputOf<Table['run']>

const MAPPINGS_SETTING = 'import-mappings'
const Mappings = z.record(z.string(), ImportMapping)
const SAMPLE_LINES = 5

export async function readTable(office: Office, { importId, table: path }: InputOf<Table['readTable']>) {
  if (openDraft(office, importId) === undefined) return NOT_FOUND
  const read = await readTableOf(office, importId, path)
  if (!read.ok) return read
  const { encoding, columns, lines } = read.value
  const remembered = readSetting(office.archive.db, MAPPINGS_SETTING, Mappings)?.[headingKey(columns)]
  return ok({
    encoding,
    columns: [...columns],
    sample: Array.from({ length: Math.min(SAMPLE_LINES, lines) }, (_, index) => [
      ...lineOf(read.value, index).cells,
    ]),
    lines,
    mapping: remembered ?? recogniseColumns(columns),
    mappingFrom: remembered === undefined ? ('recognised' as const) : ('remembered' as const),
    service: recogniseService(columns),
  })
}

/** The same headings are understood the same way the next time. */
function headingKey(columns: readonly string[]): string {
  return sha256Hex(columns.join('\u0000'))
}

/** What was asked for can be done: a draft nobody works on, its table, columns and folder that exist. */
async function requested(office: Office, input: Request) {
  const { importId, mapping, options } = input
  if (openDraft(office, importId) === undefined) return NOT_FOUND
  if (importWorkOf(office, importId) !== undefined) return fail('KEEPING_BUSY', {})
  const { folderId } = options
  if (folderId !== null && !listFolders(office.archive.db).some(({ id }) => id === folderId)) return NOT_FOUND
  const table = await readTableOf(office, importId, input.table)
  if (!table.ok) return table
  const { columns } = table.value
  const used = Object.values(mapping)
  if (
    mapping.title === undefined ||
    mapping.file === undefined ||
    used.some((column) => column !== undefined && !columns.includes(column))
  )
    return fail('IMPORT_COLUMN_MISSING', {})
  const planner = await createPlanner(office, importId, { table: table.value, mapping, options })
  return ok({ columns, planner })
}

export async function dryRun(office: Office, input: InputOf<Table['dryRun']>, context: Context) {
  const read = await requested(office, input)
  if (!read.ok) return read
  const { importId, openFiles } = input
  const { planner } = read.value
  // Nothing may have started, or have been given up, while the table was read.
  if (importWorkOf(office, importId) !== undefined) return fail('KEEPING_BUSY', {})
  if (openDraft(office, importId) === undefined) return NOT_FOUND
  const taskId = startImportWork(
    office,
    context,
    { importId, kind: 'import-check' },
    {
      result: emptyResult({ dry: true, lines: planner.lines }),
      run: async (control, result) => {
        const seen = await checkLines(office, { planner, openFiles, control }, result)
        if (control.signal.aborted) return
        for await (const page of pdfsOf(office, importId))
          for (const { path, file } of page)
            if (!seen.has(file.fileId)) report(result, { ...NOTHING, outcome: 'unlisted', file: path })
        keepCheck(office, importId, result)
      },
    },
  )
  return ok({ taskId })
}

type Check = {
  readonly planner: Planner
  readonly openFiles: boolean
  readonly control: TaskControl
}

/** @returns ids of the files that lines name */
async function checkLines(office: Office, check: Check, result: ImportTaskResult): Promise<Set<string>> {
  const { planner, openFiles, control } = check
  const examiner = createExaminer(office, control.signal)
  const listed = new Set<string>()
  const firstLines = new Map<string, number>()
  const lines = function* (): Generator<Planned> {
    for (let index = 0; index < planner.lines; index += 1) yield planner.at(index)
  }
  try {
    const ahead = examineAhead(
      lines(),
      (planned) => (openFiles && isReady(planned) ? planned.file : undefined),
      examiner,
    )
    let done = 0
    for await (const { planned, examined } of ahead) {
      if (control.signal.aborted) break
      if (planned.file !== null) listed.add(planned.file.file.fileId)
      const value = examined === undefined ? undefined : await settledValue(examined)
      if (examined !== undefined && value === undefined) break
      const line = checkLine(office, planned, firstLines)
      const problem = value?.problem ?? (value !== undefined && value.pages.length === 0 ? 'NO_TEXT' : null)
      const isRefused = line.outcome === 'make' && value !== undefined && value.problem !== null
      report(result, {
        ...line,
        outcome: isRefused ? 'refused' : line.outcome,
        problem: line.problem ?? (line.outcome === 'make' ? problem : null),
        verdict: value?.verdict ?? null,
      })
      done += 1
      if (done % (openFiles ? 5 : 100) === 0) {
        control.progress(done, planner.lines)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  } finally {
    await examiner.close()
  }
  return listed
}

const NOTHING: Omit<ReportedLine, 'outcome'> = {
  ...{
    line: null,
    problem: null,
    cell: null,
    title: '',
    file: '',
    verdict: null,
    caseId: null,
    sameAsLine: null,
  },
}

function checkLine(office: Office, planned: Planned, firstLines: Map<string, number>): ReportedLine {
  const { line, title, fileName, problem, cell } = planned
  const about = { ...NOTHING, line, title, file: fileName }
  if (!isReady(planned)) return { ...about, outcome: 'refused', problem, cell }
  const { sha256 } = planned.file.file
  const [kept] = findVersionsBySha256(office.archive.db, sha256)
  const sameAsLine = firstLines.get(sha256) ?? null
  if (kept !== undefined) return { ...about, outcome: 'duplicate', caseId: kept.caseId }
  if (sameAsLine !== null) return { ...about, outcome: 'duplicate', sameAsLine }
  firstLines.set(sha256, line)
  return { ...about, outcome: 'make' }
}

function report(result: ImportTaskResult, line: ReportedLine): void {
  result.report.push(line)
  result[line.outcome === 'make' ? 'made' : line.outcome] += 1
}

export async function runNewImport(office: Office, input: Request, context: Context) {
  const read = await requested(office, input)
  if (!read.ok) return read
  if (isImporting(office) || importWorkOf(office, input.importId) !== undefined)
    return fail('KEEPING_BUSY', {})
  if (openDraft(office, input.importId) === undefined) return NOT_FOUND
  const { importId, table, mapping, options } = input
  const { columns, planner } = read.value
  const plan: ImportPlan = { table, mapping, options, lines: planner.lines }
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    const known = readSetting(db, MAPPINGS_SETTING, Mappings) ?? {}
    writeSetting(db, MAPPINGS_SETTING, { ...known, [headingKey(columns)]: mapping }, change)
    record(db, change, 'import.started', { data: { name: options.name, lines: planner.lines } })
    startImport(db, importId, { name: options.name, plan }, change)
  })
  forgetCheck(office, importId)
  return ok({ taskId: begin(office, context, { importId, plan, planner }) })
}

export async function resumeImport(office: Office, { importId }: InputOf<Table['resume']>, context: Context) {
  const found = findImport(office.archive.db, importId)
  if (found === undefined || (found.state !== 'running' && found.state !== 'cancelled')) return NOT_FOUND
  if (isImporting(office)) return fail('KEEPING_BUSY', {})
  const plan = ImportPlan.parse(found.plan)
  const read = await readTableOf(office, importId, plan.table)
  if (!read.ok) return read
  const planner = await createPlanner(office, importId, { ...plan, table: read.value })
  if (isImporting(office)) return fail('KEEPING_BUSY', {})
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    goOnWithImport(db, importId)
    record(db, change, 'import.resumed', { data: { name: found.name } })
  })
  return ok({ taskId: begin(office, context, { importId, plan, planner }) })
}

type Begun = { readonly importId: string; readonly plan: ImportPlan; readonly planner: Planner }

function begin(office: Office, context: Context, begun: Begun): string {
  const { importId, planner } = begun
  return startImportWork(
    office,
    context,
    { importId, kind: 'import' },
    {
      result: emptyResult({ importId, lines: planner.lines }),
      run: async (control, result) => {
        try {
          await runImport(office, { ...begun, actor: actorOf(context), control, result })
          return undefined
        } catch (error) {
          // A full disk is no bug: the import stands as it is and goes on when there is room.
          if (!(error instanceof ArchiveError) || error.code !== 'DISK_FULL') throw error
          result.code = 'DISK_FULL'
          return 'failed'
        }
      },
    },
  )
}

export async function cancelImport(office: Office, { importId }: InputOf<Table['cancel']>) {
  const work = importWorkOf(office, importId)
  if (work !== undefined && work.kind !== 'import-clear') office.tasks.cancelForAll(work.taskId)
  return ok({})
}

export async function listAllImports(office: Office) {
  const rows = listImports(office.archive.db).map((found) => {
    const { id, name, state, createdAt, createdBy, finishedAt, counts } = found
    const work = importWorkOf(office, id)
    return {
      ...{ importId: id, name, createdAt, createdBy, finishedAt, ...counts },
      state: state === 'running' && work?.kind !== 'import' ? ('interrupted' as const) : state,
      taskId: work?.taskId ?? null,
      lines: readImportPlan(found).lines,
    }
  })
  return ok({ rows })
}
