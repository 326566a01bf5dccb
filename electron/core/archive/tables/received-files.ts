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
 * Newest versions of concluded cases' contracts and attachments that were taken in as they are and have no evidence.
 * The day of receipt is the day they entered the archive. Oldest first.
 */
export function listUnstampedFiles(db: ReadableDb, limit = 10_000): UnstampedFile[] {
  return db
    .allSql<{ case_id: string; document_id: string; role: string; created_at: number }>(
      `SELECT documents.case_id, documents.role, version.document_id, version.created_at
       FROM documents JOIN cases ON cases.id = documents.case_id
       JOIN document_versions AS version ON version.document_id = documents.id
       WHERE cases.state = 'concluded' AND cases.sample = 0 AND documents.role IN ('sign', 'attachment')
         AND documents.removed_at IS NULL AND version.reason = 'import' AND version.evidence_until IS NULL
         AND version.destroyed_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM document_versions AS newer
                         WHERE newer.document_id = version.document_id AND newer.number > version.number)
       ORDER BY version.created_at LIMIT ${Math.trunc(limit)}`,
    )
    .map((row) => ({
      caseId: CaseId.parse(row.case_id),
      documentId: DocumentId.parse(row.document_id),
      role: row.role === 'sign' ? 'sign' : 'attachment',
      receivedAt: EpochMs.parse(row.created_at),
    }))
}

export function isFileInUse(db: ReadableDb, fileId: FileId): boolean {
  return (
    db.first(query.selectFrom('document_versions').select('id').where('file_id', '=', fileId)) !== undefined
  )
}
