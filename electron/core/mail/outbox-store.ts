import type { EpochMs, MailId } from '../../../shared/model/brand.ts'
import type { OutgoingMail } from './mail-message.ts'
import type { MailErrorCode } from './mail-transport.ts'

/**
 * A mail taken from the outbox for one attempt. `attempt` counts from 1 and includes this one. `refusals`: how many of the
 * earlier ones ended with this mail being put off, and not with a server that did not work.
 */
export type ClaimedMail = { readonly mail: OutgoingMail; readonly attempt: number; readonly refusals: number }

/** A failed attempt as it is recorded. `reply` is the server's line or null. */
export type RecordedFailure = {
  readonly at: EpochMs
  readonly code: MailErrorCode
  readonly reply: string | null
}

type Awaitable<T> = T | Promise<T>

/**
 * The persistent outbox (送信待ち). States: `queued → sending → sent | dead`, and `sending → queued` after a failure. A mail that
 * was cancelled while it was `sending` ends after a failure instead: `markFailed` and `markDead` then leave it cancelled.
 * Each call is one transaction and durable when it returns; a call that throws has changed nothing.
 *
 * [Note: at least once] SMTP has no two-phase commit. Between the server's `250` and `markSent` a crash leaves a
 * mail in `sending` that was in fact accepted. `recoverInterrupted` queues it again, because losing a signing request
 * is worse than a copy; the copy has the same Message-ID and the same bytes, by which receivers and our sink
 * recognise it. In every other case a mail is sent once.
 */
export type OutboxStore = {
  /**
   * To be called once at start, before the first claim: every mail in `sending` without a recorded acceptance goes
   * back to `queued`, due at `now`. Returns how many, and the ids of mails that are `sent` or `dead` but still hold
   * their secret (a crash between the two steps), so that the engine can wipe them.
   */
  readonly recoverInterrupted: (
    now: EpochMs,
  ) => Awaitable<{ readonly requeued: number; readonly unwiped: readonly MailId[] }>
  /** Takes the oldest mail due at `now` and makes it `sending`, durably, before it returns. Null when none is due. */
  readonly claimNext: (now: EpochMs) => Awaitable<ClaimedMail | null>
  /** `sending → sent` with the server's reply line. */
  readonly markSent: (
    id: MailId,
    acceptance: { readonly at: EpochMs; readonly reply: string; readonly messageId: string },
  ) => Awaitable<void>
  /** `sending → queued`, due at `nextAttemptAt`; the next claim tells these `refusals`. */
  readonly markFailed: (
    id: MailId,
    failure: RecordedFailure & { readonly nextAttemptAt: EpochMs; readonly refusals: number },
  ) => Awaitable<void>
  /** `sending → dead`: given up; the clerk must act. */
  readonly markDead: (id: MailId, failure: RecordedFailure) => Awaitable<void>
  /** Removes the body (it carries the personal link) of a mail that is `sent` or `dead`. Harmless when repeated. */
  readonly wipeSecret: (id: MailId) => Awaitable<void>
  /** When the next queued mail is due; null when nothing is queued. */
  readonly nextDueAt: () => Awaitable<EpochMs | null>
}
