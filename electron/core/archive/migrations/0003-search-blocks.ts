import type { Database } from 'better-sqlite3'

/**
 * The search index in blocks and runs (`search/README.md`) instead of FTS5: derived data, so the old tables go and the
 * archive makes the new index from the cases while it is open.
 */
export function up(db: Database): void {
  db.exec(`
    DROP TABLE search_grams;
    DROP TABLE search_facets;
    DROP TABLE search_texts;
    DELETE FROM search_bodies;
    DELETE FROM search_pending;
    DELETE FROM search_state;
    CREATE TABLE search_entries (
      rid INTEGER PRIMARY KEY, after_block INTEGER NOT NULL, amount INTEGER, state INTEGER NOT NULL, method INTEGER NOT NULL,
      kind INTEGER NOT NULL, department INTEGER NOT NULL, folder INTEGER NOT NULL, creator INTEGER NOT NULL,
      fiscal_year INTEGER NOT NULL, retention_end INTEGER, hold INTEGER NOT NULL, title TEXT NOT NULL, party TEXT NOT NULL, rest TEXT NOT NULL,
      body_units INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE search_dead (rid INTEGER PRIMARY KEY, until_block INTEGER NOT NULL) STRICT;
    CREATE TABLE search_blocks (
      id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, cases INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE search_columns (block INTEGER PRIMARY KEY, rids BLOB NOT NULL, columns BLOB NOT NULL) STRICT;
    CREATE TABLE search_block_texts (block INTEGER PRIMARY KEY, texts BLOB NOT NULL) STRICT;
    CREATE TABLE search_runs (id INTEGER PRIMARY KEY, state TEXT NOT NULL, cases INTEGER NOT NULL) STRICT;
    CREATE TABLE search_postings (key INTEGER PRIMARY KEY, blocks BLOB NOT NULL) STRICT;
  `)
}
