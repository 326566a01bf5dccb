/** One line of an import's table as the fields of a case. What cannot be read is refused, never guessed at or left out. */
import type { ImportField, ImportMapping, ImportOptions } from '../../../shared/bridge/imports.ts'
import {
  CaseFields,
  type ContractKind,
  type ContractMethod,
  type TaxMode,
} from '../../../shared/model/case.ts'
import { fail, ok, type Result } from '../../../shared/result.ts'
import { checkCorporateNumber } from '../../../shared/rules/corporate-number.ts'
import { parseJapaneseDate } from '../../../shared/rules/japanese-date.ts'

export type LineProblem =
  | 'TITLE_MISSING'
  | 'DATE_WRONG'
  | 'AMOUNT_WRONG'
  | 'CORPORATE_NUMBER_WRONG'
  | 'RETENTION_WRONG'
  | 'CELL_TOO_LONG'
  /** A spreadsheet's own error (#N/A, ####) instead of a value. */
  | 'CELL_ERROR'
  /** More cells than headings: a comma inside a cell that was not quoted. */
  | 'COLUMNS_WRONG'
  | 'LINE_WRONG'

export type ReadLine = Result<
  { readonly file: string; readonly fields: CaseFields },
  { readonly code: LineProblem; readonly data: { readonly field: ImportField | ''; readonly cell: string } }
>

const METHODS: readonly (readonly [string, ContractMethod])[] = [
  ['指名競争', 'designated-bid'],
  ['一般競争', 'open-bid'],
  ['競争入札', 'open-bid'],
  ['プロポーザル', 'proposal'],
  ['随意', 'negotiated'],
  ['随契', 'negotiated'],
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
const DATES = ['contractDate', 'periodFrom', 'periodTo', 'completedOn'] as const
/** Where a refused field of a case comes from. */
const ORIGIN: Readonly<Record<string, ImportField>> = { counterparties: 'counterparty' }

export function readImportLine(
  columns: readonly string[],
  cells: readonly string[],
  mapping: ImportMapping,
  options: ImportOptions,
): ReadLine {
  const written = (field: ImportField): string => {
    const column = mapping[field]
    return column === undefined ? '' : (cells[columns.indexOf(column)] ?? '').trim()
  }
  const cell = (field: ImportField) => written(field).replace(/[\t\r\n]+/g, ' ')
  const refuse = (code: LineProblem, field: ImportField) => fail(code, { field, cell: cell(field) })
  if (cells.slice(columns.length).some((text) => text.trim() !== ''))
    return fail('COLUMNS_WRONG', { field: '', cell: cells.slice(columns.length).join(',') })
  for (const field of Object.keys(mapping) as ImportField[])
    if (isCellError(cell(field))) return refuse('CELL_ERROR', field)
  const dates: Partial<Record<(typeof DATES)[number], string | null>> = {}
  for (const field of DATES) {
    const date = readDate(cell(field))
    if (date === undefined) return refuse('DATE_WRONG', field)
    dates[field] = date
  }
  const amount = readAmount(cell('amount'))
  if (amount === undefined) return refuse('AMOUNT_WRONG', 'amount')
  if (cell('title') === '') return refuse('TITLE_MISSING', 'title')
  const corporateNumber = readCorporateNumber(cell('corporateNumber'))
  if (corporateNumber === undefined) return refuse('CORPORATE_NUMBER_WRONG', 'corporateNumber')
  const retentionYears = readYears(cell('retentionYears'))
  if (retentionYears === undefined) return refuse('RETENTION_WRONG', 'retentionYears')
  const method = wordOf(METHODS, cell('method'))
  const kind = wordOf(KINDS, cell('kind'))
  const fields = CaseFields.safeParse({
    ...dates,
    title: cell('title'),
    contractNumber: cell('contractNumber'),
    method: method ?? options.method,
    kind: kind ?? options.kind,
    amount,
    taxMode: taxModeOf(`${mapping.amount ?? ''} ${cell('amount')}`),
    department: cell('department') || options.department,
    counterparties: namesIn(written('counterparty')).map((name, index) => ({
      name,
      corporateNumber: index === 0 ? corporateNumber : '',
    })),
    folderId: options.folderId,
    retentionYears,
    remarks: [
      written('remarks'),
      // Words this program has no place for stay readable and can be searched.
      method === undefined && cell('method') !== '' ? `契約方法：${cell('method')}` : '',
      kind === undefined && cell('kind') !== '' ? `契約種別：${cell('kind')}` : '',
    ]
      .filter((text) => text !== '')
      .join('\n'),
  })
  if (fields.success) return ok({ file: cell('file'), fields: fields.data })
  const [issue] = fields.error.issues
  const name = String(issue?.path[0] ?? '')
  const origin = ORIGIN[name] ?? (name as ImportField)
  return refuse(issue?.code === 'too_big' ? 'CELL_TOO_LONG' : 'LINE_WRONG', origin)
}

function isCellError(text: string): boolean {
  return /^#(N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|#+)$/i.test(text)
}

/** An empty cell has no word; an unknown word is undefined, too: the caller keeps it as it is written. */
function wordOf<Word>(table: readonly (readonly [string, Word])[], text: string): Word | undefined {
  return table.find(([word]) => text.includes(word))?.[1]
}

function namesIn(text: string): string[] {
  return text
    .split(/[、;；\r\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function taxModeOf(text: string): TaxMode {
  return /税抜|税別|消費税を除く/.test(text) ? 'excluded' : 'included'
}

/** null = empty, undefined = no date. A clock time after the day (as services export it) is left out. */
function readDate(text: string): string | null | undefined {
  const day = text.normalize('NFKC').replace(/[T\s]+\d{1,2}:\d{2}(:\d{2})?.*$/, '')
  if (/^[-‐―ー]?$/.test(day)) return null
  const parsed = parseJapaneseDate(day)
  return parsed.ok ? parsed.date : undefined
}

/** null = none (empty, 「-」, 単価契約), undefined = no amount. Brackets around a number mean minus: no amount of a contract. */
function readAmount(text: string): number | null | undefined {
  const plainText = text
    .normalize('NFKC')
    .replace(/\([^()]*税[^()]*\)|税込|税抜|税別/g, '')
    .replace(/[,\s円¥\\]/g, '')
    .replace(/^金/, '')
    .replace(/也$/, '')
    .replace(/[.]0+$/, '')
    .replace(/[-‐―ー]$/, '')
  if (plainText === '' || /^単価(契約)?$/.test(plainText)) return null
  return /^\d{1,15}$/.test(plainText) ? Number(plainText) : undefined
}

/** Empty or 「-」 = none; undefined = no 法人番号 (13 digits, check digit). */
function readCorporateNumber(text: string): string | undefined {
  const checked = checkCorporateNumber(text)
  if (checked.ok) return checked.number
  return checked.code === 'CORPORATE_NUMBER_EMPTY' ? '' : undefined
}

/** 0 = 永年, null = empty: the kind's default. */
function readYears(text: string): number | null | undefined {
  const plainText = text.normalize('NFKC').replace(/\s|間|保存/g, '')
  if (/^[-‐―ー]?$/.test(plainText)) return null
  if (/^永(年|久)$/.test(plainText)) return 0
  const years = /^(\d{1,3})年?$/.exec(plainText)?.[1]
  return years === undefined || Number(years) > 100 ? undefined : Number(years)
}
