import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { PreflightReport } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { insertDocument } from '../../core/archive/tables/documents.ts'
import type { StoredFile } from '../../core/archive/vault.ts'
import { settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import { mayEditEnvelope } from '../cases/workflow.ts'
import type { Context } from '../context.ts'
import { extractTextJob } from '../jobs/job-kinds.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { TaskError } from '../work/thread-pool.ts'
import { workDone } from '../work/work-done.ts'
import { preflightView } from './preflight-upload.ts'
import { readWholeFile } from './read-whole-file.ts'

type Input = InputOf<typeof bridge.documents.import>

/** 文書を取り込む: nothing enters a case that could not be signed; attachments need only be readable. */
export async function importDocument(office: Office, input: Input, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  const isKept = input.role === 'attachment' || input.role === 'application'
  if (!mayEditEnvelope(found.state) && !(isKept && found.state !== 'deleted')) return STATE_FORBIDS
  const upload = office.uploads.find(context.connection, input.uploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  const taken = await takeFile(office, upload.file, input.repair)
  if (!taken.ok) return taken
  const { file, report } = taken.value
  const change = changeBy(context, office.clock)
  const document = office.archive.transaction((db) => {
    const made = insertDocument(
      db,
      {
        caseId: input.caseId,
        title: input.title,
        fileName: upload.fileName,
        role: input.role,
        pages: Math.max(1, report.pages),
        preflight: report,
        file,
        reason: input.repair ? 'repair' : 'import',
      },
      change,
    )
    extractTextJob.queue(db, { documentId: made.id }, { at: change.at, caseId: input.caseId })
    settleCase(db, input.caseId, change)
    record(db, change, 'document.imported', {
      caseId: input.caseId,
      data: { document: input.title, sha256: file.sha256 },
    })
    return made
  })
  office.uploads.adopt(input.uploadId)
  if (file.fileId !== upload.file.fileId) await office.archive.vault.destroy(upload.file.fileId)
  office.wake()
  announceCase(office, input.caseId)
  return ok({ document })
}

/** Examines the upload; with `wantsRepair` a rewritten copy takes its place. */
async function takeFile(office: Office, uploaded: StoredFile, wantsRepair: boolean) {
  const source = office.archive.vault.open(uploaded.fileId)
  try {
    const report = await preflightView(source)
    if (report.canSend) return ok({ file: uploaded, report })
    if (!wantsRepair || !report.canRepair) return stopped(report)
    const bytes = await readWholeFile(office.archive.vault, uploaded.fileId)
    const file = await office.archive.vault.put(workDone(await office.work.runTask('repair-pdf', { bytes })))
    const after = office.archive.vault.open(file.fileId)
    try {
      const second = await preflightView(after)
      return second.canSend ? ok({ file, report: second }) : stopped(second)
    } finally {
      after.close()
    }
  } catch (error) {
    if (error instanceof TaskError && error.code !== undefined)
      return fail('REPAIR_FAILED', { code: error.code })
    if (error instanceof ArchiveError && error.code === 'DISK_FULL') return fail('DISK_FULL', {})
    throw error
  } finally {
    source.close()
  }
}

function stopped(report: PreflightReport) {
  const codes = report.problems
    .filter((problem) => problem.severity === 'stop')
    .map((problem) => problem.code)
  return fail('PREFLIGHT_STOPPED', { codes })
}
