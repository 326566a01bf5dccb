import type { Database } from 'better-sqlite3'
import { up as schema1 } from '../../../electron/core/archive/migrations/0001-initial.ts'

/** Tables of the search index as the schemas 1 and 2 had them, from the frozen first migration. */
const OLD_SEARCH_TABLES = ['search_facets', 'search_texts', 'search_grams']
const NEW_SEARCH_TABLES = [
  'search_entries',
  'search_dead',
  'search_blocks',
  'search_columns',
  'search_block_texts',
  'search_runs',
  'search_postings',
]

/** Takes back what a migration did, by the number of the schema it made. */
const UNDO: Readonly<Record<number, (raw: Database) => void>> = {
  9: undoKeptEvidence,
  8: (raw) => raw.exec('DROP INDEX mails_troubled'),
  7: undoDisposalRecords,
  6: undoArchiveScreens,
  5: undoImportFiles,
  4: (raw) => raw.exec('ALTER TABLE links RENAME COLUMN answer_check TO mac_key'),
  3: undoSearchBlocks,
  2: (raw) => raw.exec('DROP TABLE change_groups; DROP TABLE change_grams'),
}

/** Makes a database look as an older program left it, with its rows. For tests of single migrations. */
export function backToSchema(raw: Database, version: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8): void {
  raw.transaction(() => {
    for (let number = Number(raw.pragma('user_version', { simple: true })); number > version; number -= 1)
      UNDO[number]?.(raw)
    raw.pragma(`user_version = ${version}`)
  })()
}

function undoArchiveScreens(raw: Database): void {
  raw.exec(`
    ALTER TABLE cases DROP COLUMN confidentiality;
    ALTER TABLE search_entries DROP COLUMN confidentiality;
    ALTER TABLE saved_searches DROP COLUMN position;
    DROP INDEX changes_deletions;
    UPDATE search_state SET value = '3' WHERE key = 'version';
  `)
}

function undoImportFiles(raw: Database): void {
  raw.exec(`
    DROP TABLE import_files;
    DROP INDEX documents_unstamped;
    ALTER TABLE documents DROP COLUMN unstamped_since;
    INSERT INTO change_grams (change_grams, rank) VALUES ('automerge', 4), ('crisismerge', 16), ('usermerge', 4);
  `)
  for (const column of ['title', 'file', 'cell', 'verdict'])
    raw.exec(`ALTER TABLE import_rows DROP COLUMN ${column}`)
  for (const column of ['owner_id', 'made', 'duplicate', 'refused', 'unlisted', 'unstamped'])
    raw.exec(`ALTER TABLE imports DROP COLUMN ${column}`)
}

function undoSearchBlocks(raw: Database): void {
  const statements = firstSchema().filter(({ name }) => OLD_SEARCH_TABLES.includes(name))
  for (const name of NEW_SEARCH_TABLES) raw.exec(`DROP TABLE ${name}`)
  for (const { sql } of statements) raw.exec(sql)
  raw.exec('CREATE INDEX search_facets_amount ON search_facets (amount, rid)')
}

function firstSchema(): { readonly name: string; readonly sql: string }[] {
  const texts: string[] = []
  schema1({ exec: (sql: string) => texts.push(sql) } as unknown as Database)
  return [...texts.join('\n').matchAll(/CREATE (?:VIRTUAL )?TABLE (\w+)[^;]*;/g)].map(([sql, name = '']) => ({
    name,
    sql,
  }))
}

function undoKeptEvidence(raw: Database): void {
  raw.exec(`
    DROP INDEX documents_evidence;
    DROP INDEX documents_renewal;
    ALTER TABLE documents DROP COLUMN evidence_until;
    ALTER TABLE documents DROP COLUMN renewal_due;
    CREATE INDEX document_versions_evidence ON document_versions (evidence_until) WHERE evidence_until IS NOT NULL;
  `)
}

function undoDisposalRecords(raw: Database): void {
  for (const name of ['TABLE disposal_items', 'TABLE disposal_runs', 'INDEX disposals_open'])
    raw.exec(`DROP ${name}`)
  raw.exec('DROP INDEX document_versions_to_destroy')
}
