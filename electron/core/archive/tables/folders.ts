/** Folders with view rights by 課 and role. Deny by default: a folder without rights is seen by nobody but its keepers. */
import { z } from 'zod'
import { FolderId } from '../../../../shared/model/brand.ts'
import { Role } from '../../../../shared/model/user.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import { type Change, recordChanges } from './changes.ts'

export type Folder = {
  readonly id: FolderId
  readonly name: string
  readonly parentId: FolderId | null
  readonly roles: readonly Role[]
  readonly departments: readonly string[]
}

export function listFolders(db: ReadableDb): Folder[] {
  return db
    .all(
      query
        .selectFrom('folders')
        .select(['id', 'name', 'parent_id', 'roles_json', 'departments_json'])
        .orderBy('name'),
    )
    .map((row) => ({
      id: FolderId.parse(row.id),
      name: row.name,
      parentId: row.parent_id === null ? null : FolderId.parse(row.parent_id),
      roles: z.array(Role).parse(JSON.parse(row.roles_json)),
      departments: z.array(z.string()).parse(JSON.parse(row.departments_json)),
    }))
}

/** Makes or changes a folder. @throws ArchiveError 'ROW_NOT_FOUND' (the id, or a parent that is missing or inside it) */
export function saveFolder(
  db: WritableDb,
  folder: Omit<Folder, 'id'> & { readonly id?: FolderId | undefined },
  change: Change,
): FolderId {
  const folders = new Map(listFolders(db).map((each) => [each.id, each]))
  const before = folder.id === undefined ? undefined : folders.get(folder.id)
  if (folder.id !== undefined && before === undefined)
    throw new ArchiveError('ROW_NOT_FOUND', 'No such folder')
  const id = folder.id ?? FolderId.parse(newId())
  for (let up = folder.parentId; up !== null; up = folders.get(up)?.parentId ?? null)
    if (up === id || !folders.has(up)) throw new ArchiveError('ROW_NOT_FOUND', 'No such parent folder')
  const values = {
    name: folder.name,
    parent_id: folder.parentId,
    roles_json: JSON.stringify(folder.roles),
    departments_json: JSON.stringify(folder.departments),
  }
  if (before === undefined)
    db.run(query.insertInto('folders').values({ id, ...values, created_at: change.at }))
  else db.run(query.updateTable('folders').set(values).where('id', '=', id))
  const subject = { entity: 'folder', entityId: id, caseId: null, caseTitle: '' }
  recordChanges(db, subject, change, {
    before: before === undefined ? {} : historyOf(before),
    after: historyOf(folder),
  })
  return id
}

function historyOf(folder: Omit<Folder, 'id'>): Record<string, string | null> {
  return {
    name: folder.name,
    parentId: folder.parentId,
    roles: folder.roles.join(','),
    departments: folder.departments.join(','),
  }
}
