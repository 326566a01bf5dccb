/** What time itself brings: lapsed deadlines, reminders, the log's daily anchor, renewals, lapsed uploads and outcomes, leftovers. */
import type { IsoDate } from '../../../shared/model/brand.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { addDays, japaneseDay } from '../../../shared/rules/japanese-date.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { listWaitingCases } from '../../core/archive/tables/case-list.ts'
import { endLink, listExpiredLinks } from '../../core/archive/tables/links.ts'
import { listMails } from '../../core/archive/tables/mail-lists.ts'
import { listLapsedSigners, listSigners, moveSigner } from '../../core/archive/tables/signers.ts'
import { EVERYTHING } from '../../core/archive/tables/viewer.ts'
import { lastAnchorAt, nextAnchor, storeAnchor } from '../../core/audit/anchors.ts'
import { clearLeftovers } from '../archive/import-clear.ts'
import { sweepOutcomes } from '../archive/outcomes.ts'
import { renewEvidence } from '../archive/renew-evidence.ts'
import { settleCase } from '../cases/case-facts.ts'
import { describeError } from '../dispatch.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { isBeingAsked } from './being-asked.ts'
import { requestSignerJob } from './job-kinds.ts'

const DAY_MS = 24 * 60 * 60_000
const TICK_MS = 60_000

export type Chores = { readonly stop: () => Promise<void>; readonly runNow: () => Promise<void> }

export function startChores(office: Office): Chores {
  let running: Promise<void> = Promise.resolve()
  const ending = new AbortController()
  let leftoversAt = Number.NEGATIVE_INFINITY
  /** At the start and once a day. */
  const sweepLeftovers = async () => {
    if (office.clock.now() - leftoversAt < DAY_MS) return
    leftoversAt = office.clock.now()
    await clearLeftovers(office, ending.signal)
  }
  const chores = [
    ...[lapseSigners, remindSigners, endExpiredLinks, anchorLog],
    ...[sweepUploads, sweepLeftovers, sweepOutcomes],
  ]
  const inTurn = async (some: readonly ((office: Office) => unknown)[]) => {
    for (const chore of some) {
      try {
        await chore(office)
      } catch (error) {
        if (ending.signal.aborted && error === ending.signal.reason) return
        office.logger.error('chore.failed', describeError(error), { chore: chore.name })
      }
    }
  }
  const renew = () => renewEvidence(office, ending.signal)
  /** Beside the others: thousands of files on a slow service take hours, and deadlines do not wait for them. */
  let renewing: Promise<void> | undefined
  const tick = async () => {
    running = running.then(() => inTurn(chores))
    renewing ??= inTurn([renewTestTimestamping, renew]).finally(() => {
      renewing = undefined
    })
    await Promise.all([running, renewing])
  }
  const timer = setInterval(() => void tick(), TICK_MS)
  void tick()
  return {
    runNow: async () => {
      // One that is under way has its list already.
      await renewing
      await tick()
    },
    stop: async () => {
      clearInterval(timer)
      ending.abort()
      await Promise.all([running, renewing])
    },
  }
}

/** 期限切れ: the signer's time is over; the clerk extends or ends. */
async function lapseSigners(office: Office): Promise<void> {
  for (const signer of listLapsedSigners(office.archive.db, office.clock.now())) {
    office.archive.transaction((db) => {
      const change = changeBySystem(office.clock.now())
      moveSigner(db, signer.id, { state: 'lapsed' }, change)
      settleCase(db, signer.caseId, change, { state: 'lapsed' })
      record(db, change, 'signer.lapsed', { caseId: signer.caseId, data: { signer: signer.fields.name } })
    })
    announceCase(office, signer.caseId)
  }
}

/**
 * On the days after the request that the settings name, to those who have not answered. A day on which the office was
 * closed is made up for on the next one; a reminder that a clerk sent by hand counts.
 */
async function remindSigners(office: Office): Promise<void> {
  const { db } = office.archive
  const { reminderDays } = readSettings(db).town
  const now = office.clock.now()
  for (const summary of listWaitingCases(
    db,
    EVERYTHING,
    { states: ['signing'], waitingFor: ['counterparty'] },
    10_000,
  ))
    for (const signer of listSigners(db, summary.id)) {
      const due = reminderDueOn(signer, reminderDays, japaneseDay(now))
      if (due === undefined || isBeingAsked(db, signer) || wasReminded(db, signer, due)) continue
      office.archive.transaction((writing) => {
        const change = changeBySystem(now)
        requestSignerJob.queue(
          writing,
          { signerId: signer.id, mail: 'reminder' },
          { at: now, caseId: summary.id },
        )
        record(writing, change, 'signer.reminded', {
          caseId: summary.id,
          data: { signer: signer.fields.name },
        })
      })
      office.wake()
    }
}

/** The newest day on which this signer was to be reminded; undefined: none has come yet. */
function reminderDueOn(
  signer: CaseSigner,
  reminderDays: readonly number[],
  today: IsoDate,
): IsoDate | undefined {
  if (!['requested', 'viewed'].includes(signer.state) || signer.requestedAt === null) return undefined
  const askedOn = japaneseDay(signer.requestedAt)
  const days = Math.round((Date.parse(today) - Date.parse(askedOn)) / DAY_MS)
  const past = reminderDays.filter((day) => day <= days)
  return past.length === 0 ? undefined : addDays(askedOn, Math.max(...past))
}

function wasReminded(db: ReadableDb, signer: CaseSigner, since: IsoDate): boolean {
  const { rows } = listMails(db, { states: [], caseId: signer.caseId }, { offset: 0, limit: 500 })
  return rows.some(
    (mail) =>
      mail.kind === 'reminder' &&
      mail.to === signer.fields.mailAddress &&
      japaneseDay(mail.createdAt) >= since,
  )
}

async function endExpiredLinks(office: Office): Promise<void> {
  const now = office.clock.now()
  for (const link of listExpiredLinks(office.archive.db, now))
    office.archive.transaction((db) => endLink(db, link.id, 'lapsed', now))
}

/** Once a day the newest hash of the log gets a timestamp: what was anchored cannot be rewritten. */
async function anchorLog(office: Office): Promise<void> {
  const last = lastAnchorAt(office.archive.db)
  if (last !== null && office.clock.now() - last < DAY_MS) return
  const anchor = nextAnchor(office.archive.db)
  if (anchor === undefined) return
  const token = await office.services.timestampAuthority().stamp(Buffer.from(anchor.hash, 'hex'), 'SHA-256')
  office.archive.transaction((db) => storeAnchor(db, anchor, token, office.clock.now()))
}

/** The embedded TSA gets a new certificate in time, as real services do; the town's own service does so by itself. */
async function renewTestTimestamping(office: Office): Promise<void> {
  await office.services.testOperation.renewTimestamping()
}

async function sweepUploads(office: Office): Promise<void> {
  await office.uploads.sweep()
}
