import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { Notice } from '../../../shared/bridge/common.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CaseState, CaseSummary } from '../../../shared/model/case.ts'
import { isPermitted } from '../../../shared/model/user.ts'
import { ok } from '../../../shared/result.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import {
  countCasesByState,
  listDeadlines,
  listCases as listRows,
  listTroubledCases,
  listWaitingCases,
} from '../../core/archive/tables/case-list.ts'
import { listTroubledMails } from '../../core/archive/tables/mail-lists.ts'
import { listSigners } from '../../core/archive/tables/signers.ts'
import type { Viewer } from '../../core/archive/tables/viewer.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { keepingNotices } from '../settings/keeping-notices.ts'
import { viewerFor } from './guard-case.ts'

/** 案件の一覧. */
export async function listCases(office: Office, input: InputOf<typeof bridge.cases.list>, context: Context) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  return ok({
    ...listRows(office.archive, input, viewer, input),
    counts: { ...countCasesByState(db, viewer) },
  })
}

const LIMIT = 50
const SOON_MS = 7 * 24 * 60 * 60_000

/** ホーム: what this person can do now, what is due soon, what needs care. */
export async function overview(office: Office, context: Context) {
  const actor = actorOf(context)
  const { db } = office.archive
  const viewer = viewerFor(actor)
  const may = (permission: Parameters<typeof isPermitted>[1]) => isPermitted(actor.roles, permission)
  const waiting = (states: readonly CaseState[], waitingFor: readonly CaseSummary['waitingFor'][]) =>
    listWaitingCases(db, viewer, { states, waitingFor }, LIMIT)
  const todo = [
    ...(may('case.approve') ? waiting(['approval'], ['approval']) : []),
    ...(may('case.seal') ? waiting(['signing'], ['town-signature']) : []),
    ...(may('case.write')
      ? waiting(
          ['draft', 'approved', 'declined', 'lapsed', 'signing'],
          ['documents', 'fields', 'signers', 'approval', 'sending', 'clerk', 'mail-delivery'],
        )
      : []),
  ]
  // Work of the program, or of the contractor, is nobody's task here until something keeps it from ending.
  if (may('case.write')) todo.push(...listTroubledCases(db, viewer, LIMIT))
  return ok({
    counts: { ...countCasesByState(db, viewer) },
    todo: todo
      .filter((row, index) => todo.findIndex((other) => other.id === row.id) === index)
      .map((row) => ({ ...row, problem: problemOf(db, row) })),
    deadlines: listDeadlines(db, viewer, (office.clock.now() + SOON_MS) as EpochMs, LIMIT),
    notices: [...keepingNotices(office, actor), ...(may('case.send') ? mailNotices(db, viewer) : [])],
  })
}

function problemOf(db: ReadableDb, row: CaseSummary): string | null {
  if (row.state !== 'signing') return null
  return listSigners(db, row.id).find((signer) => signer.problem !== null)?.problem ?? null
}

/** More than this many are counted as this many. */
const MOST_MAILS = 1000

/** Mails that were refused, that came back, or that wait for another try, with the newest reason. */
function mailNotices(db: ReadableDb, viewer: Viewer): Notice[] {
  const troubled = listTroubledMails(db, viewer, MOST_MAILS)
  const kinds = [
    ['MAILS_DEAD', 'dead'],
    ['MAILS_RETURNED', 'returned'],
    ['MAILS_DELAYED', 'queued'],
  ] as const
  return kinds.flatMap(([code, state]): Notice[] => {
    const mails = troubled.filter((mail) => mail.state === state)
    const data = { count: mails.length, reply: mails[0]?.lastReply ?? '' }
    return mails.length === 0 ? [] : [{ code, severity: 'warn', data }]
  })
}
