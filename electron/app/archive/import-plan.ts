/**
 * What an import will do, line by line. Nothing of it is stored: the table, the mapping and the files are (as rows and files of
 * the import), and a line follows from them whenever it is asked for, also after a crash.
 */
import { z } from 'zod'
import { ImportMapping, ImportOptions } from '../../../shared/bridge/imports.ts'
import type { CaseFields } from '../../../shared/model/case.ts'
import { fail } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { type ImportFile, listImportFiles } from '../../core/archive/tables/import-files.ts'
import type { Import } from '../../core/archive/tables/imports.ts'
import { readWholeFile } from '../documents/read-whole-file.ts'
import type { Office } from '../office.ts'
import { workDone } from '../work/work-done.ts'
import { readImportLine } from './import-line.ts'
import { createFileIndex, type FileIndex } from './import-match.ts'
import { type ImportTable, lineOf } from './import-table.ts'
import type { ImportProblem } from './import-words.ts'

/** Kept in the import's row when it starts. */
export const ImportPlan = z.object({
  /** Path of the table among the import's files. */
  table: z.string(),
  mapping: ImportMapping,
  options: ImportOptions,
  lines: z.number().int(),
})
export type ImportPlan = z.output<typeof ImportPlan>

/** The lines of an import's table; 0 before it starts. */
export function readImportPlan(found: Pick<Import, 'plan'>): { readonly lines: number } {
  return z.object({ lines: z.number().int().default(0) }).parse(found.plan)
}

/** Failures: those of `readImportTable`, NOT_FOUND, IMPORT_FILES_MISSING (the row is there, the file is not: a restored backup). */
export async function readTableOf(office: Office, importId: string, path: string) {
  const { db, vault } = office.archive
  const [found] = listImportFiles(db, importId, { kind: 'table', path, limit: 1 })
  if (found === undefined) return fail('NOT_FOUND', {})
  try {
    const bytes = await readWholeFile(vault, found.file.fileId)
    const transfer = bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []
    return workDone(await office.work.runTask('read-import-table', { bytes }, { transfer }))
  } catch (error) {
    if (error instanceof ArchiveError && ['FILE_NOT_FOUND', 'FILE_DAMAGED'].includes(error.code))
      return fail('IMPORT_FILES_MISSING', {})
    throw error
  }
}

const FILES_A_TURN = 500

/** All PDFs of an import. Yields to the window. */
export async function* pdfsOf(office: Office, importId: string): AsyncGenerator<readonly ImportFile[]> {
  for (let after = ''; ; ) {
    const page = listImportFiles(office.archive.db, importId, { kind: 'pdf', after, limit: FILES_A_TURN })
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last.path
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export type Planned = {
  readonly line: number
  readonly title: string
  readonly fileName: string
  /** The PDF the line means, also where the line is refused for another reason. */
  readonly file: ImportFile | null
  readonly fields: CaseFields | null
  /** Why it is refused: `CODE` or `CODE:field`. */
  readonly problem: string | null
  readonly cell: string | null
}
/** A line with nothing against it so far. */
export type Ready = Planned & {
  readonly file: ImportFile
  readonly fields: CaseFields
  readonly problem: null
}

export type Planner = {
  readonly lines: number
  /** @param index from 0 */
  readonly at: (index: number) => Planned
}

export async function createPlanner(
  office: Office,
  importId: string,
  source: { readonly table: ImportTable; readonly mapping: ImportMapping; readonly options: ImportOptions },
): Promise<Planner> {
  const files = createFileIndex()
  for await (const page of pdfsOf(office, importId)) files.add(page)
  return { lines: source.table.lines, at: (index) => planLine(source, files, index) }
}

function planLine(
  { table, mapping, options }: Parameters<typeof createPlanner>[2],
  files: FileIndex,
  index: number,
): Planned {
  const { columns } = table
  const { number, cells } = lineOf(table, index)
  const named = (column: string | undefined) =>
    column === undefined ? '' : (cells[columns.indexOf(column)] ?? '')
  const line = { line: number, title: named(mapping.title), fileName: named(mapping.file) }
  const match = files.find(line.fileName)
  const file = typeof match === 'string' ? null : match
  const read = readImportLine(columns, cells, mapping, options)
  if (!read.ok) {
    const { code, data } = read.error
    const problem = data.field === '' ? code : `${code}:${data.field}`
    return { ...line, file, fields: null, problem, cell: data.cell }
  }
  const problem: ImportProblem | null = typeof match === 'string' ? match : null
  return { ...line, file, fields: read.value.fields, problem, cell: null }
}

export function isReady(planned: Planned): planned is Ready {
  return planned.problem === null && planned.file !== null && planned.fields !== null
}
