import type { CaseId } from '../../../shared/model/brand.ts'
import { ok } from '../../../shared/result.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import type { Context } from '../context.ts'
import { completeJob } from '../jobs/job-kinds.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { portalProblem } from './portal-problem.ts'

/** ダウンロードの再発行: a new page for everybody, the older ones end; logged. */
export async function reissueDownload(office: Office, input: { readonly caseId: CaseId }, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (found.state !== 'concluded') return STATE_FORBIDS
  const problem = await portalProblem(office)
  if (problem !== undefined) return problem
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    completeJob.queue(
      db,
      { caseId: input.caseId, mail: 'download-reissue' },
      { at: change.at, caseId: input.caseId },
    )
    record(db, change, 'download.reissued', { caseId: input.caseId })
  })
  office.wake()
  announceCase(office, input.caseId)
  return ok({})
}
