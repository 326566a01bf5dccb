import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CaseState, CaseSummary } from '../../../shared/model/case.ts'
import { isPermitted } from '../../../shared/model/user.ts'
import { ok } from '../../../shared/result.ts'
import {
  countCasesByState,
  listDeadlines,
  listCases as listRows,
  listWaitingCases,
} from '../../core/archive/tables/case-list.ts'
import { listMails } from '../../core/archive/tables/mails.ts'
import { listSigners } from '../../core/archive/tables/signers.ts'
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
  // Work of the program itself is nobody's task, until something keeps it from ending.
  if (may('case.write'))
    todo.push(
      ...waiting(['signing'], ['sealing', 'conclusion']).filter((row) =>
        listSigners(db, row.id).some((signer) => signer.problem !== null),
      ),
    )
  const deadMails = listMails(db, { states: ['dead'], viewer }, { offset: 0, limit: 1 }).total
  return ok({
    counts: { ...countCasesByState(db, viewer) },
    todo: todo.filter((row, index) => todo.findIndex((other) => other.id === row.id) === index),
    deadlines: listDeadlines(db, viewer, (office.clock.now() + SOON_MS) as EpochMs, LIMIT),
    notices: [
      ...keepingNotices(office, actor),
      ...(deadMails > 0
        ? [{ code: 'MAILS_DEAD', severity: 'warn' as const, data: { count: deadMails } }]
        : []),
    ],
  })
}
