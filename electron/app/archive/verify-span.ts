/** 一括検証 (L15): every signature and timestamp of a span, with a printable report, of any length. */
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { requireCase } from '../../core/archive/tables/cases.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { type AuditData, changeBy, record } from '../record.ts'
import type { TaskControl } from '../tasks.ts'
import { examineFile, keptDocuments } from './examine-file.ts'
import type { Outcome } from './outcome.ts'
import { addFinding, startWork } from './outcomes.ts'
import { spanWords } from './query-words.ts'
import { addFile, type SpanSum, startSum } from './span-report.ts'
import { collectCases, spanObstacle } from './span-tasks.ts'
import { openVolumes, type Volumes } from './span-volumes.ts'

export async function verifySpan(
  office: Office,
  { dateFrom, dateTo }: InputOf<typeof bridge.archive.verifySpan>,
  context: Context,
) {
  const query = SearchQuery.parse({ dateFrom, dateTo, order: 'oldest' })
  const obstacle = spanObstacle(office, query, context)
  if (obstacle !== undefined) return fail(obstacle, {})
  const about = spanWords(dateFrom, dateTo)
  const taskId = startWork(office, context, { kind: 'verify-span', about }, async (control, outcome) => {
    const caseIds = await collectCases(office, query, context, control.signal)
    const sum = startSum(about, actorOf(context).displayName, caseIds.length)
    const volumes = openVolumes(office, sum, control.signal)
    const log = (action: string, data: AuditData) =>
      office.archive.transaction((db) => record(db, changeBy(context, office.clock), action, { data }))
    log('archive.span-verified', { cases: caseIds.length, span: about })
    try {
      await examineCases(office, caseIds, { control, outcome, sum, volumes })
      outcome.file = await volumes.finish()
      log('archive.span-verification-finished', {
        files: sum.files,
        doubtful: outcome.doubtful.length,
        span: about,
      })
    } finally {
      await volumes.drop()
    }
  })
  return ok({ taskId })
}

type Run = {
  readonly control: TaskControl
  readonly outcome: Outcome
  readonly sum: SpanSum
  readonly volumes: Volumes
}

async function examineCases(
  office: Office,
  caseIds: readonly CaseId[],
  { control, outcome, sum, volumes }: Run,
): Promise<void> {
  for (const [index, caseId] of caseIds.entries()) {
    control.signal.throwIfAborted()
    const found = requireCase(office.archive.db, caseId)
    const documents = keptDocuments(office, caseId)
    if (documents.length === 0) sum.casesWithoutFile += 1
    for (const document of documents) {
      const examined = await examineFile(office, document, control.signal)
      await volumes.add(addFile(sum, found, document, examined))
      addFinding(outcome, {
        caseId,
        documentId: document.id,
        title: `${found.title} ${document.title}`,
        verdict: examined.verdict,
      })
    }
    control.progress(index + 1, caseIds.length)
  }
}
