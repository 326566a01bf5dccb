/**
 * 利用者の管理: an account is a row and, while it is active, a key slot. The row comes first, with its log entry; what a
 * crash left between the two is put right when the office opens (`removeStraySlots`).
 */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { addKeyslot, listKeyslots, loginLabel, removeKeyslot } from '../../core/archive/keyslots.ts'
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
import { passwordKey } from './password-key.ts'

export async function createUser(
  office: Office,
  input: InputOf<typeof bridge.users.create>,
  context: Context,
) {
  const { archive, clock } = office
  if (findUserByLoginName(archive.db, input.loginName) !== undefined) return fail('LOGIN_NAME_TAKEN', {})
  const user = archive.transaction((db) => {
    const change = changeBy(context, clock)
    const made = insertUser(db, input, change)
    record(db, change, 'user.created', { data: { loginName: input.loginName, roles: input.roles.join(',') } })
    return made
  })
  await writeSlot(office, input.loginName, input.password)
  return ok({ user })
}

async function writeSlot(office: Office, loginName: string, password: string): Promise<void> {
  await addKeyslot(
    office.archive.folder,
    office.archive.master(),
    passwordKey(office, loginName, password),
    office.clock,
  )
}

/** Removes password slots that belong to no active account. @returns how many */
export async function removeStraySlots({ archive }: Pick<Office, 'archive'>): Promise<number> {
  const active = listUsers(archive.db).filter((user) => user.active)
  const wanted = new Set(active.map((user) => loginLabel(user.loginName)))
  const slots = (await listKeyslots(archive.folder)).filter(({ kind }) => kind === 'password')
  const stray = new Set(slots.map(({ label }) => label).filter((label) => !wanted.has(label)))
  // Somebody must be able to come in afterwards: an archive cut off at its first start has no account yet.
  if (!slots.some(({ label }) => wanted.has(label))) return 0
  for (const label of stray) await removeKeyslot(archive.folder, archive.master(), 'password', label)
  return stray.size
}

export async function updateUser(
  office: Office,
  input: InputOf<typeof bridge.users.update>,
  context: Context,
) {
  const { archive, clock } = office
  const before = readUser(archive.db, input.userId)
  if (before === undefined) return fail('USER_UNKNOWN', {})
  const isBack = input.active && !before.active
  if (isBack && input.password === undefined) return fail('PASSWORD_MISSING', {})
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
  if (isBack && input.password !== undefined) await writeSlot(office, user.loginName, input.password)
  // Nothing that this person knows opens the archive any more, not even a stolen copy made from now on.
  if (!input.active) await removeStraySlots(office)
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
  if (!user.active) return fail('USER_INACTIVE', {})
  archive.transaction((db) =>
    record(db, changeBy(context, clock), 'user.password-reset', { data: { loginName: user.loginName } }),
  )
  await writeSlot(office, user.loginName, input.password)
  office.connections.endSessionsOf(input.userId)
  return ok({})
}
