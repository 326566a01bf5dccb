/** Parts of an archive or of its backup that are lost, damaged or older than the rest: what is still good stays. */
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BackupReport, backUp } from '../../../electron/core/archive/backup.ts'
import { checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { verifyGeneration } from '../../../electron/core/archive/generations.ts'
import { addKeyslot, isOldKeyInFiles } from '../../../electron/core/archive/keyslots.ts'
import {
  type Archive,
  archiveExists,
  createArchive,
  openArchive,
} from '../../../electron/core/archive/open.ts'
import { removeOrphans } from '../../../electron/core/archive/orphans.ts'
import { restoreDrill } from '../../../electron/core/archive/restore.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import type { FileId } from '../../../electron/core/archive/vault.ts'
import { SLOT_SIZE_BYTES, slotOffset } from '../../../electron/core/archive/vault-format.ts'
import { checkLog } from '../../../electron/core/audit/log.ts'
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
beforeEach(async () => {
  current = await temporaryArchive()
  target = temporaryFolder()
})
afterEach(() => {
  current.remove()
  rmSync(target, { recursive: true, force: true })
})

async function addCase(title: string, archive = current.archive): Promise<FileId> {
  const file = await archive.vault.put(randomBytes(1000))
  archive.transaction((db) => {
    const caseId = insertCase(db, caseFields({ title }), current.change())
    const document = { caseId, title, fileName: 'a.pdf', role: 'sign', pages: 1, preflight: null } as const
    insertDocument(db, { ...document, file, reason: 'import' }, current.change())
  })
  return file.fileId
}

const path = (name: string) => join(current.folder, name)
const open = (): Promise<Archive> => openArchive({ folder: current.folder, clock: current.clock }, CLERK_KEY)
const sweep = (archive: Archive) => removeOrphans(archive, { now: current.clock.now(), keptMs: 30 * DAY_MS })

function flip(file: string, offset: number): void {
  const bytes = readFileSync(file)
  bytes[offset] = (bytes[offset] ?? 0) ^ 1
  writeFileSync(file, bytes)
}

describe('an archive', () => {
  test.each([
    ['missing', (file: string) => renameSync(file, `${file}.kept`)],
    [
      'empty',
      (file: string) => {
        copyFileSync(file, `${file}.kept`)
        writeFileSync(file, '')
      },
    ],
  ])(
    'whose database is %s is damaged, not new; the database put back opens with everything',
    async (_name, lose) => {
      await addCase('一件目')
      current.archive.close()
      lose(path('archive.db'))
      await expect(open()).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' })
      renameSync(path('archive.db.kept'), path('archive.db'))
      const archive = await open()
      expect((await checkArchive(archive, { checkLog })).problems).toEqual([])
      archive.close()
    },
  )

  test('whose slot file is missing is no place for a new one; the slot file put back opens it', async () => {
    await addCase('一件目')
    current.archive.close()
    renameSync(path('keyslots.json'), path('kept'))
    expect(archiveExists(current.folder)).toBe(true)
    await expect(open()).rejects.toMatchObject({ code: 'KEYSLOTS_DAMAGED' })
    await expect(
      createArchive({ folder: current.folder, clock: current.clock }, { ...CLERK_KEY, label: 'new' }),
    ).rejects.toMatchObject({ code: 'ARCHIVE_EXISTS' })
    // Neither is one of which only the files are left.
    renameSync(path('archive.db'), path('kept.db'))
    expect(archiveExists(current.folder)).toBe(true)
    renameSync(path('kept.db'), path('archive.db'))
    renameSync(path('kept'), path('keyslots.json'))
    const archive = await open()
    expect((await checkArchive(archive, { checkLog })).problems).toEqual([])
    archive.close()
  })

  test('with an older database keeps the files of the newer one for a month after that was first seen', async () => {
    await addCase('一件目')
    current.archive.close()
    copyFileSync(path('archive.db'), path('older'))
    const newer = await open()
    await addCase('二件目', newer)
    newer.close()
    copyFileSync(path('archive.db'), path('newest'))
    // Long after both were stored.
    current.clock.advance(400 * DAY_MS)
    copyFileSync(path('older'), path('archive.db'))
    const older = await open()
    expect(await sweep(older)).toBe(0)
    current.clock.advance(29 * DAY_MS)
    expect(await sweep(older)).toBe(0)
    older.close()
    copyFileSync(path('newest'), path('archive.db'))
    const again = await open()
    current.clock.advance(2 * DAY_MS)
    expect(await sweep(again)).toBe(0)
    expect((await checkArchive(again, { checkLog })).problems).toEqual([])
    again.close()
    // Exchanged once more: the time begins anew, and then ends.
    copyFileSync(path('older'), path('archive.db'))
    const last = await open()
    expect(await sweep(last)).toBe(0)
    current.clock.advance(30 * DAY_MS)
    expect(await sweep(last)).toBe(1)
    last.close()
  })
})

describe('a backup', () => {
  const backup = (keepDaily = 30): Promise<BackupReport> => {
    current.clock.advance(DAY_MS)
    return backUp(current.archive, { target, now: current.clock.now(), keepDaily, keepMonthly: 0 })
  }

  test.each([
    ['changed', { damagedFiles: 1, missingFiles: 0 }, (file: string) => flip(file, slotOffset(1) + 30)],
    ['longer', { damagedFiles: 1, missingFiles: 0 }, (file: string) => appendFileSync(file, 'x')],
    ['gone', { damagedFiles: 0, missingFiles: 1 }, (file: string) => rmSync(file)],
  ])(
    'of a file that is %s keeps the copy it has, says so, and every generation can be restored',
    async (_name, counts, harm) => {
      const fileId = await addCase('一件目')
      await addCase('二件目')
      const first = await backup()
      harm(current.archive.vault.pathOf(fileId))
      const second = await backup()
      expect(second).toMatchObject({ files: 2, copiedFiles: 0, ...counts })
      for (const { generation } of [first, second]) {
        const folder = temporaryFolder()
        const scratch = { folder: join(folder, 'scratch'), clock: current.clock }
        const report = await restoreDrill({ target, generation }, scratch, CLERK_KEY, { checkLog })
        expect(report).toMatchObject({ problems: [], files: 2 })
        rmSync(folder, { recursive: true })
      }
    },
  )

  test('stays when an older one cannot be read: nothing that only its list might name is removed', async () => {
    await addCase('一件目')
    const first = await backup()
    const second = await backup()
    appendFileSync(join(target, 'generations', first.generation, 'files.list'), 'x\n')
    const before = readdirSync(join(target, 'files'), { recursive: true })
    const third = await backup(2)
    expect(third.removedGenerations).toEqual([first.generation])
    // The one that is kept is unreadable now.
    appendFileSync(join(target, 'generations', second.generation, 'files.list'), 'x\n')
    const fourth = await backup(3)
    expect(fourth.removalError).toBe(null)
    rmSync(join(target, 'generations', third.generation, 'manifest.json'))
    mkdirSync(join(target, 'generations', third.generation, 'manifest.json'))
    const fifth = await backup(1)
    expect(fifth.removalError).toBeInstanceOf(Error)
    await verifyGeneration(target, fifth.generation)
    expect(readdirSync(join(target, 'files'), { recursive: true })).toEqual(before)
  })
})

test('a rotation that could not take the old key out of every file ends after the next opening', async () => {
  const fileIds: FileId[] = []
  for (let index = 0; index < 12; index += 1) fileIds.push(await addCase(`${index}件目`))
  const { archive, folder } = current
  const obstacle = archive.vault.pathOf(`ff${'f'.repeat(30)}` as FileId)
  const rotation = archive.rotateMasterKey({
    onProgress: (done) => {
      if (done > 1000) mkdirSync(obstacle, { recursive: true })
    },
  })
  await expect(rotation).rejects.toMatchObject({ code: 'EISDIR' })
  // The new key holds, for everything that follows.
  expect(archive.master().generation).toBe(2)
  await addKeyslot(folder, archive.master(), { ...CLERK_KEY, label: 'second' }, current.clock)
  const { generation } = await backUp(archive, { target, now: current.clock.now() })
  expect((await verifyGeneration(target, generation)).keyGeneration).toBe(2)
  expect(await isOldKeyInFiles(folder)).toBe(true)
  archive.close()
  rmdirSync(obstacle)
  const again = await open()
  await expect.poll(() => isOldKeyInFiles(folder), { timeout: 10_000 }).toBe(false)
  for (const fileId of fileIds) {
    const slot = readFileSync(again.vault.pathOf(fileId)).subarray(
      slotOffset(1),
      slotOffset(1) + SLOT_SIZE_BYTES,
    )
    expect(slot.every((byte) => byte === 0)).toBe(true)
    expect(again.vault.read(fileId)).toHaveLength(1000)
  }
  await again.rotateMasterKey()
  expect((await checkArchive(again, { checkLog })).problems).toEqual([])
  again.close()
})
