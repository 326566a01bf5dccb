import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WritableDb } from '../../../../../electron/core/archive/database.ts'
import { listCases, listDeadlines } from '../../../../../electron/core/archive/tables/case-list.ts'
import { listCaseChanges } from '../../../../../electron/core/archive/tables/changes.ts'
import {
  listDisposalCandidates,
  listFilesToDestroy,
} from '../../../../../electron/core/archive/tables/disposals.ts'
import { findVersionsBySha256 } from '../../../../../electron/core/archive/tables/documents.ts'
import {
  countDueRenewals,
  countEvidence,
  listDueRenewals,
} from '../../../../../electron/core/archive/tables/evidence.ts'
import {
  countImportFiles,
  listImportFiles,
} from '../../../../../electron/core/archive/tables/import-files.ts'
import { leaseJob, nextJobAt, releaseDeadLeases } from '../../../../../electron/core/archive/tables/jobs.ts'
import { listExpiredLinks } from '../../../../../electron/core/archive/tables/links.ts'
import { listTroubledMails } from '../../../../../electron/core/archive/tables/mail-lists.ts'
import { leaseMail, nextMailAt } from '../../../../../electron/core/archive/tables/mails.ts'
import {
  countUnstampedFiles,
  listUnstampedFiles,
  nextUnstampedOfImport,
} from '../../../../../electron/core/archive/tables/received-files.ts'
import { listLapsedSigners, listSigners } from '../../../../../electron/core/archive/tables/signers.ts'
import { EVERYTHING } from '../../../../../electron/core/archive/tables/viewer.ts'
import { CaseId, EpochMs, type IsoDate } from '../../../../../shared/model/brand.ts'
import { type TemporaryArchive, temporaryArchive } from '../../../../support/archive/temporary-archive.ts'

/** Hot queries must not walk a table: the plan of SQLite says so. A changed query text belongs here, too. */
let current: TemporaryArchive
beforeAll(async () => {
  current = await temporaryArchive()
})
afterAll(() => current.remove())

/** Runs a repository function and returns the statements it would send. */
function statementsOf(work: (db: WritableDb) => unknown): string[] {
  const seen: string[] = []
  const note = (built: { compile: () => { sql: string } }): void => {
    seen.push(built.compile().sql)
  }
  const recorder: WritableDb = {
    all: (built) => {
      note(built)
      return []
    },
    first: (built) => {
      note(built)
      return undefined
    },
    run: (built) => {
      note(built)
      return 0
    },
    allSql: (sql) => {
      seen.push(sql)
      return []
    },
    firstSql: () => undefined,
    runSql: () => 0,
  }
  work(recorder)
  return seen
}

const NOW = EpochMs.parse(1)
const CASE = CaseId.parse('c')

test.each<[string, (db: WritableDb) => unknown, string]>([
  ['next mail', (db) => leaseMail(db, NOW, 1), 'mails_due'],
  ['when the next mail is due', (db) => nextMailAt(db), 'mails_due'],
  ['next job', (db) => leaseJob(db, ['seal'], { owner: 'x', leaseMs: 1 }, NOW), 'jobs_due'],
  ['when the next job is due', (db) => nextJobAt(db), 'jobs_due'],
  ['jobs of dead runs', (db) => releaseDeadLeases(db, 'x'), 'jobs_due'],
  [
    'cases of one state',
    (db) =>
      listCases(
        { db, index: current.archive.index },
        { states: ['concluded'], text: '', mine: false },
        EVERYTHING,
        { offset: 0, limit: 50 },
      ),
    'cases_state',
  ],
  ['deadlines', (db) => listDeadlines(db, EVERYTHING, NOW, 10), 'cases_deadline'],
  [
    'disposal list',
    (db) =>
      listDisposalCandidates(
        db,
        { today: '2026-01-01' as IsoDate, viewer: EVERYTHING, only: 'all' },
        { offset: 0, limit: 50 },
      ),
    'cases_retention',
  ],
  ['files to destroy', (db) => listFilesToDestroy(db), 'document_versions_to_destroy'],
  ['signers of a case', (db) => listSigners(db, CASE), 'signers_case'],
  ['lapsed signers', (db) => listLapsedSigners(db, NOW), 'USING INDEX signers_'],
  ['expired links', (db) => listExpiredLinks(db, NOW), 'links_expiry'],
  ['mails that need care', (db) => listTroubledMails(db, EVERYTHING, 10), 'mails_troubled'],
  ['renewals due', (db) => listDueRenewals(db, NOW), 'documents_renewal'],
  ['files that wait for a timestamp (L16)', (db) => listUnstampedFiles(db), 'documents_unstamped'],
  [
    'what an import still has to stamp',
    (db) => nextUnstampedOfImport(db, 'i', 0),
    'import_rows USING PRIMARY KEY',
  ],
  [
    'files of an import',
    (db) => listImportFiles(db, 'i', { kind: 'pdf', after: '', limit: 9 }),
    'PRIMARY KEY',
  ],
  ['how many files an import has', (db) => countImportFiles(db, 'i'), 'COVERING INDEX import_files_kind'],
  ['duplicates', (db) => findVersionsBySha256(db, 'x' as never), 'document_versions_sha256'],
  ['history of a case', (db) => listCaseChanges(db, CASE), 'changes_case'],
])('%s walks an index', (_name, work, index) => {
  const [sql = ''] = statementsOf(work)
  const plan = planOf(sql)
  expect(plan).toContain(index)
})

test.each([
  ['case of a hit', 'SELECT id FROM cases WHERE search_rid = 5', 'cases_search_rid'],
  ['history of a case', "SELECT seq FROM changes WHERE case_id = 'x' ORDER BY seq", 'changes_case'],
  ['log of a case', "SELECT seq FROM audit_entries WHERE case_id = 'x' ORDER BY seq", 'audit_entries_case'],
  [
    'grams of a run',
    'SELECT blocks FROM search_postings WHERE key BETWEEN 1 AND 2 ORDER BY key',
    'INTEGER PRIMARY KEY',
  ],
  ['duplicates', "SELECT id FROM document_versions WHERE sha256 = 'x'", 'document_versions_sha256'],
  ['signers of a case', "SELECT id FROM signers WHERE case_id = 'x' ORDER BY position", 'signers_case'],
])('%s', (_name, sql, index) => {
  expect(planOf(sql)).toContain(index)
})

/** Unbound parameters count as NULL, which is what the planner sees when it prepares. */
function planOf(sql: string): string {
  const statement = current.archive.connection().raw.prepare(`EXPLAIN QUERY PLAN ${sql}`)
  const bound = Array.from({ length: (sql.match(/\?/g) ?? []).length }, () => null)
  return statement
    .all(...bound)
    .map((row) => String((row as { detail: string }).detail))
    .join('; ')
}

test('files with evidence are counted, and the first renewal found, without reading a row', () => {
  const [files = '', first = ''] = statementsOf((db) => countEvidence(db))
  expect(planOf(files)).toMatch(/^SEARCH documents USING COVERING INDEX documents_evidence [^;]*$/)
  expect(planOf(first)).toMatch(/^SEARCH documents USING COVERING INDEX documents_renewal [^;]*$/)
})

test('renewals due come in order, case and version by their keys', () => {
  const [sql = ''] = statementsOf((db) => listDueRenewals(db, NOW))
  expect(planOf(sql)).not.toMatch(/SCAN|TEMP B-TREE|cases_state/)
})

test('how many files wait for a timestamp is counted along their index', () => {
  const [sql = ''] = statementsOf((db) => countUnstampedFiles(db))
  expect(planOf(sql)).toMatch(/documents USING INDEX documents_unstamped/)
  expect(planOf(sql)).not.toMatch(/cases_state|SCAN cases|document_versions/)
})

test.each<[string, (db: WritableDb) => unknown]>([
  ['files that wait for a timestamp', (db) => listUnstampedFiles(db)],
  ['how many renewals are due', (db) => countDueRenewals(db, NOW, 1_000)],
  ['what an import still has to stamp', (db) => nextUnstampedOfImport(db, 'i', 0)],
])('%s come in order, without walking cases or versions', (_name, work) => {
  const [sql = ''] = statementsOf(work)
  const plan = planOf(sql)
  expect(plan).not.toMatch(/cases_state|SCAN cases|document_versions|TEMP B-TREE/)
})
