/** What the index holds of one case, made from its rows. */
import { normaliseText } from '../../../../shared/text/normalise.ts'
import type { ReadableDb, WritableDb } from '../database.ts'
import { type BlockRow, LAST_VALUE } from './block.ts'
import { ridRangeOf } from './rid.ts'

/** Facets whose values are words in `cases` and small numbers here (`search_values`). */
export type FacetKind = 'state' | 'method' | 'kind' | 'department' | 'folder' | 'creator' | 'confidentiality'

/** Folder number of a case outside every folder. */
export const NO_FOLDER = 0

/** A recent entry: in `search_entries`, and its words inside PDFs in `search_bodies`. */
export type Entry = BlockRow & { readonly body: string }

/** What `cases` says of a case, as far as an entry needs it. */
export type CaseRow = {
  rowid: number
  id: string
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
  confidentiality: string
  retention_ends_on: string | null
  hold: number
  search_rid: number | null
}

const CASE_SQL = `SELECT rowid, id, state, title, contract_number, method, kind, amount, contract_date, department, folder_id,
  remarks, fiscal_year, created_by, confidentiality, retention_ends_on, hold, search_rid FROM cases`

/** Numbers of facet values, for many entries in a row. They never change. */
export type KnownValues = Map<string, number>

/**
 * Makes a case's entry anew: the old one is dead from now on, the new one is recent.
 * @returns numbers that have got another entry or none
 */
export function renewEntry(db: WritableDb, caseId: string): readonly number[] {
  const row = db.firstSql<CaseRow>(`${CASE_SQL} WHERE id = ?`, caseId)
  if (row === undefined) return []
  const old = row.search_rid === null ? [] : [row.search_rid]
  for (const rid of old) removeEntry(db, rid)
  if (row.state === 'deleted') {
    db.runSql('UPDATE cases SET search_rid = NULL WHERE id = ?', caseId)
    return old
  }
  const rid = chooseRid(db, row)
  if (rid !== row.search_rid) db.runSql('UPDATE cases SET search_rid = ? WHERE id = ?', rid, caseId)
  const entry = makeEntry(db, { ...row, search_rid: rid }, new Map())
  insertEntry(db, entry)
  writeBody(db, entry)
  return [...old, rid]
}

/**
 * Cases that have a number but no recent entry, in the order they were made: they lie together on the disk.
 * @param after the `rowid` before the first
 */
export function listUnentered(db: ReadableDb, after: number, limit: number): CaseRow[] {
  return db.allSql<CaseRow>(
    `${CASE_SQL} WHERE rowid > ? AND search_rid IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM search_entries AS entry WHERE entry.rid = cases.search_rid)
     ORDER BY rowid LIMIT ?`,
    after,
    limit,
  )
}

/** The entry of a case that has its number; nothing is written but new facet values. */
export function makeEntry(db: WritableDb, row: CaseRow, known: KnownValues): Entry {
  const value = (kind: FacetKind, plain: string): number => valueId(db, known, { kind, plain })
  return {
    rid: row.search_rid ?? 0,
    case_row: row.rowid,
    amount: row.amount,
    state: value('state', row.state),
    method: value('method', row.method),
    kind: value('kind', row.kind),
    department: value('department', row.department),
    folder: row.folder_id === null ? NO_FOLDER : value('folder', row.folder_id),
    creator: value('creator', row.created_by),
    fiscal_year: row.fiscal_year,
    confidentiality: value('confidentiality', row.confidentiality),
    retention_end: row.retention_ends_on === null ? null : Number(row.retention_ends_on.replaceAll('-', '')),
    hold: row.hold,
    ...caseTexts(db, row),
    body: bodyText(db, row.id),
  }
}

/** Whatever a block holds under this number does not count any more; a recent entry is gone. */
function removeEntry(db: WritableDb, rid: number): void {
  db.runSql('DELETE FROM search_entries WHERE rid = ?', rid)
  db.runSql('DELETE FROM search_bodies WHERE rid = ?', rid)
  db.runSql(
    'INSERT OR REPLACE INTO search_dead (rid, until_block) SELECT ?, max(id) FROM search_blocks HAVING count(*) > 0',
    rid,
  )
}

/** Its number must be free. */
function insertEntry(db: WritableDb, entry: Entry): void {
  db.runSql(
    `INSERT INTO search_entries (rid, after_block, amount, state, method, kind, department, folder, creator, fiscal_year,
       confidentiality, retention_end, hold, title, party, rest, body_units)
     VALUES (?, (SELECT coalesce(max(id), 0) FROM search_blocks), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    entry.rid,
    entry.amount,
    entry.state,
    entry.method,
    entry.kind,
    entry.department,
    entry.folder,
    entry.creator,
    entry.fiscal_year,
    entry.confidentiality,
    entry.retention_end,
    entry.hold,
    entry.title,
    entry.party,
    entry.rest,
    entry.body.length,
  )
}

/** Words inside PDFs stay readable for the check of long words, whether the entry is recent or in a block. */
export function writeBody(db: WritableDb, { rid, body }: Pick<Entry, 'rid' | 'body'>): void {
  if (body === '') db.runSql('DELETE FROM search_bodies WHERE rid = ?', rid)
  else db.runSql('INSERT OR REPLACE INTO search_bodies (rid, text) VALUES (?, ?)', rid, body)
}

const ENTRY_SQL = `SELECT entry.*, cases.rowid AS case_row, coalesce(body.text, '') AS body
  FROM search_entries AS entry JOIN cases ON cases.search_rid = entry.rid
  LEFT JOIN search_bodies AS body ON body.rid = entry.rid`

/** All recent entries, by number. */
export function listRecentEntries(db: ReadableDb): Entry[] {
  return db.allSql<Entry>(`${ENTRY_SQL} ORDER BY entry.rid`)
}

export function readRecentEntry(db: ReadableDb, rid: number): Entry | undefined {
  return db.firstSql<Entry>(`${ENTRY_SQL} WHERE entry.rid = ?`, rid)
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

/** The number of a value; a new one for a value never seen. */
function valueId(
  db: WritableDb,
  known: KnownValues,
  { kind, plain }: { readonly kind: FacetKind; readonly plain: string },
): number {
  const key = `${kind} ${plain}`
  const id = known.get(key) ?? findValueId(db, kind, plain)
  if (id !== undefined) {
    known.set(key, id)
    return id
  }
  // Not remembered: the transaction may still be rolled back.
  db.runSql('INSERT INTO search_values (kind, value) VALUES (?, ?)', kind, plain)
  const made = findValueId(db, kind, plain)
  if (made === undefined || made > LAST_VALUE) throw new Error('More facet values than the index can number')
  return made
}

export function findValueId(db: ReadableDb, kind: FacetKind, value: string): number | undefined {
  return db.firstSql<{ id: number }>('SELECT id FROM search_values WHERE kind = ? AND value = ?', kind, value)
    ?.id
}

/** `rest` begins with the contract number's line, empty or not: `find-hits.ts` looks for numbers there. */
function caseTexts(db: ReadableDb, row: CaseRow): Pick<Entry, 'title' | 'party' | 'rest'> {
  const parties = db.allSql<{
    name: string
    address: string
    representative: string
    corporate_number: string
  }>(
    'SELECT name, address, representative, corporate_number FROM counterparties WHERE case_id = ? ORDER BY position',
    row.id,
  )
  const lines = (...texts: readonly string[]): string => texts.map(normaliseText).filter(Boolean).join('\n')
  const others = lines(
    row.department,
    ...parties.flatMap((party) => [party.representative, party.address]),
    row.remarks,
  )
  return {
    title: normaliseText(row.title),
    party: lines(...parties.flatMap((party) => [party.name, party.corporate_number])),
    rest: `${normaliseText(row.contract_number)}\n${others}`,
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
