/**
 * The CSV of an import: encoding, headings, what they mean, and a line as the fields of a case. Pure; runs in a worker
 * thread because ten thousand lines take longer than the window may wait.
 */
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { ImportField, type ImportMapping, type ImportOptions } from '../../../shared/bridge/keeping.ts'
import { CaseFields, type ContractKind, type ContractMethod } from '../../../shared/model/case.ts'
import { fail, ok, type Result } from '../../../shared/result.ts'
import { parseJapaneseDate } from '../../../shared/rules/japanese-date.ts'

export type ImportTable = {
  readonly encoding: 'UTF-8' | 'Shift_JIS'
  readonly columns: readonly string[]
  /** Cells by line, in the order of the columns; empty lines left out. */
  readonly lines: readonly (readonly string[])[]
}

/** UTF-8 with or without BOM, else Shift_JIS as Windows writes it (code page 932). Failures: CSV_UNREADABLE, CSV_EMPTY. */
export function readImportTable(
  bytes: Uint8Array,
): Result<
  ImportTable,
  { readonly code: 'CSV_UNREADABLE' | 'CSV_EMPTY'; readonly data: Record<string, never> }
> {
  const { text, encoding } = decode(bytes)
  let records: string[][]
  try {
    records = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true, trim: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error) return fail('CSV_UNREADABLE', {})
    throw error
  }
  const [columns, ...lines] = records
  if (columns === undefined || lines.length === 0) return fail('CSV_EMPTY', {})
  return ok({ encoding, columns, lines })
}

function decode(bytes: Uint8Array): { readonly text: string; readonly encoding: ImportTable['encoding'] } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { text: iconv.decode(Buffer.from(bytes), 'cp932'), encoding: 'Shift_JIS' }
  }
}

/** Headings as towns and signing services write them. The first heading that matches wins. */
const HEADINGS: Readonly<Record<ImportField, readonly string[]>> = {
  file: [
    'ファイル名',
    'PDFファイル名',
    'ファイル',
    '文書ファイル名',
    '電子ファイル名',
    '書類ファイル名',
    'PDF',
  ],
  title: [
    '件名',
    '契約件名',
    '業務名',
    '工事名',
    '契約名',
    '文書名',
    '書類名',
    '書類タイトル',
    '文書タイトル',
    'タイトル',
  ],
  counterparty: [
    ...['取引先', '取引先名', '相手方', '契約相手方', '契約の相手方', '受注者', '相手先', '契約先'],
    ...['取引先会社名', '相手方会社名', '相手先名称', '会社名', '取引先名称', '契約相手先'],
  ],
  corporateNumber: ['法人番号', '取引先法人番号'],
  contractDate: [
    '取引年月日',
    '契約日',
    '契約年月日',
    '契約締結日',
    '締結日',
    '合意締結日',
    '締結完了日',
    '署名完了日',
  ],
  amount: ['取引金額', '契約金額', '金額', '請負金額', '請負代金額', '委託料', '契約金額（税込）'],
  contractNumber: ['契約番号', '管理番号', '文書管理番号', '書類ID', '文書番号', '文書ID', '契約管理番号'],
  department: ['所管課', '担当課', '部署', '部署名', '課名'],
  method: ['契約方法', '契約方式', '入札方式'],
  kind: ['契約種別', '種別', '文書種別', '書類種別', '契約書種別'],
  periodFrom: ['履行期間開始', '契約開始日', '契約期間開始日', '開始日', '着手日', '有効期間開始日'],
  periodTo: ['履行期間終了', '契約終了日', '契約期間終了日', '終了日', '完了期限', '有効期間終了日'],
  completedOn: ['完結日', '完了日', '完成日'],
  retentionYears: ['保存期間', '保存年数'],
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

const METHODS: readonly (readonly [string, ContractMethod])[] = [
  ['指名競争', 'designated-bid'],
  ['一般競争', 'open-bid'],
  ['競争入札', 'open-bid'],
  ['随意', 'negotiated'],
  ['随契', 'negotiated'],
  ['プロポーザル', 'proposal'],
  ['せり', 'auction'],
]
const KINDS: readonly (readonly [string, ContractKind])[] = [
  ['設計', 'design'],
  ['測量', 'design'],
  ['工事', 'construction'],
  ['委託', 'service'],
  ['製造', 'manufacture'],
  ['購入', 'purchase'],
  ['物品', 'purchase'],
  ['賃貸借', 'lease'],
  ['リース', 'lease'],
  ['財産', 'property'],
  ['売買', 'property'],
  ['協定', 'agreement'],
  ['覚書', 'agreement'],
]

export type ReadLine = Result<
  { readonly file: string; readonly fields: CaseFields },
  {
    readonly code: 'TITLE_MISSING' | 'DATE_WRONG' | 'AMOUNT_WRONG' | 'LINE_WRONG'
    readonly data: { readonly field: string }
  }
>

/** One line as a case. What cannot be read is refused, never guessed at or left out silently. */
export function readImportLine(
  table: Pick<ImportTable, 'columns'>,
  cells: readonly string[],
  mapping: ImportMapping,
  options: ImportOptions,
): ReadLine {
  const cell = (field: ImportField): string => {
    const column = mapping[field]
    return column === undefined ? '' : (cells[table.columns.indexOf(column)] ?? '').trim()
  }
  const dates: Partial<Record<'contractDate' | 'periodFrom' | 'periodTo' | 'completedOn', string | null>> = {}
  for (const field of ['contractDate', 'periodFrom', 'periodTo', 'completedOn'] as const) {
    const date = readDate(cell(field))
    if (date === undefined) return fail('DATE_WRONG', { field })
    dates[field] = date
  }
  const amount = readAmount(cell('amount'))
  if (amount === undefined) return fail('AMOUNT_WRONG', { field: 'amount' })
  if (cell('title') === '') return fail('TITLE_MISSING', { field: 'title' })
  const names = cell('counterparty')
    .split(/[、;；\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const fields = CaseFields.safeParse({
    ...dates,
    title: cell('title'),
    contractNumber: cell('contractNumber'),
    method: METHODS.find(([word]) => cell('method').includes(word))?.[1] ?? options.method,
    kind: KINDS.find(([word]) => cell('kind').includes(word))?.[1] ?? options.kind,
    amount,
    department: cell('department') || options.department,
    counterparties: names.map((name, index) => ({
      name,
      corporateNumber: index === 0 ? cell('corporateNumber').normalize('NFKC').replace(/\D/g, '') : '',
    })),
    folderId: options.folderId,
    retentionYears: readYears(cell('retentionYears')),
    remarks: cell('remarks'),
  })
  if (!fields.success) return fail('LINE_WRONG', { field: fields.error.issues[0]?.path.join('.') ?? '' })
  return ok({ file: cell('file'), fields: fields.data })
}

/** null = empty, undefined = no date. A clock time after the day (as services export it) is left out. */
function readDate(text: string): string | null | undefined {
  if (text === '') return null
  const day = text.normalize('NFKC').replace(/[T\s]+\d{1,2}:\d{2}(:\d{2})?.*$/, '')
  const parsed = parseJapaneseDate(day)
  return parsed.ok ? parsed.date : undefined
}

function readAmount(text: string): number | null | undefined {
  const plainText = text
    .normalize('NFKC')
    .replace(/[,\s円¥\\]|也$|税込|税抜|[()]/g, '')
    .replace(/-$/, '')
  if (plainText === '') return null
  return /^\d{1,15}$/.test(plainText) ? Number(plainText) : undefined
}

function readYears(text: string): number | null {
  if (text.includes('永年') || text.includes('永久')) return 0
  const years = /^(\d{1,3})年?$/.exec(text.normalize('NFKC'))?.[1]
  return years === undefined ? null : Number(years)
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s_＿・]/g, '')
    .toLowerCase()
}
