/**
 * What a document's row knows of its evidence (L24), so that counting and renewing need not walk the versions:
 * `evidence_until`: when the timestamp of its newest version ends; null: it has none, or is not kept any more (removed,
 * destroyed, its case deleted). `renewal_due`: the same, when its case must be kept longer than that (open cases and 永年 have
 * no end and always must).
 */
import type { CaseId } from '../../../../shared/model/brand.ts'
import type { WritableDb } from '../database.ts'

/** 24:00 of the last day of keeping in Japan, as `dayEndEpochMs`, for the database to compute. */
const RETENTION_END_MS = '(unixepoch(cases.retention_ends_on) + 86400 - 9 * 3600) * 1000'

type Row = {
  readonly id: string
  readonly evidence_until: number | null
  readonly renewal_due: number | null
  readonly until: number | null
  readonly due: number | null
}

/**
 * After anything it depends on was written: a version, its evidence, what is removed, the case's state and retention.
 * [Note: one row a statement] An UPDATE of several rows opens a statement journal, and with it FTS5 writes what it holds of the
 * history as a segment of its own: commits then took 80 ms to merge them.
 */
export function noteKeptEvidence(db: WritableDb, caseId: CaseId): void {
  const rows = db.allSql<Row>(
    `SELECT documents.id, documents.evidence_until, documents.renewal_due, version.evidence_until AS until,
            CASE WHEN cases.retention_ends_on IS NULL OR version.evidence_until < ${RETENTION_END_MS}
                 THEN version.evidence_until END AS due
     FROM documents JOIN cases ON cases.id = documents.case_id
     LEFT JOIN document_versions AS version
       ON version.document_id = documents.id AND version.destroyed_at IS NULL
       AND cases.state <> 'deleted' AND documents.removed_at IS NULL
       AND version.number = (SELECT max(number) FROM document_versions WHERE document_id = documents.id)
     WHERE documents.case_id = ?`,
    caseId,
  )
  for (const { id, until, due, ...before } of rows)
    if (until !== before.evidence_until || due !== before.renewal_due)
      db.runSql('UPDATE documents SET evidence_until = ?, renewal_due = ? WHERE id = ?', until, due, id)
}
