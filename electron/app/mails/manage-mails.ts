/** 送信状況: the outbox as the office sees it; bodies stay unseen because they may carry a signer's link. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { isVisibleMail, listMails as listRows } from '../../core/archive/tables/mail-lists.ts'
import { retryMail as writeRetry } from '../../core/archive/tables/mails.ts'
import { NOT_FOUND, STATE_FORBIDS, viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'

export async function listMails(office: Office, input: InputOf<typeof bridge.mails.list>, context: Context) {
  const viewer = viewerFor(actorOf(context))
  return ok(listRows(office.archive.db, { ...input, viewer }, input))
}

export async function retryMail(office: Office, input: InputOf<typeof bridge.mails.retry>, context: Context) {
  const { db: reading } = office.archive
  const viewer = viewerFor(actorOf(context))
  if (!isVisibleMail(reading, viewer, input.mailId)) return NOT_FOUND
  try {
    office.archive.transaction((db) => {
      writeRetry(db, input.mailId, office.clock.now())
      record(db, changeBy(context, office.clock), 'mail.retried', { data: { mail: input.mailId } })
    })
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'ROW_NOT_FOUND') return STATE_FORBIDS
    throw error
  }
  office.wake()
  return ok({})
}

/** テスト受信箱: exists only while the built-in sink is the mail server. */
export async function readInbox(office: Office) {
  if (readSettings(office.archive.db).smtp.mode !== 'built-in') return fail('NOT_TEST_OPERATION', {})
  return ok({ mails: [...office.services.testOperation.inbox()].reverse() })
}
