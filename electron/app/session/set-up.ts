import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { ErrorData, InputOf } from '../../../shared/bridge/define.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { User } from '../../../shared/model/user.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import type { SlotKey } from '../../core/archive/keyslots.ts'
import { type Archive, archiveExists, createArchive } from '../../core/archive/open.ts'
import { newRecoveryCode } from '../../core/archive/recovery-code.ts'
import { writeSetting } from '../../core/archive/tables/settings.ts'
import { insertUser, noteLogin } from '../../core/archive/tables/users.ts'
import { archiveOptions } from '../archive-options.ts'
import type { Actor, Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import type { Runtime } from '../runtime.ts'
import { DEFAULT_TOWN } from '../settings/defaults.ts'
import { passwordKey } from './password-key.ts'
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
    const recoveryCode = newRecoveryCode()
    const keys: readonly SlotKey[] = [
      passwordKey(runtime, input.loginName, input.password),
      { label: '1', secret: { kind: 'recovery', code: recoveryCode } },
    ]
    let user: User | undefined
    // The account is in the archive before the archive is one: cut off at any moment, the set-up can be done again.
    const archive = await createArchive(archiveOptions(runtime), keys, (made) => {
      user = made.transaction((db) => firstUser(db, input, clock.now()))
    })
    if (user === undefined) throw new Error('The first account was not made')
    const office = await openOrClose(runtime, archive)
    const actor = actorOfUser(user)
    runtime.connections.logIn(context.connection, actor)
    const recoverySheet = await makeRecoverySheetTicket(office, context, recoveryCode)
    return ok({ user, recoverySheet })
  } catch (error) {
    if (error instanceof ArchiveError) {
      if (error.code === 'ARCHIVE_EXISTS') return fail('ALREADY_SET_UP', {})
      if (error.code === 'ARCHIVE_IN_USE') return fail(error.code, holderFacts(error))
      if (error.code === 'DISK_FULL') return fail(error.code, {})
    }
    throw error
  }
}

/** 町の名前, the first account and the log's first entry. The administrator may do everything until others exist. */
function firstUser(db: WritableDb, input: Input, at: EpochMs): User {
  const change = changeBySystem(at)
  const town = { ...DEFAULT_TOWN, townName: input.townName, headOfTown: `${input.townName}長` }
  writeSetting(db, 'town', town, change)
  const { loginName, displayName, department } = input
  const roles = ['administrator', 'clerk', 'records'] as const
  const made = insertUser(db, { loginName, displayName, department, roles: [...roles] }, change)
  noteLogin(db, made.id, at)
  record(db, { ...change, userId: made.id, who: made.displayName }, 'archive.created')
  return made
}

/** An archive whose office cannot be opened must not stay locked. */
export async function openOrClose(runtime: Runtime, archive: Archive): Promise<Office> {
  try {
    return await runtime.openOffice(archive)
  } catch (error) {
    archive.close()
    throw error
  }
}

/** Which program has the archive open, for the sentence. */
export function holderFacts({ data }: ArchiveError): ErrorData {
  const { pid, host, sinceEpochMs } = data
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof sinceEpochMs !== 'number') return {}
  return { pid, host, sinceEpochMs }
}

export function actorOfUser(user: User): Actor {
  const { id, loginName, displayName, department, roles } = user
  return { userId: id, loginName, displayName, department, roles }
}
