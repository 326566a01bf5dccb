/** Files that came from outside and carry no timestamp yet (L16), and whether a vault file belongs to a document. */
import { CaseId, DocumentId, EpochMs } from '../../../../shared/model/brand.ts'
import { query, type ReadableDb } from '../database.ts'
import type { FileId } from '../vault.ts'

export type UnstampedFile = {
  readonly caseId: CaseId
  readonly documentId: DocumentId
  readonly role: 'sign' | 'attachment'
  readonly receivedAt: EpochMs
}

/**
 * Concluded cases' contracts and attachments whose newest version was taken in as it is and has no evidence
 * (`documents.unstamped_since`, kept by `addVersion` and `writeEvidence`). The day of receipt is the day they entered the
 * archive. Oldest first.
 */
export function listUnstampedFiles(db: ReadableDb, limit = 10_000): UnstampedFile[] {
  return db.all(selectUnstamped().orderBy('documents.unstamped_since').limit(limit)).map(unstampedOf)
}

/** The next one that an import brought, in the order of its lines. */
export function nextUnstampedOfImport(
  db: ReadableDb,
  importId: string,
  afterLine: number,
): (UnstampedFile & { readonly line: number }) | undefined {
  const row = db.first(
    selectUnstamped()
      .innerJoin('import_rows', 'import_rows.case_id', 'documents.case_id')
      .select('import_rows.line')
      .where('import_rows.import_id', '=', importId)
      .where('import_rows.outcome', '=', 'made')
      .where('import_rows.line', '>', afterLine)
      .orderBy('import_rows.line')
      .limit(1),
  )
  return row === undefined ? undefined : { ...unstampedOf(row), line: row.line }
}

function selectUnstamped() {
  return query
    .selectFrom('documents')
    .innerJoin('cases', 'cases.id', 'documents.case_id')
    .select(['documents.id', 'documents.case_id', 'documents.role', 'documents.unstamped_since'])
    .where('documents.unstamped_since', 'is not', null)
    .where('documents.removed_at', 'is', null)
    .where('documents.role', 'in', ['sign', 'attachment'])
    .where('cases.state', '=', 'concluded')
    .where('cases.sample', '=', 0)
}

function unstampedOf(row: {
  id: string
  case_id: string
  role: string
  unstamped_since: number | null
}): UnstampedFile {
  return {
    caseId: CaseId.parse(row.case_id),
    documentId: DocumentId.parse(row.id),
    role: row.role === 'sign' ? 'sign' : 'attachment',
    receivedAt: EpochMs.parse(row.unstamped_since),
  }
}

export function isFileInUse(db: ReadableDb, fileId: FileId): boolean {
  return (
    db.first(query.selectFrom('document_versions').select('id').where('file_id', '=', fileId)) !== undefined
  )
}
