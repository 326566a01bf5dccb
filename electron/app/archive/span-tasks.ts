/** What exports, bulk verifications and prints share: the cases a query finds, and their outcome for the screens. */
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { FileVerdict } from '../../../shared/bridge/outcomes.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { walkCases } from '../../core/archive/search/search-cases.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import type { Outcome } from './outcome.ts'
import { findOutcome, isGood, listOutcomes } from './outcomes.ts'

type Table = typeof bridge.archive

/** All cases a query finds, with the rights of the person who asks. */
export function walkSearch(office: Office, query: SearchQuery, context: Context): Generator<CaseId> {
  const today = japaneseDay(office.clock.now())
  return walkCases(office.archive, query, viewerFor(actorOf(context)), today)
}

/** Why work over everything a query finds cannot begin; undefined: it can. */
export function spanObstacle(
  office: Office,
  query: SearchQuery,
  context: Context,
): 'INDEX_UNREADY' | 'NOTHING_FOUND' | undefined {
  // Cases that cannot be found yet would be missing without a word.
  if (office.archive.index.waiting() > 0) return 'INDEX_UNREADY'
  return walkSearch(office, query, context).next().done === true ? 'NOTHING_FOUND' : undefined
}

/** The longest stretch of main-process work at a time, well below what a person notices. */
const SLICE_MS = 15

/** Lets other work in whenever a slice is used up. */
export function createPause(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < SLICE_MS) return
    await new Promise((resolve) => setImmediate(resolve))
    since = performance.now()
  }
}

/** The cases as they are found now; what is entered while the work goes on does not belong to it. */
export async function collectCases(
  office: Office,
  query: SearchQuery,
  context: Context,
  signal: AbortSignal,
): Promise<CaseId[]> {
  const pause = createPause()
  const caseIds = new Set<CaseId>()
  for (const caseId of walkSearch(office, query, context)) {
    signal.throwIfAborted()
    caseIds.add(caseId)
    await pause()
  }
  return [...caseIds]
}

export async function taskResult(office: Office, input: InputOf<Table['taskResult']>, context: Context) {
  const outcome = findOutcome(office, context, input.taskId)
  if (outcome === undefined) return fail('NOT_FOUND', {})
  const { file, doubtful, good, drill } = outcome
  const done = outcome.state !== 'running'
  const ticket =
    file === null
      ? null
      : office.tickets.issue(context.connection, {
          fileName: file.fileName,
          contentType: file.contentType,
          disposition: file.contentType === 'application/pdf' ? 'inline' : 'attachment',
          open: () => office.temporary.open(file.fileId),
        })
  return ok({
    done,
    cancelled: outcome.state === 'cancelled',
    code: outcome.code,
    ticket,
    fileName: file?.fileName ?? '',
    counts: Object.fromEntries(outcome.counts),
    // The rows come with the end: a page that asks at every step must not be sent a list each time.
    rows: done ? pageOf(doubtful, good, input) : [],
    total: doubtful.length + good.length,
    drill: done ? drill : null,
  })
}

function pageOf(
  doubtful: Outcome['doubtful'],
  good: Outcome['good'],
  { offset, limit }: { readonly offset: number; readonly limit: number },
) {
  const first = doubtful.slice(offset, offset + limit)
  const from = Math.max(0, offset - doubtful.length)
  return [...first, ...good.slice(from, from + limit - first.length)]
}

export async function outcomes(office: Office, context: Context) {
  const rows = listOutcomes(office, context).map(([taskId, outcome]) => {
    const { kind, about, startedAt, finishedAt, state, code, counts, file, drill } = outcome
    const sum = (entries: [FileVerdict, number][]) => entries.reduce((all, [, count]) => all + count, 0)
    return {
      ...{ taskId, kind, about, startedAt, finishedAt, state, code },
      files: drill?.files ?? sum([...counts]),
      doubtful: drill?.problems.length ?? sum([...counts].filter(([verdict]) => !isGood(verdict))),
      hasFile: file !== null,
    }
  })
  return ok({ rows })
}
