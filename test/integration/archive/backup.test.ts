import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backUp } from '../../../electron/core/archive/backup.ts'
import { type ArchiveCheck, checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { listGenerations, verifyGeneration } from '../../../electron/core/archive/generations.ts'
import { addKeyslot } from '../../../electron/core/archive/keyslots.ts'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { removeOrphans } from '../../../electron/core/archive/orphans.ts'
import { restoreDrill, restoreGeneration } from '../../../electron/core/archive/restore.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import { appendLogEntry, checkLog } from '../../../electron/core/audit/log.ts'
import { type CaseId, EpochMs } from '../../../shared/model/brand.ts'
import {
  CLERK_KEY,
  caseFields,
  type TemporaryArchive,
  temporaryArchive,
  temporaryFolder,
} from '../../support/archive/temporary-archive.ts'

const DAY_MS = 86_400_000

let current: TemporaryArchive
let target: string
let scratch: string
beforeEach(async () => {
  current = await temporaryArchive()
  target = temporaryFolder()
  scratch = join(temporaryFolder(), 'scratch')
})
afterEach(() => {
  current.remove()
  for (const folder of [target, join(scratch, '..')]) rmSync(folder, { recursive: true, force: true })
})

async function addCase(title: string): Promise<CaseId> {
  const { archive, change, clock } = current
  const file = await archive.vault.put(randomBytes(300_000))
  return archive.transaction((db) => {
    const caseId = insertCase(db, caseFields({ title }), change())
    const document = { caseId, title, fileName: 'a.pdf', role: 'sign', pages: 1, preflight: null } as const
    insertDocument(db, { ...document, file, reason: 'import' }, change())
    appendLogEntry(db, {
      at: clock.now(),
      actorId: null,
      actor: '契約 花子',
      action: 'case.created',
      caseId,
      caseTitle: title,
      data: {},
    })
    return caseId
  })
}

const backup = (over: { keepDaily?: number; keepMonthly?: number } = {}) =>
  backUp(current.archive, { target, now: current.clock.now(), ...over })
const check = (archive = current.archive): Promise<ArchiveCheck> => checkArchive(archive, { checkLog })

test('an untouched archive has no problem', async () => {
  await addCase('一件目')
  expect(await check()).toMatchObject({ problems: [], cases: 1, files: 1, logEntries: 1, orphans: [] })
})

test('a restore drill brings everything back and checks it', async () => {
  await addCase('一件目')
  await addCase('二件目')
  const { generation, files, copiedFiles } = await backup()
  expect([files, copiedFiles]).toEqual([2, 2])
  const report = await restoreDrill(
    { target, generation },
    { folder: scratch, clock: current.clock },
    CLERK_KEY,
    {
      checkLog,
    },
  )
  expect(report).toMatchObject({ problems: [], cases: 2, files: 2, logEntries: 2, orphans: [] })
})

test('the second backup copies only what is new, and the first generation still restores as it was', async () => {
  await addCase('一件目')
  const first = await backup()
  current.clock.advance(86_400_000)
  await addCase('二件目')
  const second = await backup()
  expect([second.files, second.copiedFiles]).toEqual([2, 1])
  expect(await listGenerations(target)).toEqual([second.generation, first.generation])
  const report = await restoreDrill(
    { target, generation: first.generation },
    { folder: scratch, clock: current.clock },
    CLERK_KEY,
    { checkLog },
  )
  expect(report).toMatchObject({ problems: [], cases: 1, files: 1 })
})

test('work goes on while a backup runs, and is not in it', async () => {
  await addCase('一件目')
  const running = backup()
  current.archive.transaction((db) => insertCase(db, caseFields({ title: '途中' }), current.change()))
  const { generation } = await running
  const report = await restoreDrill(
    { target, generation },
    { folder: scratch, clock: current.clock },
    CLERK_KEY,
    {
      checkLog,
    },
  )
  expect(report).toMatchObject({ problems: [], cases: 1 })
  expect((await check()).cases).toBe(2)
})

test('old generations go by rule, with the files only they needed', async () => {
  await addCase('一件目')
  for (let day = 0; day < 5; day += 1) {
    await backup({ keepDaily: 2, keepMonthly: 0 })
    current.clock.advance(86_400_000)
  }
  expect(await listGenerations(target)).toHaveLength(2)
  for (const generation of await listGenerations(target)) await verifyGeneration(target, generation)
})

test('a bad byte in the backup is found, named, and not restored', async () => {
  await addCase('一件目')
  const { generation } = await backup()
  const path = join(target, 'generations', generation, 'archive.db')
  flip(path, 5000)
  await expect(verifyGeneration(target, generation)).rejects.toMatchObject({
    code: 'BACKUP_DAMAGED',
    data: { path },
  })
  await expect(restoreGeneration({ target, generation }, scratch)).rejects.toMatchObject({
    code: 'BACKUP_DAMAGED',
  })
  expect(() => statSync(scratch)).toThrow()
})

test('after a rotation of the master key everything opens with the same password, and old backups still restore', async () => {
  await addCase('一件目')
  const before = await backup()
  await current.archive.rotateMasterKey()
  expect((await check()).problems).toEqual([])
  current.clock.advance(1000)
  const { generation, copiedFiles } = await backup()
  expect(copiedFiles).toBe(1)
  current.archive.close()
  const again = await openArchive({ folder: current.folder, clock: current.clock }, CLERK_KEY)
  expect((await check(again)).problems).toEqual([])
  again.close()
  const report = await restoreDrill(
    { target, generation },
    { folder: scratch, clock: current.clock },
    CLERK_KEY,
    {
      checkLog,
    },
  )
  expect(report.problems).toEqual([])
  const folder = join(scratch, '..', 'older')
  const older = await restoreDrill(
    { target, generation: before.generation },
    { folder, clock: current.clock },
    CLERK_KEY,
    { checkLog },
  )
  expect(older).toMatchObject({ problems: [], files: 1 })
  rmSync(folder, { recursive: true })
})

test('a file stored without its row is an orphan, not a problem, and can be cleared after the next opening', async () => {
  await addCase('一件目')
  const { fileId } = await current.archive.vault.put(Buffer.from('no row'))
  expect(await check()).toMatchObject({ problems: [], orphans: [fileId] })
  const sweep = (archive = current.archive) =>
    removeOrphans(archive, { now: current.clock.now(), keptMs: DAY_MS })
  // Its row may still be on its way.
  expect(await sweep()).toBe(0)
  current.archive.close()
  const again = await openArchive({ folder: current.folder, clock: current.clock }, CLERK_KEY)
  expect(await sweep(again)).toBe(0)
  current.clock.advance(DAY_MS)
  expect(await sweep(again)).toBe(1)
  expect(await check(again)).toMatchObject({ problems: [], orphans: [], files: 1 })
  again.close()
})

describe('tampering is found and named', () => {
  test('a byte in a file', async () => {
    await addCase('一件目')
    const [fileId = ''] = current.archive.vault.list()
    flip(current.archive.vault.pathOf(fileId as never), 200_000)
    expect((await check()).problems).toMatchObject([{ code: 'FILE_DAMAGED', fileId, detail: 'chunk 0' }])
  })

  test('a missing file', async () => {
    await addCase('一件目')
    const [fileId = ''] = current.archive.vault.list()
    rmSync(current.archive.vault.pathOf(fileId as never))
    expect((await check()).problems).toMatchObject([{ code: 'FILE_MISSING', fileId }])
  })

  test('another authentic file in its place', async () => {
    await addCase('一件目')
    const other = await current.archive.vault.put(Buffer.from('other'))
    current.archive.connection().raw.exec(`UPDATE document_versions SET file_id = '${other.fileId}'`)
    expect((await check()).problems).toMatchObject([{ code: 'DIGEST_DIFFERS', fileId: other.fileId }])
  })

  test('a log entry', async () => {
    await addCase('一件目')
    current.archive
      .connection()
      .raw.exec("DROP TRIGGER audit_entries_stay_update; UPDATE audit_entries SET actor = '別人'")
    expect((await check()).problems).toMatchObject([{ code: 'LOG_BROKEN', detail: '1' }])
  })

  test('a byte in a free page of the database, which SQLite itself never reads', async () => {
    const { raw } = current.archive.connection()
    raw.exec('CREATE TABLE gone (bytes BLOB); INSERT INTO gone VALUES (randomblob(400000)); DROP TABLE gone')
    raw.pragma('wal_checkpoint(TRUNCATE)')
    const path = join(current.folder, 'archive.db')
    const pages = statSync(path).size / 16_384
    flip(path, (pages - 1) * 16_384 + 77)
    expect(raw.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect((await check()).problems).toMatchObject([{ code: 'DATABASE_DAMAGED', detail: `page ${pages}` }])
  })

  test('any page of the database: never served as good', async () => {
    for (let index = 0; index < 20; index += 1) await addCase(`${index}件目`)
    const path = join(current.folder, 'archive.db')
    current.archive.close()
    const good = readFileSync(path)
    const pages = good.length / 16_384
    expect(pages).toBeGreaterThan(20)
    // Every page in the deep test; here the first, the last and some between.
    for (let page = 0; page < pages; page += Math.ceil(pages / 12)) {
      const bad = Buffer.from(good)
      const place = page * 16_384 + 3000
      bad[place] = (bad[place] ?? 0) ^ 4
      writeFileSync(path, bad)
      expect(await outcomeOf(), `page ${page + 1}`).toMatch(/^DATABASE_DAMAGED/)
    }
    writeFileSync(path, good)
    expect(await outcomeOf()).toBe('whole')
  }, 120_000)
})

async function outcomeOf(): Promise<string> {
  try {
    const archive = await openArchive({ folder: current.folder, clock: current.clock }, CLERK_KEY)
    try {
      const { problems } = await checkArchive(archive, { checkLog })
      return problems[0]?.code ?? 'whole'
    } finally {
      archive.close()
    }
  } catch (error) {
    return (error as { code: string }).code
  }
}

function flip(path: string, place: number): void {
  const bytes = readFileSync(path)
  bytes[place] = (bytes[place] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

test('the clock of the generation names it', async () => {
  await addCase('一件目')
  current.clock.set(EpochMs.parse(Date.parse('2026-05-01T00:00:00.123Z')))
  expect((await backup()).generation).toBe('2026-05-01T00-00-00-123Z')
})

function onlyFileIn(folder: string): string {
  const [part = ''] = readdirSync(join(folder, 'files'))
  const [name = ''] = readdirSync(join(folder, 'files', part))
  return join(folder, 'files', part, name)
}

test('a file that decayed in the target is found within four weeks and written again', async () => {
  await addCase('一件目')
  await backup()
  const path = onlyFileIn(target)
  const good = readFileSync(path)
  flip(path, 200_000)
  let repaired = 0
  for (let day = 0; day < 28; day += 1) {
    current.clock.advance(DAY_MS)
    repaired += (await backup()).repairedFiles
  }
  expect(repaired).toBe(1)
  expect(readFileSync(path)).toEqual(good)
}, 60_000)

test('one file missing in the archive does not stop the rest from being saved, and is counted', async () => {
  await addCase('一件目')
  await addCase('二件目')
  const [gone = ''] = current.archive.vault.list()
  rmSync(current.archive.vault.pathOf(gone as never))
  const report = await backup()
  expect(report).toMatchObject({ files: 1, copiedFiles: 1, missingFiles: 1 })
  await verifyGeneration(target, report.generation)
})

test('what a backup left that was killed is cleared by the next one', async () => {
  await addCase('一件目')
  const half = join(target, 'generations', '2026-03-01T00-00-00-000Z')
  mkdirSync(half, { recursive: true })
  writeFileSync(join(half, 'archive.db'), 'half')
  const { generation } = await backup()
  expect(readdirSync(join(target, 'generations'))).toEqual([generation])
})

test('a target that vanishes in the middle fails the backup and leaves no generation; the next one is whole', async () => {
  await addCase('一件目')
  const running = backUp(current.archive, {
    target,
    now: current.clock.now(),
    onProgress: () => rmSync(target, { recursive: true, force: true }),
  })
  await expect(running).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await listGenerations(target)).toEqual([])
  const { generation } = await backup()
  await verifyGeneration(target, generation)
})

test('a rotation beside running work keeps what was written meanwhile, and refuses changes of slots until it is over', async () => {
  for (let index = 0; index < 20; index += 1) await addCase(`${index}件目`)
  const { archive, folder, clock, change } = current
  const rotating = archive.rotateMasterKey({
    // Something is saved at every step: pages change under the copy.
    onProgress: () => archive.transaction((db) => insertCase(db, caseFields({ title: '途中' }), change())),
  })
  await setImmediate()
  const other = { label: 'other', secret: { kind: 'password', password: 'p', scryptCost: 2 ** 10 } } as const
  await expect(addKeyslot(folder, archive.master(), other, clock)).rejects.toMatchObject({
    code: 'ROTATION_RUNNING',
  })
  await rotating
  const { cases, problems } = await check()
  expect(problems).toEqual([])
  expect(cases).toBeGreaterThan(20)
  archive.close()
  const again = await openArchive({ folder, clock }, CLERK_KEY)
  expect(await check(again)).toMatchObject({ problems: [], cases })
  again.close()
})

test('a rotation that is cancelled leaves the old key in force and can be done again', async () => {
  await addCase('一件目')
  const { archive } = current
  await expect(archive.rotateMasterKey({ signal: AbortSignal.abort() })).rejects.toThrow()
  expect(archive.master().generation).toBe(1)
  expect((await check()).problems).toEqual([])
  await archive.rotateMasterKey()
  expect(archive.master().generation).toBe(2)
  expect((await check()).problems).toEqual([])
})
