import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addKeyslot } from '../../../electron/core/archive/keyslots.ts'
import { newRecoveryCode } from '../../../electron/core/archive/recovery-code.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import type { FileId } from '../../../electron/core/archive/vault.ts'
import { extractText } from '../../../electron/core/pages/extract-text.ts'
import type { BackupSettings } from '../../../shared/bridge/keeping.ts'
import { caseFields, temporaryFolder } from '../../support/archive/temporary-archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { watchEventLoop } from '../../support/event-loop-monitor.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let office: ArchiveOffice
let desk: Desk
let target: string
let settings: BackupSettings
const code = newRecoveryCode()

beforeEach(async () => {
  office = await startArchiveOffice()
  target = temporaryFolder()
  settings = { folder: target, dailyAt: '12:30', keepDaily: 3, keepMonthly: 2 }
  desk = office.sit('kanri', ['administrator'])
  await keepContract('橋梁補修工事')
  await addKeyslot(
    office.folder,
    office.archive.master(),
    { label: '1', secret: { kind: 'recovery', code } },
    office.clock,
  )
})
afterEach(async () => {
  await office.close()
  await rm(target, { recursive: true, force: true })
  expect(office.incidents).toEqual([])
})

async function keepContract(title: string, sizeBytes = 20_000): Promise<FileId> {
  const file = await office.archive.vault.put(plainPdf(sizeBytes, title))
  office.archive.transaction((db) => {
    const caseId = insertCase(db, caseFields({ title }), office.change(), { state: 'concluded' })
    insertDocument(
      db,
      {
        caseId,
        title,
        fileName: 'a.pdf',
        role: 'attachment',
        pages: 1,
        preflight: null,
        file,
        reason: 'import',
      },
      office.change(),
    )
  })
  return file.fileId
}

async function runNow() {
  const { taskId } = must(await desk.client.backup.run({}))
  await office.ended(taskId)
  return must(await desk.client.backup.taskResult({ taskId }))
}

async function drill(secret: { kind: 'recovery'; code: string } = { kind: 'recovery', code }) {
  const { taskId } = must(await desk.client.backup.drill({ secret }))
  await office.ended(taskId)
  return { taskId, ...must(await desk.client.archive.taskResult({ taskId })) }
}

async function textOf(ticket: string | null): Promise<string> {
  const read = await extractText(await desk.download(ticket))
  if (!read.ok) throw new Error(read.error.code)
  return read.value.pages.join('\n').replace(/\s+/g, '')
}

const drillsInLog = async () =>
  must(await desk.client.audit.list({ action: 'backup.drilled' })).rows.map(({ actor, data }) => ({
    actor,
    data,
  }))

const homeCodes = async () => must(await desk.client.cases.overview({})).notices.map((notice) => notice.code)
const warning = async () => must(await desk.client.backup.read({})).warning
const readiness = async () =>
  must(await desk.client.settings.readiness({})).items.find((item) => item.code === 'backup')?.done

describe('backup from the settings', () => {
  test('warns on ホーム and in 本番前の確認 until the first backup is made', async () => {
    expect(await warning()).toBe('BACKUP_NOT_SET')
    expect(await homeCodes()).toContain('BACKUP_NOT_SET')
    expect(await desk.client.backup.run({})).toMatchObject({ error: { code: 'BACKUP_NOT_SET' } })
    must(await desk.client.backup.write(settings))
    expect(await warning()).toBe('BACKUP_NEVER')
    expect(await readiness()).toBe(false)
    const { run } = await runNow()
    expect(run).toMatchObject({ code: null, files: 1, copiedFiles: 1 })
    expect(await warning()).toBeNull()
    expect(await readiness()).toBe(true)
    expect(await homeCodes()).not.toContain('BACKUP_NEVER')
    expect(must(await desk.client.backup.read({})).generations).toHaveLength(1)
  })

  test('runs daily at the time that was set, makes up for a time the PC was off, and never twice a day', async () => {
    must(await desk.client.backup.write(settings))
    office.clock.set(new Date('2026-04-02T12:29:00+09:00'))
    await office.running.backups.runDue()
    const count = async () => must(await desk.client.backup.read({})).generations.length
    // The first one is made at once: nothing was ever saved.
    expect(await count()).toBe(1)
    office.clock.set(new Date('2026-04-02T12:31:00+09:00'))
    await office.running.backups.runDue()
    await office.running.backups.runDue()
    expect(await count()).toBe(2)
    office.clock.set(new Date('2026-04-04T08:00:00+09:00'))
    await office.running.backups.runDue()
    expect(await count()).toBe(3)
    expect(await warning()).toBeNull()
  })

  test('says that it failed and that it did not run, and takes up again by itself', async () => {
    must(await desk.client.backup.write(settings))
    expect((await runNow()).code).toBeNull()
    await rm(target, { recursive: true })
    await writeFile(target, 'the share is gone; a file lies in its place')
    office.clock.advance(DAY_MS)
    await office.running.backups.runDue()
    expect(await warning()).toBe('BACKUP_FAILED')
    expect(must(await desk.client.backup.read({})).runs[0]?.code).toBe('BACKUP_FOLDER_UNUSABLE')
    office.clock.advance(2 * DAY_MS)
    expect(await warning()).toBe('BACKUP_NOT_RUN')
    expect(await homeCodes()).toContain('BACKUP_NOT_RUN')
    await rm(target)
    await office.running.backups.runDue()
    expect(await warning()).toBeNull()
  })

  test('refuses a folder inside the archive, a relative one and one that cannot be written', async () => {
    const write = async (folder: string) => {
      const answer = await desk.client.backup.write({ ...settings, folder })
      return answer.ok ? 'ok' : answer.error.code
    }
    expect(await write(join(office.folder, 'backup'))).toBe('BACKUP_FOLDER_INSIDE_ARCHIVE')
    expect(await write('backup')).toBe('BACKUP_FOLDER_UNUSABLE')
    expect(await write('/proc/keiyaku')).toBe('BACKUP_FOLDER_UNUSABLE')
    expect(await write(target)).toBe('ok')
  })

  test('a person without the right neither starts nor sees it', async () => {
    const clerk = office.sit('tantou', ['clerk'])
    expect(await clerk.client.backup.run({})).toMatchObject({ error: { code: 'FORBIDDEN' } })
    expect(must(await clerk.client.cases.overview({})).notices).toEqual([])
  })

  test('never computes for 50 ms on the main thread while 60 MB are copied and verified', async () => {
    for (let index = 0; index < 20; index += 1) await keepContract(`工事 ${index}`, 3_000_000)
    must(await desk.client.backup.write(settings))
    const monitor = watchEventLoop()
    await runNow()
    expect(monitor.stop().longestComputedMs).toBeLessThan(50)
  })
})

describe('the restore drill', () => {
  test('restores into scratch with the recovery sheet, checks every byte and prints the result', async () => {
    must(await desk.client.backup.write(settings))
    await runNow()
    const { drill: report, ticket, code: failure } = await drill()
    expect(failure).toBeNull()
    expect(report).toMatchObject({ cases: 1, files: 1, problems: [], verdicts: { unsigned: 1 } })
    expect(report?.logEntries).toBeGreaterThan(0)
    expect((await desk.download(ticket)).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await readdir(office.folder)).filter((name) => name.startsWith('restore-drill'))).toEqual([])
  })

  test('its record is there for a day, with a fresh address at each ask, and for its starter alone', async () => {
    must(await desk.client.backup.write(settings))
    await runNow()
    const first = await drill()
    office.clock.advance(11 * 60_000)
    const [row] = must(await desk.client.archive.outcomes({})).rows
    expect(row).toMatchObject({
      taskId: first.taskId,
      kind: 'restore-drill',
      about: expect.stringMatching(/^令和8年.*の世代$/),
      state: 'done',
      files: 1,
      doubtful: 0,
      hasFile: true,
    })
    await expect(desk.download(first.ticket)).rejects.toThrow('No such ticket')
    const { ticket, fileName, drill: report } = must(await desk.client.archive.taskResult(first))
    expect([fileName, report]).toEqual(['復旧訓練の記録.pdf', first.drill])
    expect(await textOf(ticket)).toContain('問題はありませんでした')
    const other = office.sit('kanri2', ['administrator'])
    expect(must(await other.client.archive.outcomes({})).rows).toEqual([])
    expect(await other.client.archive.taskResult(first)).toMatchObject({ error: { code: 'NOT_FOUND' } })
    office.clock.advance(DAY_MS)
    await office.running.chores.runNow()
    expect(await desk.client.archive.taskResult(first)).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  test('names what it found in words, with the contract and the document, on screen and paper', async () => {
    must(await desk.client.backup.write(settings))
    const fileId = await keepContract('側溝改良工事')
    // Lost before the backup: the generation has its row and not its file.
    await rm(office.archive.vault.pathOf(fileId))
    expect((await runNow()).code).toBe('BACKUP_FILES_MISSING')
    const { drill: report, ticket, code: failure } = await drill()
    expect(failure).toBeNull()
    const place = '案件「側溝改良工事」の文書「側溝改良工事」第1版'
    expect(report?.problems).toEqual([{ text: '保管ファイルがありません', place }])
    const paper = await textOf(ticket)
    expect(paper).toContain('保管ファイルがありません')
    expect(paper).toContain(place)
    expect(paper).not.toContain('FILE_MISSING')
    expect(must(await desk.client.archive.outcomes({})).rows[0]).toMatchObject({ files: 2, doubtful: 1 })
  })

  test('every end of it is in the 操作ログ: done, failed and cancelled', async () => {
    must(await desk.client.backup.write(settings))
    const generation = (await runNow()).run?.generation
    await drill()
    const failed = await drill({ kind: 'recovery', code: newRecoveryCode() })
    const task = must(await desk.client.backup.drill({ secret: { kind: 'recovery', code } }))
    must(await desk.client.tasks.cancel(task))
    await office.ended(task.taskId)
    expect(must(await desk.client.archive.taskResult(task))).toMatchObject({ cancelled: true, ticket: null })
    expect(must(await desk.client.archive.outcomes({})).rows.map(({ state, code }) => [state, code])).toEqual(
      [
        ['cancelled', null],
        ['failed', 'WRONG_SECRET'],
        ['done', null],
      ],
    )
    expect(failed).toMatchObject({ ticket: null, drill: null })
    const actor = 'kanri さん'
    expect(await drillsInLog()).toEqual([
      { actor, data: { generation, code: 'TASK_CANCELLED', problems: null } },
      { actor, data: { generation, code: 'WRONG_SECRET', problems: null } },
      { actor, data: { generation, code: null, problems: 0 } },
    ])
    // The archive is free again.
    expect((await drill()).code).toBeNull()
  })

  test('a wrong code is said at once and counts nothing in the backup', async () => {
    must(await desk.client.backup.write(settings))
    const { run } = await runNow()
    const slots = join(target, 'generations', String(run?.generation), 'keyslots.json')
    const before = await readFile(slots, 'utf8')
    const mistyped = await desk.client.backup.drill({ secret: { kind: 'recovery', code: 'AAAA' } })
    expect(mistyped).toMatchObject({ error: { code: 'RECOVERY_CODE_WRONG' } })
    expect((await drill({ kind: 'recovery', code: newRecoveryCode() })).code).toBe('WRONG_SECRET')
    expect(await readFile(slots, 'utf8')).toBe(before)
  })

  test('a flipped byte in the backup is found', async () => {
    must(await desk.client.backup.write(settings))
    await runNow()
    const [part] = await readdir(join(target, 'files'))
    const [name] = await readdir(join(target, 'files', String(part)))
    const path = join(target, 'files', String(part), String(name))
    const bytes = await readFile(path)
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1
    await writeFile(path, bytes)
    expect((await drill()).code).toBe('BACKUP_DAMAGED')
    expect(existsSync(join(office.folder, 'archive.db'))).toBe(true)
  })
})
