import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ArchiveProblem, checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import type { FileId } from '../../../electron/core/archive/vault.ts'
import {
  CHUNK_SIZE_BYTES,
  HEADER_SIZE_BYTES,
  TAG_SIZE_BYTES,
} from '../../../electron/core/archive/vault-format.ts'
import { appendLogEntry, checkLog } from '../../../electron/core/audit/log.ts'
import {
  CLERK_KEY,
  caseFields,
  type TemporaryArchive,
  temporaryArchive,
} from '../../support/archive/temporary-archive.ts'

/** Two chunks and a rest, so that first, middle and last chunk differ. */
const SIZE = 2 * CHUNK_SIZE_BYTES + 5000
const SEALED_CHUNK = CHUNK_SIZE_BYTES + TAG_SIZE_BYTES

let current: TemporaryArchive
beforeEach(async () => {
  current = await temporaryArchive()
})
afterEach(() => current.remove())

async function addCase(title: string): Promise<FileId> {
  const { archive, change, clock } = current
  const file = await archive.vault.put(randomBytes(SIZE))
  archive.transaction((db) => {
    const caseId = insertCase(db, caseFields({ title }), change())
    const about = { caseId, title: '契約書', fileName: 'a.pdf', pages: 1, preflight: null } as const
    insertDocument(db, { ...about, role: 'sign', file, reason: 'import' }, change())
    const entry = { at: clock.now(), actorId: null, actor: '契約 花子', action: 'case.created', data: {} }
    appendLogEntry(db, { ...entry, caseId, caseTitle: title })
  })
  return file.fileId
}

const pathOf = (fileId: FileId) => current.archive.vault.pathOf(fileId)
const problems = async () => (await checkArchive(current.archive, { checkLog })).problems

/** What `archive check` names, and what a reader gets: a refusal, at the latest at the bytes that were changed. */
async function expectNamed(fileId: FileId, about: string): Promise<void> {
  const found: readonly ArchiveProblem[] = await problems()
  expect(found, about).toMatchObject([
    { code: 'FILE_DAMAGED', fileId, document: { caseTitle: '橋梁補修工事', title: '契約書', number: 1 } },
  ])
  expect(() => current.archive.vault.read(fileId), about).toThrow(
    expect.objectContaining({ code: 'FILE_DAMAGED' }),
  )
}

/** Places of one bit each, by what lies there. The rest of the header is padding that nothing reads. */
const PLACES: readonly (readonly [string, number])[] = [
  ['magic', 3],
  ['chunk size', 9],
  ['file id', 20],
  ['generation of the key', 576 + 3],
  ['nonce of the key', 576 + 8],
  ['wrapped key', 576 + 30],
  ['tag of the key', 576 + 60],
  ['first byte of the first chunk', HEADER_SIZE_BYTES],
  ['last byte of the first chunk', HEADER_SIZE_BYTES + CHUNK_SIZE_BYTES - 1],
  ['tag of the first chunk', HEADER_SIZE_BYTES + CHUNK_SIZE_BYTES + 7],
  ['middle chunk', HEADER_SIZE_BYTES + SEALED_CHUNK + 70_000],
  ['tag of the middle chunk', HEADER_SIZE_BYTES + 2 * SEALED_CHUNK - 1],
  ['last chunk', HEADER_SIZE_BYTES + 2 * SEALED_CHUNK + 100],
  ['tag of the last chunk', HEADER_SIZE_BYTES + 2 * SEALED_CHUNK + 5000 + 3],
]

describe('a file of the vault', () => {
  test('one changed bit in any part is found, named by its case and document, and never served', async () => {
    const fileId = await addCase('橋梁補修工事')
    const good = readFileSync(pathOf(fileId))
    for (const [name, place] of PLACES)
      for (const bit of [0, 7]) {
        const bad = Buffer.from(good)
        bad[place] = (bad[place] ?? 0) ^ (1 << bit)
        writeFileSync(pathOf(fileId), bad)
        await expectNamed(fileId, `${name}, bit ${bit}`)
      }
    writeFileSync(pathOf(fileId), good)
    expect(await problems()).toEqual([])
  })

  test('cut off anywhere or made longer it is found', async () => {
    const fileId = await addCase('橋梁補修工事')
    const good = readFileSync(pathOf(fileId))
    const lengths = [0, 10, HEADER_SIZE_BYTES, HEADER_SIZE_BYTES + SEALED_CHUNK, good.length - 1]
    for (const length of lengths) {
      writeFileSync(pathOf(fileId), good.subarray(0, length))
      await expectNamed(fileId, `cut to ${length}`)
    }
    for (const more of [1, TAG_SIZE_BYTES, SEALED_CHUNK]) {
      writeFileSync(pathOf(fileId), Buffer.concat([good, Buffer.alloc(more)]))
      await expectNamed(fileId, `${more} bytes more`)
    }
  })

  test('another authentic file in its place is found', async () => {
    const fileId = await addCase('橋梁補修工事')
    const other = await current.archive.vault.put(randomBytes(SIZE))
    copyFileSync(pathOf(other.fileId), pathOf(fileId))
    await expectNamed(fileId, 'another file')
  })

  test('two chunks in each other’s place are found', async () => {
    const fileId = await addCase('橋梁補修工事')
    const bytes = readFileSync(pathOf(fileId))
    const chunk = (index: number) =>
      bytes.subarray(HEADER_SIZE_BYTES + index * SEALED_CHUNK, HEADER_SIZE_BYTES + (index + 1) * SEALED_CHUNK)
    const first = Buffer.from(chunk(0))
    chunk(1).copy(chunk(0))
    first.copy(chunk(1))
    writeFileSync(pathOf(fileId), bytes)
    await expectNamed(fileId, 'chunks swapped')
  })

  test('the copy from before a rotation no longer opens', async () => {
    const fileId = await addCase('橋梁補修工事')
    const old = readFileSync(pathOf(fileId))
    await current.archive.rotateMasterKey()
    expect(await problems()).toEqual([])
    writeFileSync(pathOf(fileId), old)
    await expectNamed(fileId, 'from before the rotation')
  })

  test('a file that is gone is named', async () => {
    const fileId = await addCase('橋梁補修工事')
    rmSync(pathOf(fileId))
    expect(await problems()).toMatchObject([
      { code: 'FILE_MISSING', fileId, document: { caseTitle: '橋梁補修工事' } },
    ])
  })
})

describe('the slot file', () => {
  test('one changed bit anywhere in it never opens the archive with another content', async () => {
    await addCase('橋梁補修工事')
    current.archive.close()
    const path = join(current.folder, 'keyslots.json')
    const good = readFileSync(path)
    const codes = new Map<string, number>()
    for (let place = 0; place < good.length; place += 1) {
      const bad = Buffer.from(good)
      bad[place] = (bad[place] ?? 0) ^ 1
      writeFileSync(path, bad)
      const code = await openingCode()
      codes.set(code, (codes.get(code) ?? 0) + 1)
      writeFileSync(path, good)
    }
    // Opened all the same: white space, and letters of the count of wrong attempts, which nothing depends on.
    expect([...codes.keys()].filter((code) => !EXPECTED.includes(code))).toEqual([])
    expect(codes.get('opened') ?? 0).toBeLessThan(good.length / 4)
    expect(await openingCode()).toBe('opened')
  }, 120_000)
})

const EXPECTED: readonly string[] = ['KEYSLOTS_DAMAGED', 'WRONG_SECRET', 'opened']

async function openingCode(): Promise<string> {
  try {
    const archive = await openArchive({ folder: current.folder, clock: current.clock }, CLERK_KEY)
    const { length } = (await checkArchive(archive, { checkLog })).problems
    archive.close()
    return length === 0 ? 'opened' : 'opened with another content'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

describe('rows', () => {
  test('a log entry taken out or cut off behind an anchor is named by its number', async () => {
    for (const title of ['一件目', '二件目', '三件目']) await addCase(title)
    const { raw } = current.archive.connection()
    raw.exec('DROP TRIGGER audit_entries_stay_delete')
    raw.exec('SAVEPOINT tamper; DELETE FROM audit_entries WHERE seq = 2')
    expect(checkLog(current.archive.db).firstBrokenSeq).toBe(2)
    raw.exec('ROLLBACK TO tamper; RELEASE tamper')
    raw.exec(
      `INSERT INTO audit_anchors SELECT seq, hash, x'00', 1 FROM audit_entries WHERE seq = 3;
       DELETE FROM audit_entries WHERE seq = 3`,
    )
    expect(checkLog(current.archive.db).firstBrokenSeq).toBe(3)
  })

  test('a document whose case row was taken out is named', async () => {
    await addCase('橋梁補修工事')
    const { raw } = current.archive.connection()
    raw.pragma('foreign_keys = OFF')
    raw.exec('DELETE FROM cases')
    expect((await problems()).map(({ code }) => code)).toContain('FOREIGN_KEY_BROKEN')
  })

  /** Honest: an older copy of the database is authentic in itself. What is newer than it in the vault gives it away. */
  test('the whole database put back to an older copy shows files that no row knows', async () => {
    await addCase('橋梁補修工事')
    const { archive, folder } = current
    archive.connection().checkpoint()
    copyFileSync(join(folder, 'archive.db'), join(folder, 'older.db'))
    const newer = await addCase('後の案件')
    archive.close()
    copyFileSync(join(folder, 'older.db'), join(folder, 'archive.db'))
    const again = await openArchive({ folder, clock: current.clock }, CLERK_KEY)
    const check = await checkArchive(again, { checkLog })
    again.close()
    expect(check).toMatchObject({ problems: [], orphans: [newer], cases: 1 })
  })
})
