/** What an import will do, line by line, before anything is changed. Kept in the vault so that a killed import goes on. */
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { ImportLine, ImportMapping, ImportOptions } from '../../../shared/bridge/keeping.ts'
import { Sha256Hex } from '../../../shared/model/brand.ts'
import { CaseFields } from '../../../shared/model/case.ts'
import { findVersionsBySha256 } from '../../core/archive/tables/documents.ts'
import type { FileId, StoredFile } from '../../core/archive/vault.ts'
import type { Office } from '../office.ts'
import { type ImportTable, readImportLine } from './import-table.ts'

const PlannedFile = z.object({
  name: z.string(),
  fileId: z.string().transform((value) => value as FileId),
  sha256: Sha256Hex,
  sizeBytes: z.number().int(),
})
export const PlannedLine = z.object({
  line: z.number().int(),
  file: PlannedFile.nullable(),
  fields: CaseFields.nullable(),
  report: ImportLine,
})
export type PlannedLine = z.output<typeof PlannedLine>

export const ImportPlan = z.object({
  mapping: ImportMapping,
  options: ImportOptions,
  lines: z.array(PlannedLine),
  /** Every staged file, also those no line names. */
  files: z.array(PlannedFile),
})
export type ImportPlan = z.output<typeof ImportPlan>

export type StagedFile = { readonly fileName: string; readonly file: StoredFile }

/** Matches lines and files, finds duplicates by SHA-256 in the archive and within the import. Yields to the window. */
export async function planImport(
  office: Office,
  { table, staged }: { readonly table: ImportTable; readonly staged: readonly StagedFile[] },
  request: { readonly mapping: ImportMapping; readonly options: ImportOptions },
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ImportPlan> {
  const files = new Map(staged.map((each) => [nameKey(each.fileName), each]))
  const seen = new Set<string>()
  const lines: PlannedLine[] = []
  for (const [index, cells] of table.lines.entries()) {
    lines.push(planLine(office, { table, files, seen }, cells, { ...request, line: index + 1 }))
    if (index % 100 === 99) {
      onProgress(index + 1, table.lines.length)
      await setImmediate()
    }
  }
  return { ...request, lines, files: staged.map(plannedFile) }
}

type Known = {
  readonly table: ImportTable
  readonly files: ReadonlyMap<string, StagedFile>
  /** Digests that an earlier line of this import brings. */
  readonly seen: Set<string>
}

function planLine(
  office: Office,
  { table, files, seen }: Known,
  cells: readonly string[],
  request: { readonly mapping: ImportMapping; readonly options: ImportOptions; readonly line: number },
): PlannedLine {
  const { line } = request
  const read = readImportLine(table, cells, request.mapping, request.options)
  const title = cells[table.columns.indexOf(request.mapping.title ?? '')] ?? ''
  const fileName = cells[table.columns.indexOf(request.mapping.file ?? '')] ?? ''
  const report = (outcome: ImportLine['outcome'], problem: string | null) => ({
    line,
    outcome,
    problem,
    title,
    file: fileName,
  })
  if (!read.ok)
    return {
      line,
      file: null,
      fields: null,
      report: report('refused', `${read.error.code}:${read.error.data.field}`),
    }
  const { fields } = read.value
  const staged = read.value.file === '' ? undefined : files.get(nameKey(read.value.file))
  if (staged === undefined)
    return {
      line,
      file: null,
      fields,
      report: report('refused', read.value.file === '' ? 'FILE_NAME_EMPTY' : 'FILE_NOT_GIVEN'),
    }
  const { sha256 } = staged.file
  const isKnown = seen.has(sha256) || findVersionsBySha256(office.archive.db, sha256).length > 0
  seen.add(sha256)
  return {
    line,
    file: plannedFile(staged),
    fields,
    report: isKnown ? report('duplicate', null) : report('make', null),
  }
}

function plannedFile({ fileName, file }: StagedFile): z.output<typeof PlannedFile> {
  return { name: fileName, fileId: file.fileId, sha256: file.sha256, sizeBytes: file.sizeBytes }
}

/** Folders before the name, the case of letters, NFC or NFD, and a missing `.pdf` do not matter. */
function nameKey(name: string): string {
  const base = name.replaceAll('\\', '/').split('/').at(-1) ?? ''
  return base
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/\.pdf$/, '')
}
