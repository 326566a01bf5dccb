import type { CaseId } from '../../../shared/model/brand.ts'
import { fail } from '../../../shared/result.ts'
import { type CaseRecord, readCase } from '../../core/archive/tables/cases.ts'
import { mayRead, type Viewer, viewerOf } from '../../core/archive/tables/viewer.ts'
import { type Actor, actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'

export function viewerFor(actor: Actor): Viewer {
  return viewerOf({ id: actor.userId, roles: [...actor.roles], department: actor.department })
}

/** The case, when it exists and this person may see it; a case one may not see does not exist for them. */
export function visibleCase(office: Office, context: Context, caseId: CaseId): CaseRecord | undefined {
  const { db } = office.archive
  if (!mayRead(db, viewerFor(actorOf(context)), caseId)) return undefined
  return readCase(db, caseId)
}

export const NOT_FOUND = fail('NOT_FOUND', {})
export const STATE_FORBIDS = fail('STATE_FORBIDS', {})
