/**
 * The table (CSV) of an import: encoding, headings, what they mean. Pure; runs in a worker thread because ten thousand lines
 * take longer than the window may wait. The lines come back as one piece of bytes, which moves between threads at no cost;
 * each is read when it is needed.
 */
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { IMPORT_MAX_FILES, ImportField, type ImportMapping } from '../../../shared/bridge/imports.ts'
import { fail, ok, type Result } from '../../../shared/result.ts'

export type TableEncoding = 'UTF-8' | 'Shift_JIS' | 'UTF-16'

export type ImportTable = {
  readonly encoding: TableEncoding
  /** Headings, each once: an empty one is called after its place, a repeated one gets its place added. */
  readonly columns: readonly string[]
  readonly lines: number
  /** Lines one after the other, each a JSON array of its number and its cells in UTF-8; empty ones left out. */
  readonly cells: Uint8Array
  /** Line n (from 0) ends before byte `ends[n]`. */
  readonly ends: Uint32Array
}

export type TableLine = {
  /** 1 = the line below the headings; empty lines count, so that it is the spreadsheet's row less one. */
  readonly number: number
  readonly cells: readonly string[]
}

export type TableFailure = {
  readonly code: 'CSV_UNREADABLE' | 'CSV_EMPTY' | 'CSV_ENCODING' | 'CSV_IS_WORKBOOK' | 'CSV_TOO_LARGE'
  readonly data: Readonly<Record<string, number>>
}

export const TABLE_MAX_BYTES = 64 * 1024 * 1024

/**
 * UTF-8 with or without BOM, UTF-16 with BOM (as Excel writes 「Unicode テキスト」), else Shift_JIS as Windows writes it (code
 * page 932). Cells parted by commas, or by tabs when the first line has no comma.
 */
export function readImportTable(bytes: Uint8Array): Result<ImportTable, TableFailure> {
  if (bytes.length > TABLE_MAX_BYTES) return fail('CSV_TOO_LARGE', { maxLines: IMPORT_MAX_FILES })
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4)
    return fail('CSV_IS_WORKBOOK', {})
  const decoded = decode(bytes)
  if (decoded === undefined) return fail('CSV_ENCODING', {})
  const records = parseRecords(decoded.text)
  if (!records.ok) return records
  const start = records.value.findIndex(hasText)
  const [headings, ...rows] = records.value.slice(Math.max(0, start))
  const lines = rows
    .map((cells, index) => ({ number: index + 1, cells }))
    .filter(({ cells }) => hasText(cells))
  if (headings === undefined || lines.length === 0) return fail('CSV_EMPTY', {})
  if (lines.length > IMPORT_MAX_FILES) return fail('CSV_TOO_LARGE', { maxLines: IMPORT_MAX_FILES })
  return ok({ encoding: decoded.encoding, columns: namedColumns(headings), ...packed(lines) })
}

function hasText(cells: readonly string[]): boolean {
  return cells.some((cell) => cell !== '')
}

/** @param index from 0 */
export function lineOf(table: Pick<ImportTable, 'cells' | 'ends'>, index: number): TableLine {
  const start = index === 0 ? 0 : (table.ends[index - 1] ?? 0)
  const bytes = Buffer.from(table.cells.buffer, table.cells.byteOffset, table.cells.byteLength)
  const [number, ...cells] = JSON.parse(bytes.toString('utf8', start, table.ends[index])) as [
    number,
    ...string[],
  ]
  return { number, cells }
}

function packed(lines: readonly TableLine[]): Pick<ImportTable, 'lines' | 'cells' | 'ends'> {
  const ends = new Uint32Array(lines.length)
  let size = 0
  const parts = lines.map(({ number, cells }, index) => {
    const part = Buffer.from(JSON.stringify([number, ...cells]))
    size += part.length
    ends[index] = size
    return part
  })
  const cells = new Uint8Array(size)
  for (const [index, part] of parts.entries()) cells.set(part, index === 0 ? 0 : ends[index - 1])
  return { lines: lines.length, cells, ends }
}

function parseRecords(text: string): Result<string[][], TableFailure> {
  const [firstLine = ''] = text.split(/\r\n|\n|\r/, 1)
  try {
    return ok(
      parse(text, {
        delimiter: firstLine.includes('\t') && !firstLine.includes(',') ? '\t' : ',',
        relax_column_count: true,
        // A quotation mark inside a cell that is not quoted is a character like any other.
        relax_quotes: true,
      }).map((cells) => cells.map(plainCell)),
    )
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const line = 'lines' in error && typeof error.lines === 'number' ? { line: error.lines } : {}
    return fail('CSV_UNREADABLE', line)
  }
}

/** ="00123" keeps a spreadsheet from making a number of it, '=… from making a formula (our own tables do that). */
function plainCell(cell: string): string {
  return cell
    .trim()
    .replace(/^="(.*)"$/s, '$1')
    .replace(/^'(?=[=+\-@])/, '')
}

function namedColumns(headings: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return headings.map((heading, index) => {
    const plainHeading = heading.replace(/\s+/g, ' ').slice(0, 180)
    const isClear = plainHeading !== '' && !seen.has(plainHeading)
    const name = isClear ? plainHeading : `${plainHeading}（${index + 1}列目）`
    seen.add(name)
    return name
  })
}

function decode(bytes: Uint8Array): { readonly text: string; readonly encoding: TableEncoding } | undefined {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    const text = strict(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be', bytes)
    return text === undefined ? undefined : { text, encoding: 'UTF-16' }
  }
  // A table has no NUL: this is UTF-16 without its mark, or no text at all.
  if (bytes.includes(0)) return undefined
  const text = strict('utf-8', bytes)
  if (text !== undefined) return { text, encoding: 'UTF-8' }
  const japanese = iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 'cp932')
  // What is whole in EUC-JP reads as katakana of half width in Shift_JIS: better refused than taken in as rubbish.
  const isOther = japanese.includes('\uFFFD') || strict('euc-jp', bytes) !== undefined
  return isOther ? undefined : { text: japanese, encoding: 'Shift_JIS' }
}

function strict(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** Headings as towns and signing services write them. The first heading that matches wins. */
const HEADINGS: Readonly<Record<ImportField, readonly string[]>> = {
  file: [
    ...[
      'ファイル名',
      'PDFファイル名',
      'ファイル',
      '文書ファイル名',
      '電子ファイル名',
      '書類ファイル名',
      'PDF',
    ],
    ...['PDF名', '契約書ファイル名', 'ファイルパス', '保存ファイル名'],
  ],
  title: [
    ...['件名', '契約件名', '業務名', '工事名', '契約名', '文書名', '書類名', '書類タイトル', '文書タイトル'],
    ...['タイトル', '案件名', '工事名・業務名', '工事（業務）名'],
  ],
  counterparty: [
    ...['取引先', '取引先名', '相手方', '契約相手方', '契約の相手方', '受注者', '相手先', '契約先'],
    ...['取引先会社名', '相手方会社名', '相手先名称', '会社名', '取引先名称', '契約相手先'],
    ...['契約の相手方名', '契約相手方名', '相手方名', '受注者名', '業者名', '契約業者', '商号又は名称'],
  ],
  corporateNumber: ['法人番号', '取引先法人番号', '相手方法人番号'],
  contractDate: [
    ...[
      '取引年月日',
      '契約日',
      '契約年月日',
      '契約締結日',
      '締結日',
      '合意締結日',
      '締結完了日',
      '署名完了日',
    ],
  ],
  amount: [
    ...['取引金額', '契約金額', '金額', '請負金額', '請負代金額', '委託料', '契約金額（税込）'],
    ...['契約金額（税抜）', '契約金額（円）', '請負代金額（円）'],
  ],
  contractNumber: [
    ...['契約番号', '管理番号', '文書管理番号', '書類ID', '文書番号', '文書ID', '契約管理番号'],
  ],
  department: ['所管課', '担当課', '部署', '部署名', '課名', '主管課', '所属'],
  method: ['契約方法', '契約方式', '入札方式', '契約の方法'],
  kind: ['契約種別', '種別', '文書種別', '書類種別', '契約書種別'],
  periodFrom: [
    ...['履行期間開始', '履行期間（始め）', '契約開始日', '契約期間開始日', '開始日', '着手日', '着工日'],
    ...['有効期間開始日', '履行期間自', '工期自'],
  ],
  periodTo: [
    ...[
      '履行期間終了',
      '履行期間（終わり）',
      '契約終了日',
      '契約期間終了日',
      '終了日',
      '完了期限',
      '履行期限',
    ],
    ...['有効期間終了日', '履行期間至', '工期至'],
  ],
  completedOn: ['完結日', '完了日', '完成日', '完了年月日', '完成年月日'],
  retentionYears: ['保存期間', '保存年数', '保存期間（年）'],
  remarks: ['備考', 'メモ', '摘要'],
}

export function recogniseColumns(columns: readonly string[]): ImportMapping {
  const byPlain = new Map(columns.map((column) => [plain(column), column]))
  const found = ImportField.options.flatMap((field) => {
    const column = HEADINGS[field]
      .map((heading) => byPlain.get(plain(heading)))
      .find((each) => each !== undefined)
    return column === undefined ? [] : [[field, column] as const]
  })
  return Object.fromEntries(found)
}

/** By headings that only that service's export has. */
export function recogniseService(columns: readonly string[]): 'gmo-sign' | 'cloudsign' | null {
  const known = new Set(columns.map(plain))
  const has = (...names: string[]) => names.every((name) => known.has(plain(name)))
  if (has('書類ID')) return 'cloudsign'
  return has('文書管理番号') || has('文書ID', '文書名') ? 'gmo-sign' : null
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s_・]/g, '')
    .toLowerCase()
}
