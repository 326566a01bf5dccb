/** `desk archive import`, and what Ctrl+C leaves of long work. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { desk, type RunningCommand } from '../../support/command-line.ts'
import { until } from '../../support/office.ts'
import { openRecordsDesk, type RecordsDesk } from '../../support/records-desk.ts'
import { openSigningDesk } from '../../support/signing-desk.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let office: RecordsDesk
beforeAll(async () => {
  office = await openRecordsDesk()
})
afterAll(() => office.close())

const cases = async () => ((await office.json('kiroku', 'search')) as { total: number }).total
/** Files in the vault, whoever they belong to. */
const files = async () =>
  (await readdir(office.path('archive/files'), { recursive: true })).filter((name) => name.endsWith('.kdv'))
    .length

/** The signed contracts of another service: one whole, one with a changed byte. */
async function writeSignedFiles(folder: string): Promise<void> {
  const signer = await openSigningDesk()
  try {
    const [signed, level] = [signer.path('signed.pdf'), ['--level', 't', '--tsa', signer.trust.tsaUrl]]
    const key = ['--p12', signer.path('town.p12'), '--password', signer.password]
    const outcome = await desk('sign', signer.path('contract.pdf'), signed, ...key, ...level)
    if (outcome.code !== 0) throw new Error(outcome.messages)
    const bytes = await readFile(signed)
    await writeFile(`${folder}/signed.pdf`, bytes)
    bytes[bytes.indexOf('/MediaBox') + 12] = 0x37
    await writeFile(`${folder}/changed.pdf`, bytes)
  } finally {
    await signer.close()
  }
}

test('another service’s export: mapping from a file, dry run changes nothing, then the run; each refused line says why', async () => {
  const folder = office.path('export')
  await mkdir(`${folder}/contracts`, { recursive: true })
  await writeSignedFiles(`${folder}/contracts`)
  const csv = [
    '文書,PDF,相手,締結,円',
    '側溝改良工事,signed.pdf,(株)髙橋組,令和7年9月1日,"1,980,000"',
    '同じもの,signed.pdf,(株)髙橋組,令和7年9月1日,"1,980,000"',
    '改変されたもの,changed.pdf,(株)髙橋組,令和7年9月1日,1',
    'ないもの,none.pdf,(株)髙橋組,令和7年9月1日,1',
    '日付の誤り,signed.pdf,(株)髙橋組,令和7年2月30日,1',
  ]
  await writeFile(office.path('export.csv'), csv.join('\n'))
  const mapping = { title: '文書', file: 'PDF', counterparty: '相手', contractDate: '締結', amount: '円' }
  await writeFile(office.path('mapping.json'), JSON.stringify(mapping))
  const wanted = ['--csv', office.path('export.csv'), '--files', folder]
  const unmapped = await office.archive('kiroku', 'import', ...wanted, '--dry-run', '--json')
  expect([unmapped.code, JSON.parse(unmapped.output)]).toMatchObject([
    1,
    { error: { code: 'IMPORT_COLUMN_MISSING' } },
  ])
  const before = await files()
  const mapped = [...wanted, '--mapping', office.path('mapping.json')]
  const dry = await office.archive('kiroku', 'import', ...mapped, '--dry-run', '--json')
  // Every PDF is opened: the changed one is found without being taken in.
  expect([dry.code, JSON.parse(dry.output)]).toMatchObject([
    1,
    { dryRun: true, lines: 5, made: 1, duplicate: 1, refused: 3 },
  ])
  expect([await cases(), await files()]).toEqual([0, before])
  const report = office.path('report.csv')
  const run = await office.archive('kiroku', 'import', ...mapped, '--report', report)
  expect(run.code).toBe(1)
  expect(run.output.trim().split('\n')).toEqual([
    '5行を終えました。取り込んだもの 1件、すでにあったもの 1件、取り込めなかったもの 3件',
    '  2行目  同じもの  signed.pdf: 同じファイルが、すでに保管されています（案件「側溝改良工事」）。',
    '  3行目  改変されたもの  changed.pdf: 署名が壊れています（改変あり）。',
    '  4行目  ないもの  none.pdf: この名前のPDFがありません。',
    '  5行目  日付の誤り  signed.pdf: 取引年月日「令和7年2月30日」は、日付として読めません。',
  ])
  expect((await readFile(report, 'utf8')).trimEnd().split('\r\n')).toHaveLength(6)
  const shown = await office.json('kiroku', 'show', await firstId())
  expect(shown).toMatchObject({ documents: [{ role: 'sign', verification: { verdict: 'unknown-signer' } }] })
  const list = await office.archive('kiroku', 'import', '--list')
  expect(list.output).toMatch(/export {2}完了 {2}5行: 取り込み 1、重複 1、不可 3/)
})

async function firstId(): Promise<string> {
  const { rows } = (await office.json('kiroku', 'search')) as { rows: { id: string }[] }
  return rows[0]?.id ?? ''
}

test('who may not import is refused, and nothing of theirs stays', async () => {
  const wanted = await office.writeImport('refused', [
    ['x.pdf', '監査の契約', '', 'R7.9.1', '', '', '', '', ''],
  ])
  const before = await files()
  for (const who of ['kansa', 'kensetsu'] as const) {
    const { code, messages } = await office.archive(who, 'import', ...wanted)
    expect([code, messages]).toEqual([1, 'この操作をする権限がありません。\n'])
  }
  expect([await cases(), await files()]).toEqual([1, before])
})

test.each<[string, string[], number, string]>([
  ['no list', ['--files', 'FOLDER'], 2, '--csv を指定してください'],
  ['a folder that is none', ['--csv', 'export.csv', '--files', 'NONE'], 1, '見つかりません'],
  ['a folder without PDF', ['--csv', 'export.csv', '--files', 'FOLDER/archive'], 1, 'PDFがありません'],
  [
    'a mapping that is none',
    ['--csv', 'FOLDER/export.csv', '--files', 'FOLDER', '--mapping', 'FOLDER/export.csv'],
    1,
    '列の対応を読み取れません',
  ],
  [
    'an unknown 契約種別',
    ['--csv', 'FOLDER/export.csv', '--files', 'FOLDER', '--kind', '雑'],
    2,
    '工事請負、業務委託',
  ],
  ['an import to resume that is none', ['--resume', 'nothing'], 1, '見つかりません'],
])('%s is refused before anything is read', async (_name, args, code, sentence) => {
  const given = args.map((arg) => arg.replace('FOLDER', office.folder).replace('NONE', office.path('none')))
  const outcome = await office.archive('kiroku', 'import', ...given)
  expect([outcome.code, outcome.messages]).toEqual([code, expect.stringContaining(sentence)])
})

async function interruptedWhen(command: RunningCommand, isTime: () => Promise<boolean>) {
  await until(async () => ((await isTime()) ? true : undefined), command.messages)
  command.interrupt()
  return command.ended
}

test('Ctrl+C: an import keeps whole lines and goes on where it was; an export leaves no file', async () => {
  const lines = Array.from({ length: 150 }, (_, index) => [
    ...[
      `n${index}.pdf`,
      `道路維持業務その${index}`,
      '大量建設㈱',
      'R7.4.1',
      String(1000 + index),
      '',
      '',
      '',
      '',
    ],
  ])
  const wanted = await office.writeImport('many', lines)
  const before = await cases()
  const importing = office.start('kiroku', 'import', ...wanted)
  const cancelled = await interruptedWhen(importing, async () =>
    /取り込み: \d+／150件/.test(importing.messages()),
  )
  const kept = Number(/それまでに取り込んだ(\d+)件/.exec(cancelled.messages)?.[1])
  expect([cancelled.code, cancelled.output]).toEqual([1, ''])
  expect(kept).toBeLessThan(150)
  expect((await cases()) - before).toBe(kept)
  const check = await office.json('kiroku', 'check', '--data', office.data)
  expect(check).toMatchObject({ ok: true, problems: [], cases: before + kept })
  const again = await office.json('kiroku', 'import', ...wanted)
  expect(again).toMatchObject({ made: 150 - kept, duplicate: kept, refused: 0 })

  const out = office.path('zip')
  await mkdir(out)
  const exporting = office.start('kansa', 'export', '--all', '--out', `${out}/all.zip`)
  const broken = await interruptedWhen(exporting, async () => (await readdir(out)).length > 0)
  expect([broken.code, broken.messages]).toEqual([1, expect.stringContaining('中止しました')])
  expect(await readdir(out)).toEqual([])
})
