/** Who did what: one place that turns a call or a job into a `Change` and an entry of the 操作ログ. */
import type { CaseId, EpochMs } from '../../shared/model/brand.ts'
import type { LogDataName } from '../../shared/model/log-data.ts'
import type { ReadableDb, WritableDb } from '../core/archive/database.ts'
import { readCase } from '../core/archive/tables/cases.ts'
import type { Change } from '../core/archive/tables/changes.ts'
import { appendLogEntry } from '../core/audit/log.ts'
import type { Clock } from '../core/kit/clock.ts'
import { type Actor, actorOf, type Context, SYSTEM_ACTOR_NAME } from './context.ts'

/** Times are epoch milliseconds; lists are joined with commas. */
export type AuditData = Readonly<Partial<Record<LogDataName, string | number | boolean | null>>>

/** The change a person makes now. */
export function changeBy(context: Context, clock: Clock, why = ''): Change {
  return changeOf(actorOf(context), clock, why)
}

export function changeOf(actor: Actor, clock: Clock, why = ''): Change {
  return { userId: actor.userId, who: actor.displayName, at: clock.now(), why }
}

/** The change the program makes by itself; `at` is when it happened. */
export function changeBySystem(at: EpochMs, why = '', who = SYSTEM_ACTOR_NAME): Change {
  return { userId: null, who, at, why }
}

/**
 * Writes to the 操作ログ in the transaction of the action itself: a log that cannot be written stops the action (L29).
 * `action` is a code such as `case.sent`; its sentence is in the renderer.
 */
export function record(
  db: WritableDb,
  change: Change,
  action: string,
  about: { readonly caseId?: CaseId; readonly data?: AuditData } = {},
): void {
  appendLogEntry(db, {
    at: change.at,
    actorId: change.userId,
    actor: change.who,
    action,
    caseId: about.caseId ?? null,
    caseTitle: about.caseId === undefined ? '' : titleOf(db, about.caseId),
    data: { ...about.data },
  })
}

function titleOf(db: ReadableDb, caseId: CaseId): string {
  return readCase(db, caseId)?.title ?? ''
}
