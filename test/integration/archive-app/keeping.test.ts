import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import { appendLogEntry } from '../../../electron/core/audit/log.ts'
import { extractText } from '../../../electron/core/pages/extract-text.ts'
import { EpochMs } from '../../../shared/model/brand.ts'
import { caseFields } from '../../support/archive/temporary-archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

let office: ArchiveOffice
let desk: Desk

beforeEach(async () => {
  office = await startArchiveOffice()
  desk = office.sit('kiroku', ['records'])
})
afterEach(async () => {
  await office.close()
  expect(office.incidents).toEqual([])
})

async function keep(fields: Parameters<typeof caseFields>[0]) {
  const file = await office.archive.vault.put(plainPdf(3_000, 'kept'))
  const caseId = office.archive.transaction((db) => {
    const made = insertCase(db, caseFields(fields), office.change(), { state: 'concluded' })
    insertDocument(
      db,
      {
        caseId: made,
        title: '契約書',
        fileName: 'a.pdf',
        role: 'sign',
        pages: 1,
        preflight: null,
        file,
        reason: 'signature',
      },
      office.change(),
    )
    return made
  })
  return { caseId, path: office.archive.vault.pathOf(file.fileId) }
}

async function textOf(ticket: string): Promise<string> {
  const read = await extractText(await desk.download(ticket))
  if (!read.ok) throw new Error(read.error.code)
  return read.value.pages.join('\n').replace(/\s+/g, '')
}

/** A list that was made as long work. */
async function listOf({ taskId }: { readonly taskId: string }, who = desk): Promise<string> {
  await office.ended(taskId)
  const { ticket } = must(await who.client.archive.taskResult({ taskId }))
  return (await who.download(ticket)).toString('utf8')
}

describe('view rights', () => {
  test('deny by default: another 課 sees nothing until a folder names it, and sees nothing again when it no longer does', async () => {
    const { caseId } = await keep({ department: '土木課' })
    const other = office.sit('fukushi', ['clerk'], '福祉児童課')
    const own = office.sit('doboku', ['clerk'], '土木課')
    const seen = async (who: Desk) => must(await who.client.archive.search({})).total
    expect([await seen(other), await seen(own)]).toEqual([0, 1])
    const empty = { name: '閉じたフォルダ', parentId: null, roles: [], departments: [] }
    const { id } = must(await desk.client.archive.saveFolder(empty))
    must(await desk.client.archive.moveToFolder({ caseIds: [caseId], folderId: id }))
    expect([await seen(other), await seen(own), await seen(desk)]).toEqual([0, 0, 1])
    expect(await own.client.cases.read({ caseId })).toMatchObject({ error: { code: 'NOT_FOUND' } })
    expect(await own.client.papers.printCases({ caseIds: [caseId] })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
    must(await desk.client.archive.saveFolder({ ...empty, id, departments: ['福祉児童課'] }))
    expect([await seen(other), await seen(own)]).toEqual([1, 0])
    must(await desk.client.archive.saveFolder({ ...empty, id }))
    expect(await seen(other)).toBe(0)
  })
})

describe('papers', () => {
  test('L13: 訂正削除履歴 is printed with old, new, who, when and why; another 課 gets none of it', async () => {
    const { caseId } = await keep({ department: '土木課' })
    must(await desk.client.archive.setHold({ caseId, hold: true, why: '住民監査請求のため' }))
    const { ticket } = must(await desk.client.papers.printHistory({ text: '橋梁' }))
    const paper = await textOf(ticket)
    for (const word of ['訂正削除履歴', '廃棄停止', 'いいえ', 'はい', 'kirokuさん', '住民監査請求のため'])
      expect(paper).toContain(word)
    expect(await desk.client.papers.printHistory({ text: 'ないことば' })).toMatchObject({
      error: { code: 'NOTHING_FOUND' },
    })
    const list = await listOf(must(await desk.client.papers.exportHistory({ text: '住民監査' })))
    expect(list).toMatch(
      /^\uFEFF"日時",.+\r\n"令和.+","kiroku さん",".+","","廃棄停止","いいえ","はい","住民監査請求のため"\r\n$/,
    )
    const other = office.sit('fukushi', ['clerk'], '福祉児童課')
    for (const name of ['printHistory', 'exportHistory'] as const)
      expect(await other.client.papers[name]({ text: '橋梁' })).toMatchObject({
        error: { code: 'NOTHING_FOUND' },
      })
    const log = must(await desk.client.audit.list({ action: 'history.exported' }))
    expect(log.rows.map(({ actor, data }) => [actor, data.rows])).toEqual([['kiroku さん', 1]])
  })

  test('L17: システム概要書 and 操作説明書 are in the app', async () => {
    const titles = must(await desk.client.help.read({})).documents.map(({ title }) => title)
    expect(titles).toEqual(expect.arrayContaining(['システム概要書', '操作説明書']))
  })
})

describe('the 操作ログ', () => {
  const fill = (count: number) =>
    office.archive.transaction((db) => {
      for (let index = 0; index < count; index += 1)
        appendLogEntry(db, {
          ...{ at: EpochMs.parse(1_700_000_000_000 + index), actorId: null, actor: `人${index % 7}` },
          ...{ action: 'case.viewed', caseId: null, caseTitle: '橋梁', data: { index } },
        })
    })

  test('L29: a check goes on in the background, says what it found, and is logged itself', async () => {
    fill(2_000)
    const task = must(await desk.client.audit.check({}))
    await office.ended(task.taskId)
    expect(must(await desk.client.audit.checked(task))).toMatchObject({
      state: 'done',
      found: { entries: 2_000, firstBrokenSeq: null },
    })
    const { raw } = office.archive.connection()
    raw.exec('DROP TRIGGER audit_entries_stay_update')
    raw.exec("UPDATE audit_entries SET actor = 'x' WHERE seq = 1500")
    const again = must(await desk.client.audit.check({}))
    await office.ended(again.taskId)
    expect(must(await desk.client.audit.checked(again)).found?.firstBrokenSeq).toBe(1_500)
    const log = must(await desk.client.audit.list({ action: 'log.checked' }))
    expect(log.rows.map(({ data }) => data.firstBrokenSeq)).toEqual([1_500, null])
  })

  test('a check that was cancelled says so and claims nothing', async () => {
    fill(3_000)
    const task = must(await desk.client.audit.check({}))
    must(await desk.client.tasks.cancel(task))
    await office.ended(task.taskId)
    expect(must(await desk.client.audit.checked(task))).toEqual({ state: 'cancelled', found: null })
    expect(must(await desk.client.audit.list({ action: 'log.checked' })).rows).toEqual([])
  })

  test('is listed to the last page, counted up to a thousand, and exported whole', async () => {
    fill(2_345)
    const first = must(await desk.client.audit.list({ limit: 5 }))
    expect([first.total, first.totalIsCapped, first.rows[0]?.seq]).toEqual([1_000, true, 2_345])
    const last = must(await desk.client.audit.list({ offset: 2_300, limit: 100, action: 'case.viewed' }))
    expect([last.total, last.totalIsCapped, last.rows.length]).toEqual([2_345, false, 45])
    expect(last.rows.at(-1)?.data).toEqual({ index: 0 })
    const lines = (await listOf(must(await desk.client.audit.export({ from: null, to: null })))).split('\r\n')
    // The two looks at the log are in it, too.
    expect(lines.length).toBe(1 + 2_347 + 1)
    expect(lines[1]).toContain('"1","令和5年11月15日')
    expect(lines[1]).toContain('"案件を開きました"')
    const exported = must(await desk.client.audit.list({ action: 'log.exported' })).rows
    expect(exported.map(({ data }) => data)).toEqual([{ about: 'すべての期間', rows: 2_347 }])
  })
})

describe('the master key', () => {
  test('is made anew from the settings; every file still opens, and it is logged with its reason', async () => {
    const { caseId } = await keep({})
    const administrator = office.sit('kanri', ['administrator'])
    expect(must(await administrator.client.keys.read({})).generation).toBe(1)
    const cancelled = must(await administrator.client.keys.rotate({ why: '間違い' }))
    must(await administrator.client.tasks.cancel(cancelled))
    await office.ended(cancelled.taskId)
    expect(must(await administrator.client.keys.rotation(cancelled))).toEqual({
      state: 'cancelled',
      code: null,
    })
    expect(must(await administrator.client.keys.read({})).generation).toBe(1)
    const task = must(await administrator.client.keys.rotate({ why: '人事異動' }))
    await office.ended(task.taskId)
    expect(must(await administrator.client.keys.rotation(task))).toEqual({ state: 'done', code: null })
    const rotating = office.events.filter(
      (event) => event.topic === 'progress' && event.taskId === task.taskId,
    )
    expect(rotating).toContainEqual(expect.objectContaining({ label: 'rotate-key', state: 'running' }))
    expect(must(await administrator.client.keys.read({})).generation).toBe(2)
    const [document] = must(await desk.client.cases.read({ caseId })).documents
    const opened = must(await desk.client.documents.open({ documentId: document?.id ?? '', purpose: 'view' }))
    expect((await desk.download(opened.ticket)).subarray(0, 5).toString()).toBe('%PDF-')
    const log = must(await desk.client.audit.list({ action: 'master-key.rotated' }))
    expect(log.rows[0]?.data).toMatchObject({ why: '人事異動', generation: 2 })
    expect(await desk.client.keys.rotate({ why: '権限なし' })).toMatchObject({ error: { code: 'FORBIDDEN' } })
  })
})
