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
import { insertCase, requireCase, updateCase } from '../../../../../electron/core/archive/tables/cases.ts'
import { searchChanges } from '../../../../../electron/core/archive/tables/changes.ts'
import { insertLink, listLinks } from '../../../../../electron/core/archive/tables/links.ts'
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

const history = (db: Parameters<typeof searchChanges>[0], text: string) =>
  searchChanges(db, { text, from: null, to: null }, { offset: 0, limit: 100 }).rows.map((row) => [
    row.field,
    row.newValue,
  ])

/** What the schema before 0002 looked like. */
function backToSchema1(): void {
  current.archive
    .connection()
    .raw.exec(
      'ALTER TABLE links RENAME COLUMN answer_check TO mac_key; DROP TABLE change_groups; DROP TABLE change_grams; PRAGMA user_version = 1',
    )
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
  const before = history(archive.db, '件名の誤り')
  expect(before).toEqual([['title', '側溝改良工事']])
  const rows = archive.db.allSql('SELECT * FROM changes')
  backToSchema1()
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  expect(history(again.db, '件名の誤り')).toEqual(before)
  expect(history(again.db, '橋梁補修工事')).toContainEqual(['title', '橋梁補修工事'])
  expect(history(again.db, '存在しない')).toEqual([])
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

test('0005 gives the check of an answer its name and keeps what every link holds', async () => {
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
  archive
    .connection()
    .raw.exec(
      `ALTER TABLE links RENAME COLUMN answer_check TO mac_key; PRAGMA user_version = ${SCHEMA_VERSION - 1}`,
    )
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  expect(listLinks(again.db, caseId)).toEqual(before)
  again.close()
})

test('a migration that fails leaves the schema as it was', () => {
  const { raw } = current.archive.connection()
  backToSchema1()
  raw.exec('CREATE TABLE change_grams (in_the_way TEXT) STRICT')
  expect(() => migrate(raw)).toThrow(/change_grams/)
  expect(schemaVersionOf(raw)).toBe(1)
  expect(raw.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'change_groups'").get()).toEqual({
    n: 0,
  })
})
