import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { extractText } from '../../../electron/core/pages/extract-text.ts'
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { savedPdf } from '../../support/copy-pdf.ts'
import { watchEventLoop } from '../../support/event-loop-monitor.ts'
import { keepContract, townSigned } from '../../support/kept-contract.ts'
import { makePdf } from '../../support/make-pdf.ts'
import { must } from '../../support/office-process.ts'
import { askJudge, hasJudge } from '../../support/outside-judges.ts'
import { readZip } from '../../support/read-zip.ts'

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

async function outcomeOf(taskId: string) {
  await office.ended(taskId)
  return must(await desk.client.archive.taskResult({ taskId }))
}

async function pagesOf(bytes: Uint8Array): Promise<string[]> {
  const read = await extractText(bytes)
  if (!read.ok) throw new Error(read.error.code)
  return read.value.pages.map((page) => page.replace(/\s+/g, ''))
}

describe('L18: 写し', () => {
  test('one PDF: a cover that says 写し, digest, verdict, signer and time, then every page marked; and it is logged', async () => {
    const contract = await townSigned(office, makePdf({ pages: 3 }))
    const { caseId, documentIds } = await keepContract(
      office,
      {},
      { title: '契約書', bytes: contract, pages: 3 },
      { title: '締結証明書', bytes: makePdf({ pages: 1 }), role: 'certificate' },
      { title: '設計書', bytes: makePdf({ pages: 1 }), role: 'view' },
    )
    const { taskId } = must(await desk.client.papers.printCases({ caseIds: [caseId] }))
    const outcome = await outcomeOf(taskId)
    expect(outcome).toMatchObject({ code: null, fileName: '電子契約の写し.pdf', total: 2 })
    const bytes = await desk.download(outcome.ticket)
    if (hasJudge('qpdf')) expect(askJudge('qpdf', ['--check', savedPdf(bytes)])).toMatchObject({ code: 0 })
    const pages = await pagesOf(bytes)
    expect(pages).toHaveLength(5)
    for (const [index, page] of pages.entries()) expect(page).toContain(`写し${index + 1}/5`)
    const [document] = must(await desk.client.cases.read({ caseId })).documents
    expect(document?.id).toBe(documentIds[0])
    for (const word of [
      '写し',
      '橋梁補修工事',
      '株式会社髙橋組',
      '12,345,000円',
      '署名は有効です',
      'テスト用扶桑町契約権限者',
      '令和8年4月1日（2026年）10:00:00',
      '（非認定）',
      '署名はありません',
      document?.current.sha256 ?? '',
    ])
      expect(pages[0]).toContain(word)
    expect(pages[1]).toContain('Page1')
    expect(pages[1]).toContain(`契約書（全3頁）原本のSHA-256${document?.current.sha256}`)
    expect(pages[4]).toContain('締結証明書（全1頁）')
    expect(pages.join('')).not.toContain('設計書')
    const log = must(await desk.client.audit.list({ action: 'case.printed' }))
    expect(log.rows[0]).toMatchObject({ caseId, actor: 'kiroku さん', data: { documents: 2 } })
  })

  test('a damaged file and one that cannot be copied are named on the cover and in the outcome; the others are printed', async () => {
    const torn = Buffer.from(makePdf({ pages: 2 }))
    torn.write('XX', torn.lastIndexOf('endstream'))
    const { caseId, paths } = await keepContract(
      office,
      {},
      { title: '壊れた契約書', bytes: makePdf({ pages: 1 }) },
      { title: '写せない別紙', bytes: torn, role: 'attachment', pages: 2 },
      { title: '締結証明書', bytes: makePdf({ pages: 1 }), role: 'certificate' },
    )
    const path = paths[0] ?? ''
    const stored = readFileSync(path)
    stored[1500] = (stored[1500] ?? 0) ^ 1
    writeFileSync(path, stored)
    const { taskId } = must(await desk.client.papers.printCases({ caseIds: [caseId] }))
    const outcome = await outcomeOf(taskId)
    expect(outcome.counts).toEqual({ damaged: 1, 'not-copied': 1, unsigned: 1 })
    const pages = await pagesOf(await desk.download(outcome.ticket))
    expect(pages).toHaveLength(2)
    for (const word of ['ファイルが壊れているため、写しはありません', 'この文書の頁は写せません'])
      expect(pages[0]).toContain(word)
    expect(pages[1]).toContain('写し2/2')
  })

  test('a span comes in order with a list of contents that names the sheet on which each contract begins', async () => {
    for (const day of ['03', '01', '02'])
      await keepContract(
        office,
        { title: `契約${day}`, contractDate: `2025-09-${day}` },
        { title: '契約書', bytes: makePdf({ pages: 2 }), pages: 2 },
      )
    await keepContract(office, { title: '範囲の外', contractDate: '2025-10-01' })
    const query = SearchQuery.parse({ dateFrom: '2025-09-01', dateTo: '2025-09-30', order: 'oldest' })
    const auditor = office.sit('kansa', ['auditor'])
    const { taskId } = must(await auditor.client.papers.printFound({ query }))
    await office.ended(taskId)
    const outcome = must(await auditor.client.archive.taskResult({ taskId }))
    const pages = await pagesOf(await auditor.download(outcome.ticket))
    expect(pages).toHaveLength(10)
    expect(pages[0]).toContain('目次')
    expect(pages[0]).toMatch(/契約01.*署名なし2.*契約02.*署名なし5.*契約03.*署名なし8/)
    expect(pages[4]).toContain('契約02')
    expect(pages[7]).toContain('契約03')
    expect(pages.join('')).not.toContain('範囲の外')
    // The outcome is the auditor's own.
    expect(await desk.client.archive.taskResult({ taskId })).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  test('what is too much for one pile becomes a ZIP with one PDF a contract, numbered in order', async () => {
    for (let index = 1; index <= 3; index += 1)
      await keepContract(
        office,
        { title: `契約${index}`, contractDate: `2025-09-0${index}` },
        // The number of pages as the archive knows it decides.
        { title: '契約書', bytes: makePdf({ pages: 1 }), pages: 400 },
      )
    const query = SearchQuery.parse({ order: 'oldest' })
    const { taskId } = must(await desk.client.papers.printFound({ query }))
    const outcome = await outcomeOf(taskId)
    expect(outcome.fileName).toBe('電子契約の写し.zip')
    const zip = readZip(await desk.download(outcome.ticket))
    expect([...zip.keys()].sort()).toEqual([
      '000_目次_001.pdf',
      '001_20250901_12345000_株式会社髙橋組_契約1.pdf',
      '002_20250902_12345000_株式会社髙橋組_契約2.pdf',
      '003_20250903_12345000_株式会社髙橋組_契約3.pdf',
    ])
    const [index] = await pagesOf(zip.get('000_目次_001.pdf') ?? Buffer.alloc(0))
    expect(index).toMatch(/契約1.*001.*契約2.*002.*契約3.*003/)
    for (const [name, bytes] of zip)
      if (!name.startsWith('000')) expect((await pagesOf(bytes))[1]).toContain('写し2/2')
  })

  test('nobody prints what they may not see, and an empty search says so', async () => {
    const { caseId } = await keepContract(office, { department: '土木課' })
    const clerk = office.sit('fukushi', ['clerk'], '福祉児童課')
    expect(await clerk.client.papers.printCases({ caseIds: [caseId] })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
    const query = SearchQuery.parse({})
    expect(await clerk.client.papers.printFound({ query })).toMatchObject({
      error: { code: 'NOTHING_FOUND' },
    })
  })

  test('cancelled, it leaves nothing behind and is not called done', async () => {
    const caseIds = []
    for (let index = 0; index < 30; index += 1)
      caseIds.push((await keepContract(office, {}, { title: '契約書', bytes: makePdf({ pages: 2 }) })).caseId)
    const { taskId } = must(await desk.client.papers.printCases({ caseIds }))
    must(await desk.client.tasks.cancel({ taskId }))
    const outcome = await outcomeOf(taskId)
    expect(outcome).toMatchObject({ done: true, cancelled: true, ticket: null, code: null })
    const left = join(office.folder, 'temporary')
    expect(
      existsSync(left)
        ? readdirSync(left, { recursive: true }).filter((name) => `${name}`.endsWith('.kdv'))
        : [],
    ).toEqual([])
    const [row] = must(await desk.client.archive.outcomes({})).rows
    expect(row).toMatchObject({ taskId, kind: 'print-copies', state: 'cancelled', hasFile: false })
  })
})

const SAMPLE = resolve(import.meta.dirname, '../../../../shared/samples/indesign-148p.pdf')

test.skipIf(!existsSync(SAMPLE) || !hasJudge('qpdf'))(
  'a real contract of 148 pages is copied whole while the main process goes on working',
  async () => {
    const bytes = await townSigned(office, readFileSync(SAMPLE))
    const { caseId } = await keepContract(office, {}, { title: '契約書', bytes, pages: 148 })
    const loop = watchEventLoop()
    const { taskId } = must(await desk.client.papers.printCases({ caseIds: [caseId] }))
    const outcome = await outcomeOf(taskId)
    expect(loop.stop().longestComputedMs).toBeLessThan(50)
    const copy = await desk.download(outcome.ticket)
    expect(askJudge('qpdf', ['--check', savedPdf(copy)])).toMatchObject({ code: 0 })
    expect(askJudge('qpdf', ['--show-npages', savedPdf(copy)]).output.trim()).toBe('149')
  },
  60_000,
)
