/** 利用者の管理: an account is a row and a key slot; both or neither. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { addKeyslot, changeKeyslot, loginLabel } from '../../core/archive/keyslots.ts'
import {
  findUserByLoginName,
  insertUser,
  listUsers,
  readUser,
  updateUser as writeUser,
} from '../../core/archive/tables/users.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

export async function createUser(
  office: Office,
  input: InputOf<typeof bridge.users.create>,
  context: Context,
) {
  const { archive, clock } = office
  if (findUserByLoginName(archive.db, input.loginName) !== undefined) return fail('LOGIN_NAME_TAKEN', {})
  // The slot first: a slot without a row opens nothing for anybody, a row without a slot would be an account nobody can use.
  const key = {
    label: loginLabel(input.loginName),
    secret: { kind: 'password', password: input.password },
  } as const
  await addKeyslot(archive.folder, archive.master(), key, clock)
  const user = archive.transaction((db) => {
    const change = changeBy(context, clock)
    const made = insertUser(db, input, change)
    record(db, change, 'user.created', { data: { loginName: input.loginName, roles: input.roles.join(',') } })
    return made
  })
  return ok({ user })
}

export async function updateUser(
  office: Office,
  input: InputOf<typeof bridge.users.update>,
  context: Context,
) {
  const { archive, clock } = office
  if (readUser(archive.db, input.userId) === undefined) return fail('USER_UNKNOWN', {})
  const staysAdministrator = input.active && input.roles.includes('administrator')
  const others = listUsers(archive.db).filter(
    (user) => user.id !== input.userId && user.active && user.roles.includes('administrator'),
  )
  if (!staysAdministrator && others.length === 0) return fail('LAST_ADMINISTRATOR', {})
  const user = archive.transaction((db) => {
    const change = changeBy(context, clock)
    const changed = writeUser(db, input.userId, input, change)
    record(db, change, 'user.updated', {
      data: { loginName: changed.loginName, roles: input.roles.join(','), active: input.active },
    })
    return changed
  })
  office.connections.endSessionsOf(input.userId)
  return ok({ user })
}

export async function resetPassword(
  office: Office,
  input: InputOf<typeof bridge.users.resetPassword>,
  context: Context,
) {
  const { archive, clock } = office
  const user = readUser(archive.db, input.userId)
  if (user === undefined) return fail('USER_UNKNOWN', {})
  const key = {
    label: loginLabel(user.loginName),
    secret: { kind: 'password', password: input.password },
  } as const
  await changeKeyslot(archive.folder, archive.master(), key, clock)
  archive.transaction((db) =>
    record(db, changeBy(context, clock), 'user.password-reset', { data: { loginName: user.loginName } }),
  )
  office.connections.endSessionsOf(input.userId)
  return ok({})
}
