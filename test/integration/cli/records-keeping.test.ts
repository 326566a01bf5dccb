/** `desk archive …`: what keeps contracts. Export, bulk verification, evidence, disposal by two, keys; and every door that stays shut. */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { desk, deskWith } from '../../support/command-line.ts'
import { PASSWORD } from '../../support/office.ts'
import { readZip } from '../../support/read-zip.ts'
import { openRecordsDesk, type RecordsDesk } from '../../support/records-desk.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let office: RecordsDesk
beforeAll(async () => {
  office = await openRecordsDesk()
  const files = await office.writeImport('contracts', [
    ['a.pdf', '橋梁補修工事', '(株)髙橋組', 'R7.9.1', '10,000,000', 'R7-001', '建設課', 'R8.3.31', '5年'],
    ['b.pdf', '道路改良工事', '株式会社高橋組', 'R7.9.30', '9,999,999円', 'R7-002', '建設課', '', ''],
    ['c.pdf', '庁舎清掃業務', '渡邉清掃㈲', 'H20.4.1', '500000', 'H20-001', '総務課', 'H21.3.20', '1年'],
    ['d.pdf', '庁舎警備業務', '渡辺警備', 'H20.4.2', '600000', 'H20-002', '総務課', 'H21.3.20', '1年'],
  ])
  const imported = await office.archive('kiroku', 'import', ...files)
  if (imported.code !== 0) throw new Error(imported.messages)
})
afterAll(() => office.close())

describe('evidence', () => {
  test('L16 files that were received get their timestamp; then nothing is due', async () => {
    const stamped = await office.json('kiroku', 'renew', '--received')
    expect(stamped).toEqual({ due: 4, stamped: 4, failed: 0, problems: [] })
    expect(await office.json('kiroku', 'renew', '--received')).toMatchObject({ due: 0 })
    expect(await office.json('kiroku', 'renew')).toEqual({
      due: 0,
      renewed: 0,
      later: 0,
      failed: 0,
      rows: [],
    })
    expect(await office.json('kansa', 'evidence')).toMatchObject({ files: 4, lapsing: 0 })
    const people = await office.archive('kansa', 'evidence')
    expect(people.output).toMatch(/タイムスタンプのあるファイル 4件\n.+ありません。\n次の更新: 令和\d+年/)
  })
})

describe('a span', () => {
  test('L14 one command gives PDFs, indexes, digests and log; nothing is written over', async () => {
    const zip = office.path('求め.zip')
    const made = await office.archive('kansa', 'export', '--out', zip, '--from', 'R7.9.1', '--to', 'R7.9.30')
    expect([made.code, made.output]).toEqual([0, expect.stringMatching(/ファイル 2件/)])
    const entries = readZip(await readFile(zip))
    const names = [
      '20250901_10000000_(株)髙橋組_橋梁補修工事.pdf',
      '20250930_9999999_株式会社高橋組_道路改良工事.pdf',
    ]
    expect([...entries.keys()]).toEqual(expect.arrayContaining([...names, '索引.csv', '索引_ShiftJIS.csv']))
    const sums = entries.get('SHA256SUMS.txt')?.toString() ?? ''
    for (const name of names) {
      const sha256 = createHash('sha256')
        .update(entries.get(name) ?? '')
        .digest('hex')
      expect(sums).toContain(`${sha256}  ${name}`)
    }
    const bytes = await readFile(zip)
    const again = await office.archive('kansa', 'export', '--out', zip, '--all')
    expect([again.code, again.messages]).toEqual([1, expect.stringContaining('上書きはしません')])
    expect((await readFile(zip)).equals(bytes)).toBe(true)
    const nothing = await office.archive('kansa', 'export', '--out', office.path('none.zip'), '--to', 'H1')
    expect(nothing.code).toBe(2)
    const everything = await office.archive('kansa', 'export', '--out', office.path('none.zip'))
    expect([everything.code, everything.messages]).toEqual([2, expect.stringContaining('--all')])
  })

  test('L15 all signatures and timestamps of a span are verified, with a report; ends inclusive', async () => {
    const report = office.path('report.pdf')
    const found = await office.json(
      'kansa',
      'verify',
      '--from',
      'H20.4.2',
      '--to',
      'R7.9.1',
      '--report',
      report,
    )
    expect(found).toMatchObject({ files: 2, verdicts: { valid: 2 }, rows: [{}, {}] })
    expect((await readFile(report)).subarray(0, 5).toString()).toBe('%PDF-')
    const none = await office.archive('kansa', 'verify', '--from', 'R1.5.1', '--to', 'R2.5.1', '--json')
    expect([none.code, JSON.parse(none.output)]).toMatchObject([1, { error: { code: 'NOTHING_FOUND' } }])
  })
})

describe('L23 disposal', () => {
  const dispose = (who: 'kiroku' | 'kiroku2' | 'kansa', ...args: string[]) =>
    office.archive(who, 'disposals', ...args)

  test('only what has ended is a candidate; it takes a second person; the certificate stays', async () => {
    const { rows } = (await office.json('kiroku', 'disposals')) as { rows: { contractNumber: string }[] }
    expect(rows.map((row) => row.contractNumber).sort()).toEqual(['H20-001', 'H20-002'])
    const early = await dispose('kiroku', '--propose', 'H20-001', 'R7-001', '--why', '満了')
    expect([early.code, early.messages]).toEqual([1, expect.stringContaining('保存期間が終わっていない')])
    const certificate = office.path('廃棄証明書.pdf')
    const unproposed = await dispose('kiroku2', '--confirm', 'H20-001', '--certificate', certificate)
    expect([unproposed.code, unproposed.messages]).toEqual([
      1,
      expect.stringContaining('提案がされていません'),
    ])
    expect((await dispose('kiroku', '--propose', 'H20-001', '--why', '満了')).code).toBe(0)
    expect((await dispose('kiroku2')).output).toMatch(/庁舎清掃業務.*\n.+提案: 記録 花子（別の人の確定待ち）/)
    const alone = await dispose('kiroku', '--confirm', 'H20-001', '--certificate', certificate)
    expect([alone.code, alone.messages]).toEqual([1, expect.stringContaining('別の人')])
    await writeFile(certificate, 'mine')
    const over = await dispose('kiroku2', '--confirm', 'H20-001', '--certificate', certificate)
    expect([over.code, over.messages]).toEqual([1, expect.stringContaining('上書きはしません')])
    expect((await office.archive('kiroku', 'get', 'H20-001', '--out', office.path('still'))).code).toBe(0)
    const done = await dispose('kiroku2', '--confirm', 'H20-001', '--certificate', office.path('証明.pdf'))
    expect([done.code, done.output]).toEqual([0, expect.stringContaining('1件を廃棄しました')])
    expect((await readFile(office.path('証明.pdf'))).subarray(0, 5).toString()).toBe('%PDF-')
    expect(await office.json('kiroku', 'search', '庁舎清掃')).toMatchObject({ total: 0 })
  })

  test('under hold nothing is disposed of; an auditor and a lone name are refused', async () => {
    expect((await office.archive('kiroku', 'hold', 'H20-002', '--why', '調査')).code).toBe(0)
    const held = await dispose('kiroku', '--propose', 'H20-002', '--why', '満了')
    expect([held.code, held.messages]).toEqual([1, expect.stringContaining('廃棄停止')])
    expect((await dispose('kansa')).code).toBe(1)
    expect((await dispose('kiroku', 'H20-002')).code).toBe(2)
    expect((await dispose('kiroku', '--confirm', 'H20-002')).messages).toContain('--certificate')
  })
})

test('the master key is made anew by the administrator alone, and everything opens afterwards', async () => {
  expect((await office.archive('kiroku', 'keys')).code).toBe(1)
  expect(await office.json('kanri', 'keys')).toMatchObject({ generation: 1, slots: expect.any(Array) })
  expect((await office.archive('kanri', 'keys', '--rotate')).code).toBe(2)
  expect(await office.json('kanri', 'keys', '--rotate', '--why', '異動')).toEqual({ generation: 2 })
  expect(await office.json('kiroku', 'search', '橋梁')).toMatchObject({ total: 1 })
  expect(await office.json('kiroku', 'check', '--data', office.data)).toMatchObject({ ok: true })
})

describe('doors that stay shut', () => {
  test('while the window is open, a command is refused in words', async () => {
    const refused = await office.inWindow(() => office.archive('kiroku', 'search', '橋梁', '--json'))
    expect([refused.code, JSON.parse(refused.output)]).toMatchObject([
      1,
      { error: { code: 'ARCHIVE_IN_USE' } },
    ])
    expect(refused.messages).toMatch(/別の電子契約デスクが使っています/)
  })

  test('a wrong password, an empty folder, nobody to ask', async () => {
    const environment = { KEIYAKU_USER: 'kiroku', KEIYAKU_PASSWORD: PASSWORD, KEIYAKU_DATA: office.data }
    const wrong = await deskWith({ ...environment, KEIYAKU_PASSWORD: 'no' }, 'archive', 'folders', '--json')
    expect([wrong.code, JSON.parse(wrong.output)]).toMatchObject([1, { error: { code: 'LOGIN_FAILED' } }])
    const empty = await deskWith(environment, 'archive', 'folders', '--data', office.path('nothing'))
    expect([empty.code, empty.messages]).toEqual([1, 'このフォルダーに保管庫はありません。\n'])
    const nobody = await desk('archive', 'folders', '--data', office.data)
    expect([nobody.code, nobody.messages]).toEqual([2, expect.stringContaining('KEIYAKU_USER')])
  })
})
