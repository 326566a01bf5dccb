import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  cancelJob,
  leaseJob,
  listJobs,
  markJobDead,
  markJobDone,
  markJobRetry,
  noteJobProgress,
  queueJob,
  readJob,
  releaseDeadLeases,
  retryJob,
} from '../../../../../../electron/core/archive/tables/jobs.ts'
import { listMails } from '../../../../../../electron/core/archive/tables/mail-lists.ts'
import {
  cancelMails,
  leaseMail,
  markMailDead,
  markMailRetry,
  markMailSent,
  type NewMail,
  queueMail,
  releaseDeadMailLeases,
  retryMail,
  rewriteMailBody,
} from '../../../../../../electron/core/archive/tables/mails.ts'
import {
  readPortalCursor,
  takePortalEvent,
} from '../../../../../../electron/core/archive/tables/portal-events.ts'
import { EpochMs, type MailId } from '../../../../../../shared/model/brand.ts'
import { type TemporaryArchive, temporaryArchive } from '../../../../../support/archive/temporary-archive.ts'

let current: TemporaryArchive
beforeEach(async () => {
  current = await temporaryArchive()
})
afterEach(() => current.remove())

const MAIL: NewMail = {
  caseId: null,
  signerId: null,
  linkId: null,
  kind: 'signing-request',
  to: 'taro@example.jp',
  toName: '山田 太郎',
  subject: '署名依頼',
  body: 'https://portal.example.jp/s/1#secret',
  messageId: '1@example.jp',
}
const now = () => current.clock.now()
const later = (ms: number) => EpochMs.parse(now() + ms)

describe('outbox', () => {
  const queue = () => current.archive.transaction((db) => queueMail(db, MAIL, now()))
  const lease = () => current.archive.transaction((db) => leaseMail(db, now(), 60_000))
  const state = () => listMails(current.archive.db, { states: [] }, { offset: 0, limit: 9 }).rows[0]?.state

  test('queued → sending → sent, and the link’s secret is gone from the database', () => {
    const id = queue()
    expect(lease()).toMatchObject({ id, body: MAIL.body, attempts: 1 })
    expect(state()).toBe('sending')
    expect(lease()).toBeUndefined()
    current.archive.transaction((db) => markMailSent(db, id, now(), '250 OK'))
    expect(state()).toBe('sent')
    expect(current.archive.db.firstSql('SELECT body FROM mails')).toEqual({ body: null })
  })

  test('a mail leased by a process that died is taken again with the same Message-ID', () => {
    queue()
    lease()
    current.clock.advance(60_001)
    expect(lease()).toMatchObject({ attempts: 2, messageId: MAIL.messageId })
  })

  test('a failed mail waits, then dies visibly, and a person can order one more try', () => {
    const id = queue()
    lease()
    current.archive.transaction((db) => markMailRetry(db, id, later(5_000), '451 later'))
    expect(lease()).toBeUndefined()
    current.clock.advance(5_000)
    expect(lease()?.attempts).toBe(2)
    current.archive.transaction((db) => markMailDead(db, id, '550 no such user'))
    expect(state()).toBe('dead')
    current.archive.transaction((db) => retryMail(db, id, now()))
    expect(lease()).toMatchObject({ attempts: 3, body: MAIL.body })
  })

  test('a sent mail is never sent again, whoever asks', () => {
    const id = queue()
    lease()
    current.archive.transaction((db) => markMailSent(db, id, now(), '250 OK'))
    expect(() => current.archive.transaction((db) => retryMail(db, id, now()))).toThrow(
      expect.objectContaining({ code: 'ROW_NOT_FOUND' }),
    )
    current.archive.transaction((db) => markMailRetry(db, id, now(), 'late failure'))
    expect(state()).toBe('sent')
  })

  test('a cancelled mail does not leave and keeps no secret', () => {
    current.archive.transaction((db) => queueMail(db, MAIL, now()))
    current.archive.connection().raw.exec("PRAGMA foreign_keys = OFF; UPDATE mails SET link_id = 'l1'")
    expect(current.archive.transaction((db) => cancelMails(db, { linkId: 'l1' }))).toBe(1)
    expect(lease()).toBeUndefined()
    expect(current.archive.db.firstSql('SELECT body FROM mails')).toEqual({ body: null })
  })

  const cancelUnderWay = () => {
    const id = queue()
    lease()
    current.archive.connection().raw.exec("PRAGMA foreign_keys = OFF; UPDATE mails SET link_id = 'l1'")
    expect(current.archive.transaction((db) => cancelMails(db, { linkId: 'l1' }))).toBe(0)
    expect(current.archive.db.firstSql('SELECT body FROM mails')).toEqual({ body: null })
    return id
  }

  test.each([
    ['is put off', (id: MailId) => current.archive.transaction((db) => markMailRetry(db, id, now(), '451'))],
    ['is refused', (id: MailId) => current.archive.transaction((db) => markMailDead(db, id, '550'))],
    ['is left by a killed program', () => current.archive.transaction((db) => releaseDeadMailLeases(db))],
    ['outlasts its lease', () => current.clock.advance(60_001)],
  ])('a mail that is cancelled under way and then %s is over', (_case, end) => {
    end(cancelUnderWay())
    expect(lease()).toBeUndefined()
    expect(state()).toBe('cancelled')
  })

  test('a mail that is cancelled under way and was taken all the same is sent', () => {
    const id = cancelUnderWay()
    current.archive.transaction((db) => {
      rewriteMailBody(db, id, 'secret')
      markMailSent(db, id, now(), '250 OK')
    })
    expect(state()).toBe('sent')
    expect(current.archive.db.firstSql('SELECT body FROM mails')).toEqual({ body: null })
  })

  test('a mail whose cause was rolled back was never queued', () => {
    expect(() =>
      current.archive.transaction((db) => {
        queueMail(db, MAIL, now())
        throw new Error('cause failed')
      }),
    ).toThrow('cause failed')
    expect(listMails(current.archive.db, { states: [] }, { offset: 0, limit: 9 }).total).toBe(0)
  })
})

describe('jobs', () => {
  const lease = (owner = 'run-1') =>
    current.archive.transaction((db) => leaseJob(db, ['seal'], { owner, leaseMs: 60_000 }, now()))
  const queue = (uniqueKey?: string) =>
    current.archive.transaction((db) => queueJob(db, { kind: 'seal', uniqueKey, payload: { n: 1 } }, now()))

  test('a job runs once, remembers its steps and ends', () => {
    const id = queue()
    expect(lease()).toMatchObject({ id, payload: { n: 1 }, attempts: 1, progress: null })
    expect(lease()).toBeUndefined()
    const note = current.archive.transaction((db) =>
      noteJobProgress(db, id, { owner: 'run-1', leaseUntil: later(60_000) }, { sealed: true }),
    )
    expect(note).toBe(true)
    current.archive.transaction((db) => markJobDone(db, id, now()))
    expect(readJob(current.archive.db, id)).toMatchObject({ state: 'done', progress: { sealed: true } })
  })

  test('a job of a process that died is taken again with the steps it had done', () => {
    const id = queue()
    lease()
    current.archive.transaction((db) =>
      noteJobProgress(db, id, { owner: 'run-1', leaseUntil: later(60_000) }, { sealed: true }),
    )
    current.clock.advance(60_001)
    expect(lease('run-2')).toMatchObject({ id, attempts: 2, progress: { sealed: true } })
    const stale = current.archive.transaction((db) =>
      noteJobProgress(db, id, { owner: 'run-1', leaseUntil: later(60_000) }, {}),
    )
    expect(stale).toBe(false)
  })

  test('at start every lease of another run is free at once', () => {
    const id = queue()
    lease('run-1')
    expect(current.archive.transaction((db) => releaseDeadLeases(db, 'run-2'))).toBe(1)
    expect(lease('run-2')).toMatchObject({ id })
  })

  test('the same work is not queued twice while it waits or runs, and again after it ended', () => {
    const id = queue('case-1')
    expect(queue('case-1')).toBe(id)
    lease()
    expect(queue('case-1')).toBe(id)
    current.archive.transaction((db) => markJobDone(db, id, now()))
    expect(queue('case-1')).not.toBe(id)
  })

  test('a failed job waits, dies visibly, and comes back when a person says so', () => {
    const id = queue()
    lease()
    current.archive.transaction((db) => markJobRetry(db, id, later(1_000), 'TSA_UNREACHABLE'))
    expect(lease()).toBeUndefined()
    current.clock.advance(1_000)
    lease()
    current.archive.transaction((db) => markJobDead(db, id, now(), 'TSA_REFUSED'))
    expect(listJobs(current.archive.db, { states: ['dead'] })).toMatchObject([
      { id, lastError: 'TSA_REFUSED' },
    ])
    current.archive.transaction((db) => retryJob(db, id, now()))
    expect(lease()).toMatchObject({ id, attempts: 3 })
    current.archive.transaction((db) => cancelJob(db, id, now()))
    expect(lease()).toBeUndefined()
  })
})

test('the same portal event twice has one effect, and the cursor never goes back', () => {
  const take = (eventId: string, sequence: number) =>
    current.archive.transaction((db) =>
      takePortalEvent(db, { portal: 'p', eventId, sequence, kind: 'response', linkId: null }, now()),
    )
  expect([take('e1', 1), take('e2', 2), take('e1', 1), take('e2', 2)]).toEqual([true, true, false, false])
  expect(readPortalCursor(current.archive.db, 'p')).toBe(2)
  expect(readPortalCursor(current.archive.db, 'other')).toBe(0)
})
