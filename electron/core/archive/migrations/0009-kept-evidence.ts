import type { Database } from 'better-sqlite3'

/**
 * `documents.evidence_until` and `renewal_due` (tables/kept-evidence.ts): a document's place among those with evidence, and
 * among those to be renewed, is an index and no longer a walk through every version that was ever renewed.
 */
export function up(db: Database): void {
  db.exec(`
    ALTER TABLE documents ADD COLUMN evidence_until INTEGER;
    ALTER TABLE documents ADD COLUMN renewal_due INTEGER;
    UPDATE documents SET (evidence_until, renewal_due) = (
      SELECT version.evidence_until,
             CASE WHEN cases.retention_ends_on IS NULL
                    OR version.evidence_until < (unixepoch(cases.retention_ends_on) + 86400 - 9 * 3600) * 1000
                  THEN version.evidence_until END
      FROM cases CROSS JOIN document_versions AS version
      WHERE cases.id = documents.case_id AND cases.state <> 'deleted' AND documents.removed_at IS NULL
        AND version.document_id = documents.id AND version.destroyed_at IS NULL
        AND version.number = (SELECT max(number) FROM document_versions WHERE document_id = documents.id))
    WHERE id IN (SELECT document_id FROM document_versions WHERE evidence_until IS NOT NULL);
    CREATE INDEX documents_evidence ON documents (evidence_until) WHERE evidence_until IS NOT NULL;
    CREATE INDEX documents_renewal ON documents (renewal_due) WHERE renewal_due IS NOT NULL;
    DROP INDEX document_versions_evidence;
  `)
}
