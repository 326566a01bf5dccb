/** Timestamps for what was received (L16): of one import, or of everything that has none. */
import type { DocumentId } from '../../../shared/model/brand.ts'
import { ok } from '../../../shared/result.ts'
import { readDocument } from '../../core/archive/tables/documents.ts'
import {
  countUnstampedFiles,
  listUnstampedFiles,
  nextUnstampedOfImport,
  type UnstampedFile,
} from '../../core/archive/tables/received-files.ts'
import { collectorFor } from '../../core/signing/add-validation-data.ts'
import type { Context } from '../context.ts'
import { describeError } from '../dispatch.ts'
import { outcomeOfError } from '../jobs/failure-codes.ts'
import { preserveDocument } from '../jobs/preserve-case.ts'
import type { Office } from '../office.ts'
import type { TaskControl } from '../tasks.ts'
import { emptyResult, type ImportTaskResult } from './import-result.ts'

/** So many failures in a row: the service cannot be had now, and asking ten thousand times does not help. */
const GIVE_UP_AFTER = 5

/** ホーム goes on asking for what could not be stamped (L16); `result.unstamped` counts it. */
export async function stampImport(
  office: Office,
  work: { readonly importId: string; readonly control: TaskControl; readonly result: ImportTaskResult },
): Promise<void> {
  const { importId, control, result } = work
  let inARow = 0
  let done = 0
  for (let line = 0; !control.signal.aborted; ) {
    const next = nextUnstampedOfImport(office.archive.db, importId, line)
    if (next === undefined) return
    line = next.line
    const problem = inARow < GIVE_UP_AFTER ? await stamp(office, next.documentId) : 'TIMESTAMP_LATER'
    inARow = problem === null ? 0 : inARow + 1
    if (problem !== null) result.unstamped += 1
    done += 1
    control.progress(done, result.made)
  }
}

const FILES_A_TURN = 200

/** タイムスタンプのない文書に付ける. What is stamped leaves the list, so it is read a handful at a time. */
export async function stampReceived(office: Office, context: Context) {
  const { db } = office.archive
  const lines = countUnstampedFiles(db).reduce((sum, { count }) => sum + count, 0)
  const result = emptyResult({ lines })
  const taskId = office.tasks.start(context.connection, 'stamp-received', result, async (control) => {
    const failed = new Set<DocumentId>()
    const failures = { inARow: 0 }
    const isOver = () => control.signal.aborted || failures.inARow >= GIVE_UP_AFTER
    for (;;) {
      const next = listUnstampedFiles(db, FILES_A_TURN + failed.size).filter(
        ({ documentId }) => !failed.has(documentId),
      )
      if (next.length === 0 || isOver()) break
      for (const file of next) {
        if (isOver()) break
        if (!(await stampOne(office, file, { result, failures }))) failed.add(file.documentId)
        control.progress(result.made + failed.size, lines)
      }
    }
    // Also those nobody asked for any more because the service cannot be had.
    if (!control.signal.aborted) result.refused = Math.max(failed.size, lines - result.made)
  })
  return ok({ taskId })
}

async function stampOne(
  office: Office,
  file: UnstampedFile,
  { result, failures }: { readonly result: ImportTaskResult; readonly failures: { inARow: number } },
): Promise<boolean> {
  const problem = await stamp(office, file.documentId)
  if (problem === null) {
    result.made += 1
    failures.inARow = 0
    return true
  }
  failures.inARow += 1
  const title = readDocument(office.archive.db, file.documentId)?.title ?? ''
  const about = { line: null, cell: null, verdict: null, sameAsLine: null, outcome: 'refused' } as const
  result.report.push({ ...about, problem, title, file: file.documentId, caseId: file.caseId })
  return false
}

/** A timestamp that cannot be had now undoes nothing. @returns why there is none; null = it is there */
async function stamp(office: Office, documentId: DocumentId): Promise<string | null> {
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
