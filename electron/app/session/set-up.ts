import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { User } from '../../../shared/model/user.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { addKeyslot, loginLabel } from '../../core/archive/keyslots.ts'
import { archiveExists, createArchive } from '../../core/archive/open.ts'
import { newRecoveryCode } from '../../core/archive/recovery-code.ts'
import { writeSetting } from '../../core/archive/tables/settings.ts'
import { insertUser, noteLogin } from '../../core/archive/tables/users.ts'
import { archiveOptions } from '../archive-options.ts'
import type { Actor, Context } from '../context.ts'
import { changeBySystem, changeOf, record } from '../record.ts'
import type { Runtime } from '../runtime.ts'
import { DEFAULT_TOWN } from '../settings/defaults.ts'
import { makeRecoverySheetTicket } from './recovery-sheet.ts'

/** Where a connection of this PC comes from, as the hosts say it. */
const LOCAL: readonly string[] = ['window', '127.0.0.1', '::1', '::ffff:127.0.0.1']

type Input = InputOf<typeof bridge.session.setUp>

/** 初回の設定: archive, first administrator, recovery sheet. The administrator may do everything until others exist. */
export async function setUp(runtime: Runtime, input: Input, context: Context) {
  // With TLS the host also serves other PCs; whoever comes first there must not become the administrator.
  if (!LOCAL.includes(context.connection.from)) return fail('NOT_ON_THIS_PC', {})
  if (archiveExists(runtime.dataDir)) return fail('ALREADY_SET_UP', {})
  try {
    const { clock } = runtime
    const archive = await createArchive(archiveOptions(runtime), {
      label: loginLabel(input.loginName),
      secret: { kind: 'password', password: input.password },
    })
    const recoveryCode = newRecoveryCode()
    await addKeyslot(
      runtime.dataDir,
      archive.master(),
      { label: '1', secret: { kind: 'recovery', code: recoveryCode } },
      clock,
    )
    const user = archive.transaction((db) => {
      const change = changeBySystem(clock.now())
      const town = { ...DEFAULT_TOWN, townName: input.townName, headOfTown: `${input.townName}長` }
      writeSetting(db, 'town', town, change)
      const made = insertUser(
        db,
        {
          loginName: input.loginName,
          displayName: input.displayName,
          department: input.department,
          roles: ['administrator', 'clerk', 'records'],
        },
        change,
      )
      noteLogin(db, made.id, clock.now())
      record(db, changeOf(actorOfUser(made), clock), 'archive.created')
      return made
    })
    const office = await runtime.openOffice(archive)
    runtime.connections.logIn(context.connection, actorOfUser(user))
    const recoverySheet = await makeRecoverySheetTicket(office, context, recoveryCode)
    return ok({ user, recoverySheet })
  } catch (error) {
    if (error instanceof ArchiveError) {
      if (error.code === 'ARCHIVE_EXISTS') return fail('ALREADY_SET_UP', {})
      if (error.code === 'ARCHIVE_IN_USE' || error.code === 'DISK_FULL') return fail(error.code, {})
    }
    throw error
  }
}

export function actorOfUser(user: User): Actor {
  const { id, loginName, displayName, department, roles } = user
  return { userId: id, loginName, displayName, department, roles }
}
