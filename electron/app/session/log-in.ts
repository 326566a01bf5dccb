import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { ErrorData, InputOf } from '../../../shared/bridge/define.ts'
import type { User } from '../../../shared/model/user.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import {
  addKeyslot,
  changeKeyslot,
  loginLabel,
  type OpeningKey,
  openKeyslots,
} from '../../core/archive/keyslots.ts'
import { openArchive } from '../../core/archive/open.ts'
import { findUserByLoginName, noteLogin } from '../../core/archive/tables/users.ts'
import { archiveOptions } from '../archive-options.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, changeOf, record } from '../record.ts'
import type { Runtime } from '../runtime.ts'
import { passwordKey } from './password-key.ts'
import { actorOfUser, holderFacts, openOrClose } from './set-up.ts'

type Codes = 'LOGIN_FAILED' | 'LOGIN_SLOWED' | 'ARCHIVE_IN_USE' | 'ARCHIVE_DAMAGED' | 'ARCHIVE_NEWER'

/** ログイン: the password opens the person's key slot; the first one also opens the archive. */
export async function logIn(runtime: Runtime, input: InputOf<typeof bridge.session.logIn>, context: Context) {
  const key: OpeningKey = {
    label: loginLabel(input.loginName),
    secret: { kind: 'password', password: input.password },
  }
  const opened = await openWith(runtime, key)
  if (!opened.ok) return opened
  const office = opened.value
  const user = findUserByLoginName(office.archive.db, input.loginName)
  if (user === undefined || !user.active) return fail('LOGIN_FAILED', {})
  welcome(runtime, office, user, context)
  return ok({ user })
}

/** パスワードを忘れたとき: the recovery sheet's code sets a new password for a user. */
export async function recover(
  runtime: Runtime,
  input: InputOf<typeof bridge.session.recover>,
  context: Context,
) {
  // The sheet's number is not on anybody's mind: the code is tried against every sheet that exists.
  const opened = await openWith(runtime, {
    label: null,
    secret: { kind: 'recovery', code: input.recoveryCode },
  })
  if (!opened.ok) {
    const { code, data } = opened.error
    return fail(code === 'LOGIN_FAILED' ? 'RECOVERY_CODE_WRONG' : code, data)
  }
  const office = opened.value
  const user = findUserByLoginName(office.archive.db, input.loginName)
  if (user === undefined || !user.active) return fail('USER_UNKNOWN', {})
  // Logged first: a log that cannot be written stops the action.
  office.archive.transaction((db) =>
    record(db, changeOf(actorOfUser(user), runtime.clock), 'session.recovered', {
      data: { loginName: user.loginName },
    }),
  )
  await addKeyslot(
    runtime.dataDir,
    office.archive.master(),
    passwordKey(runtime, user.loginName, input.newPassword),
    runtime.clock,
  )
  welcome(runtime, office, user, context)
  return ok({ user })
}

export async function changePassword(
  office: Office,
  input: InputOf<typeof bridge.session.changePassword>,
  context: Context,
) {
  const actor = actorOf(context)
  if (input.current === input.next) return fail('PASSWORD_SAME', {})
  const label = loginLabel(actor.loginName)
  try {
    const master = await openKeyslots(
      office.archive.folder,
      { label, secret: { kind: 'password', password: input.current } },
      office.clock,
    )
    master.wipe()
  } catch (error) {
    if (error instanceof ArchiveError && ['WRONG_SECRET', 'TOO_MANY_ATTEMPTS'].includes(error.code))
      return fail('LOGIN_FAILED', {})
    throw error
  }
  office.archive.transaction((db) => record(db, changeBy(context, office.clock), 'session.password-changed'))
  await changeKeyslot(
    office.archive.folder,
    office.archive.master(),
    passwordKey(office, actor.loginName, input.next),
    office.clock,
  )
  return ok({})
}

/** The first log-in opens the archive; who comes meanwhile waits for it instead of meeting its lock. */
const openings = new WeakMap<Runtime, Promise<unknown>>()

async function openWith(runtime: Runtime, key: OpeningKey) {
  for (let opening = openings.get(runtime); opening !== undefined; opening = openings.get(runtime))
    await opening
  try {
    const running = runtime.office()
    if (running === undefined) {
      const opening = openFirst(runtime, key)
      const over = opening.then(
        () => openings.delete(runtime),
        () => openings.delete(runtime), // Told to the one who opened.
      )
      openings.set(runtime, over)
      return ok(await opening)
    }
    const master = await openKeyslots(runtime.dataDir, key, runtime.clock)
    master.wipe()
    return ok(running)
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
    return refusal(error, runtime)
  }
}

async function openFirst(runtime: Runtime, key: OpeningKey): Promise<Office> {
  const archive = await openArchive(archiveOptions(runtime), key)
  return openOrClose(runtime, archive)
}

function refusal(error: ArchiveError, runtime: Runtime) {
  switch (error.code) {
    case 'WRONG_SECRET':
    case 'RECOVERY_CODE_MISTYPED':
    case 'ARCHIVE_NOT_FOUND':
      return fail<Codes, ErrorData>('LOGIN_FAILED', {})
    case 'TOO_MANY_ATTEMPTS': {
      const retryAfterMs = Math.max(0, Number(error.data.retryAtEpochMs) - runtime.clock.now())
      return fail<Codes, ErrorData>('LOGIN_SLOWED', { retryAfterMs })
    }
    case 'ARCHIVE_IN_USE':
      return fail<Codes, ErrorData>('ARCHIVE_IN_USE', holderFacts(error))
    case 'SCHEMA_TOO_NEW':
      return fail<Codes, ErrorData>('ARCHIVE_NEWER', {})
    case 'DATABASE_DAMAGED':
    case 'KEYSLOTS_DAMAGED':
      return fail<Codes, ErrorData>('ARCHIVE_DAMAGED', {})
    default:
      throw error
  }
}

function welcome(runtime: Runtime, office: Office, user: User, context: Context): void {
  office.archive.transaction((db) => {
    noteLogin(db, user.id, runtime.clock.now())
    record(db, changeOf(actorOfUser(user), runtime.clock), 'session.logged-in', {
      data: { connectedFrom: context.connection.from },
    })
  })
  runtime.connections.logIn(context.connection, actorOfUser(user))
}
