import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkArchive } from '../../../../../electron/core/archive/check-archive.ts'
import { ArchiveError } from '../../../../../electron/core/archive/errors.ts'
import { openArchive } from '../../../../../electron/core/archive/open.ts'
import { PAGE_SIZE_BYTES } from '../../../../../electron/core/archive/page-cipher.ts'
import { insertCase } from '../../../../../electron/core/archive/tables/cases.ts'
import { listDamagedLogs } from '../../../../../electron/core/archive/write-ahead-log.ts'
import { checkLog } from '../../../../../electron/core/audit/log.ts'
import { systemClock } from '../../../../../electron/core/kit/clock.ts'
import {
  CLERK_KEY,
  caseFields,
  type TemporaryArchive,
  temporaryArchive,
} from '../../../../support/archive/temporary-archive.ts'

const CASES = 6
const FRAME = 24 + PAGE_SIZE_BYTES

let current: TemporaryArchive
let crashed: string
let log: Buffer
beforeEach(async () => {
  current = await temporaryArchive()
  const { archive, folder, change } = current
  await archive.indexSettled()
  archive.connection().checkpoint()
  archive.connection().raw.pragma('wal_autocheckpoint = 0')
  for (let number = 0; number < CASES; number += 1)
    archive.transaction((db) => insertCase(db, caseFields({ title: `${number}` }), change()))
  // As a crash at this moment would leave it.
  crashed = `${folder}-crashed`
  mkdirSync(crashed)
  for (const name of ['keyslots.json', 'archive.db', 'archive.db-wal', 'files'])
    cpSync(join(folder, name), join(crashed, name), { recursive: true })
  log = readFileSync(join(crashed, 'archive.db-wal'))
})
afterEach(() => {
  current.remove()
  rmSync(crashed, { recursive: true, force: true })
})

/** Frames that end a transaction, counted from 0. */
function commits(): number[] {
  return Array.from({ length: Math.floor((log.length - 32) / FRAME) }, (_, frame) => frame).filter(
    (frame) => log.readUInt32BE(32 + frame * FRAME + 4) !== 0,
  )
}

async function look(folder: string) {
  const archive = await openArchive({ folder, clock: systemClock }, CLERK_KEY)
  try {
    const { problems } = await checkArchive(archive, { checkLog })
    return {
      cases: archive.db.firstSql<{ n: number }>('SELECT count(*) AS n FROM cases')?.n,
      found: problems.map(({ code }) => code),
      kept: listDamagedLogs(folder),
    }
  } finally {
    archive.close()
  }
}

test('a log that a crash left whole, or tore in its last transaction, is no finding', async () => {
  expect(commits().length).toBeGreaterThanOrEqual(CASES)
  expect(await look(crashed)).toEqual({ cases: CASES, found: [], kept: [] })
  const lastStart = (commits().at(-2) ?? 0) + 1
  for (const bytes of [1, 24, 1000, FRAME + 5]) {
    writeFileSync(join(crashed, 'archive.db-wal'), log)
    cpSync(join(current.folder, 'archive.db'), join(crashed, 'archive.db'))
    truncateSync(join(crashed, 'archive.db-wal'), 32 + lastStart * FRAME + bytes)
    expect(await look(crashed), `${bytes}`).toEqual({ cases: CASES - 1, found: [], kept: [] })
  }
})

test('a byte changed in front of the last transaction is found, named, and the log is kept', async () => {
  const end = 32 + ((commits().at(-2) ?? 0) + 1) * FRAME
  const places = [
    // Two bytes of every field of both headers.
    ...Array.from({ length: 16 }, (_, index) => 2 * index),
    ...Array.from({ length: 12 }, (_, index) => 33 + FRAME + 2 * index),
    ...Array.from({ length: 12 }, (_, index) => 40 + Math.floor(((end - 40) / 12) * index)),
  ]
  for (const at of places) {
    const changed = Buffer.from(log)
    changed[at] = (changed[at] ?? 0) ^ 1
    for (const name of listDamagedLogs(crashed)) rmSync(join(crashed, name))
    cpSync(join(current.folder, 'archive.db'), join(crashed, 'archive.db'))
    writeFileSync(join(crashed, 'archive.db-wal'), changed)
    const found = await look(crashed).catch((error: unknown) => error)
    if (found instanceof ArchiveError) expect(found.code, `byte ${at}`).toBe('DATABASE_DAMAGED')
    else
      expect(found, `byte ${at}`).toMatchObject({
        found: ['COMMITS_LOST'],
        kept: ['archive.db-wal-damaged-1'],
      })
  }
  // Also to whoever looks later, until somebody has taken the file away; what is found next does not replace it.
  const first = readFileSync(join(crashed, 'archive.db-wal-damaged-1'))
  expect((await look(crashed)).found).toEqual(['COMMITS_LOST'])
  const changed = Buffer.from(log)
  changed[100] = (changed[100] ?? 0) ^ 1
  cpSync(join(current.folder, 'archive.db'), join(crashed, 'archive.db'))
  writeFileSync(join(crashed, 'archive.db-wal'), changed)
  expect((await look(crashed)).kept).toEqual(['archive.db-wal-damaged-1', 'archive.db-wal-damaged-2'])
  expect(readFileSync(join(crashed, 'archive.db-wal-damaged-1'))).toEqual(first)
  expect(readFileSync(join(crashed, 'archive.db-wal-damaged-2'))).toEqual(changed)
}, 60_000)
