import { createHash } from 'node:crypto'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { signPdf } from '../../../electron/core/signing/sign-pdf.ts'
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import { caseFields } from '../../support/archive/temporary-archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
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

async function keep(fields: Parameters<typeof caseFields>[0], bytes: Uint8Array, title = '契約書') {
  const file = await office.archive.vault.put(bytes)
  return office.archive.transaction((db) => {
    const caseId = insertCase(db, caseFields(fields), office.change(), { state: 'concluded' })
    insertDocument(
      db,
      {
        caseId,
        title,
        fileName: 'a.pdf',
        role: 'sign',
        pages: 1,
        preflight: null,
        file,
        reason: 'signature',
      },
      office.change(),
    )
    return caseId
  })
}

async function signed(title: string): Promise<Buffer> {
  const { services, clock } = office.office
  const source = memorySource(plainPdf(4_000, title))
  const { appended } = await signPdf(source, {
    key: await services.keys.open('town', ''),
    clock,
    timestampAuthority: services.timestampAuthority(),
    options: { name: '扶桑町' },
  })
  return Buffer.concat([source.read(0, source.sizeBytes), appended])
}

async function finished(taskId: string) {
  await office.ended(taskId)
  return must(await desk.client.archive.taskResult({ taskId }))
}

describe('L14: ダウンロードの求め', () => {
  test('one action gives PDFs, index in two encodings, digests, log and a verification of every file of the span', async () => {
    const party = (name: string) => [{ name }]
    await keep(
      { title: '橋梁補修工事', contractDate: '2025-09-01', counterparties: party('株式会社髙橋組') },
      await signed('1'),
    )
    await keep(
      {
        title: '道路/維持:業務',
        contractDate: '2025-09-30',
        amount: null,
        counterparties: party('𠮷野家﨑'),
      },
      plainPdf(3_000, '2'),
    )
    await keep(
      { title: '橋梁補修工事', contractDate: '2025-09-01', counterparties: party('株式会社髙橋組') },
      plainPdf(3_000, '3'),
    )
    await keep({ title: '範囲の外', contractDate: '2025-10-01' }, plainPdf(3_000, '4'))
    const query = SearchQuery.parse({ dateFrom: '2025-09-01', dateTo: '2025-09-30' })
    const { taskId } = must(await desk.client.archive.export({ query }))
    const result = await finished(taskId)
    expect(result.rows).toHaveLength(3)
    const zip = readZip(await desk.download(result.ticket))
    const pdfs = [...zip.keys()].filter((name) => name.endsWith('.pdf')).sort()
    expect(pdfs).toEqual([
      '20250901_12345000_株式会社髙橋組_橋梁補修工事.pdf',
      '20250901_12345000_株式会社髙橋組_橋梁補修工事_2.pdf',
      '20250930_金額なし_𠮷野家﨑_道路 維持 業務.pdf',
    ])
    const sums = String(zip.get('SHA256SUMS.txt'))
    for (const name of pdfs) {
      const sha256 = createHash('sha256')
        .update(zip.get(name) ?? '')
        .digest('hex')
      expect(sums).toContain(`${sha256}  ${name}`)
      expect(zip.has(`verification/${name}.json`)).toBe(true)
    }
    const index = zip.get('索引.csv') ?? Buffer.alloc(0)
    expect([...index.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(index.toString('utf8')).toContain('𠮷野家﨑')
    const japanese = iconv.decode(zip.get('索引_ShiftJIS.csv') ?? Buffer.alloc(0), 'cp932')
    expect(japanese).toContain('〓野家﨑')
    expect(japanese).toContain('株式会社髙橋組')
    expect(String(zip.get('索引_ShiftJISの注意.txt'))).toContain('𠮷 (U+20BB7)')
    expect(String(zip.get('操作ログ.csv'))).toContain('操作した人')
    expect(japanese).not.toContain('範囲の外')
  })

  test('500 cases stream: memory does not grow with the files', async () => {
    for (let index = 0; index < 500; index += 1)
      await keep({ title: `契約${index}`, contractDate: '2025-09-01' }, plainPdf(400_000, `P${index}`))
    global.gc?.()
    const before = process.memoryUsage()
    let peak = 0
    const watch = setInterval(() => {
      const { heapUsed, external } = process.memoryUsage()
      peak = Math.max(peak, heapUsed + external)
    }, 20)
    const { taskId } = must(await desk.client.archive.export({ query: SearchQuery.parse({}) }))
    const result = await finished(taskId)
    clearInterval(watch)
    expect(result.rows).toHaveLength(500)
    expect(result.code).toBeNull()
    expect((await desk.download(result.ticket)).length).toBeGreaterThan(1_000_000)
    // 200 MB of files went through; held whole they would all be in `peak`.
    expect((peak - before.heapUsed - before.external) / 1e6).toBeLessThan(150)
  }, 180_000)

  test('nobody exports what they may not see, and an empty span says so', async () => {
    await keep({ title: '土木の契約', department: '土木課' }, plainPdf(3_000, '1'))
    const clerk = office.sit('fukushi', ['clerk'], '福祉児童課')
    const answer = await clerk.client.archive.export({ query: SearchQuery.parse({}) })
    expect(answer).toMatchObject({ error: { code: 'NOTHING_FOUND' } })
  })
})

describe('L15: bulk verification of a span', () => {
  test('checks every file, finds the one that was changed, and prints a report', async () => {
    const good = await signed('good')
    const bad = Buffer.from(await signed('bad'))
    bad[bad.indexOf('xxxxxx')] = 0x79
    await keep({ title: '良い契約', contractDate: '2025-09-01' }, good)
    await keep({ title: '改変された契約', contractDate: '2025-09-02' }, bad)
    await keep({ title: '期間の外', contractDate: '2025-09-03' }, bad)
    const span = { dateFrom: '2025-09-01', dateTo: '2025-09-02' } as never
    const { taskId } = must(await desk.client.archive.verifySpan(span))
    const result = await finished(taskId)
    expect(result.rows.map(({ verdict }) => verdict).sort()).toEqual(['broken', 'valid'])
    expect((await desk.download(result.ticket)).subarray(0, 5).toString()).toBe('%PDF-')
  })
})
