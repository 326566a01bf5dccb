/** 取り込み: scanned paper, old contracts, another service's export. Dry run first, then the run; both as long work. */
import { z } from 'zod'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { ImportMapping } from '../../../shared/bridge/keeping.ts'
import { fail, ok } from '../../../shared/result.ts'
import { countImportRows, listImports, startImport } from '../../core/archive/tables/imports.ts'
import { listUnstampedFiles } from '../../core/archive/tables/received-files.ts'
import { readSetting, writeSetting } from '../../core/archive/tables/settings.ts'
import type { FileId } from '../../core/archive/vault.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { sha256Hex } from '../../core/kit/bytes.ts'
import { csvCell } from '../audit/read-log.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { workDone } from '../work/work-done.ts'
import { ImportPlan, planImport, type StagedFile } from './import-plan.ts'
import { type ImportProgress, runImport, stamp } from './import-run.ts'
import { recogniseColumns, recogniseService } from './import-table.ts'

type Table = typeof bridge.imports
type Request = InputOf<Table['run']>
export type ImportTask = ImportProgress & { code: string | null; ticket: string | null }

const MAPPINGS_SETTING = 'import-mappings'
const Mappings = z.record(z.string(), ImportMapping)
/** Which imports a task of this process works on; the others that say 'running' were cut off. */
const working = new Set<string>()

export async function readTable(office: Office, input: InputOf<Table['readTable']>, context: Context) {
  const read = await tableOf(office, input.csvUploadId, context)
  if (!read.ok) return read
  const { encoding, columns, lines } = read.value
  const remembered = readSetting(office.archive.db, MAPPINGS_SETTING, Mappings)?.[headingKey(columns)]
  return ok({
    encoding,
    columns: [...columns],
    sample: lines.slice(0, 5).map((cells) => [...cells]),
    lines: lines.length,
    mapping: remembered ?? recogniseColumns(columns),
    mappingFrom: remembered === undefined ? ('recognised' as const) : ('remembered' as const),
    service: recogniseService(columns),
  })
}

async function tableOf(office: Office, uploadId: string, context: Context) {
  const upload = office.uploads.find(context.connection, uploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  const bytes = office.archive.vault.read(upload.file.fileId)
  return workDone(await office.work.runTask('read-import-table', { bytes }))
}

/** The same headings are understood the same way the next time. */
function headingKey(columns: readonly string[]): string {
  return sha256Hex(columns.join('\u0000'))
}

async function requested(office: Office, input: Request, context: Context) {
  const table = await tableOf(office, input.csvUploadId, context)
  if (!table.ok) return table
  const used = Object.values(input.mapping)
  if (
    input.mapping.title === undefined ||
    input.mapping.file === undefined ||
    used.some((column) => column !== undefined && !table.value.columns.includes(column))
  )
    return fail('IMPORT_COLUMN_MISSING', {})
  const staged: StagedFile[] = []
  for (const uploadId of input.fileUploadIds) {
    const upload = office.uploads.find(context.connection, uploadId)
    if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
    staged.push(upload)
  }
  return ok({ table: table.value, staged })
}

export async function dryRun(office: Office, input: Request, context: Context) {
  const read = await requested(office, input, context)
  if (!read.ok) return read
  const result = emptyTask()
  const taskId = office.tasks.start(context.connection, 'import-check', result, async (control) => {
    const plan = await planImport(office, read.value, input, control.progress)
    result.lines = plan.lines.length
    for (const { report } of plan.lines) {
      result.report.push(report)
      if (report.outcome === 'make') result.made += 1
      else if (report.outcome !== 'made') result[report.outcome] += 1
    }
    result.ticket = reportTicket(office, context, result)
  })
  return ok({ taskId })
}

export async function runNewImport(office: Office, input: Request, context: Context) {
  const read = await requested(office, input, context)
  if (!read.ok) return read
  if (working.size > 0) return fail('KEEPING_BUSY', {})
  const { table } = read.value
  const plan = await planImport(office, read.value, input)
  const stored = await office.archive.vault.put(Buffer.from(JSON.stringify(plan)))
  const change = changeBy(context, office.clock)
  const importId = office.archive.transaction((db) => {
    const known = readSetting(db, MAPPINGS_SETTING, Mappings) ?? {}
    writeSetting(db, MAPPINGS_SETTING, { ...known, [headingKey(table.columns)]: input.mapping }, change)
    record(db, change, 'import.started', { data: { name: input.options.name, lines: plan.lines.length } })
    return startImport(
      db,
      { name: input.options.name, plan: { fileId: stored.fileId, lines: plan.lines.length } },
      change,
    )
  })
  // From now on the files belong to the import, not to the upload area, which is swept after an hour.
  for (const uploadId of input.fileUploadIds) office.uploads.adopt(uploadId)
  return ok({ taskId: begin(office, context, importId, plan) })
}

const StoredPlan = z.object({
  fileId: z.string().transform((value) => value as FileId),
  lines: z.number().int(),
})

export async function resumeImport(office: Office, input: { readonly importId: string }, context: Context) {
  const found = listImports(office.archive.db).find(({ id }) => id === input.importId)
  if (found === undefined || found.state !== 'running') return fail('NOT_FOUND', {})
  if (working.size > 0) return fail('KEEPING_BUSY', {})
  const { fileId } = StoredPlan.parse(found.plan)
  const plan = ImportPlan.parse(JSON.parse(Buffer.from(office.archive.vault.read(fileId)).toString('utf8')))
  return ok({ taskId: begin(office, context, found.id, plan) })
}

function begin(office: Office, context: Context, importId: string, plan: ImportPlan): string {
  const result = emptyTask()
  working.add(importId)
  office.announce({ topic: 'settings-changed' })
  return office.tasks.start(context.connection, 'import', result, async (control) => {
    try {
      await runImport(office, { importId, plan, actor: actorOf(context), control, progress: result })
      result.ticket = reportTicket(office, context, result)
    } finally {
      working.delete(importId)
      office.announce({ topic: 'settings-changed' })
    }
  })
}

export async function listAllImports(office: Office) {
  const { db } = office.archive
  const rows = listImports(db).map(({ id, name, plan, state, createdAt, createdBy, finishedAt }) => {
    return {
      ...{ id, name, createdAt, createdBy, finishedAt },
      state: state === 'running' && !working.has(id) ? ('interrupted' as const) : state,
      lines: StoredPlan.parse(plan).lines,
      ...countImportRows(db, id),
    }
  })
  return ok({ rows })
}

const SHOWN_PROBLEMS = 200

export async function importTaskResult(office: Office, input: { readonly taskId: string }, context: Context) {
  const entry = office.tasks.find(context.connection, input.taskId)
  if (entry === undefined) return fail('NOT_FOUND', {})
  const { lines, made, duplicate, refused, report, code, ticket } = entry.result as ImportTask
  const needsLook = report.filter((line) => line.problem !== null || line.outcome === 'duplicate')
  return ok({
    ...{ lines, made, duplicate, refused, ticket },
    done: entry.state !== 'running',
    code: entry.state === 'failed' ? 'INTERNAL' : entry.state === 'cancelled' ? 'TASK_CANCELLED' : code,
    problems: needsLook.slice(0, SHOWN_PROBLEMS),
  })
}

/** L16: timestamps for everything received that has none. */
export async function stampReceived(office: Office, context: Context) {
  const files = listUnstampedFiles(office.archive.db)
  const result = emptyTask()
  result.lines = files.length
  const taskId = office.tasks.start(context.connection, 'stamp-received', result, async (control) => {
    for (const [index, { documentId }] of files.entries()) {
      if (control.signal.aborted) return
      const problem = await stamp(office, documentId)
      if (problem === null) result.made += 1
      else {
        result.refused += 1
        result.report.push({ line: index + 1, outcome: 'refused', problem, title: '', file: documentId })
      }
      control.progress(index + 1, files.length)
    }
  })
  return ok({ taskId })
}

function emptyTask(): ImportTask {
  return { lines: 0, made: 0, duplicate: 0, refused: 0, report: [], code: null, ticket: null }
}

function reportTicket(office: Office, context: Context, task: ImportTask): string {
  const rows = task.report.map(({ line, outcome, problem, title, file }) =>
    [String(line), outcome, problem ?? '', title, file].map(csvCell).join(','),
  )
  const bytes = Buffer.from(`\uFEFF${['行,結果,理由,件名,ファイル', ...rows].join('\r\n')}\r\n`)
  return office.tickets.issue(context.connection, {
    fileName: '取り込みの結果.csv',
    contentType: 'text/csv; charset=utf-8',
    disposition: 'attachment',
    open: () => memorySource(bytes),
  })
}
