import type { Database } from 'better-sqlite3'

/**
 * `links.mac_key` never held a key: it is the JSON with which the answer of a link is judged (the public half of its response
 * key and the facts it was sent with). SQLite changes the name in the schema only; no row is rewritten.
 */
export function up(db: Database): void {
  db.exec('ALTER TABLE links RENAME COLUMN mac_key TO answer_check')
}
