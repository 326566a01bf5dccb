import type { Database } from 'better-sqlite3'

/**
 * 機密区分 of a case (`office`: what every case was treated as before), also in the search index; an index for deletions in
 * the history; an order of saved searches.
 */
export function up(db: Database): void {
  db.exec(`
    ALTER TABLE cases ADD COLUMN confidentiality TEXT NOT NULL DEFAULT 'office';
    DELETE FROM search_entries;
    ALTER TABLE search_entries ADD COLUMN confidentiality INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX changes_deletions ON changes (seq)
      WHERE field = 'removed' OR (field = 'state' AND new_value = 'deleted');
    ALTER TABLE saved_searches ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
  `)
}
