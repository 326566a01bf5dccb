import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { listImportRows } from '../../../electron/core/archive/tables/imports.ts'
import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { signPdf } from '../../../electron/core/signing/sign-pdf.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { type ImportDesk, importDesk, OPTIONS } from '../../support/import-desk.ts'
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

const HEAD = '文書管理番号,文書名,相手方,契約締結日,契約金額,ファイル名'

const search = async (text: string) => must(await desk.client.archive.search({ text })).rows

describe('reading the table', () => {
  test.each([
    ['Shift_JIS', 'cp932'],
    ['UTF-8', 'utf8'],
  ])('%s is recognised, with headings as a signing service writes them', async (encoding, code) => {
    const gathered = await at.stage(
      `${HEAD}\r\nA-1,橋梁補修工事,㈱髙橋組,R5.4.1,"1,000円",a.pdf\r\n`,
      {},
      code,
    )
    const table = must(await desk.client.imports.readTable(gathered))
    expect(table).toMatchObject({
      encoding,
      lines: 1,
      service: 'gmo-sign',
      mappingFrom: 'recognised',
      mapping: {
        file: 'ファイル名',
        title: '文書名',
        counterparty: '相手方',
        contractDate: '契約締結日',
        amount: '契約金額',
        contractNumber: '文書管理番号',
      },
    })
  })

  test('an empty table and a file that is no CSV are refused in words', async () => {
    const empty = await at.stage(`${HEAD}\r\n`, {})
    expect(await desk.client.imports.readTable(empty)).toMatchObject({ error: { code: 'CSV_EMPTY' } })
    const odd = await at.stage('a,b\r\n"never closed', {})
    expect(await desk.client.imports.readTable(odd)).toMatchObject({ error: { code: 'CSV_UNREADABLE' } })
  })
})

describe('import of old contracts', () => {
  const csv = [
    HEAD,
    'A-1,橋梁補修工事,㈱髙橋組;扶桑建設,令和5年4月1日,"1,000,000円",a.pdf',
    'A-2,道路維持業務,山﨑土木,2023/06/30 17:05:00,,sub/Ｂ.PDF',
    'A-3,日付の誤り,相手,令和5年2月30日,1,c.pdf',
    'A-4,ファイルなし,相手,R5.4.1,1,none.pdf',
    'A-5,同じファイル,相手,R5.4.1,1,a2.pdf',
    'A-6,壊れたファイル,相手,R5.4.1,1,d.pdf',
    'A-7,,相手,R5.4.1,1,e.pdf',
  ].join('\r\n')
  const files = () => ({
    'a.pdf': plainPdf(5_000, 'Bridge repair 12345'),
    'Ｂ.pdf': plainPdf(5_000, 'Road'),
    'c.pdf': plainPdf(5_000, 'c'),
    'a2.pdf': plainPdf(5_000, 'Bridge repair 12345'),
    'd.pdf': Buffer.from('no pdf at all'),
    'e.pdf': plainPdf(5_000, 'e'),
  })

  test('a dry run reports every line and changes nothing', async () => {
    const result = await at.dryRun(csv, files())
    expect(result).toMatchObject({ lines: 7, made: 3, duplicate: 1, refused: 3 })
    expect(result.problems.map(({ line, problem }) => [line, problem])).toEqual([
      [3, 'DATE_WRONG:contractDate'],
      [4, 'FILE_NOT_GIVEN'],
      [5, null],
      [7, 'TITLE_MISSING:title'],
    ])
    expect(must(await desk.client.archive.search({})).total).toBe(0)
    expect(must(await desk.client.imports.list({})).rows).toMatchObject([{ state: 'open', made: 0 }])
  })

  test('the run makes concluded cases with their source in history, finds words in the PDF, and refuses the rest', async () => {
    const result = await at.run(csv, files())
    expect(result).toMatchObject({ done: true, code: null, lines: 7, made: 2, duplicate: 1, refused: 4 })
    expect(result.problems.find(({ line }) => line === 6)?.problem).toBe('NOT_A_PDF')
    const [bridge] = await search('12345')
    expect(bridge).toMatchObject({
      title: '橋梁補修工事',
      state: 'concluded',
      contractDate: '2023-04-01',
      amount: 1_000_000,
      counterpartyNames: ['㈱髙橋組', '扶桑建設'],
      department: '土木課',
      contractNumber: 'A-1',
    })
    expect(must(await desk.client.archive.search({ amountBlank: true })).rows[0]?.contractDate).toBe(
      '2023-06-30',
    )
    const history = must(await desk.client.archive.changes({ text: '' })).rows
    expect(history.some(({ why }) => why === '取り込み「令和5年度 紙の契約」1行目（a.pdf）')).toBe(true)
    const [listed] = must(await desk.client.imports.list({})).rows
    expect(await at.reportOf(listed?.importId ?? '')).toHaveLength(9)
    // Nothing of what was refused stays on the disk, nor the table: two documents.
    expect(office.archive.vault.list().length).toBe(2)
  })

  test('a second import of the same files finds duplicates by their bytes, and remembers the columns', async () => {
    await at.run(csv, files())
    const renamed = csv.replaceAll('文書名', '表題')
    const gathered = await at.stage(renamed, files())
    const mapping = { ...(await at.mappingOf(gathered)), title: '表題' }
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    expect(await at.finished(taskId)).toMatchObject({ made: 0, duplicate: 3, refused: 4 })
    const third = await at.stage(renamed, {})
    expect(must(await desk.client.imports.readTable(third))).toMatchObject({
      mappingFrom: 'remembered',
      mapping: { title: '表題' },
    })
  })

  test('a file without text is marked, a signed one is verified, a tampered one stays outside', async () => {
    const { services, clock } = office.office
    const source = memorySource(plainPdf(5_000, 'signed'))
    const key = await services.keys.open('town', '')
    const { appended } = await signPdf(source, {
      key,
      clock,
      timestampAuthority: services.timestampAuthority(),
      options: { name: '町' },
    })
    const signed = Buffer.concat([source.read(0, source.sizeBytes), appended])
    const tampered = Buffer.from(signed)
    tampered[tampered.indexOf('xxxxxx')] = 0x79
    const blank = plainPdf(5_000, ' ')
    const table = [HEAD, '1,署名あり,相手,,,s.pdf', '2,改変,相手,,,t.pdf', '3,スキャン,相手,,,b.pdf'].join(
      '\n',
    )
    const result = await at.run(table, { 's.pdf': signed, 't.pdf': tampered, 'b.pdf': blank })
    expect(result).toMatchObject({ made: 2, refused: 1 })
    expect(result.problems.map(({ line, problem }) => [line, problem])).toEqual([
      [2, 'SIGNATURE_BROKEN'],
      [3, 'NO_TEXT'],
    ])
    const [scan] = await search('スキャン')
    const documents = must(await desk.client.cases.read({ caseId: scan?.id ?? '' })).documents
    expect(documents[0]).toMatchObject({ hasText: false, role: 'attachment' })
    const [contract] = await search('署名あり')
    const signedDocuments = must(await desk.client.cases.read({ caseId: contract?.id ?? '' })).documents
    expect(signedDocuments[0]?.role).toBe('sign')
  })

  test('what a crash cut off goes on where it was, and no line is done twice', async () => {
    const lines = Array.from({ length: 6 }, (_, index) => `${index},契約${index},相手,,,${index}.pdf`)
    const many = Object.fromEntries(lines.map((_, index) => [`${index}.pdf`, plainPdf(3_000, `T${index}`)]))
    const { archive } = office.office
    const real = archive.transaction
    let left = 5
    const broken = vi.spyOn(archive, 'transaction').mockImplementation((work) => {
      left -= 1
      if (left < 0) throw new Error('the process is gone')
      return real(work)
    })
    const gathered = await at.stage([HEAD, ...lines].join('\n'), many)
    const mapping = await at.mappingOf(gathered)
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    expect(await at.finished(taskId)).toMatchObject({ code: 'INTERNAL' })
    broken.mockRestore()
    const [cut] = must(await desk.client.imports.list({})).rows
    expect(cut).toMatchObject({ state: 'interrupted', lines: 6 })
    expect(cut?.made).toBeGreaterThan(0)
    expect(cut?.made).toBeLessThan(6)
    const importId = cut?.importId ?? ''
    const resumed = must(await desk.client.imports.resume({ importId }))
    expect(await at.finished(resumed.taskId)).toMatchObject({ lines: 6, made: 6, duplicate: 0, refused: 0 })
    expect(must(await desk.client.archive.search({})).total).toBe(6)
    expect(listImportRows(archive.db, importId)).toHaveLength(6)
    expect(must(await desk.client.imports.list({})).rows[0]?.state).toBe('done')
  })

  test('L16: a file received without timestamp raises an alarm after two months and seven business days', async () => {
    office.clock.set(new Date('2026-02-02T09:00:00+09:00'))
    await at.run(`${HEAD}\n1,受領書,相手,,,r.pdf`, { 'r.pdf': plainPdf(3_000, 'r') })
    const codes = async () =>
      must(await desk.client.cases.overview({}))
        .notices.map(({ code }) => code)
        .filter((code) => code.startsWith('TIME'))
    expect(await codes()).toEqual([])
    // 2 months: 2026-04-02 (Thu); 7 business days after it: 04-13 (Mon).
    office.clock.set(new Date('2026-04-13T12:00:00+09:00'))
    expect(await codes()).toEqual(['TIMESTAMP_DUE'])
    office.clock.set(new Date('2026-04-14T00:00:01+09:00'))
    expect(await codes()).toEqual(['TIMESTAMP_OVERDUE'])
    const { taskId } = must(await desk.client.imports.stampReceived({}))
    expect(await at.finished(taskId)).toMatchObject({ made: 1, refused: 0 })
    expect(await codes()).toEqual([])
  })

  test('timestamps every file when that is wanted, and cancels between two lines', async () => {
    const stamped = await at.run(
      `${HEAD}\n1,証拠,相手,,,r.pdf`,
      { 'r.pdf': plainPdf(3_000, 'r') },
      { timestamp: true },
    )
    expect(stamped).toMatchObject({ made: 1, problems: [] })
    const [found] = await search('証拠')
    const [document] = must(await desk.client.cases.read({ caseId: found?.id ?? '' })).documents
    expect(document?.versions.map(({ reason }) => reason)).toEqual(['import', 'archive-timestamp'])
    office.clock.advance(1)
    const lines = Array.from({ length: 30 }, (_, index) => `${index},契約${index},相手,,,${index}.pdf`)
    const many = Object.fromEntries(lines.map((_, index) => [`${index}.pdf`, plainPdf(3_000, `U${index}`)]))
    const gathered = await at.stage([HEAD, ...lines].join('\n'), many)
    const mapping = await at.mappingOf(gathered)
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    await desk.client.tasks.cancel({ taskId })
    expect(await at.finished(taskId)).toMatchObject({ done: true, code: 'TASK_CANCELLED' })
    expect(must(await desk.client.imports.list({})).rows[0]?.state).toBe('cancelled')
  })

  test('only those who manage the archive may import', async () => {
    const clerk = office.sit('tantou', ['clerk'])
    const answer = await clerk.client.imports.list({})
    expect(answer).toMatchObject({ error: { code: 'FORBIDDEN' } })
  })
})
