/** Keeps the search index beside the cases. It is derived data: `rebuildIndex` makes it anew at any time. */

import { setImmediate } from 'node:timers/promises'
import { normaliseText } from '../../../../shared/text/normalise.ts'
import type { Connection, ReadableDb, WritableDb } from '../database.ts'
import type { SearchFacetsRow } from '../tables/schema.ts'
import { gramsOf } from './grams.ts'
import { ridRangeOf } from './rid.ts'
import { amountTokens, type FacetKind, facetToken } from './tokens.ts'

/** Folder number of a case outside every folder. */
export const NO_FOLDER = 0

/** What a change of `shared/text` or of the grams must raise: the archive rebuilds its index when it opens. */
export const INDEX_VERSION = '2'

/** Makes the entries of all marked cases anew; runs at the end of every transaction that marked one. */
export function refreshIndex(db: WritableDb): number {
  const pending = db.allSql<{ case_id: string }>('SELECT case_id FROM search_pending')
  for (const { case_id: caseId } of pending) indexCase(db, caseId, 'renew')
  if (pending.length > 0) db.runSql('DELETE FROM search_pending')
  return pending.length
}

/** True when the index was made by another version of the normalisation. */
export function isIndexStale(db: ReadableDb): boolean {
  const row = db.firstSql<{ value: string }>("SELECT value FROM search_state WHERE key = 'version'")
  return row?.value !== INDEX_VERSION
}

/** Cases whose entries are written in one transaction. */
const BATCH = 20_000
/** Bytes of new grams FTS5 holds before it writes a segment; the default of 1 MiB makes thousands of small ones. */
const BULK_HASH_BYTES = 64 * 1024 * 1024

/**
 * Everything anew, in the order of the numbers (FTS5 writes out what it holds whenever a number goes back).
 * Idempotent; cut off in between, the archive does it again when it opens. Lets other work of the process run between
 * batches, but nothing may search meanwhile.
 */
export async function rebuildIndex(
  connection: Pick<Connection, 'db' | 'transaction'>,
  onProgress: (done: number) => void = () => undefined,
): Promise<number> {
  connection.transaction((db) => {
    db.runSql('DELETE FROM search_state')
    db.runSql("INSERT INTO search_grams (search_grams) VALUES ('delete-all')")
    for (const table of ['search_facets', 'search_texts', 'search_bodies', 'search_pending'])
      db.runSql(`DELETE FROM ${table}`)
  })
  const ids = connection.db
    .allSql<{ id: string }>(
      "SELECT id FROM cases WHERE state <> 'deleted' ORDER BY contract_date NULLS FIRST, search_rid NULLS LAST, created_at, id",
    )
    .map((row) => row.id)
  configureGrams(connection, { hashsize: BULK_HASH_BYTES, automerge: 0 })
  for (let start = 0; start < ids.length; start += BATCH) {
    connection.transaction((db) => {
      for (const id of ids.slice(start, start + BATCH)) indexCase(db, id, 'build')
    })
    onProgress(Math.min(ids.length, start + BATCH))
    await setImmediate()
  }
  connection.transaction((db) => db.runSql("INSERT INTO search_grams (search_grams) VALUES ('optimize')"))
  configureGrams(connection, { hashsize: 1024 * 1024, automerge: 4 })
  connection.transaction((db) =>
    db.runSql('INSERT OR REPLACE INTO search_state (key, value) VALUES (?, ?)', 'version', INDEX_VERSION),
  )
  return ids.length
}

function configureGrams(
  connection: Pick<Connection, 'transaction'>,
  options: Readonly<Record<'hashsize' | 'automerge', number>>,
): void {
  connection.transaction((db) => {
    for (const [name, value] of Object.entries(options))
      db.runSql('INSERT INTO search_grams (search_grams, rank) VALUES (?, ?)', name, value)
  })
}

type CaseRow = {
  state: string
  title: string
  contract_number: string
  method: string
  kind: string
  amount: number | null
  contract_date: string | null
  department: string
  folder_id: string | null
  remarks: string
  fiscal_year: number
  created_by: string
  retention_ends_on: string | null
  search_rid: number | null
}

const CASE_SQL = `SELECT state, title, contract_number, method, kind, amount, contract_date, department, folder_id,
  remarks, fiscal_year, created_by, retention_ends_on, search_rid FROM cases WHERE id = ?`

function indexCase(db: WritableDb, caseId: string, how: 'renew' | 'build'): void {
  const row = db.firstSql<CaseRow>(CASE_SQL, caseId)
  if (row === undefined) return
  if (row.search_rid !== null && how === 'renew') removeEntry(db, row.search_rid)
  if (row.state === 'deleted') {
    db.runSql('UPDATE cases SET search_rid = NULL WHERE id = ?', caseId)
    return
  }
  const rid = chooseRid(db, row)
  if (rid !== row.search_rid) db.runSql('UPDATE cases SET search_rid = ? WHERE id = ?', rid, caseId)
  const entry = { rid, facets: facetsOf(db, row), ...caseTexts(db, caseId, row), body: bodyText(db, caseId) }
  writeEntry(db, entry)
}

type Facets = Omit<SearchFacetsRow, 'rid'>
/** One case as the index holds it; texts are normalised. */
export type IndexEntry = {
  readonly rid: number
  readonly facets: Facets
  readonly title: string
  readonly party: string
  readonly rest: string
  readonly body: string
}

/** Adds an entry; its number must be free. */
export function writeEntry(db: WritableDb, entry: IndexEntry): void {
  const { rid, facets } = entry
  db.runSql(
    `INSERT INTO search_facets (rid, amount, state, method, kind, department, folder, creator, fiscal_year, retention_end)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    rid,
    facets.amount,
    facets.state,
    facets.method,
    facets.kind,
    facets.department,
    facets.folder,
    facets.creator,
    facets.fiscal_year,
    facets.retention_end,
  )
  db.runSql(
    'INSERT INTO search_texts (rid, title, party, rest) VALUES (?, ?, ?, ?)',
    rid,
    entry.title,
    entry.party,
    entry.rest,
  )
  if (entry.body !== '') db.runSql('INSERT INTO search_bodies (rid, text) VALUES (?, ?)', rid, entry.body)
  const tokens = [
    facetToken('state', facets.state),
    facetToken('method', facets.method),
    facetToken('kind', facets.kind),
    facetToken('department', facets.department),
    facetToken('folder', facets.folder),
    facetToken('creator', facets.creator),
    facetToken('fiscal-year', facets.fiscal_year),
    ...amountTokens(facets.amount),
  ]
  const grams = gramsOf(entry.title, entry.party, entry.rest, entry.body)
  db.runSql('INSERT INTO search_grams (rowid, grams) VALUES (?, ?)', rid, `${tokens.join(' ')} ${grams}`)
}

function facetsOf(db: WritableDb, row: CaseRow): Facets {
  const value = (kind: FacetKind, plain: string): number => valueId(db, kind, plain)
  return {
    amount: row.amount,
    state: value('state', row.state),
    method: value('method', row.method),
    kind: value('kind', row.kind),
    department: value('department', row.department),
    folder: row.folder_id === null ? NO_FOLDER : value('folder', row.folder_id),
    creator: value('creator', row.created_by),
    fiscal_year: row.fiscal_year,
    retention_end: row.retention_ends_on === null ? null : Number(row.retention_ends_on.replaceAll('-', '')),
  }
}

function removeEntry(db: WritableDb, rid: number): void {
  db.runSql('DELETE FROM search_facets WHERE rid = ?', rid)
  db.runSql('DELETE FROM search_texts WHERE rid = ?', rid)
  db.runSql('DELETE FROM search_bodies WHERE rid = ?', rid)
  db.runSql('DELETE FROM search_grams WHERE rowid = ?', rid)
}

/** Keeps the number while the date stays; else the next free one of the day. */
function chooseRid(db: WritableDb, row: CaseRow): number {
  const range = ridRangeOf(row.contract_date)
  if (row.search_rid !== null && row.search_rid >= range.from && row.search_rid <= range.to)
    return row.search_rid
  const last = db.firstSql<{ rid: number | null }>(
    'SELECT max(search_rid) AS rid FROM cases WHERE search_rid BETWEEN ? AND ?',
    range.from,
    range.to,
  )
  const rid = last?.rid === null || last?.rid === undefined ? range.from : last.rid + 1
  if (rid > range.to) throw new Error('More cases on one day than the index can number')
  return rid
}

/** Small numbers instead of words keep the facet table narrow. */
export function valueId(db: WritableDb, kind: FacetKind, value: string): number {
  const known = db.firstSql<{ id: number }>(
    'SELECT id FROM search_values WHERE kind = ? AND value = ?',
    kind,
    value,
  )
  if (known !== undefined) return known.id
  db.runSql('INSERT INTO search_values (kind, value) VALUES (?, ?)', kind, value)
  return valueId(db, kind, value)
}

function caseTexts(
  db: ReadableDb,
  caseId: string,
  row: CaseRow,
): { readonly title: string; readonly party: string; readonly rest: string } {
  const parties = db.allSql<{
    name: string
    address: string
    representative: string
    corporate_number: string
  }>(
    'SELECT name, address, representative, corporate_number FROM counterparties WHERE case_id = ? ORDER BY position',
    caseId,
  )
  const lines = (...texts: readonly string[]): string => texts.map(normaliseText).filter(Boolean).join('\n')
  return {
    title: normaliseText(row.title),
    party: lines(...parties.flatMap((party) => [party.name, party.corporate_number])),
    rest: lines(
      row.contract_number,
      row.department,
      ...parties.flatMap((party) => [party.representative, party.address]),
      row.remarks,
    ),
  }
}

function bodyText(db: ReadableDb, caseId: string): string {
  const pages = db.allSql<{ text: string }>(
    `SELECT page.text FROM documents JOIN document_pages AS page ON page.document_id = documents.id
     WHERE documents.case_id = ? AND documents.removed_at IS NULL ORDER BY documents.position, page.page`,
    caseId,
  )
  return pages
    .map((page) => normaliseText(page.text))
    .filter(Boolean)
    .join('\n')
}
