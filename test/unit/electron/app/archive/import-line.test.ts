import { describe, expect, test } from 'vitest'
import { readImportLine } from '../../../../../electron/app/archive/import-line.ts'
import { problemSentence } from '../../../../../electron/app/archive/import-words.ts'
import { type ImportField, ImportMapping, ImportOptions } from '../../../../../shared/bridge/imports.ts'

const options = ImportOptions.parse({ name: '試し', department: '土木課' })

/** One line whose columns are called after their fields. */
function read(
  cells: Partial<Record<ImportField, string>>,
  headings: Partial<Record<ImportField, string>> = {},
) {
  const all: Partial<Record<ImportField, string>> = { file: 'a.pdf', title: '橋梁補修工事', ...cells }
  const fields = Object.keys(all) as ImportField[]
  const mapping = ImportMapping.parse(
    Object.fromEntries(fields.map((field) => [field, headings[field] ?? field])),
  )
  return readImportLine(
    fields.map((field) => headings[field] ?? field),
    fields.map((field) => all[field] ?? ''),
    mapping,
    options,
  )
}

function fieldsOf(...line: Parameters<typeof read>) {
  const result = read(...line)
  if (!result.ok) throw new Error(`${result.error.code} ${result.error.data.field}`)
  return result.value.fields
}

function refusalOf(...line: Parameters<typeof read>) {
  const result = read(...line)
  return result.ok ? 'read' : `${result.error.code}:${result.error.data.field}「${result.error.data.cell}」`
}

describe('dates', () => {
  test.each([
    ['令和5年4月1日', '2023-04-01'],
    ['R5.4.1', '2023-04-01'],
    ['Ｒ５．４．１', '2023-04-01'],
    ['令和元年5月1日', '2019-05-01'],
    ['H31.4.30', '2019-04-30'],
    ['平成 31 年 4 月 30 日', '2019-04-30'],
    ['昭和64年1月7日', '1989-01-07'],
    ['2023/4/1', '2023-04-01'],
    ['2023-04-01', '2023-04-01'],
    ['20230401', '2023-04-01'],
    ['2023年4月1日', '2023-04-01'],
    ['2023/06/30 17:05:00', '2023-06-30'],
    ['2023-06-30T17:05', '2023-06-30'],
    ['', null],
    ['－', null],
    ['-', null],
  ])('%s is %s', (text, date) => {
    expect(fieldsOf({ contractDate: text }).contractDate).toBe(date)
  })

  test.each([
    ['令和5年2月30日', 'a day that never was'],
    ['平成35年4月1日', 'an era that was over'],
    ['令和5年4月', 'a month'],
    ['45017', "a spreadsheet's own number"],
    ['未定', 'a word'],
    ['2023/4/1～2024/3/31', 'a span'],
    ['########', 'a column that was too narrow'],
  ])('%s is refused: %s', (text) => {
    expect(refusalOf({ contractDate: text })).toMatch(/^(DATE_WRONG|CELL_ERROR):contractDate「/)
  })

  test('the refusal names the cell', () => {
    const refused = read({ periodTo: '令和5年2月30日' })
    if (refused.ok) throw new Error('It was read')
    const { code, data } = refused.error
    expect(problemSentence(`${code}:${data.field}`, data.cell)).toBe(
      '履行期間の終わり「令和5年2月30日」は、日付として読めません。',
    )
  })
})

describe('amounts', () => {
  test.each([
    ['1000000', 1_000_000],
    ['1,000,000円', 1_000_000],
    ['１，０００，０００', 1_000_000],
    ['¥1,000,000-', 1_000_000],
    ['￥1,000,000.-', null],
    ['\\1,000,000', 1_000_000],
    ['金1,000,000円也', 1_000_000],
    ['1,000,000円（税込）', 1_000_000],
    ['1000000.00', 1_000_000],
    [' 500 ', 500],
    ['0', 0],
    ['', null],
    ['-', null],
    ['単価契約', null],
    ['単価', null],
  ])('%s is %s', (text, amount) => {
    if (text === '￥1,000,000.-') expect(refusalOf({ amount: text })).toContain('AMOUNT_WRONG')
    else expect(fieldsOf({ amount: text }).amount).toBe(amount)
  })

  test.each([
    '1,000千円',
    '1.5億円',
    '△1,000',
    '-1000',
    '(1,000)',
    '1000.5',
    '1.5E+06',
    '別紙のとおり',
    '1000円/時間',
  ])('%s is refused, never guessed at', (text) => {
    expect(refusalOf({ amount: text })).toBe(`AMOUNT_WRONG:amount「${text}」`)
  })

  test('without tax, by the cell or by the heading', () => {
    expect(fieldsOf({ amount: '1,000円（税抜）' })).toMatchObject({ amount: 1000, taxMode: 'excluded' })
    expect(fieldsOf({ amount: '1,000' }, { amount: '契約金額（税抜）' }).taxMode).toBe('excluded')
    expect(fieldsOf({ amount: '1,000' }).taxMode).toBe('included')
  })
})

describe('everything else', () => {
  test('several counterparties in one cell; the 法人番号 is of the first', () => {
    const { counterparties } = fieldsOf({
      counterparty: '㈱髙橋組、扶桑建設\n山﨑土木；𠮷田組',
      corporateNumber: '７０１０７０５０００７２５',
    })
    expect(counterparties.map(({ name }) => name)).toEqual(['㈱髙橋組', '扶桑建設', '山﨑土木', '𠮷田組'])
    expect(counterparties.map(({ corporateNumber }) => corporateNumber)).toEqual([
      '7010705000725',
      '',
      '',
      '',
    ])
  })

  test('a 法人番号 that cannot be is refused; none is none', () => {
    expect(refusalOf({ counterparty: '㈱髙橋組', corporateNumber: '7010705000726' })).toContain(
      'CORPORATE_NUMBER_WRONG',
    )
    expect(refusalOf({ counterparty: '㈱髙橋組', corporateNumber: '7.01071E+12' })).toContain(
      'CORPORATE_NUMBER_WRONG',
    )
    expect(fieldsOf({ counterparty: '㈱髙橋組', corporateNumber: '－' }).counterparties[0]).toMatchObject({
      corporateNumber: '',
    })
  })

  test.each([
    ['10年', 10],
    ['１０', 10],
    ['5年保存', 5],
    ['永年', 0],
    ['永久', 0],
    ['', null],
  ])('retention %s is %s', (text, years) => {
    expect(fieldsOf({ retentionYears: text }).retentionYears).toBe(years)
  })

  test.each(['第3種', '常用', '101年'])('retention %s is refused', (text) => {
    expect(refusalOf({ retentionYears: text })).toContain('RETENTION_WRONG:retentionYears')
  })

  test('method and kind in words; unknown words stay readable in the remarks', () => {
    expect(
      fieldsOf({ method: '公募型プロポーザル方式による随意契約', kind: '業務委託契約書' }),
    ).toMatchObject({
      method: 'proposal',
      kind: 'service',
      remarks: '',
    })
    expect(fieldsOf({ method: '見積合わせ', kind: '雑', remarks: '単年度' })).toMatchObject({
      method: 'other',
      kind: 'other',
      remarks: '単年度\n契約方法：見積合わせ\n契約種別：雑',
    })
  })

  test('a title of two lines becomes one; its wide blanks stay', () => {
    expect(fieldsOf({ title: '橋梁補修工事\n（その１）　第２工区' }).title).toBe(
      '橋梁補修工事 （その１）　第２工区',
    )
  })

  test('what a line cannot be taken with is said with its field', () => {
    expect(refusalOf({ title: '　' })).toBe('TITLE_MISSING:title「」')
    expect(refusalOf({ title: 'あ'.repeat(301) })).toContain('CELL_TOO_LONG:title')
    expect(refusalOf({ title: '#N/A' })).toBe('CELL_ERROR:title「#N/A」')
    expect(refusalOf({ counterparty: '社'.repeat(201) })).toContain('CELL_TOO_LONG:counterparty')
    expect(refusalOf({ contractNumber: '1'.repeat(61) })).toContain('CELL_TOO_LONG:contractNumber')
  })

  test('fewer cells than headings are empty ones (Excel leaves the last out); more mean a lost quotation mark', () => {
    const mapping = ImportMapping.parse({ file: 'ファイル名', title: '件名', remarks: '備考' })
    const columns = ['ファイル名', '件名', '備考']
    expect(readImportLine(columns, ['a.pdf', '件名'], mapping, options)).toMatchObject({ ok: true })
    expect(readImportLine(columns, ['a.pdf', '件名', '', ''], mapping, options)).toMatchObject({ ok: true })
    const refused = readImportLine(columns, ['a.pdf', '橋梁', ' 第2工区', '備考'], mapping, options)
    expect(refused).toMatchObject({ error: { code: 'COLUMNS_WRONG', data: { field: '', cell: '備考' } } })
    expect(problemSentence('COLUMNS_WRONG', '備考')).toContain('余りは「備考」')
  })
})
