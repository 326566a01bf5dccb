import { z } from 'zod'
import { type EpochMs, UserId } from '../../../../shared/model/brand.ts'
import { Role, User } from '../../../../shared/model/user.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import { type Change, recordChanges } from './changes.ts'
import type { UsersRow } from './schema.ts'

export type NewUser = Pick<User, 'loginName' | 'displayName' | 'department' | 'roles'>
export type UserFields = Pick<User, 'displayName' | 'department' | 'roles' | 'active'>

const COLUMNS = [
  'id',
  'login_name',
  'display_name',
  'department',
  'roles_json',
  'active',
  'created_at',
  'last_login_at',
] as const

export function listUsers(db: ReadableDb): User[] {
  return db.all(query.selectFrom('users').select(COLUMNS).orderBy('created_at').orderBy('id')).map(parse)
}

export function readUser(db: ReadableDb, userId: UserId): User | undefined {
  const row = db.first(query.selectFrom('users').select(COLUMNS).where('id', '=', userId))
  return row === undefined ? undefined : parse(row)
}

/** Upper and lower case of a login name are the same. */
export function findUserByLoginName(db: ReadableDb, loginName: string): User | undefined {
  const row = db.first(query.selectFrom('users').select(COLUMNS).where('login_name', '=', loginName))
  return row === undefined ? undefined : parse(row)
}

/** The caller has made sure the login name is free (`findUserByLoginName`); the table refuses a second one. */
export function insertUser(db: WritableDb, user: NewUser, change: Change): User {
  const id = UserId.parse(newId())
  db.run(
    query.insertInto('users').values({
      id,
      row_version: 1,
      login_name: user.loginName,
      display_name: user.displayName,
      department: user.department,
      roles_json: JSON.stringify(user.roles),
      active: 1,
      created_at: change.at,
      last_login_at: null,
    }),
  )
  const subject = { entity: 'user', entityId: id, caseId: null, caseTitle: '' }
  recordChanges(db, subject, change, { before: {}, after: historyOf({ ...user, active: true }) })
  return requireUser(db, id)
}

/** @throws ArchiveError 'ROW_NOT_FOUND' */
export function updateUser(db: WritableDb, userId: UserId, fields: UserFields, change: Change): User {
  const before = requireUser(db, userId)
  db.run(
    query
      .updateTable('users')
      .set((set) => ({
        display_name: fields.displayName,
        department: fields.department,
        roles_json: JSON.stringify(fields.roles),
        active: fields.active ? 1 : 0,
        row_version: set('row_version', '+', 1),
      }))
      .where('id', '=', userId),
  )
  const subject = { entity: 'user', entityId: userId, caseId: null, caseTitle: '' }
  recordChanges(db, subject, change, { before: historyOf(before), after: historyOf(fields) })
  return requireUser(db, userId)
}

export function noteLogin(db: WritableDb, userId: UserId, at: EpochMs): void {
  db.run(query.updateTable('users').set({ last_login_at: at }).where('id', '=', userId))
}

function requireUser(db: ReadableDb, userId: UserId): User {
  const user = readUser(db, userId)
  if (user === undefined) throw new ArchiveError('ROW_NOT_FOUND', 'No such user')
  return user
}

function historyOf(user: UserFields): Record<string, string | boolean> {
  return {
    displayName: user.displayName,
    department: user.department,
    roles: user.roles.join(','),
    active: user.active,
  }
}

function parse(row: Pick<UsersRow, (typeof COLUMNS)[number]>): User {
  return User.parse({
    id: row.id,
    loginName: row.login_name,
    displayName: row.display_name,
    department: row.department,
    roles: z.array(Role).parse(JSON.parse(row.roles_json)),
    active: row.active === 1,
    createdAt: row.created_at,
    lastLoginAt: row.last_login_at,
  })
}
