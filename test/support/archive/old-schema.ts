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

/** Makes a database look as an older program left it, with its rows. For tests of single migrations. */
export function backToSchema(raw: Database, version: 1 | 2): void {
  const statements = firstSchema().filter(({ name }) => OLD_SEARCH_TABLES.includes(name))
  raw.transaction(() => {
    for (const name of NEW_SEARCH_TABLES) raw.exec(`DROP TABLE ${name}`)
    for (const { sql } of statements) raw.exec(sql)
    raw.exec('CREATE INDEX search_facets_amount ON search_facets (amount, rid)')
    raw.exec('ALTER TABLE links RENAME COLUMN answer_check TO mac_key; DROP INDEX mails_troubled')
    if (version === 1) raw.exec('DROP TABLE change_groups; DROP TABLE change_grams')
    raw.pragma(`user_version = ${version}`)
  })()
}

function firstSchema(): { readonly name: string; readonly sql: string }[] {
  const texts: string[] = []
  schema1({ exec: (sql: string) => texts.push(sql) } as unknown as Database)
  return [...texts.join('\n').matchAll(/CREATE (?:VIRTUAL )?TABLE (\w+)[^;]*;/g)].map(([sql, name = '']) => ({
    name,
    sql,
  }))
}
