import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CaseState, CaseSummary } from '../../../shared/model/case.ts'
import { isPermitted } from '../../../shared/model/user.ts'
import { ok } from '../../../shared/result.ts'
import { listCases as listRows } from '../../core/archive/tables/case-list.ts'
import { listMails } from '../../core/archive/tables/mails.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { countTestParts } from '../settings/readiness.ts'
import { viewerFor } from './guard-case.ts'

/** 案件の一覧. */
export async function listCases(office: Office, input: InputOf<typeof bridge.cases.list>, context: Context) {
  const actor = actorOf(context)
  const createdBy = input.mine ? actor.userId : undefined
  return ok(listRows(office.archive.db, { ...input, createdBy }, viewerFor(actor), input))
}

const FIRST = { offset: 0, limit: 50 }
const SOON_MS = 5 * 24 * 60 * 60_000

/** ホーム: what this person can do now, what is due soon, what needs care. */
export async function overview(office: Office, context: Context) {
  const actor = actorOf(context)
  const { db } = office.archive
  const viewer = viewerFor(actor)
  const may = (permission: Parameters<typeof isPermitted>[1]) => isPermitted(actor.roles, permission)
  const list = (states: readonly CaseState[]) => listRows(db, { states, text: '' }, viewer, FIRST).rows
  const isTodo = (row: CaseSummary): boolean => {
    if (may('case.approve') && row.state === 'approval') return true
    if (may('case.seal') && row.waitingFor === 'town-signature') return true
    if (!may('case.write')) return false
    return ['draft', 'approved', 'declined', 'lapsed'].includes(row.state) || row.waitingFor === 'mail-delivery'
  }
  const active = list(['draft', 'approval', 'approved', 'signing', 'declined', 'lapsed'])
  const soon = (office.clock.now() + SOON_MS) as EpochMs
  const { counts } = listRows(db, { states: [], text: '' }, viewer, { offset: 0, limit: 1 })
  const dead = listMails(db, { states: ['dead'] }, { offset: 0, limit: 1 }).total
  const testParts = countTestParts(office)
  return ok({
    counts,
    todo: active.filter(isTodo),
    deadlines: listRows(db, { states: ['signing'], text: '', deadlineBefore: soon }, viewer, FIRST).rows,
    notices: [
      ...(dead > 0 ? [{ code: 'MAILS_DEAD', severity: 'warn' as const, data: { count: dead } }] : []),
      ...(testParts > 0 ? [{ code: 'TEST_PARTS', severity: 'info' as const, data: { count: testParts } }] : []),
    ],
  })
}
