/** Files are gathered for an import: each is a row at once, so that neither an hour nor the end of the program loses them. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { IMPORT_MAX_FILES, type ImportDraft } from '../../../shared/bridge/imports.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import {
  addImportFiles,
  countImportFiles,
  type ImportFile,
  type ImportFileKind,
  listImportFiles,
} from '../../core/archive/tables/import-files.ts'
import {
  endImport,
  findImport,
  findOpenImport,
  type Import,
  openImport,
} from '../../core/archive/tables/imports.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { NOT_FOUND } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { clearImport } from './import-clear.ts'
import { forgetCheck, importWorkOf, startImportWork } from './import-work.ts'

type Table = typeof bridge.imports

export async function readDraft(office: Office, context: Context) {
  const found = findOpenImport(office.archive.db, actorOf(context).userId)
  return ok({ draft: found === undefined ? null : draftOf(office, found) })
}

/** A draft this person may work on: it is open. Whose it is does not matter, the right to import does. */
export function openDraft(office: Office, importId: string): Import | undefined {
  const found = findImport(office.archive.db, importId)
  return found?.state === 'open' ? found : undefined
}

const MOST_TABLES = 100

function draftOf(office: Office, { id }: Pick<Import, 'id'>): ImportDraft {
  const { db } = office.archive
  const counts = countImportFiles(db, id)
  const tables = listImportFiles(db, id, { kind: 'table', limit: MOST_TABLES })
  return {
    importId: id,
    pdfs: counts.pdf,
    tables: tables.map(({ path, file }) => ({ path, sizeBytes: file.sizeBytes })),
    zips: zipsOf(db, id).map(({ path, parts }) => ({
      path,
      parts: parts[0]?.parts ?? 1,
      received: parts.length,
    })),
    taskId: importWorkOf(office, id)?.taskId ?? null,
  }
}

const MOST_PARTS = 10_000

/** ZIPs that are still packed, each with the parts that have arrived, in order. */
export function zipsOf(
  db: ReadableDb,
  importId: string,
): { readonly path: string; readonly parts: readonly ImportFile[] }[] {
  const parts = listImportFiles(db, importId, { kind: 'zip', limit: MOST_PARTS })
  return [...Map.groupBy(parts, ({ path }) => path)].map(([path, ofOne]) => ({ path, parts: ofOne }))
}

export async function addFiles(office: Office, input: InputOf<Table['addFiles']>, context: Context) {
  const { archive, uploads } = office
  const draft = findOpenImport(archive.db, actorOf(context).userId)
  if (draft !== undefined && importWorkOf(office, draft.id) !== undefined) return fail('KEEPING_BUSY', {})
  const files: ImportFile[] = []
  const taken: string[] = []
  const unused: { readonly uploadId: string; readonly path: string }[] = []
  for (const { uploadId, path, part, parts } of input.files) {
    const upload = uploads.find(context.connection, uploadId)
    if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
    const place = path.normalize('NFC').replaceAll('\\', '/')
    const kind = kindOf(place)
    if (kind === undefined) unused.push({ uploadId, path: place })
    else {
      taken.push(uploadId)
      files.push({ path: place, part, parts, kind, source: '', file: upload.file })
    }
  }
  const pdfs = files.filter(({ kind }) => kind === 'pdf').length
  const before = draft === undefined ? 0 : countImportFiles(archive.db, draft.id).pdf.count
  if (before + pdfs > IMPORT_MAX_FILES) return fail('IMPORT_TOO_MANY_FILES', { most: IMPORT_MAX_FILES })
  if (draft !== undefined) await forgetUnpacked(office, draft.id, files)
  const { id, replaced } = archive.transaction((db) => {
    const importId = draft?.id ?? openImport(db, changeBy(context, office.clock))
    return { id: importId, ...addImportFiles(db, importId, files) }
  })
  for (const uploadId of taken) uploads.adopt(uploadId)
  for (const { uploadId } of unused) await uploads.drop(uploadId)
  for (const fileId of replaced) await archive.vault.destroy(fileId)
  forgetCheck(office, id)
  return ok({
    draft: draftOf(office, { id }),
    replaced: replaced.length,
    unused: unused.map(({ path }) => path),
  })
}

/** A ZIP that comes again brings its files anew: those of the first time go. */
async function forgetUnpacked(office: Office, importId: string, files: readonly ImportFile[]): Promise<void> {
  for (const { kind, part, path } of files)
    if (kind === 'zip' && part === 0) await clearImport(office, importId, { only: { source: path } })
}

function kindOf(path: string): ImportFileKind | undefined {
  if (/\.pdf$/i.test(path)) return 'pdf'
  if (/\.zip$/i.test(path)) return 'zip'
  return /\.(csv|tsv|txt)$/i.test(path) ? 'table' : undefined
}

/** The state first, durable and logged; then the files, however long that takes. */
export async function discardImport(
  office: Office,
  { importId }: InputOf<Table['discard']>,
  context: Context,
) {
  const found = findImport(office.archive.db, importId)
  if (found === undefined || found.state === 'done' || found.state === 'discarded') return NOT_FOUND
  if (importWorkOf(office, importId) !== undefined) return fail('KEEPING_BUSY', {})
  const change = changeBy(context, office.clock)
  const { pdf } = countImportFiles(office.archive.db, importId)
  office.archive.transaction((db) => {
    endImport(db, importId, { state: 'discarded' }, change.at)
    record(db, change, 'import.discarded', {
      data: { name: found.name, files: pdf.count, made: found.counts.made },
    })
  })
  forgetCheck(office, importId)
  startImportWork(
    office,
    context,
    { importId, kind: 'import-clear' },
    {
      result: undefined,
      run: async ({ signal, progress }) => {
        await clearImport(office, importId, { signal, onProgress: (done) => progress(done, pdf.count) })
      },
    },
  )
  return ok({})
}

const FORM_HEADINGS = ['ファイル名', '件名', '取引先', '取引年月日', '取引金額', '契約番号', '所管課', '備考']
const NAMES_A_TURN = 1000

/** A table to fill in: its headings are understood, its first column names the PDFs that were gathered. */
export async function makeTableForm(
  office: Office,
  { importId }: InputOf<Table['tableForm']>,
  context: Context,
) {
  if (openDraft(office, importId) === undefined) return NOT_FOUND
  const empty = FORM_HEADINGS.slice(1).fill('')
  const lines = [csvLine(FORM_HEADINGS)]
  for (let after = ''; ; ) {
    const page = listImportFiles(office.archive.db, importId, { kind: 'pdf', after, limit: NAMES_A_TURN })
    for (const { path } of page) lines.push(csvLine([path, ...empty]))
    const last = page.at(-1)
    if (last === undefined) break
    after = last.path
    await new Promise((resolve) => setImmediate(resolve))
  }
  const bytes = Buffer.from(BYTE_ORDER_MARK + lines.join(''))
  const ticket = office.tickets.issue(context.connection, {
    fileName: '一覧表.csv',
    contentType: 'text/csv; charset=utf-8',
    disposition: 'attachment',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}
