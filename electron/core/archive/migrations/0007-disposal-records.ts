import type { Database } from 'better-sqlite3'

/**
 * 廃棄の記録: what a certificate says, frozen when the second person confirmed. Disposals made before get one record per
 * confirmation, from the rows that stayed. The partial index finds files that a crash kept from being destroyed.
 */
export function up(db: Database): void {
  db.exec(`
    CREATE TABLE disposal_runs (
      id TEXT PRIMARY KEY, fiscal_year INTEGER NOT NULL, number INTEGER NOT NULL, town_name TEXT NOT NULL,
      confirmed_at INTEGER NOT NULL, confirmed_by TEXT NOT NULL, confirmed_by_name TEXT NOT NULL,
      UNIQUE (fiscal_year, number)
    ) STRICT;
    CREATE INDEX disposal_runs_confirmed ON disposal_runs (confirmed_at);
    CREATE TABLE disposal_items (
      run_id TEXT NOT NULL REFERENCES disposal_runs (id), position INTEGER NOT NULL,
      case_id TEXT NOT NULL UNIQUE REFERENCES cases (id), facts_json TEXT NOT NULL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER disposal_runs_stay_update BEFORE UPDATE ON disposal_runs BEGIN SELECT RAISE(ABORT, 'disposals are append-only'); END;
    CREATE TRIGGER disposal_runs_stay_delete BEFORE DELETE ON disposal_runs BEGIN SELECT RAISE(ABORT, 'disposals are append-only'); END;
    CREATE TRIGGER disposal_items_stay_update BEFORE UPDATE ON disposal_items BEGIN SELECT RAISE(ABORT, 'disposals are append-only'); END;
    CREATE TRIGGER disposal_items_stay_delete BEFORE DELETE ON disposal_items BEGIN SELECT RAISE(ABORT, 'disposals are append-only'); END;
    CREATE INDEX disposals_open ON disposals (case_id) WHERE confirmed_at IS NULL;
    CREATE INDEX document_versions_to_destroy ON document_versions (file_id)
      WHERE destroyed_at IS NOT NULL AND file_id IS NOT NULL;
  `)
  const town = db
    .prepare<[], { value_json: string }>("SELECT value_json FROM settings WHERE key = 'town'")
    .get()
  const townName = String((JSON.parse(town?.value_json ?? '{}') as { townName?: unknown }).townName ?? '')
  const insertRun = db.prepare('INSERT INTO disposal_runs VALUES (?, ?, ?, ?, ?, ?, ?)')
  const insertItem = db.prepare('INSERT INTO disposal_items VALUES (?, ?, ?, ?)')
  let run: { key: string; id: string; items: bigint } | undefined
  const numbers = new Map<number, bigint>()
  for (const row of db.prepare<[], DisposedRow>(DISPOSED).all()) {
    const at = Number(row.confirmed_at)
    const key = `${at} ${row.confirmed_by}`
    if (run?.key !== key) {
      const year = fiscalYearOf(at)
      const number = (numbers.get(year) ?? 0n) + 1n
      numbers.set(year, number)
      run = { key, id: row.case_id, items: 0n }
      insertRun.run(
        run.id,
        BigInt(year),
        number,
        townName,
        BigInt(at),
        row.confirmed_by,
        row.confirmed_by_name,
      )
    }
    insertItem.run(run.id, run.items, row.case_id, JSON.stringify(factsOf(db, row)))
    run.items += 1n
  }
}

type DisposedRow = {
  case_id: string
  proposed_at: number
  proposed_by_name: string
  why: string
  confirmed_at: number
  confirmed_by: string
  confirmed_by_name: string
  title: string
  contract_number: string
  contract_date: string | null
  completed_on: string | null
  retention_ends_on: string | null
}

const DISPOSED = `
  SELECT d.case_id, d.proposed_at, d.proposed_by_name, d.why, d.confirmed_at, d.confirmed_by, d.confirmed_by_name,
         c.title, c.contract_number, c.contract_date, c.completed_on, c.retention_ends_on
  FROM disposals AS d JOIN cases AS c ON c.id = d.case_id
  WHERE d.confirmed_at IS NOT NULL ORDER BY d.confirmed_at, d.confirmed_by, d.case_id`

function factsOf(db: Database, row: DisposedRow) {
  const parties = db
    .prepare<[string], { name: string }>(
      'SELECT name FROM counterparties WHERE case_id = ? ORDER BY position',
    )
    .all(row.case_id)
  const files = db
    .prepare<[string], { title: string; number: number; sha256: string; size_bytes: number }>(
      `SELECT documents.title, version.number, version.sha256, version.size_bytes
       FROM document_versions AS version JOIN documents ON documents.id = version.document_id
       WHERE documents.case_id = ? AND version.destroyed_at IS NOT NULL ORDER BY documents.position, version.number`,
    )
    .all(row.case_id)
  return {
    title: row.title,
    contractNumber: row.contract_number,
    counterparties: parties.map(({ name }) => name),
    contractDate: row.contract_date,
    completedOn: row.completed_on,
    retentionEndsOn: row.retention_ends_on,
    proposedAt: Number(row.proposed_at),
    proposedByName: row.proposed_by_name,
    why: row.why,
    files: files.map((file) => ({
      title: file.title,
      number: Number(file.number),
      sha256: file.sha256,
      sizeBytes: Number(file.size_bytes),
    })),
  }
}

/** 1 April to 31 March, in Japan. */
function fiscalYearOf(at: number): number {
  const day = new Date(at + 9 * 3_600_000)
  return day.getUTCMonth() < 3 ? day.getUTCFullYear() - 1 : day.getUTCFullYear()
}
