/** What the screen 保管庫 asks of the office: hits, places in documents, facets, folders, history; with the rights of who asks. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { insertCase, moveToFolder } from '../../../electron/core/archive/tables/cases.ts'
import {
  insertDocument,
  removeDocument,
  writeDocumentText,
} from '../../../electron/core/archive/tables/documents.ts'
import { saveFolder } from '../../../electron/core/archive/tables/folders.ts'
import { extractText } from '../../../electron/core/pages/extract-text.ts'
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { caseFields } from '../../support/archive/temporary-archive.ts'
import { type ArchiveOffice, startArchiveOffice } from '../../support/archive-office.ts'
import { watchEventLoop } from '../../support/event-loop-monitor.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
import { readZip } from '../../support/read-zip.ts'

let office: ArchiveOffice
beforeEach(async () => {
  office = await startArchiveOffice()
})
afterEach(async () => {
  await office.close()
  expect(office.incidents).toEqual([])
})

/** A contract whose document has these pages. */
async function keep(fields: Parameters<typeof caseFields>[0], pages: readonly string[]) {
  const file = await office.archive.vault.put(plainPdf(2_000, 'kept'))
  return office.archive.transaction((db) => {
    const caseId = insertCase(db, caseFields(fields), office.change(), { state: 'concluded' })
    const document = insertDocument(
      db,
      {
        caseId,
        title: '契約書',
        fileName: 'a.pdf',
        role: 'attachment',
        pages: Math.max(1, pages.length),
        preflight: null,
        file,
        reason: 'import',
      },
      office.change(),
    )
    writeDocumentText(db, document.id, pages)
    return { caseId, documentId: document.id }
  })
}

const SAMPLE = resolve(import.meta.dirname, '../../../../shared/samples/indesign-148p.pdf')

/** Text of 148 pages: of the real document where it is, else as much of our own. */
async function longText(): Promise<readonly string[]> {
  if (!existsSync(SAMPLE))
    return Array.from(
      { length: 148 },
      (_, at) => `第${at}頁 ${'受注者は、仕様書に従い誠実に業務を行う。'.repeat(27)}`,
    )
  const read = await extractText(await readFile(SAMPLE))
  if (!read.ok) throw new Error(read.error.code)
  return read.value.pages
}

describe('places of words in documents', () => {
  test('the page that says why a case was found, all words marked in every writing', async () => {
    const desk = office.sit('kiroku', ['records'])
    const { caseId, documentId } = await keep({ title: '橋梁補修工事' }, [
      '第1条 総則',
      `${'前文。'.repeat(60)}受注者㈱髙橋組は、ｺﾝｸﾘｰﾄの養生を行う。${'後文。'.repeat(60)}`,
      '橋梁の検査',
    ])
    const words = ['橋梁', '高橋組', 'コンクリートの養生']
    const [row] = must(await desk.client.archive.snippets({ caseIds: [caseId], words })).rows
    expect(row?.snippet).toMatchObject({ documentId, page: 2, source: '契約書' })
    const { text = '', marks = [] } = row?.snippet ?? {}
    expect(marks.map(([start, end]) => text.slice(start, end))).toEqual(['髙橋組', 'ｺﾝｸﾘｰﾄの養生'])
    expect(text.length).toBeLessThanOrEqual(120)
    const pages = must(await desk.client.archive.hitPages({ documentId, words }))
    expect(pages).toEqual({ pages: [2, 3] })
  })

  test('a word of the remarks is shown there, a word of no document nowhere, and a removed document is not read', async () => {
    const desk = office.sit('kiroku', ['records'])
    const { caseId, documentId } = await keep({ remarks: '繰越明許費による。' }, ['橋脚の補強'])
    const snippetOf = async (word: string) =>
      must(await desk.client.archive.snippets({ caseIds: [caseId], words: [word] })).rows[0]?.snippet
    expect(await snippetOf('明許費')).toMatchObject({ documentId: null, page: null, source: '備考' })
    expect(await snippetOf('橋脚')).toMatchObject({ documentId, page: 1 })
    expect(await snippetOf('土木課')).toBeNull()
    office.archive.transaction((db) => removeDocument(db, documentId, office.change('差替え')))
    expect(await snippetOf('橋脚')).toBeNull()
  })

  test('is told to nobody who may not see the case', async () => {
    const stranger = office.sit('fukushi', ['clerk'], '福祉児童課')
    const { caseId, documentId } = await keep({ department: '土木課' }, ['秘密の単価'])
    expect(must(await stranger.client.archive.snippets({ caseIds: [caseId], words: ['単価'] })).rows).toEqual(
      [{ caseId, snippet: null }],
    )
    expect(await stranger.client.archive.hitPages({ documentId, words: ['単価'] })).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    })
  })

  test('of ten documents of 148 pages each keeps the main thread for no more than 50 ms at a stretch', async () => {
    const desk = office.sit('kiroku', ['records'])
    const pages = await longText()
    const caseIds: CaseId[] = []
    for (let at = 0; at < 10; at += 1) caseIds.push((await keep({}, pages)).caseId)
    const loop = watchEventLoop()
    for (let at = 0; at < caseIds.length; at += 5)
      must(
        await desk.client.archive.snippets({ caseIds: caseIds.slice(at, at + 5), words: ['どこにもない語'] }),
      )
    expect(loop.stop().longestComputedMs).toBeLessThan(50)
  }, 60_000)
})

describe('the list of hits', () => {
  test('has what a row shows: folder, retention, hold, 機密区分, its document, and 本文検索不可 where there is no text', async () => {
    const desk = office.sit('kiroku', ['records'])
    const { caseId, documentId } = await keep(
      { completedOn: '2026-03-31', retentionYears: 5, confidentiality: 'open' },
      [],
    )
    must(await desk.client.archive.setHold({ caseId, hold: true, why: '監査のため' }))
    const { rows } = must(await desk.client.archive.search({ holdOnly: true, offset: 0, limit: 5 }))
    expect(rows).toMatchObject([
      {
        id: caseId,
        documentId,
        textless: true,
        hold: true,
        confidentiality: 'open',
        retentionEndsOn: '2031-03-31',
        folderId: null,
        fiscalYear: 2025,
      },
    ])
  })

  test('counts the other values of a group as if none of it were ticked, and the other groups as asked', async () => {
    const desk = office.sit('kiroku', ['records'])
    await keep({ kind: 'construction', department: '土木課' }, [])
    await keep({ kind: 'lease', department: '総務課' }, [])
    const { total, facets } = must(
      await desk.client.archive.search({ kinds: ['lease'], offset: 0, limit: 5 }),
    )
    expect(total).toBe(1)
    expect(facets.kind?.map(({ value, count }) => [value, count]).sort()).toEqual([
      ['construction', 1],
      ['lease', 1],
    ])
    expect(facets.department?.map(({ value }) => value)).toEqual(['総務課'])
  })

  test('reads 今年度 by the clock of the office', async () => {
    const desk = office.sit('kiroku', ['records'])
    await keep({ contractDate: '2026-04-01' }, [])
    await keep({ contractDate: '2026-03-31' }, [])
    const { rows, understood } = must(
      await desk.client.archive.search({ text: '今年度', offset: 0, limit: 5 }),
    )
    expect(rows.map((row) => row.contractDate)).toEqual(['2026-04-01'])
    expect(understood).toEqual([
      { kind: 'date', text: '今年度', start: 0, end: 3, from: '2026-04-01', to: '2027-03-31' },
    ])
  })
})

test('folders are listed to those they name and to their keepers, and to nobody else', async () => {
  office.archive.transaction((db) => {
    saveFolder(db, { name: '建設', parentId: null, roles: [], departments: ['土木課'] }, office.change())
    saveFolder(db, { name: '訴訟', parentId: null, roles: [], departments: [] }, office.change())
  })
  const names = async (desk: ReturnType<typeof office.sit>) =>
    must(await desk.client.archive.folders({})).rows.map((row) => row.name)
  expect(await names(office.sit('doboku', ['clerk'], '土木課'))).toEqual(['建設'])
  expect(await names(office.sit('fukushi', ['clerk'], '福祉児童課'))).toEqual([])
  expect(await names(office.sit('kiroku', ['records']))).toEqual(['建設', '訴訟'])
})

test('who would see a folder is said by name and by which right, before it is saved, to its keepers only', async () => {
  const keeper = office.sit('kiroku', ['records'])
  const clerk = office.sit('doboku', ['clerk'], '土木課')
  office.sit('fukushi', ['clerk'], '福祉児童課')
  const ask = async (roles: ('clerk' | 'administrator')[], departments: string[]) =>
    must(await keeper.client.archive.whoSees({ roles, departments })).rows.map(({ displayName, by }) => [
      displayName,
      by,
    ])
  const always = ['kiroku さん', 'all']
  expect(await ask([], [])).toEqual([always])
  expect((await ask([], ['土木課'])).sort()).toEqual([['doboku さん', 'department'], always].sort())
  expect((await ask(['clerk'], [])).sort()).toEqual(
    [['doboku さん', 'role'], ['fukushi さん', 'role'], always].sort(),
  )
  expect(await clerk.client.archive.whoSees({ roles: [], departments: [] })).toMatchObject({
    ok: false,
    error: { code: 'FORBIDDEN' },
  })
  expect(must(await keeper.client.archive.folders({})).rows).toEqual([])
})

test('L13 the history names folders and documents, finds deletions, and shows no case one may not see', async () => {
  const desk = office.sit('kiroku', ['records'])
  const { caseId, documentId } = await keep({ title: '水路改修工事', department: '土木課' }, ['本文'])
  const folderId = office.archive.transaction((db) =>
    saveFolder(db, { name: '建設', parentId: null, roles: [], departments: ['土木課'] }, office.change()),
  )
  office.archive.transaction((db) => moveToFolder(db, caseId, folderId, office.change('整理')))
  office.archive.transaction((db) => removeDocument(db, documentId, office.change('誤った文書')))
  const ask = async (over: Partial<Parameters<typeof desk.client.archive.changes>[0]>, who = desk) =>
    must(await who.client.archive.changes({ offset: 0, limit: 50, ...over })).rows
  expect(await ask({ text: '水路 フォルダ' })).toMatchObject([
    { field: 'folderId', oldValue: null, newValue: '建設', why: '整理' },
  ])
  expect(await ask({ deletionsOnly: true })).toMatchObject([
    { entity: 'document', subject: '契約書', field: 'removed', caseTitle: '水路改修工事', why: '誤った文書' },
  ])
  expect(await ask({ deletionsOnly: true }, office.sit('fukushi', ['clerk'], '福祉児童課'))).toEqual([])
})

test('the history names the 原契約 to those only who may see it: on the screen, on paper and in every list', async () => {
  const parent = await keep(
    {
      title: '保護世帯への委託',
      contractNumber: '',
      department: '福祉児童課',
      confidentiality: 'restricted',
    },
    [],
  )
  const child = await keep(
    { title: '変更契約', department: '土木課', parentCaseId: parent.caseId, contractDate: '2025-09-01' },
    [],
  )
  const clerk = office.sit('doboku', ['clerk'], '土木課')
  const listed = async ({ client, download }: typeof clerk, taskId: string) => {
    await office.ended(taskId)
    return download(must(await client.archive.taskResult({ taskId })).ticket)
  }
  /** What each of them shows to a person. */
  const shown = async (desk: typeof clerk) => {
    const { client } = desk
    const screen = must(await client.archive.changes({ offset: 0, limit: 50 })).rows
    const ofCase = must(await client.cases.history({ caseId: child.caseId })).changes
    const paper = await extractText(
      await desk.download(must(await client.papers.printHistory({ text: '変更契約' })).ticket),
    )
    const csv = await listed(desk, must(await client.papers.exportHistory({ text: '変更契約' })).taskId)
    const query = SearchQuery.parse({ dateFrom: '2025-09-01', dateTo: '2025-09-01', text: '変更契約' })
    const zip = await listed(desk, must(await client.archive.export({ query })).taskId)
    return [
      ...[screen, ofCase].map((rows) => JSON.stringify(rows.filter(({ field }) => field === 'parentCaseId'))),
      paper.ok ? paper.value.pages.join('').replace(/\s+/g, '') : '',
      String(csv),
      String(readZip(zip).get('訂正削除履歴.csv')),
    ]
  }
  for (const text of await shown(clerk)) {
    expect(text).toContain('見る権限のない案件')
    expect(text).not.toContain('保護世帯')
    expect(text).not.toContain(parent.caseId)
  }
  for (const text of await shown(office.sit('kiroku', ['records'])))
    expect(text).toContain('保護世帯への委託')
})

test('saved searches are arranged by their owner', async () => {
  const desk = office.sit('kiroku', ['records'])
  const save = async (name: string) =>
    must(await desk.client.archive.saveSearch({ name, query: { text: name } })).id
  const [first, second] = [await save('橋'), await save('道')]
  must(
    await desk.client.archive.arrangeSavedSearches({
      rows: [
        { id: second, name: '道路' },
        { id: first, name: '橋' },
      ],
    }),
  )
  const { rows } = must(await desk.client.archive.savedSearches({}))
  expect(rows.map(({ name, query }) => [name, query.text])).toEqual([
    ['道路', '道'],
    ['橋', '橋'],
  ])
})
