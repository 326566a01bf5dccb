import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../../../../electron/core/archive/database.ts'
import {
  migrate,
  SCHEMA_VERSION,
  schemaVersionOf,
} from '../../../../../electron/core/archive/migrations/run.ts'
import { openArchive } from '../../../../../electron/core/archive/open.ts'
import { searchCases } from '../../../../../electron/core/archive/search/search-cases.ts'
import { insertCase, requireCase, updateCase } from '../../../../../electron/core/archive/tables/cases.ts'
import { searchChanges } from '../../../../../electron/core/archive/tables/changes.ts'
import {
  listDisposalRuns,
  readDisposalRun,
} from '../../../../../electron/core/archive/tables/disposal-runs.ts'
import { listFilesToDestroy } from '../../../../../electron/core/archive/tables/disposals.ts'
import {
  addVersion,
  insertDocument,
  removeDocument,
} from '../../../../../electron/core/archive/tables/documents.ts'
import {
  countEvidence,
  listDueRenewals,
  writeEvidence,
} from '../../../../../electron/core/archive/tables/evidence.ts'
import { listImportRows, listImports } from '../../../../../electron/core/archive/tables/imports.ts'
import { insertLink, listLinks } from '../../../../../electron/core/archive/tables/links.ts'
import { listTroubledMails } from '../../../../../electron/core/archive/tables/mail-lists.ts'
import { leaseMail, markMailDead, queueMail } from '../../../../../electron/core/archive/tables/mails.ts'
import { listUnstampedFiles } from '../../../../../electron/core/archive/tables/received-files.ts'
import { listSavedSearches, saveSearch } from '../../../../../electron/core/archive/tables/saved-searches.ts'
import { insertUser } from '../../../../../electron/core/archive/tables/users.ts'
import { EVERYTHING } from '../../../../../electron/core/archive/tables/viewer.ts'
import { sha256Hex } from '../../../../../electron/core/kit/bytes.ts'
import { SearchQuery } from '../../../../../shared/bridge/archive.ts'
import type { CaseId } from '../../../../../shared/model/brand.ts'
import { EpochMs } from '../../../../../shared/model/brand.ts'
import { backToSchema } from '../../../../support/archive/old-schema.ts'
import {
  CLERK_KEY,
  caseFields,
  type TemporaryArchive,
  temporaryArchive,
} from '../../../../support/archive/temporary-archive.ts'

let current: TemporaryArchive
beforeEach(async () => {
  current = await temporaryArchive()
})
afterEach(() => current.remove())

async function history(db: Parameters<typeof searchChanges>[0], text: string) {
  const { rows } = await searchChanges(db, { text, from: null, to: null }, { offset: 0, limit: 100 })
  return rows.map((row) => [row.field, row.newValue])
}

test('a new archive has the newest schema, and every table of ours is STRICT', () => {
  const { raw } = current.archive.connection()
  expect(schemaVersionOf(raw)).toBe(SCHEMA_VERSION)
  const loose = current.archive.db.allSql<{ name: string }>(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
  )
  expect(loose).toEqual([])
})

test('migrating twice changes nothing', () => {
  const { raw } = current.archive.connection()
  const schema = () => raw.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all()
  const before = schema()
  migrate(raw)
  expect(schema()).toEqual(before)
})

test('0002 makes the history of a populated archive searchable, after a copy was made', async () => {
  const { archive, change, folder, clock } = current
  const id = archive.transaction((db) => insertCase(db, caseFields(), change()))
  clock.advance(1000)
  archive.transaction((db) =>
    updateCase(
      db,
      id,
      { rowVersion: 1, fields: caseFields({ title: '側溝改良工事' }) },
      change('件名の誤り'),
    ),
  )
  const before = await history(archive.db, '件名の誤り')
  expect(before).toEqual([['title', '側溝改良工事']])
  const rows = archive.db.allSql('SELECT * FROM changes')
  backToSchema(archive.connection().raw, 1)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  expect(await history(again.db, '件名の誤り')).toEqual(before)
  expect(await history(again.db, '橋梁補修工事')).toContainEqual(['title', '橋梁補修工事'])
  expect(await history(again.db, '存在しない')).toEqual([])
  expect(again.db.allSql('SELECT * FROM changes')).toEqual(rows)
  expect(requireCase(again.db, id).title).toBe('側溝改良工事')
  const key = again.master().derive('database')
  again.close()
  const copy = join(folder, 'before-migration', 'schema-1.db')
  expect(existsSync(copy)).toBe(true)
  expect(readFileSync(copy).includes(Buffer.from('側溝'))).toBe(false)
  const old = openDatabase(copy, key)
  expect(schemaVersionOf(old.raw)).toBe(1)
  expect(old.db.firstSql('SELECT count(*) AS n FROM changes')).toEqual({ n: rows.length })
  old.close()
})

test('0004 gives the check of an answer its name and keeps what every link holds', async () => {
  const { archive, change, folder, clock } = current
  const caseId = archive.transaction((db) => insertCase(db, caseFields(), change()))
  const answerCheck = Buffer.from('{"responsePublicKey":{}}')
  const link = { caseId, signerId: null, documents: [], createdAt: clock.now(), expiresAt: clock.now() }
  archive.transaction((db) => {
    insertLink(db, { ...link, id: 'asked', purpose: 'sign', answerCheck })
    insertLink(db, { ...link, id: 'given', purpose: 'download', answerCheck: null })
  })
  const before = listLinks(archive.db, caseId)
  expect(before.map(({ id, answerCheck: check }) => [id, check && Buffer.from(check).toString()])).toEqual([
    ['asked', '{"responsePublicKey":{}}'],
    ['given', null],
  ])
  backToSchema(archive.connection().raw, 3)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  expect(listLinks(again.db, caseId)).toEqual(before)
  again.close()
})

test('0007 gives disposals of a populated archive their records: one for all that was confirmed together', async () => {
  const { archive, change, folder, clock } = current
  const file = await archive.vault.put(Buffer.from('contract'))
  const [first, second, later, open] = ['い', 'ろ', 'は', 'に'].map((title) =>
    archive.transaction((db) =>
      insertCase(db, caseFields({ title, completedOn: '2020-03-31', retentionYears: 5 }), change()),
    ),
  )
  archive.transaction((db) =>
    insertDocument(
      db,
      {
        ...{ caseId: first as CaseId, title: '契約書', fileName: 'a.pdf', role: 'sign', pages: 1 },
        ...{ preflight: null, file, reason: 'signature' },
      },
      change(),
    ),
  )
  const at = clock.now()
  // As the program before 0007 wrote them.
  const { raw } = archive.connection()
  const insert = raw.prepare('INSERT INTO disposals VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  for (const [id, confirmedAt] of [
    [first, at],
    [second, at],
    [later, at + 1000],
    [open, null],
  ] as const)
    insert.run(
      id,
      at,
      'u1',
      '契約 花子',
      `理由 ${id}`,
      confirmedAt,
      confirmedAt && 'u2',
      confirmedAt && '記録 次郎',
    )
  raw.exec(`UPDATE document_versions SET destroyed_at = ${at}`)
  backToSchema(raw, 6)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  const { rows } = listDisposalRuns(again.db, { offset: 0, limit: 10 })
  expect(rows.map(({ fiscalYear, number, cases }) => [fiscalYear, number, cases])).toEqual([
    [2026, 2, 1],
    [2026, 1, 2],
  ])
  const record = readDisposalRun(again.db, rows[1]?.id ?? '')
  expect(record?.items).toContainEqual({
    caseId: first,
    title: 'い',
    contractNumber: '工-7-12',
    counterparties: ['株式会社髙橋組'],
    contractDate: '2025-09-01',
    completedOn: '2020-03-31',
    retentionEndsOn: '2025-03-31',
    proposedAt: at,
    proposedByName: '契約 花子',
    why: `理由 ${first}`,
    files: [{ title: '契約書', number: 1, sha256: file.sha256, sizeBytes: 8 }],
  })
  expect(listFilesToDestroy(again.db)).toEqual([file.fileId])
  again.close()
})

test('0008 lists the mails that need care of a populated archive', async () => {
  const { archive, folder, clock } = current
  const mail = { caseId: null, signerId: null, linkId: null, kind: 'test', toName: '', body: '{}' } as const
  const texts = { to: 'a@example.jp', subject: 'x', messageId: 'm' }
  archive.transaction((db) => {
    const id = queueMail(db, { ...mail, ...texts }, clock.now())
    leaseMail(db, clock.now(), 1)
    markMailDead(db, id, '550 5.1.1')
    queueMail(db, { ...mail, ...texts }, clock.now())
  })
  backToSchema(archive.connection().raw, 7)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  expect(listTroubledMails(again.db, EVERYTHING, 10)).toEqual([{ state: 'dead', lastReply: '550 5.1.1' }])
  expect(again.db.firstSql("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'mails_troubled'")).toEqual({
    n: 1,
  })
  again.close()
})

test('0009 knows the newest evidence of every document of a populated archive, and what must be renewed', async () => {
  const { archive, change, folder, clock } = current
  const until = (time: string) => ({ level: 'B-LTA', until: EpochMs.parse(Date.parse(time)) })
  const keep = (name: string, fields: Parameters<typeof caseFields>[0] = {}) =>
    archive.transaction((db) => {
      const caseId = insertCase(db, caseFields(fields), change(), { state: 'concluded' })
      const file = { fileId: name as never, sha256: sha256Hex(name), sizeBytes: 1 }
      const rest = { title: name, fileName: 'a.pdf', role: 'sign', pages: 1, preflight: null } as const
      const document = insertDocument(db, { caseId, ...rest, file, reason: 'signature' }, change())
      writeEvidence(db, document.current.id, until('2036-01-01'))
      return document
    })
  const renewed = keep('renewed')
  keep('covered', { completedOn: '2026-03-31', retentionYears: 5 })
  const removed = keep('removed')
  archive.transaction((db) => {
    const file = { fileId: 'second' as never, sha256: sha256Hex('second'), sizeBytes: 1 }
    const { id } = addVersion(db, renewed.id, { file, reason: 'archive-timestamp' }, change())
    writeEvidence(db, id, until('2046-01-01'))
    removeDocument(db, removed.id, change())
  })
  const state = (db: typeof archive.db) => ({
    ...countEvidence(db),
    due: listDueRenewals(db, EpochMs.parse(8.64e15)).map(({ documentId }) => documentId),
  })
  const before = state(archive.db)
  expect(before).toEqual({ files: 2, firstUntil: Date.parse('2046-01-01'), due: [renewed.id] })
  backToSchema(archive.connection().raw, 8)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  expect(state(again.db)).toEqual(before)
  again.close()
})

test('a migration that fails leaves the schema as it was', () => {
  const { raw } = current.archive.connection()
  backToSchema(raw, 1)
  raw.exec('CREATE TABLE change_grams (in_the_way TEXT) STRICT')
  expect(() => migrate(raw)).toThrow(/change_grams/)
  expect(schemaVersionOf(raw)).toBe(1)
  expect(raw.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'change_groups'").get()).toEqual({
    n: 0,
  })
})

test('0003 makes the search index of a populated archive anew, and nothing else changes', async () => {
  const { archive, change, folder, clock } = current
  const id = archive.transaction((db) => insertCase(db, caseFields({ title: '水路改修工事' }), change()))
  const rows = (from: typeof archive) =>
    from.db.allSql('SELECT * FROM cases').concat(from.db.allSql('SELECT * FROM changes'))
  const before = rows(archive)
  await archive.indexSettled()
  backToSchema(archive.connection().raw, 2)
  archive
    .connection()
    .raw.exec("INSERT INTO search_bodies VALUES (5, 'x'); UPDATE search_state SET value = '2'")
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  const find = (text: string) =>
    searchCases(again, SearchQuery.parse({ text }), EVERYTHING, { offset: 0, limit: 5 }).caseIds
  await again.indexSettled()
  expect(find('改修工')).toEqual([id])
  expect(find('存在しない')).toEqual([])
  expect(rows(again)).toEqual(before)
  expect(existsSync(join(folder, 'before-migration', 'schema-2.db'))).toBe(true)
  again.close()
})

test('0005 keeps the reports of old imports, ends what nobody can resume, and finds what waits for a timestamp', async () => {
  const { archive, change, folder, clock } = current
  const { raw } = archive.connection()
  const document = (title: string, reason: 'import' | 'signature') =>
    archive.transaction((db) => {
      const caseId = insertCase(db, caseFields({ title }), change(), { state: 'concluded' })
      const file = { fileId: title as never, sha256: sha256Hex(title), sizeBytes: 1 }
      const rest = { title, fileName: 'a.pdf', role: 'sign', pages: 1, preflight: null } as const
      return insertDocument(db, { caseId, ...rest, file, reason }, change())
    })
  const bare = document('受領したまま', 'import')
  document('署名済み', 'signature')
  const stamped = document('タイムスタンプ済み', 'import')
  archive.transaction((db) =>
    writeEvidence(db, stamped.current.id, { level: 'B-LTA', until: EpochMs.parse(clock.now() + 1000) }),
  )
  backToSchema(raw, 4)
  raw.exec(`
    INSERT INTO imports VALUES ('done', '紙の契約', '{"fileId":"x","lines":2}', 'done', 1, '渡邉', 2);
    INSERT INTO imports VALUES ('cut', '途中', '{"fileId":"y","lines":9}', 'running', 3, '渡邉', NULL);
    INSERT INTO import_rows VALUES ('done', 1, 'made', NULL, NULL, 'NO_TEXT'), ('done', 2, 'refused', NULL, NULL, 'FILE_NOT_GIVEN');
  `)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  expect(listUnstampedFiles(again.db).map(({ documentId }) => documentId)).toEqual([bare.id])
  expect(
    listImports(again.db).map(({ id, state, counts }) => [id, state, counts.made, counts.refused]),
  ).toEqual([
    ['cut', 'discarded', 0, 0],
    ['done', 'done', 1, 1],
  ])
  expect(listImportRows(again.db, 'done').map(({ problem, title }) => [problem, title])).toEqual([
    ['NO_TEXT', ''],
    ['FILE_NOT_GIVEN', ''],
  ])
  again.close()
})

test('0006 gives every case of a populated archive 機密性2, and keeps saved searches in their order', async () => {
  const { archive, change, folder, clock } = current
  const id = archive.transaction((db) => insertCase(db, caseFields(), change()))
  const user = archive.transaction((db) =>
    insertUser(db, { loginName: 'kiroku', displayName: '記録', department: '', roles: [] }, change()),
  )
  for (const name of ['橋', '道']) {
    clock.advance(1000)
    archive.transaction((db) => saveSearch(db, user.id, { name, query: {} }, clock.now()))
  }
  await archive.indexSettled()
  backToSchema(archive.connection().raw, 2)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  await again.indexSettled()
  expect(requireCase(again.db, id).fields.confidentiality).toBe('office')
  expect(listSavedSearches(again.db, user.id).map((row) => row.name)).toEqual(['橋', '道'])
  const query = SearchQuery.parse({ confidentialities: ['office'] })
  expect(searchCases(again, query, EVERYTHING, { offset: 0, limit: 5 }).caseIds).toEqual([id])
  again.close()
})
