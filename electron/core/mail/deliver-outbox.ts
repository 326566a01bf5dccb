import type { EpochMs, MailId } from '../../../shared/model/brand.ts'
import type { Clock } from '../kit/clock.ts'
import type { Logger } from '../kit/logger.ts'
import type { MailErrorCode, MailFailure, MailTransport } from './mail-transport.ts'
import type { ClaimedMail, OutboxStore } from './outbox-store.ts'

/**
 * Waiting time in ms after the 1st, 2nd, … time that the mail was put off; after the last one it is dead. Failures of the
 * server do not count.
 */
export type RetrySchedule = readonly number[]

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** About three days: long enough for a weekend at the receiver's side (RFC 5321 §4.5.4.1 asks for 4–5 days from servers). */
export const DEFAULT_RETRY_SCHEDULE: RetrySchedule = [
  1 * MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  1 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
]

export type DeliveryDependencies = {
  readonly store: OutboxStore
  readonly transport: MailTransport
  readonly clock: Clock
  readonly logger: Logger
  readonly schedule?: RetrySchedule
  /** Called after each mail with its new state, for events to the screens and entries in the case's history. */
  readonly onOutcome?: (outcome: DeliveryOutcome) => void | Promise<void>
}

export type DeliveryOutcome =
  | { readonly state: 'sent'; readonly id: MailId; readonly reply: string }
  | {
      readonly state: 'queued'
      readonly id: MailId
      readonly code: MailErrorCode
      readonly nextAttemptAt: EpochMs
    }
  | { readonly state: 'dead'; readonly id: MailId; readonly code: MailErrorCode }

export type DeliverySummary = {
  readonly sent: number
  readonly failed: number
  readonly dead: number
  /** Why the run stopped before the outbox was empty: the server itself does not work now. */
  readonly stoppedBy: MailErrorCode | null
}

/**
 * Sends every mail that is due, one after the other, and records each outcome before the next.
 * A failure of the server (unreachable, TLS, log-in) ends the run: the other mails keep their attempts.
 * A mail whose server does not work is never given up for that alone; it stays queued and visible.
 *
 * Crash safety: see [Note: at least once] in outbox-store.ts. Errors of the store are not caught: a store that
 * cannot record must not send.
 */
export async function deliverOutbox(
  dependencies: DeliveryDependencies,
  signal?: AbortSignal,
): Promise<DeliverySummary> {
  const { store, clock } = dependencies
  const counts = { sent: 0, failed: 0, dead: 0 }
  while (signal?.aborted !== true) {
    const claimed = await store.claimNext(clock.now())
    if (claimed === null) break
    const { outcome, failure } = await deliverOne(dependencies, claimed)
    if (outcome.state === 'sent') counts.sent += 1
    else if (outcome.state === 'dead') counts.dead += 1
    else counts.failed += 1
    await dependencies.onOutcome?.(outcome)
    if (failure?.data.scope === 'server') return { ...counts, stoppedBy: failure.code }
  }
  return { ...counts, stoppedBy: null }
}

/** Puts the outbox in order after a crash; call once at start, before the first delivery. */
export async function recoverOutbox(
  dependencies: Pick<DeliveryDependencies, 'store' | 'clock' | 'logger'>,
): Promise<{ readonly requeued: number }> {
  const { store, clock, logger } = dependencies
  const { requeued, unwiped } = await store.recoverInterrupted(clock.now())
  for (const id of unwiped) await store.wipeSecret(id)
  if (requeued > 0) logger.warn('mail.interrupted-deliveries-requeued', { count: requeued })
  return { requeued }
}

async function deliverOne(
  dependencies: DeliveryDependencies,
  { mail, attempt, refusals: earlier }: ClaimedMail,
): Promise<{ readonly outcome: DeliveryOutcome; readonly failure: MailFailure | null }> {
  const { store, clock, logger } = dependencies
  const result = await dependencies.transport.send(mail)
  const at = clock.now()
  if (result.ok) {
    await store.markSent(mail.id, { at, ...result.value })
    await store.wipeSecret(mail.id)
    logger.info('mail.sent', { mail: mail.id, attempt })
    return { outcome: { state: 'sent', id: mail.id, reply: result.value.reply }, failure: null }
  }
  const failure = result.error
  const recorded = { at, code: failure.code, reply: failure.data.reply }
  const refusals = failure.data.scope === 'server' ? earlier : earlier + 1
  const waitMs = nextWaitMs(failure, { attempt, refusals }, dependencies.schedule ?? DEFAULT_RETRY_SCHEDULE)
  logger.warn('mail.failed', { mail: mail.id, attempt, code: failure.code, detail: failure.data.detail })
  if (waitMs === null) {
    await store.markDead(mail.id, recorded)
    await store.wipeSecret(mail.id)
    return { outcome: { state: 'dead', id: mail.id, code: failure.code }, failure }
  }
  const nextAttemptAt = (at + waitMs) as EpochMs
  await store.markFailed(mail.id, { ...recorded, nextAttemptAt, refusals })
  return { outcome: { state: 'queued', id: mail.id, code: failure.code, nextAttemptAt }, failure }
}

/** Null: give up. */
function nextWaitMs(
  failure: MailFailure,
  tries: { readonly attempt: number; readonly refusals: number },
  schedule: RetrySchedule,
): number | null {
  if (failure.data.scope === 'permanent') return null
  if (failure.data.scope === 'temporary') return schedule[tries.refusals - 1] ?? null
  return Math.min(schedule[tries.attempt - 1] ?? 15 * MINUTE_MS, 15 * MINUTE_MS)
}
