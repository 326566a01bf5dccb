/** 訂正削除履歴 as people read it: ids of other things are given their names. */
import type { z } from 'zod'
import type { ChangeRecord } from '../../../shared/bridge/cases.ts'
import { CaseId, DocumentId, SignerId, UserId } from '../../../shared/model/brand.ts'
import { entityWord, fieldWord, valueWord } from '../../../shared/model/history-words.ts'
import { formatEvidenceTime } from '../../../shared/rules/japanese-date.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { readCase } from '../../core/archive/tables/cases.ts'
import type { ChangeRecord as StoredChange } from '../../core/archive/tables/changes.ts'
import { readDocument } from '../../core/archive/tables/documents.ts'
import { listFolders } from '../../core/archive/tables/folders.ts'
import { readSigner } from '../../core/archive/tables/signers.ts'
import { readUser } from '../../core/archive/tables/users.ts'
import { mayRead, type Viewer } from '../../core/archive/tables/viewer.ts'

type HistoryRow = z.output<typeof ChangeRecord>

/** @param viewer who reads them: other cases are named only to those who may see them */
export function historyRows(db: ReadableDb, viewer: Viewer, changes: readonly StoredChange[]): HistoryRow[] {
  const folders = new Map<string, string>(listFolders(db).map((folder) => [folder.id, folder.name]))
  const nameOf = (field: string, value: string | null): string | null => {
    if (value === null) return null
    if (field === 'folderId' || field === 'parentId') return folders.get(value) ?? value
    const parent = field === 'parentCaseId' ? CaseId.safeParse(value) : undefined
    return parent?.success === true ? (titleFor(db, viewer, parent.data) ?? value) : value
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

function titleFor(db: ReadableDb, viewer: Viewer, caseId: CaseId): string | undefined {
  const title = readCase(db, caseId)?.title
  return title === undefined || mayRead(db, viewer, caseId) ? title : '見る権限のない案件'
}

/** Columns of the history on paper and in lists. */
export const HISTORY_HEAD = ['日時', '変更した人', '件名', '案件の番号', '対象', '項目', '前', '後', '理由']

/** A row under `HISTORY_HEAD`, in words; a value that was not there is an empty cell. */
export function historyCells(row: HistoryRow): string[] {
  const { field, entity, subject } = row
  const word = (value: string | null) => (value === null ? '' : valueWord(field, value, entity))
  return [
    formatEvidenceTime(row.at),
    row.who,
    row.caseTitle,
    row.caseId ?? '',
    entity === 'case' ? '' : entityWord(entity) + (subject === '' ? '' : `「${subject}」`),
    fieldWord(field, entity),
    word(row.oldValue),
    word(row.newValue),
    row.why,
  ]
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
