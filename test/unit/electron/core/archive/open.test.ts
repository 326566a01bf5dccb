import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openArchive } from '../../../../../electron/core/archive/open.ts'
import {
  insertCase,
  moveCase,
  readCase,
  requireCase,
  updateCase,
} from '../../../../../electron/core/archive/tables/cases.ts'
import { listCaseChanges } from '../../../../../electron/core/archive/tables/changes.ts'
import {
  CLERK_KEY,
  caseFields,
  type TemporaryArchive,
  temporaryArchive,
} from '../../../../support/archive/temporary-archive.ts'

let current: TemporaryArchive | undefined
afterEach(() => {
  current?.remove()
  current = undefined
})

test('a case is the same after the archive was closed and opened again', async () => {
  current = await temporaryArchive()
  const { archive, folder, clock, change } = current
  const fields = caseFields()
  const id = archive.transaction((db) => insertCase(db, fields, change()))
  const before = readCase(archive.db, id)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  const after = readCase(again.db, id)
  again.close()
  expect(after).toEqual(before)
  expect(before).toMatchObject({ fields, state: 'draft', rowVersion: 1, fiscalYear: 2025, createdBy: 'u1' })
})

test('a second opening in another connection of the same archive is refused with the holder', async () => {
  current = await temporaryArchive()
  const { folder, clock } = current
  await expect(openArchive({ folder, clock }, CLERK_KEY)).rejects.toMatchObject({
    code: 'ARCHIVE_IN_USE',
    data: { pid: process.pid, sinceEpochMs: clock.now() },
  })
})

test('a failed transaction leaves nothing, not even its history', async () => {
  current = await temporaryArchive()
  const { archive, change } = current
  expect(() =>
    archive.transaction((db) => {
      insertCase(db, caseFields(), change())
      throw new Error('on purpose')
    }),
  ).toThrow('on purpose')
  const counts = ['cases', 'changes', 'search_entries', 'search_pending'].map(
    (table) => archive.db.firstSql<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n,
  )
  expect(counts).toEqual([0, 0, 0, 0])
})

test('L13 every change leaves old, new, who, when and why, and history cannot be changed', async () => {
  current = await temporaryArchive()
  const { archive, change, clock } = current
  const id = archive.transaction((db) => insertCase(db, caseFields(), change()))
  clock.advance(60_000)
  archive.transaction((db) =>
    updateCase(db, id, { rowVersion: 1, fields: caseFields({ amount: 13_000_000 }) }, change('変更契約')),
  )
  archive.transaction((db) => moveCase(db, id, { state: 'deleted' }, change('二重登録')))
  const changes = listCaseChanges(archive.db, id).slice(-2)
  expect(changes).toEqual([
    expect.objectContaining({
      field: 'amount',
      oldValue: '12345000',
      newValue: '13000000',
      who: '契約 花子',
      at: clock.now(),
      why: '変更契約',
    }),
    expect.objectContaining({ field: 'state', oldValue: 'draft', newValue: 'deleted', why: '二重登録' }),
  ])
  expect(() => archive.transaction((db) => db.runSql("UPDATE changes SET why = ''"))).toThrow(/append-only/)
  expect(() => archive.transaction((db) => db.runSql('DELETE FROM changes'))).toThrow(/append-only/)
})

test('a save over somebody else’s save is refused', async () => {
  current = await temporaryArchive()
  const { archive, change } = current
  const id = archive.transaction((db) => insertCase(db, caseFields(), change()))
  const save = (title: string) =>
    archive.transaction((db) =>
      updateCase(db, id, { rowVersion: 1, fields: caseFields({ title }) }, change()),
    )
  expect(save('一人目')).toBe(2)
  expect(() => save('二人目')).toThrow(expect.objectContaining({ code: 'ROW_CHANGED' }))
  expect(requireCase(archive.db, id).title).toBe('一人目')
})

test('L28 no name is readable in any file of the folder, in UTF-8 or UTF-16', async () => {
  current = await temporaryArchive()
  const { archive, folder, change } = current
  archive.transaction((db) => insertCase(db, caseFields(), change('理由の文')))
  await archive.vault.put(Buffer.from('契約書 株式会社髙橋組'.repeat(1000)))
  const words = [
    '髙橋組',
    '橋梁補修工事',
    '契約 花子',
    '理由の文',
    'construction',
    '7010705000725',
    'CREATE TABLE',
  ]
  const found = filesUnder(folder).flatMap((path) => {
    const bytes = readFileSync(path)
    return words.filter((word) =>
      (['utf8', 'utf16le'] as const).some((encoding) => bytes.includes(Buffer.from(word, encoding))),
    )
  })
  expect(found).toEqual([])
  expect(filesUnder(folder).length).toBeGreaterThan(4)
})

test('a database of a newer program is refused and not touched', async () => {
  current = await temporaryArchive()
  const { archive, folder, clock } = current
  archive.connection().raw.pragma('user_version = 99')
  archive.close()
  await expect(openArchive({ folder, clock }, CLERK_KEY)).rejects.toMatchObject({
    code: 'SCHEMA_TOO_NEW',
    data: { found: 99 },
  })
  current = undefined
  rmSync(folder, { recursive: true })
})

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
