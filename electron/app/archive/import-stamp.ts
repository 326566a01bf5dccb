/** Timestamps for what was received (L16): of one import, or of everything that has none. */
import type { DocumentId } from '../../../shared/model/brand.ts'
import { ok } from '../../../shared/result.ts'
import { readDocument } from '../../core/archive/tables/documents.ts'
import { listUnstampedFiles, nextUnstampedOfImport } from '../../core/archive/tables/received-files.ts'
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

/** タイムスタンプのない文書に付ける */
export async function stampReceived(office: Office, context: Context) {
  const files = listUnstampedFiles(office.archive.db)
  const result = emptyResult({ lines: files.length })
  const taskId = office.tasks.start(context.connection, 'stamp-received', result, async (control) => {
    let inARow = 0
    for (const [index, { documentId, caseId }] of files.entries()) {
      if (control.signal.aborted) return
      const problem = inARow < GIVE_UP_AFTER ? await stamp(office, documentId) : 'TIMESTAMP_LATER'
      inARow = problem === null ? 0 : inARow + 1
      if (problem === null) result.made += 1
      else {
        result.refused += 1
        const title = readDocument(office.archive.db, documentId)?.title ?? ''
        const about = { line: null, cell: null, verdict: null, sameAsLine: null }
        result.report.push({ ...about, outcome: 'refused', problem, title, file: documentId, caseId })
      }
      control.progress(index + 1, files.length)
    }
  })
  return ok({ taskId })
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
