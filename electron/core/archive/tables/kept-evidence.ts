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

const KEPT = `(
  SELECT version.evidence_until,
         CASE WHEN cases.retention_ends_on IS NULL OR version.evidence_until < ${RETENTION_END_MS}
              THEN version.evidence_until END
  FROM cases CROSS JOIN document_versions AS version
  WHERE cases.id = documents.case_id AND cases.state <> 'deleted' AND documents.removed_at IS NULL
    AND version.document_id = documents.id AND version.destroyed_at IS NULL
    AND version.number = (SELECT max(number) FROM document_versions WHERE document_id = documents.id))`

/**
 * After anything it depends on was written: a version, its evidence, what is removed, the case's state and retention.
 * What stays as it is is not written: every page that changes is sealed and copied twice.
 */
export function noteKeptEvidence(db: WritableDb, caseId: CaseId): void {
  db.runSql(
    `UPDATE documents SET (evidence_until, renewal_due) = ${KEPT}
     WHERE case_id = ? AND (evidence_until, renewal_due) IS NOT ${KEPT}`,
    caseId,
  )
}
