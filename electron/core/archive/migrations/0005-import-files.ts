import type { Database } from 'better-sqlite3'

/**
 * An import is a row from its first file on, so that what was received survives the end of the program, and its report
 * stays readable: title, file, cell and verdict of each line, counts kept beside it.
 * The history's index no longer joins its segments all at once (tables/history-grams.ts).
 * `documents.unstamped_since` names the files that wait for a timestamp (L16) without walking all versions.
 *
 * An import that an older program left unfinished becomes 'discarded': its plan named files in a form that is no longer read.
 * The cases it made stay; choosing the same files again finds them as duplicates.
 */
export function up(db: Database): void {
  db.exec(`
    ALTER TABLE imports ADD COLUMN owner_id TEXT;
    ALTER TABLE imports ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE imports ADD COLUMN duplicate INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE imports ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE imports ADD COLUMN unlisted INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE imports ADD COLUMN unstamped INTEGER NOT NULL DEFAULT 0;
    UPDATE imports SET
      made = (SELECT count(*) FROM import_rows WHERE import_id = imports.id AND outcome = 'made'),
      duplicate = (SELECT count(*) FROM import_rows WHERE import_id = imports.id AND outcome = 'duplicate'),
      refused = (SELECT count(*) FROM import_rows WHERE import_id = imports.id AND outcome = 'refused');
    UPDATE imports SET state = 'discarded', finished_at = created_at WHERE state = 'running';
    UPDATE imports SET state = 'discarded' WHERE state = 'cancelled';
    ALTER TABLE import_rows ADD COLUMN title TEXT NOT NULL DEFAULT '';
    ALTER TABLE import_rows ADD COLUMN file TEXT NOT NULL DEFAULT '';
    ALTER TABLE import_rows ADD COLUMN cell TEXT;
    ALTER TABLE import_rows ADD COLUMN verdict TEXT;
    CREATE TABLE import_files (
      import_id TEXT NOT NULL REFERENCES imports (id), path TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL,
      kind TEXT NOT NULL, source TEXT NOT NULL, file_id TEXT NOT NULL, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,
      PRIMARY KEY (import_id, path, part)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX import_files_file ON import_files (file_id);
    CREATE INDEX import_files_kind ON import_files (import_id, kind, size_bytes);
    ALTER TABLE documents ADD COLUMN unstamped_since INTEGER;
    UPDATE documents SET unstamped_since = (
      SELECT CASE WHEN version.reason = 'import' AND version.evidence_until IS NULL AND version.destroyed_at IS NULL
                  THEN version.created_at END
      FROM document_versions AS version WHERE version.document_id = documents.id ORDER BY version.number DESC LIMIT 1);
    INSERT INTO change_grams (change_grams, rank) VALUES ('automerge', 0), ('crisismerge', 1999), ('usermerge', 8);
    CREATE INDEX documents_unstamped ON documents (unstamped_since) WHERE unstamped_since IS NOT NULL;
  `)
}
