import { z } from 'zod'
import { UserId } from '../model/brand.ts'
import { LoginName, Password, Role, User } from '../model/user.ts'
import { FileTicket, Nothing } from './common.ts'
import { procedure } from './define.ts'

export const SessionStatus = z.object({
  /** first-start: no archive yet; locked: nobody is logged in here; ready: `user` is logged in. */
  phase: z.enum(['first-start', 'locked', 'ready']),
  townName: z.string(),
  user: User.nullable(),
  permissions: z.array(z.string()),
  lockAfterMs: z.number().int(),
  /** How many parts are still test parts (本番前の確認). */
  testParts: z.number().int(),
  appVersion: z.string(),
})

export const session = {
  status: procedure({ permission: 'anyone', input: Nothing, output: SessionStatus }),
  /** First start: makes the archive, the first administrator and the recovery sheet (PDF ticket). Logs in. */
  setUp: procedure({
    permission: 'anyone',
    input: z.object({
      townName: z.string().trim().min(1).max(50),
      loginName: LoginName,
      displayName: z.string().trim().min(1).max(100),
      department: z.string().trim().max(100),
      password: Password,
    }),
    output: z.object({ user: User, recoverySheet: z.string() }),
    errors: ['ALREADY_SET_UP', 'NOT_ON_THIS_PC', 'ARCHIVE_IN_USE', 'DISK_FULL'],
  }),
  logIn: procedure({
    permission: 'anyone',
    input: z.object({ loginName: z.string().max(100), password: z.string().max(500) }),
    output: z.object({ user: User }),
    /** LOGIN_SLOWED data: retryAfterMs. ARCHIVE_IN_USE data: host, pid of the program that has it. */
    errors: ['LOGIN_FAILED', 'LOGIN_SLOWED', 'ARCHIVE_IN_USE', 'ARCHIVE_DAMAGED', 'ARCHIVE_NEWER'],
  }),
  logOut: procedure({ permission: 'anyone', input: Nothing, output: Nothing }),
  /** The page tells that a person is still there; without it the session locks after `lockAfterMs`. */
  touch: procedure({ permission: 'signed-in', input: Nothing, output: Nothing }),
  changePassword: procedure({
    permission: 'signed-in',
    input: z.object({ current: z.string().max(500), next: Password }),
    output: Nothing,
    errors: ['LOGIN_FAILED', 'PASSWORD_SAME'],
  }),
  /** Forgotten password: the recovery sheet's code sets a new one for a user. */
  recover: procedure({
    permission: 'anyone',
    input: z.object({
      recoveryCode: z.string().max(200),
      loginName: z.string().max(100),
      newPassword: Password,
    }),
    output: z.object({ user: User }),
    errors: [
      'RECOVERY_CODE_WRONG',
      'USER_UNKNOWN',
      'LOGIN_SLOWED',
      'ARCHIVE_IN_USE',
      'ARCHIVE_DAMAGED',
      'ARCHIVE_NEWER',
    ],
  }),
}

export const users = {
  list: procedure({ permission: 'users.manage', input: Nothing, output: z.object({ users: z.array(User) }) }),
  create: procedure({
    permission: 'users.manage',
    input: z.object({
      loginName: LoginName,
      displayName: z.string().trim().min(1).max(100),
      department: z.string().trim().max(100),
      roles: z.array(Role).min(1),
      password: Password,
    }),
    output: z.object({ user: User }),
    errors: ['LOGIN_NAME_TAKEN'],
  }),
  update: procedure({
    permission: 'users.manage',
    input: z.object({
      userId: UserId,
      displayName: z.string().trim().min(1).max(100),
      department: z.string().trim().max(100),
      roles: z.array(Role).min(1),
      active: z.boolean(),
      /** Needed when a deactivated account is used again: the old password died with it. */
      password: Password.optional(),
    }),
    output: z.object({ user: User }),
    errors: ['USER_UNKNOWN', 'LAST_ADMINISTRATOR', 'PASSWORD_MISSING'],
  }),
  resetPassword: procedure({
    permission: 'users.manage',
    input: z.object({ userId: UserId, password: Password }),
    output: Nothing,
    errors: ['USER_UNKNOWN', 'USER_INACTIVE'],
  }),
  /** A new recovery sheet; the old one stops working. */
  renewRecoverySheet: procedure({ permission: 'users.manage', input: Nothing, output: FileTicket }),
  /** A person says that the newest sheet lies in the safe. */
  confirmRecoverySheet: procedure({ permission: 'users.manage', input: Nothing, output: Nothing }),
}
