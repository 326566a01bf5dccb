import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import {
  lineOf,
  readImportTable,
  recogniseColumns,
  recogniseService,
} from '../../../../../electron/app/archive/import-table.ts'
import { IMPORT_MAX_FILES } from '../../../../../shared/bridge/imports.ts'

const TEXT = 'ファイル名,件名,取引先\r\na.pdf,"橋梁補修, 第2工区",㈱髙橋組\r\n'

function table(bytes: Uint8Array) {
  const read = readImportTable(bytes)
  if (!read.ok) throw new Error(read.error.code)
  const { encoding, columns, lines } = read.value
  return {
    encoding,
    columns,
    lines: Array.from({ length: lines }, (_, index) => lineOf(read.value, index)),
  }
}

const codeOf = (bytes: Uint8Array) => {
  const read = readImportTable(bytes)
  return read.ok ? 'read' : read.error.code
}

describe('encodings', () => {
  test.each<[string, Uint8Array, string]>([
    ['UTF-8', Buffer.from(TEXT), 'UTF-8'],
    ['UTF-8 with BOM', Buffer.from(`\uFEFF${TEXT}`), 'UTF-8'],
    ['Shift_JIS with ㈱ and 髙', iconv.encode(TEXT, 'cp932'), 'Shift_JIS'],
    ['UTF-16LE with BOM', iconv.encode(TEXT, 'utf-16le', { addBOM: true }), 'UTF-16'],
    ['UTF-16BE with BOM', iconv.encode(TEXT, 'utf-16be', { addBOM: true }), 'UTF-16'],
  ])('%s', (_name, bytes, encoding) => {
    expect(table(bytes)).toEqual({
      encoding,
      columns: ['ファイル名', '件名', '取引先'],
      lines: [{ number: 1, cells: ['a.pdf', '橋梁補修, 第2工区', '㈱髙橋組'] }],
    })
  })

  test.each<[string, Uint8Array, string]>([
    ['EUC-JP, which would read as rubbish', iconv.encode(TEXT, 'eucjp'), 'CSV_ENCODING'],
    ['UTF-16 without its mark', iconv.encode(TEXT, 'utf-16le', { addBOM: false }), 'CSV_ENCODING'],
    ['bytes of no encoding', Buffer.from([0x41, 0x2c, 0xff, 0xfd, 0xa0, 0x0a, 0x42]), 'CSV_ENCODING'],
    [
      'half a character at the end of UTF-16',
      Buffer.from([0xff, 0xfe, 0x41, 0x00, 0x00, 0xd8]),
      'CSV_ENCODING',
    ],
    ['an Excel workbook under the name of a CSV', Buffer.from('PK\u0003\u0004…'), 'CSV_IS_WORKBOOK'],
    ['nothing', Buffer.alloc(0), 'CSV_EMPTY'],
    ['headings alone', Buffer.from('件名,ファイル名\r\n'), 'CSV_EMPTY'],
    ['headings and empty lines', Buffer.from('件名,ファイル名\r\n,\r\n\r\n'), 'CSV_EMPTY'],
    ['a quotation mark that is never closed', Buffer.from('a,b\r\n1,"never'), 'CSV_UNREADABLE'],
    [
      'more lines than one import takes',
      Buffer.from(`a\n${'1\n'.repeat(IMPORT_MAX_FILES + 1)}`),
      'CSV_TOO_LARGE',
    ],
  ])('refuses %s', (_name, bytes, code) => {
    expect(codeOf(bytes)).toBe(code)
  })

  test('says near which line a table stops making sense', () => {
    const read = readImportTable(Buffer.from('a,b\r\n1,2\r\n3,"4'))
    expect(read).toMatchObject({ error: { code: 'CSV_UNREADABLE', data: { line: 3 } } })
  })
})

describe('lines and cells', () => {
  const linesOf = (text: string) => table(Buffer.from(text)).lines

  test.each([
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['LF', 'a,b\n1,2\n3,4'],
    ['CR', 'a,b\r1,2\r3,4\r'],
    ['tabs, as Excel writes text files', 'a\tb\n1\t2\n3\t4\n'],
  ])('ends of lines and cells: %s', (_name, text) => {
    expect(linesOf(text)).toEqual([
      { number: 1, cells: ['1', '2'] },
      { number: 2, cells: ['3', '4'] },
    ])
  })

  test('a line break inside quotation marks belongs to the cell', () => {
    expect(linesOf('a,b\r\n"一行目\r\n二行目",2\r\n3,4')).toEqual([
      { number: 1, cells: ['一行目\r\n二行目', '2'] },
      { number: 2, cells: ['3', '4'] },
    ])
  })

  test('empty lines are left out, but counted: the number leads to the row of the spreadsheet', () => {
    expect(linesOf('a,b\r\n1,2\r\n\r\n,\r\n3,4\r\n,\r\n,\r\n').map(({ number }) => number)).toEqual([1, 4])
  })

  test('doubled quotation marks, and some inside a cell that is not quoted', () => {
    expect(linesOf('a,b\n"「""A""」工区",町道"1号"線')[0]?.cells).toEqual(['「"A"」工区', '町道"1号"線'])
  })

  test('the ways of exports to keep a number or a sign as text are undone', () => {
    expect(linesOf('a,b,c\n"=""00123""",\'=x,\'山田')[0]?.cells).toEqual(['00123', '=x', "'山田"])
  })

  test('headings that are empty or occur twice are told apart by their place', () => {
    const { columns } = table(Buffer.from('金額,,金額\n1,2,3'))
    expect(columns).toEqual(['金額', '（2列目）', '金額（3列目）'])
  })

  test('ten thousand lines are read one at a time', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `${index},契約${index}`)
    const read = readImportTable(Buffer.from(['番号,件名', ...rows].join('\n')))
    if (!read.ok) throw new Error(read.error.code)
    expect(read.value.lines).toBe(10_000)
    expect(lineOf(read.value, 9_999)).toEqual({ number: 10_000, cells: ['9999', '契約9999'] })
  })
})

describe('headings', () => {
  test('are recognised whatever their width, blanks and case', () => {
    expect(recogniseColumns(['ﾌｧｲﾙ名', '契約 件名', '契約金額（税抜）', '書類id', 'よけいな列'])).toEqual({
      file: 'ﾌｧｲﾙ名',
      title: '契約 件名',
      amount: '契約金額（税抜）',
      contractNumber: '書類id',
    })
  })

  test('tell the service an export came from', () => {
    expect(recogniseService(['書類ID', '書類名'])).toBe('cloudsign')
    expect(recogniseService(['文書管理番号', '文書名'])).toBe('gmo-sign')
    expect(recogniseService(['件名', '取引先'])).toBeNull()
  })
})
