/**
 * Carries an import out, one line after the other: verified, text read, stored as a concluded case, timestamped if wanted.
 * The outcome of a line is written in the transaction that made its case: after a kill nothing is done twice.
 */
import { setImmediate } from 'node:timers/promises'
import type { ImportLine } from '../../../shared/bridge/keeping.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { insertCase } from '../../core/archive/tables/cases.ts'
import {
  findVersionsBySha256,
  insertDocument,
  readDocument,
  writeDocumentText,
} from '../../core/archive/tables/documents.ts'
import {
  endImport,
  type ImportRow,
  listImportRows,
  noteImportRow,
} from '../../core/archive/tables/imports.ts'
import { isFileInUse } from '../../core/archive/tables/received-files.ts'
import type { FileId } from '../../core/archive/vault.ts'
import { collectorFor } from '../../core/signing/add-validation-data.ts'
import type { Actor } from '../context.ts'
import { describeError } from '../dispatch.ts'
import { outcomeOfError } from '../jobs/failure-codes.ts'
import { preserveDocument } from '../jobs/preserve-case.ts'
import { announceCase, type Office } from '../office.ts'
import { changeOf, record } from '../record.ts'
import type { TaskControl } from '../tasks.ts'
import { openWorkPool, type WorkPool } from '../work/work-pool.ts'
import type { ImportPlan, PlannedLine } from './import-plan.ts'

export type ImportProgress = {
  lines: number
  made: number
  duplicate: number
  refused: number
  readonly report: ImportLine[]
}

type Run = {
  readonly importId: string
  readonly plan: ImportPlan
  readonly actor: Actor
  readonly control: TaskControl
  readonly progress: ImportProgress
}

const TELL_EVERY_MS = 250

export async function runImport(office: Office, run: Run): Promise<void> {
  const { plan, control, progress, importId } = run
  const done = new Map(listImportRows(office.archive.db, importId).map((row) => [row.line, row]))
  progress.lines = plan.lines.length
  // A thread of its own, so that signing and certificates do not wait behind ten thousand scans.
  const pool = openWorkPool(office.logger, 1)
  let told = 0
  try {
    for (const [index, line] of plan.lines.entries()) {
      if (control.signal.aborted) break
      const row = done.get(line.line) ?? (await importLine(office, pool, run, line))
      if (row === undefined) break
      count(progress, line, row)
      if (performance.now() - told > TELL_EVERY_MS) {
        told = performance.now()
        control.progress(index + 1, plan.lines.length)
      }
      if (done.has(line.line) && index % 200 === 0) await setImmediate()
    }
  } finally {
    await pool.close()
  }
  const isCancelled = control.signal.aborted
  office.archive.transaction((db) => {
    const change = changeOf(run.actor, office.clock)
    endImport(db, importId, isCancelled ? 'cancelled' : 'done', change.at)
    record(db, change, isCancelled ? 'import.cancelled' : 'import.finished', {
      data: {
        name: plan.options.name,
        made: progress.made,
        duplicate: progress.duplicate,
        refused: progress.refused,
      },
    })
  })
  await removeUnused(office, plan)
  control.progress(plan.lines.length, plan.lines.length)
}

function count(
  progress: ImportProgress,
  line: PlannedLine,
  row: Pick<ImportRow, 'outcome' | 'problem'>,
): void {
  progress[row.outcome] += 1
  progress.report.push({ ...line.report, outcome: row.outcome, problem: row.problem })
}

type Outcome = Pick<ImportRow, 'outcome' | 'problem'>

/** undefined: cancelled in the middle; the line is done again when the import goes on. */
async function importLine(
  office: Office,
  pool: WorkPool,
  run: Run,
  line: PlannedLine,
): Promise<Outcome | undefined> {
  const { archive } = office
  const { file, fields, report } = line
  const without = (outcome: Outcome): Outcome => {
    archive.transaction((db) =>
      noteImportRow(db, run.importId, {
        ...outcome,
        line: line.line,
        caseId: null,
        sha256: file?.sha256 ?? null,
      }),
    )
    return outcome
  }
  if (report.outcome === 'refused' || file === null || fields === null)
    return without({ outcome: 'refused', problem: report.problem ?? 'LINE_WRONG' })
  // Asked again: since the plan was made the file may have come in another way.
  if (report.outcome === 'duplicate' || findVersionsBySha256(archive.db, file.sha256).length > 0)
    return without({ outcome: 'duplicate', problem: null })
  const looked = await lookInto(office, pool, file.fileId, run.control.signal)
  if (looked === undefined) return undefined
  if ('problem' in looked) return without({ outcome: 'refused', problem: looked.problem })
  const made = makeCase(office, run, { ...line, file, fields }, looked)
  announceCase(office, made.caseId)
  if (!run.plan.options.timestamp) return { outcome: 'made', problem: made.problem }
  return { outcome: 'made', problem: (await stamp(office, made.documentId)) ?? made.problem }
}

type Looked = {
  readonly pages: readonly string[]
  readonly pageCount: number
  readonly verdict: string
  readonly signatures: number
}

/** Broken or changed signatures are not taken in: they must be looked at by a person. */
async function lookInto(
  office: Office,
  pool: WorkPool,
  fileId: FileId,
  signal: AbortSignal,
): Promise<Looked | { readonly problem: string } | undefined> {
  const bytes = await readInPieces(office, fileId)
  if (bytes === undefined) return { problem: 'FILE_DAMAGED' }
  const text = await pool.runTask('extract-text', { bytes }, { signal })
  if (!text.ok) return text.error.code === 'TASK_CANCELLED' ? undefined : { problem: text.error.code }
  if (!text.value.ok) return { problem: text.value.error.code }
  const verified = await pool.runTask(
    'verify-pdf',
    { bytes, anchors: office.services.anchors(), at: new Date(office.clock.now()) },
    { signal },
  )
  if (!verified.ok)
    return verified.error.code === 'TASK_CANCELLED' ? undefined : { problem: verified.error.code }
  const { verdict, signatures } = verified.value
  if (['broken', 'changed', 'unreadable'].includes(verdict))
    return { problem: `SIGNATURE_${verdict.toUpperCase()}` }
  const { pages, pageCount, searchable } = text.value.value
  return { pages: searchable ? pages : [], pageCount, verdict, signatures: signatures.length }
}

const PIECE_BYTES = 1024 * 1024

async function readInPieces(office: Office, fileId: FileId): Promise<Uint8Array | undefined> {
  try {
    const source = office.archive.vault.open(fileId)
    try {
      const bytes = new Uint8Array(source.sizeBytes)
      for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
        bytes.set(source.read(offset, Math.min(PIECE_BYTES, bytes.length - offset)), offset)
        await setImmediate()
      }
      return bytes
    } finally {
      source.close()
    }
  } catch (error) {
    if (error instanceof ArchiveError && ['FILE_DAMAGED', 'FILE_NOT_FOUND'].includes(error.code))
      return undefined
    throw error
  }
}

type CompleteLine = PlannedLine & {
  readonly file: NonNullable<PlannedLine['file']>
  readonly fields: NonNullable<PlannedLine['fields']>
}

/** The case, its document, text, history with the source, log and the line's outcome: one transaction. */
function makeCase(office: Office, run: Run, line: CompleteLine, looked: Looked) {
  const { name } = run.plan.options
  const change = changeOf(run.actor, office.clock, `取り込み「${name}」${line.line}行目（${line.file.name}）`)
  const problem = looked.pages.length === 0 ? 'NO_TEXT' : null
  return office.archive.transaction((db) => {
    const caseId: CaseId = insertCase(db, line.fields, change, { state: 'concluded' })
    const document = insertDocument(
      db,
      {
        caseId,
        title: line.fields.title,
        fileName: line.file.name.replaceAll('\\', '/').split('/').at(-1) ?? line.file.name,
        role: looked.signatures > 0 ? 'sign' : 'attachment',
        pages: Math.max(1, looked.pageCount),
        preflight: null,
        file: line.file,
        reason: 'import',
      },
      change,
    )
    if (looked.pages.length > 0) writeDocumentText(db, document.id, looked.pages)
    record(db, change, 'case.imported', {
      caseId,
      data: { import: name, line: line.line, sha256: line.file.sha256, verdict: looked.verdict },
    })
    noteImportRow(db, run.importId, {
      line: line.line,
      outcome: 'made',
      caseId,
      sha256: line.file.sha256,
      problem,
    })
    return { caseId, documentId: document.id, problem }
  })
}

/** A timestamp that cannot be had now does not undo the line: ホーム goes on asking for it (L16). */
export async function stamp(
  office: Office,
  documentId: Parameters<typeof readDocument>[1],
): Promise<string | null> {
  const document = readDocument(office.archive.db, documentId)
  if (document === undefined) return null
  try {
    const outcome = await office.caseLocks.withCase(document.caseId, () =>
      preserveDocument(office, document, collectorFor(office.services.validation())),
    )
    return outcome === 'done' ? null : 'TIMESTAMP_LATER'
  } catch (error) {
    const { code, isBug } = outcomeOfError(error)
    if (isBug) office.logger.error('import.stamp-failed', describeError(error))
    return `TIMESTAMP_FAILED:${code}`
  }
}

/** Staged files that became no document. */
async function removeUnused(office: Office, plan: ImportPlan): Promise<void> {
  for (const { fileId } of plan.files)
    if (!isFileInUse(office.archive.db, fileId)) await office.archive.vault.destroy(fileId)
}
