import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startSum } from '../../../electron/app/archive/span-report.ts'
import { openVolumes } from '../../../electron/app/archive/span-volumes.ts'
import { openTemporaryFiles } from '../../../electron/app/temporary-files.ts'
import { ArchiveError } from '../../../electron/core/archive/errors.ts'
import { extractText } from '../../../electron/core/pages/extract-text.ts'
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { keepContract, keepMany, townSigned } from '../../support/kept-contract.ts'
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

const keep = async (fields: Parameters<typeof keepContract>[1], bytes: Uint8Array, title = '契約書') =>
  (await keepContract(office, fields, { title, bytes })).caseId

const signed = (title: string) => townSigned(office, plainPdf(4_000, title))

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
    expect(result.fileName).toBe('電子契約データ_20260401.zip')
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
    // Words, not codes: an auditor reads it in Excel.
    const rows = index
      .toString('utf8')
      .trim()
      .split('\r\n')
      .map((line) => line.slice(1, -1).split('","'))
    expect(rows[0]?.slice(1, 9)).toEqual([
      '取引金額',
      '取引先',
      '件名',
      '契約番号',
      '状態',
      'ファイル名',
      'SHA-256',
      '検証結果',
    ])
    expect(rows.slice(1).map((row) => [row[5], row[8]])).toEqual(
      expect.arrayContaining([
        ['締結済', '有効'],
        ['締結済', '署名なし'],
      ]),
    )
    const pages = pdfs.map((name) => String(zip.get(`verification/${name}.html`)))
    for (const [at, name] of pdfs.entries()) expect(pages[at]).toContain(`<h2>${name}</h2>`)
    const page = pages.find((text) => text.includes('署名は有効です')) ?? ''
    for (const word of ['検証結果報告書', '令和8年4月1日 10:00:00', '（非認定）'])
      expect(page).toContain(word)
    expect(String(zip.get('訂正削除履歴.csv'))).toContain('契約金額')
    const readMe = String(zip.get('00_はじめにお読みください.txt'))
    for (const word of [
      '令和7年9月1日（2025年）～令和7年9月30日（2025年）',
      '契約　　　　　　3件',
      'kiroku さん',
    ])
      expect(readMe).toContain(word)
    const manifest = JSON.parse(String(zip.get('manifest.json')))
    expect(manifest).toMatchObject({ format: 'keiyaku-desk-export/1', cases: 3, files: 3, problems: 0 })
    const entries = new Map<string, { sha256: string; sizeBytes: number }>(
      manifest.entries
        .filter((entry: { kind: string }) => entry.kind === 'entry')
        .map((entry: { name: string }) => [entry.name, entry]),
    )
    const listed = [...zip.keys()].filter((name) => name !== 'manifest.json' && name !== 'SHA256SUMS.txt')
    expect([...entries.keys()].sort()).toEqual(listed.sort())
    for (const name of listed) {
      const bytes = zip.get(name) ?? Buffer.alloc(0)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      expect(entries.get(name)).toMatchObject({ sha256, sizeBytes: bytes.length })
      expect(sums).toContain(`${sha256}  ${name}\n`)
    }
    const log = must(await desk.client.audit.list({})).rows.filter(({ action }) =>
      action.startsWith('archive.export'),
    )
    expect(log.map(({ action, data }) => [action, data.cases ?? data.files])).toEqual([
      ['archive.export-finished', 3],
      ['archive.exported', 3],
    ])
    const zipBytes = await desk.download(result.ticket)
    expect(log[0]?.data.sha256).toBe(createHash('sha256').update(zipBytes).digest('hex'))
  })

  test('a damaged, a missing and an empty case are named in index, manifest, outcome and sheet; everything else is there', async () => {
    const bad = await keepContract(
      office,
      { title: '壊れた契約' },
      { title: '契約書', bytes: plainPdf(3_000) },
    )
    const gone = await keepContract(
      office,
      { title: '消えた契約' },
      { title: '契約書', bytes: plainPdf(3_000) },
    )
    await keepContract(office, { title: '文書のない契約' })
    await keep({ title: '良い契約' }, plainPdf(3_000, 'good'))
    const path = bad.paths[0] ?? ''
    const stored = readFileSync(path)
    stored[2_000] = (stored[2_000] ?? 0) ^ 1
    writeFileSync(path, stored)
    rmSync(gone.paths[0] ?? '')
    const { taskId } = must(await desk.client.archive.export({ query: SearchQuery.parse({}) }))
    const result = await finished(taskId)
    expect(result).toMatchObject({ code: null, counts: { damaged: 1, missing: 1, unsigned: 1 } })
    expect(
      result.rows
        .slice(0, 2)
        .map(({ verdict }) => verdict)
        .sort(),
    ).toEqual(['damaged', 'missing'])
    const zip = readZip(await desk.download(result.ticket))
    expect([...zip.keys()].filter((name) => name.endsWith('.pdf'))).toEqual([
      '20250901_12345000_株式会社髙橋組_良い契約.pdf',
    ])
    const index = String(zip.get('索引.csv'))
    for (const words of [
      /"壊れた契約"[^\r]*"","[0-9a-f]{64}","ファイルが壊れています"/,
      /"消えた契約"[^\r]*"","[0-9a-f]{64}","ファイルがありません"/,
      /"文書のない契約"[^\r]*"","","文書なし"/,
    ])
      expect(index).toMatch(words)
    const manifest = JSON.parse(String(zip.get('manifest.json')))
    expect(manifest).toMatchObject({ files: 1, problems: 2 })
    const problems = manifest.entries.filter((entry: { kind: string }) => entry.kind === 'problem')
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ documentId: bad.documentIds[0], verdict: 'damaged' }),
        expect.objectContaining({ documentId: gone.documentIds[0], verdict: 'missing' }),
      ]),
    )
    const readMe = String(zip.get('00_はじめにお読みください.txt'))
    expect(readMe).toContain('入れられなかったファイル　2件')
    expect(readMe).toContain('壊れた契約.pdf（ファイルが壊れています）')
  })

  test('file names are legal and each there once on Windows and macOS too, however long and alike', async () => {
    const long = '令和7年度高雄12号線道路改良工事'.repeat(15)
    for (const title of [
      long,
      long,
      'Contract',
      'CONTRACT',
      'か\u3099く',
      'がく',
      'con',
      'a/b:c*?"<>|',
      '終わりの点...',
    ])
      await keep({ title, amount: null, contractDate: null, counterparties: [] }, plainPdf(2_000, title))
    const { taskId } = must(await desk.client.archive.export({ query: SearchQuery.parse({}) }))
    const zip = readZip(await desk.download((await finished(taskId)).ticket))
    const names = [...zip.keys()]
    for (const name of names) {
      const [part = ''] = name.split('/').slice(-1)
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255)
      expect(part).not.toMatch(/[\\:*?"<>|\p{Cc}]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu)
    }
    const folded = names.map((name) => name.normalize('NFC').toLowerCase())
    expect(new Set(folded).size).toBe(names.length)
    expect(names.filter((name) => name.endsWith('.pdf'))).toHaveLength(9)
  })

  test('cancelled or without room it leaves nothing behind; what was made lasts a day, over log-ins, and no restart', async () => {
    await keepMany(office, 40, {}, plainPdf(20_000))
    const query = SearchQuery.parse({})
    const folder = join(office.folder, 'temporary')
    const left = () =>
      readdirSync(folder, { recursive: true }).filter((name) => String(name).includes('.kdv'))
    const cancelled = must(await desk.client.archive.export({ query }))
    must(await desk.client.tasks.cancel(cancelled))
    expect(await finished(cancelled.taskId)).toMatchObject({ done: true, ticket: null })
    expect(left()).toEqual([])
    const { temporary } = office.office
    const { put } = temporary
    Object.assign(temporary, { put: () => Promise.reject(new ArchiveError('DISK_FULL', 'No room')) })
    const full = must(await desk.client.archive.export({ query }))
    expect(await finished(full.taskId)).toMatchObject({ code: 'DISK_FULL', ticket: null })
    Object.assign(temporary, { put })
    expect(left()).toEqual([])
    const made = must(await desk.client.archive.export({ query }))
    await finished(made.taskId)
    expect(left()).toHaveLength(1)
    // Another person does not see it; the same person does, also after the ticket of the first page has lapsed.
    office.clock.advance(3_600_000)
    const other = office.sit('kiroku2', ['records'])
    expect(must(await other.client.archive.outcomes({})).rows).toEqual([])
    expect(await other.client.archive.taskResult(made)).toMatchObject({ error: { code: 'NOT_FOUND' } })
    const [row] = must(await desk.client.archive.outcomes({})).rows
    expect(row).toMatchObject({
      ...made,
      kind: 'export',
      about: 'すべての契約',
      state: 'done',
      files: 40,
      hasFile: true,
    })
    const again = must(await desk.client.archive.taskResult(made))
    expect((await desk.download(again.ticket)).subarray(0, 2).toString()).toBe('PK')
    office.clock.advance(24 * 3_600_000)
    await office.running.chores.runNow()
    expect(left()).toEqual([])
    expect(must(await desk.client.archive.outcomes({})).rows).toEqual([])
    // A crash: what lies there is unreadable to the next process, and removed by it.
    mkdirSync(join(folder, 'ab'), { recursive: true })
    writeFileSync(join(folder, 'ab', `${'ab'.repeat(16)}.kdv`), 'left behind')
    await (await openTemporaryFiles(folder)).clear()
    expect(existsSync(folder)).toBe(false)
  })

  test('does not begin while cases are missing from the index: it would leave them out without a word', async () => {
    await keep({}, plainPdf(2_000))
    const { index } = office.archive
    const { waiting } = index
    Object.assign(index, { waiting: () => 1 })
    const query = SearchQuery.parse({})
    const refused = { error: { code: 'INDEX_UNREADY' } }
    expect(await desk.client.archive.export({ query })).toMatchObject(refused)
    expect(await desk.client.papers.printFound({ query })).toMatchObject(refused)
    expect(await desk.client.archive.verifySpan({ dateFrom: null, dateTo: null })).toMatchObject(refused)
    Object.assign(index, { waiting })
  })

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
    const paper = await desk.download(result.ticket)
    expect(paper.subarray(0, 5).toString()).toBe('%PDF-')
    const read = await extractText(paper)
    const words = read.ok ? read.value.pages.join('').replace(/\s+/g, '') : ''
    for (const word of [
      '令和7年9月1日（2025年）～令和7年9月2日（2025年）',
      'ファイル2件',
      '非認定2件',
      '確かめるもの（1件）',
      '改変された契約',
      // Every timestamp: whose signature, when, by whom, accredited or not; and until when it can be verified.
      'テスト用扶桑町契約権限者',
      '令和8年4月1日（2026年）10:00:00',
      'テスト用時刻認証局2026（非認定）',
      '証拠の期限',
    ])
      expect(words).toContain(word)
    expect(words).not.toContain('期間の外')
    const log = must(await desk.client.audit.list({ action: 'archive.span-verification-finished' })).rows
    expect(log[0]).toMatchObject({
      action: 'archive.span-verification-finished',
      data: { files: 2, doubtful: 1 },
    })
  })

  test('a file damaged after it was verified today is found: every byte is read again', async () => {
    const { paths } = await keepContract(
      office,
      {},
      { title: '契約書', bytes: await signed('damaged later') },
    )
    const span = { dateFrom: null, dateTo: null }
    const first = await finished(must(await desk.client.archive.verifySpan(span)).taskId)
    expect(first.counts).toEqual({ valid: 1 })
    const path = paths[0] ?? ''
    const stored = readFileSync(path)
    stored[3_000] = (stored[3_000] ?? 0) ^ 1
    writeFileSync(path, stored)
    const second = await finished(must(await desk.client.archive.verifySpan(span)).taskId)
    expect(second.counts).toEqual({ damaged: 1 })
  })

  test('the report of very many files is a ZIP of volumes with the summary in front', async () => {
    const sum = startSum('すべての期間', 'kiroku さん', 2_300)
    const volumes = openVolumes(office.office, sum, new AbortController().signal)
    for (let number = 1; number <= 2_300; number += 1)
      await volumes.add({ number, subject: `契約${number}`, finding: '有効', evidence: '' })
    const file = await volumes.finish()
    await volumes.drop()
    expect(file).toMatchObject({ fileName: '一括検証結果.zip' })
    if (file === null) return
    const source = office.office.temporary.open(file.fileId)
    const zip = readZip(Buffer.from(source.read(0, source.sizeBytes)))
    source.close()
    expect([...zip.keys()]).toEqual([
      '000_総括.pdf',
      '001_検証したファイル.pdf',
      '002_検証したファイル.pdf',
      '003_検証したファイル.pdf',
    ])
    const last = await extractText(zip.get('003_検証したファイル.pdf') ?? Buffer.alloc(0))
    const words = last.ok ? last.value.pages.join('').replace(/\s+/g, '') : ''
    expect(words).toContain('第3分冊（番号2001～2300）')
    expect(words).toContain('契約2300')
    // The summary and its volumes are gone but for the ZIP.
    const left = readdirSync(join(office.folder, 'temporary'), { recursive: true })
    expect(left.filter((name) => String(name).endsWith('.kdv'))).toHaveLength(1)
  }, 60_000)
})
