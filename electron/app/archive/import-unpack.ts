/** The ZIPs of a draft become its files: each entry goes from the encrypted ZIP into the vault as a stream, and gets its row. */
import { statfs } from 'node:fs/promises'
import { IMPORT_MAX_FILES } from '../../../shared/bridge/imports.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import {
  addImportFiles,
  countImportFiles,
  type ImportFile,
  listImportFiles,
} from '../../core/archive/tables/import-files.ts'
import type { Vault, VaultFile } from '../../core/archive/vault.ts'
import { type ByteSource, joinedSource } from '../../core/kit/byte-source.ts'
import { NOT_FOUND } from '../cases/guard-case.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { PROGRAM_ENDS, type TaskControl } from '../tasks.ts'
import { clearImport } from './import-clear.ts'
import { openDraft, zipsOf } from './import-draft.ts'
import { emptyResult, type ImportTaskResult } from './import-result.ts'
import { forgetCheck, importWorkOf, startImportWork } from './import-work.ts'
import { type OpenZip, openZip, type ZipEntry, ZipError } from './import-zip.ts'

export async function unpackDraft(
  office: Office,
  { importId }: { readonly importId: string },
  context: Context,
) {
  if (openDraft(office, importId) === undefined) return NOT_FOUND
  if (importWorkOf(office, importId) !== undefined) return fail('KEEPING_BUSY', {})
  const zips = zipsOf(office.archive.db, importId)
  const cutOff = zips.find(({ parts }) => parts.length !== parts[0]?.parts)
  if (cutOff !== undefined) return fail('ZIP_INCOMPLETE', { file: cutOff.path })
  forgetCheck(office, importId)
  const taskId = startImportWork(
    office,
    context,
    { importId, kind: 'import-unpack' },
    {
      result: emptyResult(),
      run: async (control, result) => {
        for (const zip of zips)
          if (!(await unpackZip({ office, importId, control, result }, zip)))
            return result.code === null ? undefined : 'failed'
        return undefined
      },
    },
  )
  return ok({ taskId })
}

type Work = {
  readonly office: Office
  readonly importId: string
  readonly control: TaskControl
  readonly result: ImportTaskResult
}
type Zip = { readonly path: string; readonly parts: readonly ImportFile[] }

/** @returns false when it ended early; then none of its entries is left, and `result.code` says why */
async function unpackZip(work: Work, zip: Zip): Promise<boolean> {
  const { office, importId, control, result } = work
  const source = partsOf(office.archive.vault, zip.parts)
  try {
    const opened = await openZip(source)
    if (opened.ok) await unpackEntries(work, zip, opened.value)
    else Object.assign(result, { code: opened.error.code, detail: nameOf(zip, opened.error.data.entry) })
  } catch (error) {
    Object.assign(result, failureOf(error, zip))
  } finally {
    source.close()
  }
  // What the program's end cut off stays as it is: unpacking goes on from there.
  if (control.signal.reason === PROGRAM_ENDS) return false
  const isStopped = control.signal.aborted
  if (isStopped || result.code !== null) await clearImport(office, importId, { only: { source: zip.path } })
  // A person who stopped it may open it later; a bad one goes.
  if (!isStopped) await clearImport(office, importId, { only: { kind: 'zip', path: zip.path } })
  return !isStopped && result.code === null
}

function failureOf(error: unknown, zip: Zip): Pick<ImportTaskResult, 'code' | 'detail'> {
  if (error instanceof ZipError) return { code: error.code, detail: nameOf(zip, error.entry) }
  if (error instanceof ArchiveError) return { code: error.code, detail: zip.path }
  throw error
}

function nameOf(zip: Zip, entry: string): string {
  return entry === '' ? zip.path : `${zip.path} の ${entry}`
}

/** Files whose rows are stored together: what a killed program may leave in the vault without a row. */
export const ROWS_A_TURN = 10
/** Left free for everything else of the archive. */
const RESERVE_BYTES = 256 * 1024 * 1024

async function unpackEntries(work: Work, zip: Zip, opened: OpenZip): Promise<void> {
  const { office, importId, control, result } = work
  const { archive } = office
  const room = await statfs(archive.folder)
  if (room.bavail * room.bsize < opened.sizeBytes + RESERVE_BYTES)
    throw new ArchiveError('DISK_FULL', 'The ZIP does not fit unpacked')
  const pdfs = opened.entries.filter(({ kind }) => kind === 'pdf').length
  const before = countImportFiles(archive.db, importId).pdf.count
  // What an earlier try of the same ZIP left counts once.
  const known = listImportFiles(archive.db, importId, { source: zip.path, limit: 2 * IMPORT_MAX_FILES })
  if (before + pdfs - known.length > IMPORT_MAX_FILES) throw new ZipError('ZIP_TOO_MANY_FILES', '')
  result.lines += opened.entries.length
  result.unused.push(...opened.unused)
  const done = new Set(known.map(({ path }) => path))
  let rows: ImportFile[] = []
  const store = async () => {
    const { replaced } = archive.transaction((db) => addImportFiles(db, importId, rows))
    rows = []
    for (const fileId of replaced) await archive.vault.destroy(fileId)
  }
  try {
    for (const [index, entry] of opened.entries.entries()) {
      if (control.signal.aborted) break
      if (!done.has(placeOf(zip, entry))) rows.push(await unpackEntry(archive.vault, zip, entry))
      if (entry.kind === 'pdf') result.made += 1
      if (rows.length >= ROWS_A_TURN) await store()
      control.progress(index + 1, opened.entries.length)
    }
    await store()
  } catch (error) {
    // Unpacked since the last rows: no row would lead to them.
    for (const { file } of rows) await archive.vault.destroy(file.fileId)
    throw error
  }
}

/** Below a folder of the ZIP's own name, so that two exports keep apart. */
function placeOf(zip: Zip, entry: ZipEntry): string {
  return `${zip.path.replace(/\.zip$/i, '')}/${entry.path}`
}

async function unpackEntry(vault: Vault, zip: Zip, entry: ZipEntry): Promise<ImportFile> {
  const file = await vault.put(entry.content())
  return { path: placeOf(zip, entry), part: 0, parts: 1, kind: entry.kind, source: zip.path, file }
}

/** The parts as one file; one of them is open at a time, because each open file keeps chunks in memory. */
function partsOf(vault: Vault, parts: readonly ImportFile[]): ByteSource & { readonly close: () => void } {
  let current: { readonly part: ImportFile; readonly source: VaultFile } | undefined
  const sourceOf = (part: ImportFile): VaultFile => {
    if (current?.part !== part) {
      current?.source.close()
      current = undefined
      current = { part, source: vault.open(part.file.fileId) }
    }
    return current.source
  }
  const joined = joinedSource(
    parts.map((part) => ({
      sizeBytes: part.file.sizeBytes,
      read: (offset, length) => sourceOf(part).read(offset, length),
    })),
  )
  return { ...joined, close: () => current?.source.close() }
}
