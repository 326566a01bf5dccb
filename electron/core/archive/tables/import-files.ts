/**
 * What was received for an import and lies encrypted in the vault: PDFs, tables, ZIPs in parts. The rows make the files known:
 * they outlive the program and are no orphans. They go when the import is over.
 */
import { z } from 'zod'
import { Sha256Hex } from '../../../../shared/model/brand.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import type { FileId, StoredFile } from '../vault.ts'

export const ImportFileKind = z.enum(['pdf', 'table', 'zip'])
export type ImportFileKind = z.output<typeof ImportFileKind>

export type ImportFile = {
  /** Folders and name as they were chosen, parted by `/`. */
  readonly path: string
  /** Of a large ZIP: 0 to `parts` - 1; else 0 of 1. */
  readonly part: number
  readonly parts: number
  readonly kind: ImportFileKind
  /** Name of the ZIP it came out of; empty = chosen as it is. */
  readonly source: string
  readonly file: StoredFile
}

/**
 * Adds files; one at the same place is replaced.
 * @returns files of the vault that nobody needs any more: destroy them after the transaction
 */
export function addImportFiles(
  db: WritableDb,
  importId: string,
  files: readonly ImportFile[],
): { readonly replaced: FileId[] } {
  const replaced: FileId[] = []
  for (const { path, part, parts, kind, source, file } of files) {
    const place = query.selectFrom('import_files').where('import_id', '=', importId).where('path', '=', path)
    const old = db.first(place.where('part', '=', part).select('file_id'))
    if (old !== undefined) {
      replaced.push(old.file_id as FileId)
      removeImportFile(db, old.file_id as FileId)
    }
    db.run(
      query.insertInto('import_files').values({
        import_id: importId,
        path,
        part,
        parts,
        kind,
        source,
        file_id: file.fileId,
        sha256: file.sha256,
        size_bytes: file.sizeBytes,
      }),
    )
  }
  return { replaced }
}

export function removeImportFile(db: WritableDb, fileId: FileId): void {
  db.run(query.deleteFrom('import_files').where('file_id', '=', fileId))
}

export type ImportFileFilter = {
  readonly kind?: ImportFileKind
  readonly path?: string
  /** What came out of this ZIP. */
  readonly source?: string
}

/** In the order of their paths and parts. */
export function listImportFiles(
  db: ReadableDb,
  importId: string,
  page: ImportFileFilter & { readonly after?: string; readonly limit: number },
): ImportFile[] {
  const { kind, path, source, after } = page
  const rows = db.all(
    query
      .selectFrom('import_files')
      .select(['path', 'part', 'parts', 'kind', 'source', 'file_id', 'sha256', 'size_bytes'])
      .where('import_id', '=', importId)
      .$if(kind !== undefined, (rest) => rest.where('kind', '=', kind ?? ''))
      .$if(path !== undefined, (rest) => rest.where('path', '=', path ?? ''))
      .$if(source !== undefined, (rest) => rest.where('source', '=', source ?? ''))
      .$if(after !== undefined, (rest) => rest.where('path', '>', after ?? ''))
      .orderBy('path')
      .orderBy('part')
      .limit(page.limit),
  )
  return rows.map((row) => ({
    path: row.path,
    part: row.part,
    parts: row.parts,
    kind: ImportFileKind.parse(row.kind),
    source: row.source,
    file: {
      fileId: row.file_id as FileId,
      sha256: Sha256Hex.parse(row.sha256),
      sizeBytes: row.size_bytes,
    },
  }))
}

export function countImportFiles(
  db: ReadableDb,
  importId: string,
): Readonly<Record<ImportFileKind, { readonly count: number; readonly sizeBytes: number }>> {
  const counts = { pdf: NONE, table: NONE, zip: NONE }
  const rows = db.all(
    query
      .selectFrom('import_files')
      .select((select) => [
        'kind',
        select.fn.countAll<number>().as('count'),
        select.fn.sum<number>('size_bytes').as('size_bytes'),
      ])
      .where('import_id', '=', importId)
      .groupBy('kind'),
  )
  for (const row of rows)
    counts[ImportFileKind.parse(row.kind)] = { count: row.count, sizeBytes: Number(row.size_bytes) }
  return counts
}

const NONE: { readonly count: number; readonly sizeBytes: number } = { count: 0, sizeBytes: 0 }

/** Imports that are over and still hold files: a crash cut off their clearing. */
export function listImportsToClear(db: ReadableDb): string[] {
  return db
    .all(
      query
        .selectFrom('imports')
        .select('id')
        .where('state', 'in', ['done', 'discarded'])
        .where(({ exists, selectFrom }) =>
          exists(selectFrom('import_files').select('path').whereRef('import_id', '=', 'imports.id')),
        ),
    )
    .map((row) => row.id)
}
