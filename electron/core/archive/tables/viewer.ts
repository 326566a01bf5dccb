/**
 * Who may see which case. Deny by default: a case outside every folder is seen by its 所管課 and its creator only,
 * a case in a folder by those the folder names (and its creator); of those, a case of 機密性3 by its 所管課 only.
 * Records staff, auditors and approvers see all.
 */
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { CaseId, FolderId, UserId } from '../../../../shared/model/brand.ts'
import type { Role, User } from '../../../../shared/model/user.ts'
import { query, type ReadableDb } from '../database.ts'
import { listFolders } from './folders.ts'
import type { Schema } from './schema.ts'

export type Viewer = {
  /** undefined: the program itself. */
  readonly userId: UserId | undefined
  readonly seesAll: boolean
  readonly roles: readonly Role[]
  readonly departments: readonly string[]
}

const SEES_ALL: readonly Role[] = ['records', 'auditor', 'approver']

/** The program itself: jobs, checks, exports that were permitted before. */
export const EVERYTHING: Viewer = { userId: undefined, seesAll: true, roles: [], departments: [] }

export function viewerOf(user: Pick<User, 'id' | 'roles' | 'department'>): Viewer {
  return {
    userId: user.id,
    seesAll: user.roles.some((role) => SEES_ALL.includes(role)),
    roles: user.roles,
    departments: user.department === '' ? [] : [user.department],
  }
}

export type FolderRights = { readonly roles: readonly Role[]; readonly departments: readonly string[] }

/** By what a viewer may look into a folder with these rights; undefined: not at all. */
export function rightToFolder(
  viewer: Viewer,
  rights: FolderRights,
): 'all' | 'role' | 'department' | undefined {
  if (viewer.seesAll) return 'all'
  if (rights.roles.some((role) => viewer.roles.includes(role))) return 'role'
  return rights.departments.some((department) => viewer.departments.includes(department))
    ? 'department'
    : undefined
}

/** Folders that name the viewer's role or 課. */
export function visibleFolderIds(db: ReadableDb, viewer: Viewer): FolderId[] {
  return listFolders(db)
    .filter((folder) => rightToFolder(viewer, folder) !== undefined)
    .map((folder) => folder.id)
}

/** The same rule as a condition on `cases`. */
export function visibleTo(
  db: ReadableDb,
  viewer: Viewer,
): (where: ExpressionBuilder<Schema, 'cases'>) => Expression<SqlBool> {
  const folderIds = viewer.seesAll ? [] : visibleFolderIds(db, viewer)
  return (where) => {
    if (viewer.seesAll) return where.val(1).$castTo<SqlBool>()
    const ownDepartment =
      viewer.departments.length === 0 ? where.lit(false) : where('department', 'in', [...viewer.departments])
    const named = folderIds.length === 0 ? where.lit(false) : where('folder_id', 'in', folderIds)
    return where.or([
      where('created_by', '=', viewer.userId ?? ''),
      where.and([where('folder_id', 'is', null), ownDepartment]),
      where.and([named, where.or([where('confidentiality', '<>', 'restricted'), ownDepartment])]),
    ])
  }
}

export function mayRead(db: ReadableDb, viewer: Viewer, caseId: CaseId): boolean {
  const found = query.selectFrom('cases').select('id').where('id', '=', caseId).where(visibleTo(db, viewer))
  return db.first(found) !== undefined
}
