/** Files that came from outside and carry no timestamp yet (L16), and whether a vault file belongs to a document. */
import { CaseId, DocumentId, EpochMs, type IsoDate } from '../../../../shared/model/brand.ts'
import { query, type ReadableDb } from '../database.ts'
import type { FileId } from '../vault.ts'
import { japanDay } from './japan-day.ts'

export type UnstampedFile = {
  readonly caseId: CaseId
  readonly documentId: DocumentId
  readonly role: 'sign' | 'attachment'
  readonly receivedAt: EpochMs
}

/**
 * Concluded cases' contracts and attachments whose newest version was taken in as it is and has no evidence
 * (`documents.unstamped_since`, kept by `addVersion` and `writeEvidence`). The day of receipt is the day they entered the
 * archive. Oldest first.
 */
export function listUnstampedFiles(
  db: ReadableDb,
  limit = 10_000,
  roles: readonly UnstampedFile['role'][] = ROLES,
): UnstampedFile[] {
  // CROSS JOIN: left to itself SQLite walks all concluded cases instead of the few files that wait.
  const rows = query
    .selectFrom('documents')
    .crossJoin('cases')
    .whereRef('cases.id', '=', 'documents.case_id')
    .where('documents.unstamped_since', 'is not', null)
    .where('documents.removed_at', 'is', null)
    .where('documents.role', 'in', roles)
    .where('cases.state', '=', 'concluded')
    .where('cases.sample', '=', 0)
    .select(COLUMNS)
    .orderBy('documents.unstamped_since')
    .limit(limit)
  return db.all(rows).map(unstampedOf)
}

export type UnstampedCount = {
  /** Day of receipt, in Japan. */
  readonly receivedOn: IsoDate
  readonly role: 'sign' | 'attachment'
  readonly count: number
}

/** How many of them there are, by day and role, oldest first: ten thousand waiting files are a few rows for ホーム. */
export function countUnstampedFiles(db: ReadableDb): UnstampedCount[] {
  const days = db.allSql<{ received_at: number; role: string; n: number }>(
    `SELECT min(documents.unstamped_since) AS received_at, documents.role, count(*) AS n
     FROM documents CROSS JOIN cases ON cases.id = documents.case_id
     WHERE documents.unstamped_since IS NOT NULL AND documents.removed_at IS NULL
       AND documents.role IN ('sign', 'attachment') AND cases.state = 'concluded' AND cases.sample = 0
     GROUP BY (documents.unstamped_since + ${JAPAN_OFFSET_MS}) / ${DAY_MS}, documents.role ORDER BY received_at`,
  )
  return days.map(({ received_at, role, n }) => ({
    receivedOn: japanDay(EpochMs.parse(received_at)),
    role: role === 'sign' ? 'sign' : 'attachment',
    count: n,
  }))
}

const JAPAN_OFFSET_MS = 9 * 3_600_000
const DAY_MS = 24 * 3_600_000

/** The next one that an import brought, in the order of its lines. */
export function nextUnstampedOfImport(
  db: ReadableDb,
  importId: string,
  afterLine: number,
): (UnstampedFile & { readonly line: number }) | undefined {
  const row = db.first(
    query
      .selectFrom('import_rows')
      .crossJoin('documents')
      .whereRef('documents.case_id', '=', 'import_rows.case_id')
      .where('import_rows.import_id', '=', importId)
      .where('import_rows.outcome', '=', 'made')
      .where('import_rows.line', '>', afterLine)
      .where('documents.unstamped_since', 'is not', null)
      .where('documents.removed_at', 'is', null)
      .where('documents.role', 'in', ROLES)
      .select([...COLUMNS, 'import_rows.line'])
      .orderBy('import_rows.line')
      .limit(1),
  )
  return row === undefined ? undefined : { ...unstampedOf(row), line: row.line }
}

const ROLES = ['sign', 'attachment'] as const
const COLUMNS = ['documents.id', 'documents.case_id', 'documents.role', 'documents.unstamped_since'] as const

function unstampedOf(row: {
  id: string
  case_id: string
  role: string
  unstamped_since: number | null
}): UnstampedFile {
  return {
    caseId: CaseId.parse(row.case_id),
    documentId: DocumentId.parse(row.id),
    role: row.role === 'sign' ? 'sign' : 'attachment',
    receivedAt: EpochMs.parse(row.unstamped_since),
  }
}

export function isFileInUse(db: ReadableDb, fileId: FileId): boolean {
  return (
    db.first(query.selectFrom('document_versions').select('id').where('file_id', '=', fileId)) !== undefined
  )
}
