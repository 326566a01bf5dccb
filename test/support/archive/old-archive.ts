/**
 * Archives as earlier programs left them: rows that a program of schema 1 wrote (a whole main job, frozen in
 * `test/fixtures/archive/schema-1.jsonl`), carried on to any later version by the migrations of that time.
 */
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Connection, openDatabase } from '../../../electron/core/archive/database.ts'
import { migrate } from '../../../electron/core/archive/migrations/run.ts'
import { createArchive } from '../../../electron/core/archive/open.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { CLERK_KEY } from './temporary-archive.ts'

type Value = string | number | null | Uint8Array
export type Row = Readonly<Record<string, Value>>

/** Rows by table, in the order of all their values. */
export type Contents = ReadonlyMap<string, readonly Row[]>

const FIXTURE = join(import.meta.dirname, '../../fixtures/archive/schema-1.jsonl')

/** Makes an archive of schema `version` in `folder`, opened by `CLERK_KEY`; @returns what its tables hold */
export async function makeOldArchive(folder: string, version: number): Promise<Contents> {
  const archive = await createArchive({ folder, clock: systemClock }, CLERK_KEY)
  const key = archive.master().derive('database')
  const files = new Map<string, Row>()
  for (const [table, row] of frozenRows())
    if (table === 'document_versions' && row.file_id !== null) {
      // The vault's own format does not change with the schema: small files stand for the signed PDFs.
      const bytes = Buffer.from(`version ${row.id}`)
      const { fileId } = await archive.vault.put(bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      files.set(String(row.id), { file_id: fileId, sha256, size_bytes: bytes.length })
    }
  archive.close()
  const path = join(folder, 'archive.db')
  rmSync(path)
  const connection = openDatabase(path, key)
  try {
    const { raw } = connection
    migrate(raw, 1)
    raw.pragma('foreign_keys = OFF')
    for (const [table, row] of frozenRows())
      insert(raw, table, table === 'document_versions' ? { ...row, ...files.get(String(row.id)) } : row)
    raw.pragma('foreign_keys = ON')
    migrate(raw, version)
    return contentsOf(raw)
  } finally {
    connection.close()
  }
}

/** Everything that is not derived: the search index is made anew, and history's grams have no rows of their own. */
export function contentsOf(raw: Connection['raw']): Contents {
  const tables = raw
    .prepare<[], { name: string }>(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
       AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%' AND name NOT LIKE 'change_g%'`,
    )
    .all()
  return new Map(
    tables.map(({ name }) => {
      const rows = raw.prepare<[], Row>(`SELECT * FROM "${name}"`).all()
      return [name, rows.sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1))]
    }),
  )
}

function orderOf(row: Row): string {
  return JSON.stringify(Object.values(row))
}

function* frozenRows(): Generator<[string, Row]> {
  for (const line of readFileSync(FIXTURE, 'utf8').trimEnd().split('\n')) {
    const [table, values] = JSON.parse(line) as [string, Record<string, Value | { base64: string }>]
    const row = Object.entries(values).map(([name, value]) => [name, plain(value)])
    yield [table, Object.fromEntries(row) as Row]
  }
}

function plain(value: Value | { readonly base64: string }): Value {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  return Buffer.from(value.base64, 'base64')
}

function insert(raw: Connection['raw'], table: string, row: Row): void {
  const names = Object.keys(row)
  const values = Object.values(row).map((value) =>
    typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value,
  )
  raw
    .prepare(`INSERT INTO "${table}" (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...values)
}
