/** `desk archive …` as records staff and scripts use it: the real program, one process a command. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { must } from '../../support/office-process.ts'
import { openRecordsDesk, type RecordsDesk } from '../../support/records-desk.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

type Row = { readonly id: string; readonly contractNumber: string; readonly retentionEndsOn: string | null }
type Found = { readonly total: number; readonly rows: readonly Row[] }

let office: RecordsDesk
beforeAll(async () => {
  office = await openRecordsDesk()
  const files = await office.writeImport('contracts', [
    [
      'a.pdf',
      '橋梁補修工事',
      '(株)髙橋組',
      '令和7年9月1日',
      '10,000,000',
      'R7-001',
      '建設課',
      'R8.3.31',
      '5年',
    ],
    [
      'b.pdf',
      '道路改良工事',
      '株式会社高橋組',
      '2025/9/30',
      '9,999,999円',
      'R7-002',
      '建設課',
      'R8.4.1',
      '5年',
    ],
    ['c.pdf', '事務用品単価契約', '𠮷田商店', 'R7.10.1', '', 'R7-003', '総務課', '', ''],
    ['d.pdf', '庁舎清掃業務', '渡邉清掃㈲', 'H20.4.1', '500000', 'H20-001', '総務課', 'H21.3.20', '永年'],
  ])
  const imported = await office.archive('kiroku', 'import', ...files, '--timestamp')
  if (imported.code !== 0) throw new Error(imported.messages)
})
afterAll(() => office.close())

const search = async (...args: string[]) => (await office.json('kiroku', 'search', ...args)) as Found
const numbers = async (...args: string[]) => (await search(...args)).rows.map((row) => row.contractNumber)

describe('search', () => {
  test.each<[string, string[], string[]]>([
    [
      'L11 取引年月日, both ends inclusive',
      ['--from', 'R7.9.1', '--to', '令和7年9月30日', '--order', 'oldest'],
      ['R7-001', 'R7-002'],
    ],
    [
      'L11 取引金額, both ends inclusive; second of two',
      ['--amount-from', '9,999,999', '--amount-to', '1,000万円', '--limit', '1', '--offset', '1'],
      ['R7-001'],
    ],
    ['L11 取引先, as people type it', ['--counterparty', '㈱高橋組'], ['R7-002', 'R7-001']],
    [
      'L12 all three keys, open ends',
      ['--counterparty', '髙橋組', '--from', 'R7.9.1', '--amount-to', '999万9999円'],
      ['R7-002'],
    ],
    ['L12 a blank amount', ['--amount-blank', '--from', 'R7.10.1', '--state', '締結済'], ['R7-003']],
    ['one typed line', ['令和7年度', '1,000万円以上', '(株)髙橋組', '橋梁'], ['R7-001']],
    [
      '機密区分, by its name; none is kept closer',
      ['--confidentiality', '機密性2（庁内で扱う）', '--contract-number', 'R7-003'],
      ['R7-003'],
    ],
    ['機密区分, by its code', ['--confidentiality', 'restricted'], []],
    ['件名 alone, outside every folder', ['--title', '改良', '--folder', ''], ['R7-002']],
    ['all of them', ['--all', '--order', 'amount'], ['R7-001', 'R7-002', 'H20-001', 'R7-003']],
  ])('%s', async (_name, args, expected) => {
    expect(await numbers(...args)).toEqual(expected)
  })

  test('L22 the retention end is shown: done 2026-03-31 and 2026-04-01, five years; 永年 has none', async () => {
    const { rows } = await search('--all')
    const ends = Object.fromEntries(rows.map((row) => [row.contractNumber, row.retentionEndsOn]))
    expect(ends).toEqual({ 'R7-001': '2031-03-31', 'R7-002': '2032-03-31', 'R7-003': null, 'H20-001': null })
  })

  test('people read Japanese: how the line was understood, the count, and one block a contract', async () => {
    const { code, output, messages } = await office.archive('kiroku', 'search', '令和7年度', '橋梁')
    expect([code, messages]).toEqual([0, expect.stringContaining('「令和7年度」')])
    expect(output).toMatch(
      /^1件見つかりました。\n\n令和7年9月1日 {2}10,000,000円 {2}\(株\)髙橋組 {2}橋梁補修工事\n/,
    )
    expect(output).toContain('保存期限 令和13年3月31日')
    expect(output).not.toMatch(/undefined|null|concluded/)
    const none = await office.archive('kiroku', 'search', '存在しない言葉')
    expect([none.code, none.output]).toEqual([0, '条件に合う契約はありません。\n'])
  })

  test('a person of another 課 finds only their own', async () => {
    const found = (await office.json('kensetsu', 'search')) as Found
    expect(found.rows.map((row) => row.contractNumber).sort()).toEqual(['R7-001', 'R7-002'])
  })
})

describe('one case', () => {
  test('show gives case, documents with their verification, keeping and history; by id and by 契約番号', async () => {
    const [row] = (await search('橋梁')).rows
    const shown = await office.json('kansa', 'show', 'R7-001')
    expect(shown).toMatchObject({
      detail: { id: row?.id, title: '橋梁補修工事', amount: 10_000_000 },
      keeping: { retentionEndsOn: '2031-03-31', hold: false },
      folder: null,
      documents: [{ verification: { verdict: 'valid', signatures: [{ kind: 'document-timestamp' }] } }],
    })
    expect(JSON.stringify(shown)).toContain('取り込み「contracts」1行目（a.pdf）')
    const people = await office.archive('kansa', 'show', row?.id ?? '')
    expect(people.output).toMatch(/契約金額 +10,000,000円（税込）/)
    expect(people.output).toMatch(/保存期限 +令和13年3月31日（2031年）/)
    expect(people.output).toMatch(/文書タイムスタンプ「.+」 テスト用時刻認証局 .+ 令和\d+年\d+月\d+日/)
    expect(people.output).toContain('契約金額: 「10,000,000円」')
    expect(people.output).not.toMatch(/undefined|null|included/)
  })

  test('a case one may not see does not exist', async () => {
    const { code, output, messages } = await office.archive('kensetsu', 'show', 'R7-003', '--json')
    expect([code, JSON.parse(output)]).toMatchObject([1, { error: { code: 'NOT_FOUND' } }])
    expect(messages).toContain('R7-003')
  })

  test('get writes the very bytes that are kept, logs it, and never writes over a file', async () => {
    const out = office.path('out')
    const saved = (await office.json('kansa', 'get', 'R7-001', 'R7-002', '--out', out)) as {
      files: { path: string; sizeBytes: number }[]
    }
    expect((await readdir(out)).sort()).toEqual([
      '20250901_10000000_(株)髙橋組_橋梁補修工事.pdf',
      '20250930_9999999_株式会社高橋組_道路改良工事.pdf',
    ])
    const [first] = saved.files
    const bytes = await readFile(first?.path ?? '')
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
    const original = await readFile(office.path('contracts/a.pdf'))
    expect([bytes.length, bytes.subarray(0, original.length).equals(original)]).toEqual([
      first?.sizeBytes,
      true,
    ])
    await writeFile(first?.path ?? '', 'mine')
    const again = await office.archive('kansa', 'get', 'R7-002', 'R7-001', 'R7-003', '--out', out)
    expect([again.code, again.messages]).toEqual([1, expect.stringContaining('上書きはしません')])
    expect(await readFile(first?.path ?? '', 'utf8')).toBe('mine')
    expect(await readdir(out)).toHaveLength(2)
    const log = await office.json('kansa', 'log', '--actor', '監査 三郎')
    expect(JSON.stringify(log)).toContain('document.downloaded')
  })

  test('get takes a document alone', async () => {
    const shown = (await office.json('kiroku', 'show', 'R7-003')) as { documents: { id: string }[] }
    const out = office.path('one')
    const { code } = await office.archive('kiroku', 'get', shown.documents[0]?.id ?? '', '--out', out)
    expect([code, await readdir(out)]).toEqual([0, ['c.pdf']])
    const unknown = await office.archive('kiroku', 'get', 'a'.repeat(26), '--out', out)
    expect([unknown.code, unknown.messages]).toEqual([1, expect.stringContaining('見つかりません')])
  })
})

describe('history, log, folders', () => {
  test('L13 hold leaves old, new, who, when and why; it is found, and written as CSV and PDF', async () => {
    const held = await office.archive('kiroku', 'hold', 'R7-003', '--why', '住民監査請求のため')
    expect([held.code, held.output]).toEqual([0, '廃棄を止めました: R7-003\n'])
    const found = await office.json('kansa', 'history', '住民監査請求')
    expect(found).toMatchObject({
      total: 1,
      rows: [
        { who: '記録 花子', field: 'hold', oldValue: 'false', newValue: 'true', why: '住民監査請求のため' },
      ],
    })
    const people = await office.archive('kansa', 'history', '住民監査請求')
    expect(people.output).toMatch(
      /記録 花子 {2}事務用品単価契約 {2}理由: 住民監査請求のため\n {4}廃棄停止: 「いいえ」 → 「はい」/,
    )
    const [csv, pdf] = [office.path('history.csv'), office.path('history.pdf')]
    const saved = await office.archive('kansa', 'history', '住民監査請求', '--csv', csv, '--pdf', pdf)
    expect(saved.code).toBe(0)
    const lines = (await readFile(csv, 'utf8')).trimEnd().split('\r\n')
    expect(lines[0]).toBe('\uFEFF"日時","変更した人","件名","案件の番号","対象","項目","前","後","理由"')
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(
        /^"令和.+","記録 花子","事務用品単価契約",".+","廃棄停止","いいえ","はい","住民監査請求のため"$/,
      ),
    ])
    expect((await readFile(pdf)).subarray(0, 5).toString()).toBe('%PDF-')
    expect(await numbers('--held')).toEqual(['R7-003'])
    expect(
      (await office.archive('kiroku', 'hold', 'R7-003', '--release', '--why', '請求の取下げ')).code,
    ).toBe(0)
    expect(await numbers('--held')).toEqual([])
  })

  test('log is read, checked and written; its sentences are Japanese', async () => {
    const people = await office.archive('kansa', 'log', '--limit', '3')
    expect(people.output).toMatch(/監査 三郎 {2}ログインしました/)
    const check = await office.json('kansa', 'log', '--check')
    expect(check).toMatchObject({ firstBrokenSeq: null, entries: expect.any(Number) })
    const path = office.path('log.csv')
    expect((await office.archive('kansa', 'log', '--csv', path)).code).toBe(0)
    expect(await readFile(path, 'utf8')).toMatch(/^\uFEFF"番号","日時"/)
  })

  test('folders are listed with who may read them, and limit a search', async () => {
    await office.inWindow(async (client) => {
      const saved = await client.archive.saveFolder({
        name: '令和7年度 工事',
        parentId: null,
        roles: ['clerk'],
        departments: ['建設課'],
      })
      expect(saved.ok).toBe(true)
    })
    const { output } = await office.archive('kiroku', 'folders')
    expect(output).toMatch(/^令和7年度 工事 {2}見られる人: 建設課、契約担当 {2}番号 [0-9a-z]{26}\n$/)
    expect(await numbers('--folder', '令和7年度 工事')).toEqual([])
    await office.inWindow(async (client) => {
      const top = { name: '書庫', parentId: null, roles: [], departments: [] }
      const { id } = must(await client.archive.saveFolder(top))
      must(
        await client.archive.saveFolder({
          ...top,
          name: '建設課の工事',
          parentId: id,
          departments: ['建設課'],
        }),
      )
    })
    const whole = await office.archive('kiroku', 'folders')
    expect(whole.output).toMatch(/^書庫 .+\n {2}建設課の工事 /m)
    // Who may not see the folder around it finds it all the same.
    const inside = await office.archive('kensetsu', 'folders')
    expect(inside.output).toMatch(/^建設課の工事 {2}見られる人: 建設課 {2}番号 [0-9a-z]{26}$/m)
    expect(inside.output).not.toContain('書庫')
    const unknown = await office.archive('kiroku', 'search', '--folder', 'なし')
    expect([unknown.code, unknown.messages]).toEqual([
      1,
      expect.stringContaining('フォルダ「なし」はありません'),
    ])
  })
})
