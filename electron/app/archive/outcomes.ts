/**
 * What came of long work over many cases: rows or a report to look at and one file to fetch. It belongs to the person who
 * started it and is there for a day, on whatever page or log-in they come back; then the file is destroyed.
 */
import type { FileFinding, FileVerdict } from '../../../shared/bridge/outcomes.ts'
import type { UserId } from '../../../shared/model/brand.ts'
import { actorOf, type Context } from '../context.ts'
import { outcomeOfError } from '../jobs/failure-codes.ts'
import type { Office } from '../office.ts'
import type { TaskControl } from '../tasks.ts'
import type { Outcome } from './outcome.ts'

const LIFETIME_MS = 24 * 60 * 60_000
/** A person who starts more than this has no use for the oldest any longer. */
const MOST_PER_PERSON = 20
/** What a screen can page through; the file has all of them. */
const MOST_ROWS = 10_000

/** Nothing to look at: the file is as it should be. */
export function isGood(verdict: FileVerdict): boolean {
  return ['valid', 'valid-with-permitted-changes', 'unsigned', 'disposed'].includes(verdict)
}

export function addFinding(outcome: Outcome, finding: FileFinding): void {
  outcome.counts.set(finding.verdict, (outcome.counts.get(finding.verdict) ?? 0) + 1)
  const rows = isGood(finding.verdict) ? outcome.good : outcome.doubtful
  if (rows.length < MOST_ROWS) rows.push(finding)
}

/** Starts the work as a task with progress and cancel. Expected failures become the outcome's code. @returns its task id */
export function startWork(
  office: Office,
  context: Context,
  about: Pick<Outcome, 'kind' | 'about'>,
  run: (control: TaskControl, outcome: Outcome) => Promise<void>,
): string {
  const outcome: Outcome = {
    ...about,
    startedAt: office.clock.now(),
    ownerId: actorOf(context).userId,
    finishedAt: null,
    state: 'running',
    code: null,
    file: null,
    counts: new Map(),
    doubtful: [],
    good: [],
    drill: null,
  }
  const taskId = office.tasks.start(context.connection, about.kind, outcome, async (control) => {
    try {
      await run(control, outcome)
      outcome.state = control.signal.aborted ? 'cancelled' : 'done'
    } catch (error) {
      outcome.state = control.signal.aborted ? 'cancelled' : 'failed'
      if (outcome.state === 'failed') outcome.code = outcomeOfError(error).code
      throw error
    } finally {
      outcome.finishedAt = office.clock.now()
    }
  })
  office.outcomes.set(taskId, outcome)
  return taskId
}

export function findOutcome(office: Office, context: Context, taskId: string): Outcome | undefined {
  const outcome = office.outcomes.get(taskId)
  return outcome?.ownerId === actorOf(context).userId ? outcome : undefined
}

/** The person's own, newest first. */
export function listOutcomes(office: Office, context: Context): [taskId: string, outcome: Outcome][] {
  const { userId } = actorOf(context)
  return [...office.outcomes].filter(([, { ownerId }]) => ownerId === userId).reverse()
}

/** Destroys what is a day old, and what a person has left behind under newer work. */
export async function sweepOutcomes({ outcomes, clock, temporary }: Office): Promise<void> {
  const newer = new Map<UserId, number>()
  for (const [taskId, outcome] of [...outcomes].reverse()) {
    if (outcome.finishedAt === null) continue
    const before = newer.get(outcome.ownerId) ?? 0
    newer.set(outcome.ownerId, before + 1)
    if (before < MOST_PER_PERSON && clock.now() - outcome.finishedAt <= LIFETIME_MS) continue
    outcomes.delete(taskId)
    if (outcome.file !== null) await temporary.destroy(outcome.file.fileId)
  }
}
