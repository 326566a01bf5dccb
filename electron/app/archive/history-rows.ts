/** 訂正削除履歴 as people read it: ids of other things are given their names. */
import type { z } from 'zod'
import type { ChangeRecord } from '../../../shared/bridge/cases.ts'
import { CaseId, DocumentId, SignerId, UserId } from '../../../shared/model/brand.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { readCase } from '../../core/archive/tables/cases.ts'
import type { ChangeRecord as StoredChange } from '../../core/archive/tables/changes.ts'
import { readDocument } from '../../core/archive/tables/documents.ts'
import { listFolders } from '../../core/archive/tables/folders.ts'
import { readSigner } from '../../core/archive/tables/signers.ts'
import { readUser } from '../../core/archive/tables/users.ts'

type HistoryRow = z.output<typeof ChangeRecord>

export function historyRows(db: ReadableDb, changes: readonly StoredChange[]): HistoryRow[] {
  const folders = new Map<string, string>(listFolders(db).map((folder) => [folder.id, folder.name]))
  const nameOf = (field: string, value: string | null): string | null => {
    if (value === null) return null
    if (field === 'folderId' || field === 'parentId') return folders.get(value) ?? value
    const parent = field === 'parentCaseId' ? CaseId.safeParse(value) : undefined
    return parent?.success === true ? (readCase(db, parent.data)?.title ?? value) : value
  }
  const subjects = new Map<string, string>()
  return changes.map(({ entityId, ...change }) => {
    const key = `${change.entity} ${entityId}`
    const subject = subjects.get(key) ?? subjectName(db, change.entity, entityId, folders)
    subjects.set(key, subject)
    return {
      ...change,
      subject,
      oldValue: nameOf(change.field, change.oldValue),
      newValue: nameOf(change.field, change.newValue),
    }
  })
}

/** '' for what the case's title names already, and for a signer who is no longer there (the rows have the name). */
function subjectName(
  db: ReadableDb,
  entity: string,
  id: string,
  folders: ReadonlyMap<string, string>,
): string {
  switch (entity) {
    case 'document':
      return readDocument(db, DocumentId.parse(id))?.title ?? ''
    case 'signer':
      return readSigner(db, SignerId.parse(id))?.fields.name ?? ''
    case 'folder':
      return folders.get(id) ?? ''
    case 'user':
      return readUser(db, UserId.parse(id))?.displayName ?? ''
    default:
      return ''
  }
}
