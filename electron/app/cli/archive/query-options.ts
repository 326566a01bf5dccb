/** Search conditions on the command line, for `search` and `export`: the same filters as beside the search field. */
import { SearchQuery } from '../../../../shared/bridge/archive.ts'
import type { FolderId, IsoDate } from '../../../../shared/model/brand.ts'
import { CaseState, Confidentiality, ContractKind, ContractMethod } from '../../../../shared/model/case.ts'
import {
  caseStateNames,
  confidentialityNames,
  contractKindNames,
  contractMethodNames,
} from '../../../../shared/model/names.ts'
import { parseJapaneseDate } from '../../../../shared/rules/japanese-date.ts'
import { parseYen } from '../../../../shared/text/amounts.ts'
import { fiscalYearOf, parseDayRange } from '../../../../shared/text/era.ts'
import { Refusal, UsageError } from '../command.ts'
import { type ArchiveDesk, must } from './desk.ts'

export const QUERY_OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  'amount-from': { type: 'string' },
  'amount-to': { type: 'string' },
  'amount-blank': { type: 'boolean', default: false },
  counterparty: { type: 'string' },
  title: { type: 'string' },
  'contract-number': { type: 'string' },
  held: { type: 'boolean', default: false },
  folder: { type: 'string', multiple: true },
  state: { type: 'string', multiple: true },
  method: { type: 'string', multiple: true },
  kind: { type: 'string', multiple: true },
  confidentiality: { type: 'string', multiple: true },
  department: { type: 'string', multiple: true },
  'fiscal-year': { type: 'string', multiple: true },
  'retention-before': { type: 'string' },
} as const

export const QUERY_USAGE = `条件（すべてを満たすものを探します。言葉の中に日付や金額を続けて書くこともできます）
  --from 日付 --to 日付           取引年月日（両端を含む。例: 令和7年9月1日、R7.9.1、2025-09-01、令和7年度）
  --amount-from 円 --amount-to 円 取引金額（両端を含む。例: 10000000、1,000万円）
  --amount-blank                 取引金額が空欄のもの
  --counterparty 名前            取引先
  --title 言葉                   件名だけから探す
  --contract-number 番号         契約番号（一部でもよい）
  --folder 名前                  フォルダ（名前か番号。'' はフォルダに入っていないもの）
  --held                         廃棄を止めているもの
  --state 状態                   締結済、作成中、署名手続き中、取下げ、書面に切替 など
  --method 契約方法 --kind 契約種別 --department 所管課 --fiscal-year 年度 --confidentiality 機密区分
  --retention-before 日付        保存期限がこの日より前のもの
  （folder、state、method、kind、department、fiscal-year、confidentiality は繰り返して指定でき、そのどれかに当たるものを探します）`

export type QueryValues = {
  readonly [Name in keyof typeof QUERY_OPTIONS]?:
    | ((typeof QUERY_OPTIONS)[Name] extends { readonly multiple: true }
        ? readonly string[]
        : (typeof QUERY_OPTIONS)[Name]['type'] extends 'boolean'
          ? boolean
          : string)
    | undefined
}

/** Reads everything but the folders, which only the open archive knows. */
export function readQuery(words: readonly string[], values: QueryValues): SearchQuery {
  return SearchQuery.parse({
    text: words.join(' '),
    counterparty: values.counterparty ?? '',
    title: values.title ?? '',
    contractNumber: values['contract-number'] ?? '',
    holdOnly: values.held ?? false,
    dateFrom: readDay('from', values.from, 'first'),
    dateTo: readDay('to', values.to, 'last'),
    amountFrom: readYen('amount-from', values['amount-from']),
    amountTo: readYen('amount-to', values['amount-to']),
    amountBlank: values['amount-blank'] ?? false,
    states: readNames('state', values.state, CaseState.options, caseStateNames),
    methods: readNames('method', values.method, ContractMethod.options, contractMethodNames),
    kinds: readNames('kind', values.kind, ContractKind.options, contractKindNames),
    confidentialities: readNames(
      'confidentiality',
      values.confidentiality,
      Confidentiality.options,
      confidentialityNames,
    ),
    departments: values.department ?? [],
    fiscalYears: (values['fiscal-year'] ?? []).map(readFiscalYear),
    retentionEndsBefore: readDay('retention-before', values['retention-before'], 'first'),
  })
}

/** The query with the folders a person named. */
export async function withFolders(
  desk: ArchiveDesk,
  query: SearchQuery,
  names: readonly string[] = [],
): Promise<SearchQuery> {
  if (names.length === 0) return query
  const outside = names.includes('') ? ['' as const] : []
  const named = await folderIdsOf(
    desk,
    names.filter((name) => name !== ''),
  )
  return { ...query, folderIds: [...outside, ...named] }
}

/** Folders by name or id; several may have the same name. @throws Refusal FOLDER_NOT_FOUND */
export async function folderIdsOf(desk: ArchiveDesk, names: readonly string[]): Promise<FolderId[]> {
  const { rows } = must(await desk.client.archive.folders({}))
  return names.flatMap((name) => {
    const found = rows.filter((folder) => folder.id === name || folder.name === name)
    if (found.length > 0) return found.map(({ id }) => id)
    throw new Refusal(
      'FOLDER_NOT_FOUND',
      `フォルダ「${name}」はありません。「archive folders」で確かめてください。`,
    )
  })
}

/** A month, year or 年度 counts from its first day or to its last. */
export function readDay(option: string, text: string | undefined, bound: 'first' | 'last'): IsoDate | null {
  if (text === undefined) return null
  const range = parseDayRange(text)
  if (range !== undefined) return bound === 'first' ? range.from : range.to
  const day = parseJapaneseDate(text)
  if (day.ok) return day.date
  throw new UsageError(
    `--${option} は日付で指定してください（例: 令和7年9月1日、R7.9.1、2025-09-01、令和7年度）。`,
  )
}

function readYen(option: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const plain = text.normalize('NFKC').replace(/[,\s]/g, '')
  const yen = /^\d{1,15}$/.test(plain) ? Number(plain) : parseYen(text)
  if (yen === undefined)
    throw new UsageError(`--${option} は金額で指定してください（例: 10000000、1,000万円）。`)
  return yen
}

function readNames<Value extends string>(
  option: string,
  names: readonly string[] | undefined,
  values: readonly Value[],
  words: Readonly<Record<Value, string>>,
): Value[] {
  return (names ?? []).map((name) => readOne(option, name, values, words))
}

/** One value of a closed set, by its Japanese name or its code. */
export function readOne<Value extends string>(
  option: string,
  name: string,
  values: readonly Value[],
  words: Readonly<Record<Value, string>>,
): Value {
  const found = values.find((value) => value === name || words[value] === name)
  if (found !== undefined) return found
  throw new UsageError(
    `--${option} は次のどれかで指定してください: ${values.map((value) => words[value]).join('、')}`,
  )
}

function readFiscalYear(text: string): number {
  const plain = text.normalize('NFKC').replace(/\s|年度?$/g, '')
  if (/^\d{4}$/.test(plain)) return Number(plain)
  const range = parseDayRange(`${plain}年度`)
  if (range !== undefined) return fiscalYearOf(range.from)
  throw new UsageError('--fiscal-year は年度で指定してください（例: 令和7年度、R7、2025）。')
}
