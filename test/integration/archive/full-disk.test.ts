import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backUp } from '../../../electron/core/archive/backup.ts'
import { checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { listGenerations } from '../../../electron/core/archive/generations.ts'
import { type Archive, createArchive, openArchive } from '../../../electron/core/archive/open.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import { checkLog } from '../../../electron/core/audit/log.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { backToSchema } from '../../support/archive/old-schema.ts'
import { CLERK_KEY, caseFields } from '../../support/archive/temporary-archive.ts'
import { canMount, mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts'

describe.skipIf(!canMount)('a full disk', () => {
  let disk: SmallDisk
  beforeEach(() => {
    disk = mountSmallDisk(12)
  })
  afterEach(() => disk.remove())

  const change = () => ({ userId: null, who: 'import', at: systemClock.now(), why: '' })

  /** Works until the disk is full; returns what was acknowledged and the code it ended with. */
  async function fill(archive: Archive, fileBytes: number): Promise<{ ids: CaseId[]; code: unknown }> {
    const ids: CaseId[] = []
    for (;;) {
      try {
        const file = fileBytes === 0 ? undefined : await archive.vault.put(randomBytes(fileBytes))
        ids.push(
          archive.transaction((db) => {
            const caseId = insertCase(db, caseFields({ remarks: '備考'.repeat(200) }), change())
            const document = {
              caseId,
              title: 'a',
              fileName: 'a',
              role: 'sign',
              pages: 1,
              preflight: null,
            } as const
            if (file !== undefined) insertDocument(db, { ...document, file, reason: 'import' }, change())
            return caseId
          }),
        )
      } catch (error) {
        return { ids, code: (error as { code: unknown }).code }
      }
    }
  }

  test.each([
    ['while files are stored', 200_000],
    ['while rows are written', 0],
  ])(
    '%s: one clear code, nothing acknowledged is lost, and work goes on after room was made',
    async (_name, bytes) => {
      const options = { folder: join(disk.folder, 'archive'), clock: systemClock }
      const archive = await createArchive(options, CLERK_KEY)
      const { ids, code } = await fill(archive, bytes)
      expect(code).toBe('DISK_FULL')
      expect(ids.length).toBeGreaterThan(5)
      archive.close()
      disk.resize(40)
      const again = await openArchive(options, CLERK_KEY)
      const found = again.db.allSql<{ id: string }>('SELECT id FROM cases').map((row) => row.id)
      expect(ids.filter((id) => !found.includes(id))).toEqual([])
      expect((await checkArchive(again, { checkLog })).problems).toEqual([])
      again.transaction((db) => insertCase(db, caseFields({}), change()))
      again.close()
    },
  )

  test('while the schema is renewed or the master key is made anew: refused, and done after room was made', async () => {
    const options = { folder: join(disk.folder, 'archive'), clock: systemClock }
    const archive = await createArchive(options, CLERK_KEY)
    const { ids } = await fill(archive, 200_000)
    // Making it older needs room of its own.
    disk.resize(16)
    backToSchema(archive.connection().raw, 3)
    archive.close()
    // What is left is taken too, so that not one page more can be written.
    disk.fill()
    await expect(openArchive(options, CLERK_KEY)).rejects.toMatchObject({ code: 'DISK_FULL' })
    disk.resize(24)
    const full = await openArchive(options, CLERK_KEY)
    await fill(full, 0)
    await expect(full.rotateMasterKey()).rejects.toMatchObject({ code: 'DISK_FULL' })
    full.close()
    disk.resize(60)
    const again = await openArchive(options, CLERK_KEY)
    expect(await again.rotateMasterKey()).toBeUndefined()
    await again.indexSettled()
    const found = again.db.allSql<{ id: string }>('SELECT id FROM cases').map((row) => row.id)
    expect(ids.filter((id) => !found.includes(id))).toEqual([])
    expect((await checkArchive(again, { checkLog })).problems).toEqual([])
    again.close()
  })

  test('while a backup is written: refused, and no half generation stays', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'desk-archive-'))
    const archive = await createArchive({ folder, clock: systemClock }, CLERK_KEY)
    const file = await archive.vault.put(randomBytes(13_000_000))
    archive.transaction((db) => {
      const caseId = insertCase(db, caseFields({}), change())
      const document = { caseId, title: 'a', fileName: 'a', role: 'sign', pages: 1, preflight: null } as const
      insertDocument(db, { ...document, file, reason: 'import' }, change())
    })
    await expect(backUp(archive, { target: disk.folder, now: systemClock.now() })).rejects.toMatchObject({
      code: 'DISK_FULL',
    })
    expect(await listGenerations(disk.folder)).toEqual([])
    archive.close()
    rmSync(folder, { recursive: true })
  })
})
