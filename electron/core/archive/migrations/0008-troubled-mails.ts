import type { Database } from 'better-sqlite3'

/** The few mails that need somebody's care, among all that were ever sent: ホーム asks for them each time it is shown. */
export function up(db: Database): void {
  db.exec("CREATE INDEX mails_troubled ON mails (created_at) WHERE state IN ('queued', 'dead', 'returned')")
}
