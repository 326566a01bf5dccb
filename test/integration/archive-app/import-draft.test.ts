import { existsSync, utimesSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ArchiveError } from '../../../electron/core/archive/errors.ts'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { listImportFiles } from '../../../electron/core/archive/tables/import-files.ts'
import { IMPORT_PART_BYTES } from '../../../shared/bridge/imports.ts'
import { CLERK_KEY } from '../../support/archive/temporary-archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { type ImportDesk, importDesk, OPTIONS } from '../../support/import-desk.ts'
import { rawZip, zipOf } from '../../support/make-zip.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

let office: ArchiveOffice
let desk: Desk
let at: ImportDesk
beforeEach(async () => {
  office = await startArchiveOffice()
  desk = office.sit('kiroku', ['records'])
  at = importDesk(office, desk)
})
afterEach(async () => {
  await office.close()
  expect(office.incidents).toEqual([])
})

const DAY_MS = 24 * 3600_000
const HEAD = '件名,ファイル名'
const draftOf = async () => must(await desk.client.imports.draft({})).draft
const filesOnDisk = () => office.archive.vault.list().length

async function unpack(zip: Uint8Array, name = 'export.zip') {
  const { importId } = await at.gather({ [name]: zip })
  const { taskId } = must(await desk.client.imports.unpack({ importId }))
  return at.finished(taskId)
}

/** The archive opened again as the next start does. */
async function restart() {
  const { remove: removeBefore } = office
  await office.running.close()
  const archive = await openArchive({ folder: office.folder, clock: office.clock }, CLERK_KEY)
  const remove = () => {
    archive.close()
    removeBefore()
  }
  office = await startArchiveOffice({ ...office, archive, remove })
  desk = office.sit('kiroku-2', ['records'])
  at = importDesk(office, desk)
}

describe('what is gathered', () => {
  test('does not lapse while the person is at work, however long that takes', async () => {
    await at.gather({ 'a.pdf': plainPdf(2_000, 'a') })
    await desk.upload('never added.pdf', plainPdf(2_000, 'x'))
    expect(filesOnDisk()).toBe(2)
    office.clock.advance(9 * 3600_000)
    await office.running.chores.runNow()
    expect(filesOnDisk()).toBe(1)
    expect(await draftOf()).toMatchObject({ pdfs: { count: 1 } })
  })

  test('outlives the program, and goes into the archive after it', async () => {
    const { importId } = await at.stage(`${HEAD}\n橋梁,a.pdf`, { 'a.pdf': plainPdf(2_000, 'a') })
    await restart()
    const mapping = { title: '件名', file: 'ファイル名' }
    const { taskId } = must(
      await desk.client.imports.run({ importId, table: '一覧.csv', mapping, options: OPTIONS }),
    )
    expect(await at.finished(taskId)).toMatchObject({ made: 1, refused: 0, code: null })
    expect(filesOnDisk()).toBe(1)
  })

  test('the same place takes the newer file; what nobody needs is destroyed', async () => {
    await at.gather({ 'R5/a.pdf': plainPdf(2_000, 'old') })
    const uploadId = await desk.upload('a.pdf', plainPdf(3_000, 'new'))
    const other = await desk.upload('memo.docx', Buffer.from('x'))
    const files = [
      { uploadId, path: 'R5\\a.pdf' },
      { uploadId: other, path: 'memo.docx' },
    ]
    const added = must(await desk.client.imports.addFiles({ files }))
    expect(added).toMatchObject({ replaced: 1, unused: ['memo.docx'], draft: { pdfs: { count: 1 } } })
    expect(filesOnDisk()).toBe(1)
  })

  test('given up, its files go and the log says so; what another person gathers stays', async () => {
    const { importId } = await at.gather({ 'a.pdf': plainPdf(2_000, 'a'), 'b.pdf': plainPdf(2_000, 'b') })
    const colleague = office.sit('other', ['records'])
    await importDesk(office, colleague).gather({ 'c.pdf': plainPdf(2_000, 'c') })
    must(await desk.client.imports.discard({ importId }))
    await vi.waitFor(() => expect(filesOnDisk()).toBe(1))
    expect(await draftOf()).toBeNull()
    const log = office.archive.db.allSql<{ action: string }>('SELECT action FROM audit_entries')
    expect(log.map(({ action }) => action)).toContain('import.discarded')
    expect(await desk.client.imports.discard({ importId })).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  test('a form names every gathered PDF and is understood when it comes back', async () => {
    const { importId } = await at.gather({
      '令和5年度/=a.pdf': plainPdf(2_000, 'a'),
      'b.pdf': plainPdf(2_000, 'b'),
    })
    const { ticket } = must(await desk.client.imports.tableForm({ importId }))
    const form = (await desk.download(ticket)).toString('utf8')
    await at.gather({ 'filled.csv': Buffer.from(form.replaceAll('.pdf","', '.pdf","件名')) })
    const read = must(await desk.client.imports.readTable({ importId, table: 'filled.csv' }))
    expect(read).toMatchObject({
      lines: 2,
      mapping: { file: 'ファイル名', title: '件名', amount: '取引金額' },
    })
    const asked = { importId, table: 'filled.csv', mapping: read.mapping, options: OPTIONS }
    const result = await at.finished(must(await desk.client.imports.dryRun(asked)).taskId)
    expect(result).toMatchObject({ made: 2, refused: 0, unlisted: 0 })
  })
})

describe('a ZIP of another service', () => {
  test('becomes files of the draft and leaves nothing else; the table in it is the one of the import', async () => {
    const csv = `${HEAD}\n橋梁,令和5年度/a.pdf\n道路,b\n`
    const result = await unpack(
      await zipOf({
        '令和5年度/a.pdf': plainPdf(600_000, 'a'),
        'b.pdf': plainPdf(2_000, 'b'),
        '一覧.csv': Buffer.from(csv),
        '説明.txt': Buffer.from('x'),
      }),
    )
    expect(result).toMatchObject({ code: null, made: 2, unused: ['説明.txt'] })
    const draft = await draftOf()
    expect(draft).toMatchObject({ pdfs: { count: 2 }, zips: [], tables: [{ path: 'export/一覧.csv' }] })
    expect(filesOnDisk()).toBe(3)
    const gathered = { importId: draft?.importId ?? '', table: 'export/一覧.csv' }
    const mapping = await at.mappingOf(gathered)
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    expect(await at.finished(taskId)).toMatchObject({ made: 2, refused: 0, unlisted: 0 })
  })

  test('comes in parts; a missing one is said, and the same ZIP again completes it', async () => {
    const zip = await zipOf({ 'a.pdf': plainPdf(400_000, 'a'), 'b.pdf': plainPdf(2_000, 'b') })
    const cut = Math.ceil(zip.length / 3)
    const pieces = [0, 1, 2].map((part) => zip.subarray(part * cut, (part + 1) * cut))
    const send = async (parts: readonly number[]) => {
      const files = []
      for (const part of parts)
        files.push({
          uploadId: await desk.upload('export.zip', pieces[part] ?? Buffer.alloc(0)),
          path: 'export.zip',
          part,
          parts: 3,
        })
      return must(await desk.client.imports.addFiles({ files })).draft
    }
    const { importId, zips } = await send([0, 2])
    expect(zips).toEqual([{ path: 'export.zip', parts: 3, received: 2 }])
    expect(await desk.client.imports.unpack({ importId })).toMatchObject({
      error: { code: 'ZIP_INCOMPLETE' },
    })
    await send([0, 1, 2])
    const result = await at.finished(must(await desk.client.imports.unpack({ importId })).taskId)
    expect(result).toMatchObject({ code: null, made: 2 })
    expect(filesOnDisk()).toBe(2)
    expect(IMPORT_PART_BYTES).toBeLessThan(200 * 1024 * 1024)
  })

  test('one that is refused, also in the middle, leaves nothing behind', async () => {
    await at.gather({ 'kept.pdf': plainPdf(2_000, 'kept') })
    const entry = (name: string, crc?: number) => ({
      name: Buffer.from(name),
      bytes: plainPdf(2_000, name),
      ...(crc === undefined ? {} : { crc }),
    })
    const many = Array.from({ length: 60 }, (_, index) => entry(`${index}.pdf`))
    const middle = await unpack(rawZip([...many, entry('bad.pdf', 1)]))
    expect(middle).toMatchObject({ code: 'ZIP_DAMAGED', detail: 'export.zip の bad.pdf' })
    expect(await unpack(rawZip([{ ...entry('a.pdf'), flags: 1 }]))).toMatchObject({ code: 'ZIP_ENCRYPTED' })
    expect(await unpack(Buffer.from('no zip'))).toMatchObject({ code: 'ZIP_DAMAGED', detail: 'export.zip' })
    expect(await draftOf()).toMatchObject({ pdfs: { count: 1 }, zips: [], tables: [] })
    expect(filesOnDisk()).toBe(1)
    expect(
      office.events.filter((event) => event.topic === 'progress' && event.state === 'failed'),
    ).toHaveLength(3)
  })

  test('a full disk is said in its own words, and nothing of the ZIP stays', async () => {
    const zip = await zipOf({ 'a.pdf': plainPdf(2_000, 'a'), 'b.pdf': plainPdf(2_000, 'b') })
    const { importId } = await at.gather({ 'export.zip': zip })
    const { vault } = office.archive
    const full = vi.spyOn(vault, 'put').mockRejectedValue(new ArchiveError('DISK_FULL', 'full'))
    const result = await at.finished(must(await desk.client.imports.unpack({ importId })).taskId)
    full.mockRestore()
    expect(result).toMatchObject({ code: 'DISK_FULL' })
    expect(filesOnDisk()).toBe(0)
  })
})

describe('what a crash leaves', () => {
  test('files no row knows go a month after they were first seen, however old they look; those of an import that waits never', async () => {
    const { importId } = await at.gather({ 'a.pdf': plainPdf(2_000, 'a') })
    const { fileId } = await office.archive.vault.put(Buffer.from('between file and row'))
    const path = office.archive.vault.pathOf(fileId)
    const [kept] = listImportFiles(office.archive.db, importId, { limit: 1 })
    const keptPath = office.archive.vault.pathOf(kept?.file.fileId as never)
    const old = new Date(office.clock.now() - 400 * DAY_MS)
    for (const each of [path, keptPath]) utimesSync(each, old, old)
    const sweepAfter = async (days: number) => {
      office.clock.advance(days * DAY_MS)
      await office.running.chores.runNow()
      return [existsSync(path), existsSync(keptPath)]
    }
    // In this life of the program its row may be on its way.
    expect(await sweepAfter(60)).toEqual([true, true])
    await restart()
    await office.running.chores.runNow()
    expect(await sweepAfter(29)).toEqual([true, true])
    expect(await sweepAfter(1)).toEqual([false, true])
  })

  test('clearing that was cut off is finished by the next start', async () => {
    const { importId } = await at.gather({ 'a.pdf': plainPdf(2_000, 'a'), 'b.pdf': plainPdf(2_000, 'b') })
    office.archive.connection().raw.exec(`UPDATE imports SET state = 'discarded' WHERE id = '${importId}'`)
    await restart()
    await office.running.chores.runNow()
    expect(filesOnDisk()).toBe(0)
    expect(listImportFiles(office.archive.db, importId, { limit: 9 })).toEqual([])
  })

  test('after a restore from a backup, which has no gathered files, resuming is refused in words', async () => {
    const { importId } = await at.stage(`${HEAD}\n橋梁,a.pdf`, { 'a.pdf': plainPdf(2_000, 'a') })
    const plan = {
      table: '一覧.csv',
      mapping: { title: '件名', file: 'ファイル名' },
      options: OPTIONS,
      lines: 1,
    }
    office.archive
      .connection()
      .raw.prepare("UPDATE imports SET state = 'running', plan_json = ? WHERE id = ?")
      .run(JSON.stringify({ ...plan, options: { ...OPTIONS, method: 'other', kind: 'other' } }), importId)
    for (const fileId of office.archive.vault.list()) await office.archive.vault.destroy(fileId)
    expect(await desk.client.imports.resume({ importId })).toMatchObject({
      error: { code: 'IMPORT_FILES_MISSING' },
    })
    must(await desk.client.imports.discard({ importId }))
  })
})
