import iconv from 'iconv-lite'
import { PDFDocument } from 'pdf-lib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { signPdf } from '../../../electron/core/signing/sign-pdf.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { type Files, type ImportDesk, importDesk, OPTIONS } from '../../support/import-desk.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
import { samplePdf } from '../../support/sample-pdf.ts'

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

const HEAD = '件名,取引先,契約日,契約金額,ファイル名'
const total = async () => must(await desk.client.archive.search({})).total

async function signed(): Promise<Buffer> {
  const { services, clock } = office.office
  const source = memorySource(plainPdf(5_000, 'signed'))
  const { appended } = await signPdf(source, {
    key: await services.keys.open('town', ''),
    clock,
    timestampAuthority: services.timestampAuthority(),
    options: { name: '町' },
  })
  return Buffer.concat([source.read(0, source.sizeBytes), appended])
}

async function locked(userPassword: string): Promise<Uint8Array> {
  const document = await PDFDocument.load(await samplePdf(1))
  document.encrypt({ userPassword, ownerPassword: 'owner' })
  return document.save({ useObjectStreams: false })
}

/** PDFs as they lie on the file server of a town, good ones among them. */
async function oddFiles(): Promise<Files> {
  const good = await signed()
  const tampered = Buffer.from(good)
  tampered[tampered.indexOf('xxxxxx')] = 0x79
  return {
    'plain.pdf': plainPdf(3_000, 'plain'),
    'signed.pdf': good,
    'tampered.pdf': tampered,
    'cut.pdf': good.subarray(0, good.length - 3_000),
    'scan.pdf': plainPdf(3_000, ' '),
    'password.pdf': await locked('secret'),
    'restricted.pdf': await locked(''),
    'empty.pdf': Buffer.alloc(0),
    'html.pdf': Buffer.from('<html><body>ログインしてください</body></html>'),
    'damaged.pdf': plainPdf(3_000, 'damaged').subarray(0, 400),
    'word.pdf': Buffer.from('PK\u0003\u0004 a docx under another name'),
  }
}

describe('PDFs of every kind', () => {
  const csv = () =>
    [
      HEAD,
      ...[
        ...['plain', 'signed', 'tampered', 'cut', 'scan', 'password', 'restricted'],
        ...['empty', 'html', 'damaged', 'word'],
      ].map((name) => `${name},㈱髙橋組,R5.4.1,1000,${name}.pdf`),
    ].join('\r\n')
  const outcome = (lines: readonly { title: string; outcome: string; problem: string | null }[]) =>
    Object.fromEntries(lines.map(({ title, outcome: kind, problem }) => [title, `${kind} ${problem}`]))

  test('a dry run that opens them foretells exactly what the import does', async () => {
    const files = await oddFiles()
    const dry = await at.dryRun(csv(), files, true)
    expect(await total()).toBe(0)
    const run = await at.run(csv(), {})
    expect(outcome(run.problems)).toEqual({
      tampered: 'refused SIGNATURE_BROKEN',
      cut: 'refused SIGNATURE_BROKEN',
      scan: 'made NO_TEXT',
      password: 'refused ENCRYPTED_PDF',
      restricted: 'refused ENCRYPTED_PDF',
      empty: 'refused NOT_A_PDF',
      html: 'refused NOT_A_PDF',
      damaged: expect.stringMatching(/^refused (DAMAGED_PDF|NOT_A_PDF)$/),
      word: 'refused NOT_A_PDF',
    })
    const foretold = Object.entries(outcome(dry.problems)).map(([name, what]) => [
      name,
      what.replace(/^make /, 'made '),
    ])
    expect(Object.fromEntries(foretold)).toEqual(outcome(run.problems))
    expect(dry).toMatchObject({ made: run.made, refused: run.refused, dry: true })
    expect(await total()).toBe(3)
    // Nothing of what was refused stays.
    expect(office.archive.vault.list()).toHaveLength(3)
    for (const line of run.problems) expect(line.reason).toMatch(/[ぁ-ん]/)
  }, 120_000)

  test('the report has every line in Japanese, with the worth of the signatures', async () => {
    const files = await oddFiles()
    await at.run(`${csv()}\r\n日付,㈱,2023/2/30,1,x.pdf`, files)
    const [row] = must(await desk.client.imports.list({})).rows
    const report = await at.reportOf(row?.importId ?? '')
    expect(report[0]).toBe('\uFEFF"行（見出しを除く）","結果","理由","件名","ファイル","署名"')
    expect(report[1]).toBe('"1","取り込みました","","plain","plain.pdf","署名なし"')
    expect(report[2]).toContain('"signed","signed.pdf","有効"')
    expect(report[3]).toContain('"取り込めません","署名が壊れています（改変あり）。"')
    expect(report[5]).toContain('"取り込みました","本文検索不可（文字のない画像のPDFです）。"')
    expect(report[12]).toContain('取引年月日「2023/2/30」は、日付として読めません。')
    expect(report.join('')).not.toMatch(/[A-Z]{4,}_[A-Z]/)
  }, 120_000)
})

describe('duplicates and names', () => {
  test('a duplicate names the case that has the file, or the line that brings it', async () => {
    const files = { 'a.pdf': plainPdf(2_000, 'same'), 'b.pdf': plainPdf(2_000, 'same') }
    const lines = `${HEAD}\n橋梁補修,㈱髙橋組,,,a.pdf\n写し,㈱髙橋組,,,b.pdf`
    const dry = await at.dryRun(lines, files)
    expect(dry.problems.map(({ reason }) => reason)).toEqual(['一覧表の1行目と同じファイルです。'])
    const run = await at.run(lines, {})
    expect(run.problems.map(({ reason }) => reason)).toEqual([
      '同じファイルが、すでに保管されています（案件「橋梁補修」）。',
    ])
    expect(run.problems[0]?.caseId).not.toBeNull()
  })

  test('a colleague who may not see the cases reads the report without their titles; the maker reads their own table', async () => {
    const files = { 'a.pdf': plainPdf(2_000, 'a'), 'b.pdf': plainPdf(2_000, 'b') }
    const head = `${HEAD},所管課`
    await at.run(`${head}\n里親委託契約,㈱髙橋組,,,a.pdf,福祉児童課`, files)
    const administrator = office.sit('kanri', ['administrator'], '情報課')
    const elsewhere = importDesk(office, administrator)
    const again = { 'a.pdf': plainPdf(2_000, 'a'), 'c.pdf': plainPdf(2_000, 'c') }
    const own = await elsewhere.run(`${head}\n写し,㈱髙橋組,,,a.pdf,情報課`, again)
    expect(own.problems).toMatchObject([
      {
        title: '写し',
        caseId: null,
        reason: '同じファイルが、すでに保管されています（見る権限のない案件です）。',
      },
      { outcome: 'unlisted' },
    ])
    const { rows } = must(await desk.client.imports.list({}))
    const first = rows.find(({ createdBy }) => createdBy === 'kiroku さん')
    const report = await elsewhere.reportOf(first?.importId ?? '')
    expect(report[1]).toBe('"1","取り込みました","","見る権限のない案件","","署名なし"')
    expect((await at.reportOf(first?.importId ?? ''))[1]).toContain('"里親委託契約","a.pdf"')
  })

  test('what was deleted from the archive may come again', async () => {
    const csv = `${HEAD}\n橋梁補修,㈱髙橋組,,,a.pdf`
    await at.run(csv, { 'a.pdf': plainPdf(2_000, 'a') })
    office.archive.connection().raw.exec("UPDATE cases SET state = 'deleted'")
    expect(await at.run(csv, { 'a.pdf': plainPdf(2_000, 'a') })).toMatchObject({ made: 1, duplicate: 0 })
  })

  test('two files of one name in two folders are never mixed up', async () => {
    const files = { 'R5/契約書.pdf': plainPdf(2_000, 'five'), 'R6/契約書.pdf': plainPdf(2_000, 'six') }
    const result = await at.run(
      `${HEAD}\n五,㈱,,,R5/契約書.pdf\n六,㈱,,,R6\\契約書.pdf\nどれ,㈱,,,契約書.pdf`,
      files,
    )
    expect(result).toMatchObject({ made: 2, refused: 1 })
    expect(result.problems[0]?.problem).toBe('FILE_AMBIGUOUS')
    const [six] = must(await desk.client.archive.search({ text: '六' })).rows
    const { documents } = must(await desk.client.cases.read({ caseId: six?.id ?? '' }))
    const { ticket } = must(
      await desk.client.documents.open({
        documentId: documents[0]?.id ?? '',
        purpose: 'download',
      }),
    )
    expect((await desk.download(ticket)).includes('(six)')).toBe(true)
  })

  test('a PDF no line names is told of, in the dry run and after, and does not stay', async () => {
    const files = { 'a.pdf': plainPdf(2_000, 'a'), 'extra.pdf': plainPdf(2_000, 'extra') }
    const csv = `${HEAD}\n橋梁,㈱,,,a.pdf`
    expect(await at.dryRun(csv, files)).toMatchObject({ made: 1, unlisted: 1 })
    const run = await at.run(csv, {})
    expect(run).toMatchObject({ lines: 1, made: 1, refused: 0, unlisted: 1 })
    expect(run.problems).toMatchObject([{ line: null, outcome: 'unlisted', file: 'extra.pdf' }])
    expect(office.archive.vault.list()).toHaveLength(1)
  })

  test('names of Macs and of Shift_JIS meet', async () => {
    const files = { ['ガス工事（1〜2号）.pdf'.normalize('NFD')]: plainPdf(2_000, 'gas') }
    const gathered = await at.stage(`${HEAD}\nガス,㈱髙,R5.4.1,1,ガス工事（1～2号）.pdf`, files)
    expect(iconv.decode(iconv.encode('～', 'cp932'), 'cp932')).toBe('～')
    const mapping = await at.mappingOf(gathered)
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    expect(await at.finished(taskId)).toMatchObject({ made: 1, refused: 0 })
  })
})

describe('stopping and going on', () => {
  const many = (count: number): Files =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}.pdf`, plainPdf(2_000, `N${n}`)]))
  const tableOf = (count: number) =>
    [HEAD, ...Array.from({ length: count }, (_, n) => `契約${n},㈱,,,${n}.pdf`)].join('\n')

  test('a colleague sees it, stops it, and goes on with it; every line is done once', async () => {
    const gathered = await at.stage(tableOf(25), many(25))
    const mapping = await at.mappingOf(gathered)
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    const colleague = office.sit('other', ['records'])
    const rowOf = async () => must(await colleague.client.imports.list({})).rows[0]
    while (((await rowOf())?.made ?? 0) < 3) await new Promise((done) => setTimeout(done, 20))
    expect(await rowOf()).toMatchObject({ state: 'running', taskId })
    must(await colleague.client.imports.cancel({ importId: gathered.importId }))
    await office.ended(taskId)
    const stopped = await rowOf()
    expect(stopped).toMatchObject({ state: 'cancelled', taskId: null })
    expect(stopped?.made).toBeLessThan(25)
    const resumed = must(await colleague.client.imports.resume({ importId: gathered.importId }))
    await office.ended(resumed.taskId)
    expect(await rowOf()).toMatchObject({ state: 'done', made: 25, duplicate: 0, refused: 0 })
    expect(await total()).toBe(25)
    const result = must(await colleague.client.imports.result({ importId: gathered.importId }))
    expect(result).toMatchObject({ done: true, code: null, made: 25 })
  })

  test('the end of the program leaves it to be resumed, and says nothing of a person who stopped it', async () => {
    const gathered = await at.stage(tableOf(12), many(12))
    const mapping = await at.mappingOf(gathered)
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    while ((must(await desk.client.imports.list({})).rows[0]?.made ?? 0) < 2)
      await new Promise((done) => setTimeout(done, 20))
    await office.office.tasks.cancelAll()
    await office.ended(taskId)
    expect(must(await desk.client.imports.list({})).rows[0]?.state).toBe('interrupted')
    const actions = office.archive.db.allSql<{ action: string }>('SELECT action FROM audit_entries')
    expect(actions.map(({ action }) => action)).not.toContain('import.cancelled')
    const resumed = must(await desk.client.imports.resume({ importId: gathered.importId }))
    expect(await at.finished(resumed.taskId)).toMatchObject({ made: 12, duplicate: 0 })
  })

  test('given up, the cases stay and the rest of the files go', async () => {
    const gathered = await at.stage(tableOf(12), many(12))
    const mapping = await at.mappingOf(gathered)
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    while ((must(await desk.client.imports.list({})).rows[0]?.made ?? 0) < 2)
      await new Promise((done) => setTimeout(done, 20))
    must(await desk.client.imports.cancel({ importId: gathered.importId }))
    await office.ended(taskId)
    const made = must(await desk.client.imports.list({})).rows[0]?.made ?? 0
    must(await desk.client.imports.discard({ importId: gathered.importId }))
    while (must(await desk.client.imports.list({})).rows[0]?.taskId !== null)
      await new Promise((done) => setTimeout(done, 20))
    expect(office.archive.vault.list()).toHaveLength(made)
    expect(await total()).toBe(made)
  })

  test('a folder that is gone, and a second import at the same time, are refused', async () => {
    const gathered = await at.stage(tableOf(20), many(20))
    const mapping = await at.mappingOf(gathered)
    const nowhere = { ...OPTIONS, folderId: 'nowhere' as never }
    expect(await desk.client.imports.run({ ...gathered, mapping, options: nowhere })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
    const { taskId } = must(await desk.client.imports.run({ ...gathered, mapping, options: OPTIONS }))
    const colleague = office.sit('other', ['records'])
    const second = await importDesk(office, colleague).stage(tableOf(1), many(1))
    expect(await colleague.client.imports.run({ ...second, mapping, options: OPTIONS })).toMatchObject({
      error: { code: 'KEEPING_BUSY' },
    })
    must(await desk.client.imports.cancel({ importId: gathered.importId }))
    await office.ended(taskId)
  })

  test('timestamps that cannot be had do not hold up the import, are counted, and are asked for later', async () => {
    const { services } = office.office
    const real = services.timestampAuthority()
    let asked = 0
    const down = {
      ...real,
      stamp: async () => {
        asked += 1
        throw new Error('The service is down')
      },
    }
    const office2 = { ...office.office, services: { ...services, timestampAuthority: () => down } }
    Object.assign(office.office, { services: office2.services })
    const result = await at.run(tableOf(9), many(9), { timestamp: true })
    expect(result).toMatchObject({ made: 9, unstamped: 9, code: null })
    // After some failures in a row nobody is asked any more.
    expect(asked).toBeLessThan(9)
    const failing = async (who: Desk) => {
      const { taskId } = must(await who.client.imports.stampReceived({}))
      return importDesk(office, who).finished(taskId)
    }
    const failed = await failing(desk)
    expect(failed).toMatchObject({ made: 0, refused: 9 })
    expect(failed.problems[0]?.reason).toBe(
      'タイムスタンプを付けられませんでした（思わぬ不具合が起きました。管理者に知らせてください）。',
    )
    // Counted for everybody, named to those who may see them.
    const hidden = await failing(office.sit('kanri', ['administrator'], '情報課'))
    expect(hidden).toMatchObject({ made: 0, refused: 9, problems: [] })
    Object.assign(office.office, { services })
    const { taskId } = must(await desk.client.imports.stampReceived({}))
    expect(await at.finished(taskId)).toMatchObject({ made: 9, refused: 0 })
  })
})
