import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backUp } from '../../../electron/core/archive/backup.ts'
import { checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { openDatabase } from '../../../electron/core/archive/database.ts'
import { openKeyslots } from '../../../electron/core/archive/keyslots.ts'
import { SCHEMA_VERSION, schemaVersionOf } from '../../../electron/core/archive/migrations/run.ts'
import { type Archive, openArchive } from '../../../electron/core/archive/open.ts'
import { restoreGeneration } from '../../../electron/core/archive/restore.ts'
import { listCases } from '../../../electron/core/archive/tables/case-list.ts'
import { searchChanges } from '../../../electron/core/archive/tables/changes.ts'
import { EVERYTHING } from '../../../electron/core/archive/tables/viewer.ts'
import { openVault } from '../../../electron/core/archive/vault.ts'
import { checkLog } from '../../../electron/core/audit/log.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { type Contents, contentsOf, makeOldArchive } from '../../support/archive/old-archive.ts'
import { CLERK_KEY, temporaryFolder } from '../../support/archive/temporary-archive.ts'

let base: string
let folder: string
beforeEach(() => {
  base = temporaryFolder()
  folder = join(base, 'archive')
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const open = (at = folder) => openArchive({ folder: at, clock: systemClock }, CLERK_KEY)

/** Columns that a migration gave another name: what they hold stays. */
const RENAMED: Readonly<Record<string, string>> = { 'links.mac_key': 'answer_check' }

/** Every row of then is there now, with every value it had; columns and tables may have come. */
function expectSameRows(archive: Archive, before: Contents): void {
  const after = contentsOf(archive.connection().raw)
  for (const [table, rows] of before) {
    const columns = Object.keys(rows[0] ?? {})
    const nameNow = (column: string) => RENAMED[`${table}.${column}`] ?? column
    const now = (after.get(table) ?? []).map((row) =>
      Object.fromEntries(columns.map((column) => [column, row[column] ?? row[nameNow(column)] ?? null])),
    )
    const inOrder = (list: readonly object[]) => list.map((row) => JSON.stringify(row)).sort()
    expect(inOrder(now), table).toEqual(inOrder(rows))
  }
}

async function expectSound(archive: Archive): Promise<void> {
  expect(schemaVersionOf(archive.connection().raw)).toBe(SCHEMA_VERSION)
  const check = await checkArchive(archive, { checkLog })
  expect(check).toMatchObject({ problems: [], orphans: [], cases: 2, files: 8, logEntries: 31 })
  const found = (text: string) =>
    listCases(archive, { states: [], text, mine: false }, EVERYTHING, { offset: 0, limit: 5 }).rows
  expect(found('側溝改良').map(({ title }) => title)).toHaveLength(2)
  expect(found('存在しない')).toEqual([])
  const history = await searchChanges(
    archive.db,
    { text: '件名の誤り', from: null, to: null },
    { offset: 0, limit: 9 },
  )
  expect(history.rows.map(({ newValue }) => newValue)).toEqual(['側溝改良工事'])
}

const VERSIONS = Array.from({ length: SCHEMA_VERSION - 1 }, (_, index) => index + 1)

describe.each(VERSIONS)('an archive of schema %i with a whole contract in it', (version) => {
  test('is brought up to date when it opens: every row is kept, the copy from before still has the old schema', async () => {
    const before = await makeOldArchive(folder, version)
    expect(before.get('audit_entries')).toHaveLength(31)
    const archive = await open()
    expectSameRows(archive, before)
    await expectSound(archive)
    const key = archive.master().derive('database')
    archive.close()
    const copy = join(folder, 'before-migration', `schema-${version}.db`)
    expect(existsSync(copy)).toBe(true)
    const old = openDatabase(copy, key)
    expect(schemaVersionOf(old.raw)).toBe(version)
    expect(contentsOf(old.raw)).toEqual(before)
    old.close()
  })

  test('restores from a backup of that time and is then brought up to date', async () => {
    const before = await makeOldArchive(folder, version)
    const target = join(base, 'backup')
    const generation = await backUpAsThen(target)
    const restored = join(base, 'restored')
    await restoreGeneration({ target, generation }, restored)
    const archive = await open(restored)
    expectSameRows(archive, before)
    await expectSound(archive)
    archive.close()
  })
})

/** Saved by the program of that time, which knew no newer schema. */
async function backUpAsThen(target: string): Promise<string> {
  const master = await openKeyslots(folder, CLERK_KEY, systemClock)
  const connection = openDatabase(join(folder, 'archive.db'), master.derive('database'))
  const wrapper = { generation: master.generation, key: master.derive('files') }
  const vault = await openVault(join(folder, 'files'), wrapper)
  try {
    const archive = { folder, vault, connection: () => connection, master: () => master }
    return (await backUp(archive, { target, now: systemClock.now() })).generation
  } finally {
    connection.close()
  }
}
