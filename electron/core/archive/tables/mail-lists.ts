/** The mails as people look through them: never the body. */
import { type ExpressionBuilder, sql } from 'kysely'
import { CaseId, EpochMs, MailId, SignerId } from '../../../../shared/model/brand.ts'
import { MailState, MailSummary } from '../../../../shared/model/mail.ts'
import { query, type ReadableDb } from '../database.ts'
import type { Schema } from './schema.ts'
import { mayRead, type Viewer, visibleTo } from './viewer.ts'

/** 到達確認メール of a case, newest first, with the person and the address they went to. */
export function listArrivalChecks(
  db: ReadableDb,
  caseId: CaseId,
): readonly {
  readonly id: MailId
  readonly signerId: SignerId
  readonly to: string
  readonly check: MailCheck
}[] {
  return db
    .all(
      query
        .selectFrom('mails')
        .select(['id', 'signer_id', 'recipient', 'created_at', 'sent_at', 'state', 'last_reply'])
        .where('case_id', '=', caseId)
        .where('kind', '=', 'arrival-check')
        .orderBy('created_at', 'desc')
        .orderBy('id'),
    )
    .map((row) => ({
      id: MailId.parse(row.id),
      signerId: SignerId.parse(row.signer_id),
      to: row.recipient,
      check: {
        at: EpochMs.parse(row.sent_at ?? row.created_at),
        state: MailState.parse(row.state),
        lastReply: row.last_reply,
      },
    }))
}
type MailCheck = { readonly at: EpochMs; readonly state: MailState; readonly lastReply: string | null }

/** Written out, not bound: only so SQLite sees that the index of troubled mails fits. */
const IS_TROUBLED = sql<boolean>`mails.state IN ('queued', 'dead', 'returned')`

/** Mails that were refused, came back, or wait for another try: newest first, of cases this person may see and of none. */
export function listTroubledMails(
  db: ReadableDb,
  viewer: Viewer,
  limit: number,
): readonly { readonly state: MailState; readonly lastReply: string | null }[] {
  return (
    db
      .all(
        query
          .selectFrom('mails')
          .select(['mails.state', 'mails.last_reply', 'mails.case_id'])
          .where(IS_TROUBLED)
          .where((where) => where.or([where('mails.state', '<>', 'queued'), where('mails.attempts', '>', 0)]))
          .orderBy('mails.created_at', 'desc')
          .limit(limit),
      )
      // Asked for each mail: with the rights in the query the planner walks every case instead of the few mails.
      .filter((row) => row.case_id === null || mayRead(db, viewer, CaseId.parse(row.case_id)))
      .map((row) => ({ state: MailState.parse(row.state), lastReply: row.last_reply }))
  )
}

function visibleMails(db: ReadableDb, viewer: Viewer) {
  return (where: ExpressionBuilder<Schema, 'mails'>) =>
    where.or([
      where('mails.case_id', 'is', null),
      where('mails.case_id', 'in', query.selectFrom('cases').select('cases.id').where(visibleTo(db, viewer))),
    ])
}

export function listMails(
  db: ReadableDb,
  filter: {
    readonly states: readonly MailState[]
    readonly caseId?: CaseId | undefined
    readonly ids?: readonly string[]
    /** Mail address, whatever its case. */
    readonly to?: string
    /** Only mails of cases this person may see, and those of no case. @default everybody's */
    readonly viewer?: Viewer
  },
  page: { readonly offset: number; readonly limit: number },
): { readonly rows: MailSummary[]; readonly total: number } {
  let base = query.selectFrom('mails').leftJoin('cases', 'cases.id', 'mails.case_id')
  if (filter.states.length > 0) base = base.where('mails.state', 'in', [...filter.states])
  if (filter.caseId !== undefined) base = base.where('mails.case_id', '=', filter.caseId)
  if (filter.ids !== undefined) base = base.where('mails.id', 'in', [...filter.ids])
  if (filter.to !== undefined)
    base = base.where(sql<string>`lower(mails.recipient)`, '=', filter.to.toLowerCase())
  const { viewer } = filter
  if (viewer !== undefined) base = base.where(visibleMails(db, viewer))
  const total = db.first(base.select((select) => select.fn.countAll<number>().as('n')))?.n ?? 0
  const rows = db.all(
    base
      .select([
        'mails.id',
        'mails.case_id',
        'cases.title',
        'mails.kind',
        'mails.recipient',
        'mails.subject',
        'mails.state',
        'mails.attempts',
        'mails.created_at',
        'mails.sent_at',
        'mails.next_attempt_at',
        'mails.last_reply',
      ])
      .orderBy('mails.created_at', 'desc')
      .orderBy('mails.id')
      .limit(page.limit)
      .offset(page.offset),
  )
  return {
    total,
    rows: rows.map((row) =>
      MailSummary.parse({
        id: row.id,
        caseId: row.case_id,
        caseTitle: row.title ?? '',
        kind: row.kind,
        to: row.recipient,
        subject: row.subject,
        state: row.state,
        attempts: row.attempts,
        createdAt: row.created_at,
        sentAt: row.sent_at,
        nextAttemptAt: row.next_attempt_at,
        lastReply: row.last_reply,
      }),
    ),
  }
}

/** The mail exists and is of a case this person may see, or of none. */
export function isVisibleMail(db: ReadableDb, viewer: Viewer, mailId: MailId): boolean {
  const row = db.first(query.selectFrom('mails').select('case_id').where('id', '=', mailId))
  if (row === undefined) return false
  return row.case_id === null || mayRead(db, viewer, CaseId.parse(row.case_id))
}
