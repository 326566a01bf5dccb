import type { Permission } from '../../../shared/bridge/define.ts'
import { ROLE_PERMISSIONS } from '../../../shared/model/user.ts'
import { ok } from '../../../shared/result.ts'
import { archiveExists } from '../../core/archive/open.ts'
import { readUser } from '../../core/archive/tables/users.ts'
import type { Context } from '../context.ts'
import { changeBy, record } from '../record.ts'
import type { Runtime } from '../runtime.ts'
import { readSettings } from '../settings/read-settings.ts'
import { countTestParts } from '../settings/readiness.ts'

/** What a page must know before it draws anything. A locked archive tells nothing but that it is locked. */
export async function readStatus(runtime: Runtime, context: Context) {
  const office = runtime.office()
  const actor = runtime.connections.actorOf(context.connection)
  const base = {
    townName: '',
    user: null,
    permissions: [],
    lockAfterMs: 0,
    testParts: 0,
    appVersion: runtime.appVersion,
  }
  if (office === undefined || actor === undefined)
    return ok({
      ...base,
      phase: archiveExists(runtime.dataDir) ? ('locked' as const) : ('first-start' as const),
    })
  const { town } = readSettings(office.archive.db)
  const permissions = new Set<Permission>(actor.roles.flatMap((role) => ROLE_PERMISSIONS[role]))
  return ok({
    phase: 'ready' as const,
    townName: town.townName,
    user: readUser(office.archive.db, actor.userId) ?? null,
    permissions: [...permissions],
    lockAfterMs: town.lockAfterMinutes * 60_000,
    testParts: countTestParts(office),
    appVersion: runtime.appVersion,
  })
}

export async function logOut(runtime: Runtime, context: Context) {
  const office = runtime.office()
  if (office !== undefined && context.actor !== undefined)
    office.archive.transaction((db) => record(db, changeBy(context, runtime.clock), 'session.logged-out'))
  runtime.connections.logOut(context.connection)
  runtime.tickets.endConnection(context.connection)
  return ok({})
}
