import { z } from 'zod'
import type { Permission } from '../bridge/define.ts'
import { EpochMs, UserId } from './brand.ts'

/** 管理者, 契約担当, 承認者, 記録担当, 監査. A user may hold several. */
export const Role = z.enum(['administrator', 'clerk', 'approver', 'records', 'auditor'])
export type Role = z.output<typeof Role>

/** Deny by default: a role has what is listed here and nothing else. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: [
    'settings.read',
    'settings.write',
    'users.manage',
    'audit.read',
    'case.read',
    'archive.search',
    'archive.manage',
  ],
  clerk: ['case.read', 'case.write', 'case.send', 'archive.search', 'archive.export', 'settings.read'],
  approver: ['case.read', 'case.approve', 'case.seal', 'archive.search', 'settings.read'],
  records: ['case.read', 'archive.search', 'archive.export', 'archive.manage', 'audit.read'],
  auditor: ['case.read', 'archive.search', 'archive.export', 'audit.read', 'settings.read'],
}

/** True when one of the roles grants the permission. */
export function isPermitted(roles: readonly Role[], permission: Permission): boolean {
  if (permission === 'anyone' || permission === 'signed-in') return true
  return roles.some((role) => ROLE_PERMISSIONS[role].includes(permission))
}

export const User = z.object({
  id: UserId,
  loginName: z.string(),
  displayName: z.string(),
  /** 所属課 */
  department: z.string(),
  roles: z.array(Role),
  active: z.boolean(),
  createdAt: EpochMs,
  lastLoginAt: EpochMs.nullable(),
})
export type User = z.output<typeof User>

/** NIST-like: length counts, composition does not. */
export const Password = z.string().min(10).max(200)
export const LoginName = z
  .string()
  .trim()
  .regex(/^[a-z0-9._-]{2,40}$/i)
