/** Codes in words, for paper: fields of the history, states, findings. An unknown one is printed as it is stored. */
import type { FileVerdict } from '../../../shared/bridge/archive.ts'
import { IsoDate } from '../../../shared/model/brand.ts'
import { ContractKind, ContractMethod } from '../../../shared/model/case.ts'
import { contractKindName, contractMethodName } from '../../../shared/model/case-names.ts'
import { caseStateNames, documentRoleNames, taxModeNames } from '../../../shared/model/names.ts'
import { formatBothDates } from '../../../shared/rules/japanese-date.ts'
import { VERDICT_WORDS } from '../../core/pages/verdict-words.ts'

const FIELDS: Readonly<Record<string, string>> = {
  title: '件名',
  contractNumber: '契約番号',
  method: '契約方法',
  kind: '契約種別',
  amount: '契約金額',
  taxMode: '税区分',
  taxAmount: '消費税額',
  contractDate: '契約日',
  periodFrom: '履行期間の始め',
  periodTo: '履行期間の終わり',
  department: '所管課',
  parentCaseId: '原契約',
  amendmentOnPaper: '書面に指定',
  folderId: 'フォルダ',
  councilVoteDate: '議会の議決日',
  plannedPrice: '予定価格',
  applicationDate: '申出書の日付',
  retentionYears: '保存年数',
  completedOn: '完結日',
  twoFactorRequired: '本人確認の要素',
  remarks: '備考',
  state: '状態',
  hold: '廃棄停止',
  fileName: 'ファイル名',
  role: '文書の扱い',
  order: '順番',
  removed: '文書を外した',
  'disposal.proposed': '廃棄の提案',
  'version.import': '取り込んだ文書（SHA-256）',
  'version.signature': '署名した文書（SHA-256）',
  'version.archive-timestamp': 'タイムスタンプを付けた文書（SHA-256）',
}
const PARTY: Readonly<Record<string, string>> = {
  name: '名称',
  address: '所在地',
  representative: '代表者',
  corporateNumber: '法人番号',
}
export function fieldWord(field: string): string {
  const [, number, part] = /^counterparties\.(\d+)\.(\w+)$/.exec(field) ?? []
  if (number !== undefined && part !== undefined) return `相手方${number} ${PARTY[part] ?? part}`
  return FIELDS[field] ?? field
}

/** A stored value as it is read: codes in words, days in 和暦 and 西暦, amounts in yen. */
export function valueWord(field: string, value: string): string {
  const words = wordsOf(field)
  if (words !== undefined && Object.hasOwn(words, value)) return words[value] ?? value
  if (AMOUNTS.has(field) && /^\d+$/.test(value)) return `${Number(value).toLocaleString('ja-JP')}円`
  const day = DAYS.has(field) ? IsoDate.safeParse(value) : undefined
  if (day?.success === true) return formatBothDates(day.data)
  if (field === 'retentionYears' && /^\d+$/.test(value)) return value === '0' ? '永年' : `${value}年`
  if (value === 'true') return 'はい'
  return value === 'false' ? 'いいえ' : value
}

const AMOUNTS: ReadonlySet<string> = new Set(['amount', 'taxAmount', 'plannedPrice'])
const DAYS: ReadonlySet<string> = new Set([
  ...['contractDate', 'periodFrom', 'periodTo', 'councilVoteDate', 'applicationDate', 'completedOn'],
])

function wordsOf(field: string): Readonly<Record<string, string>> | undefined {
  switch (field) {
    case 'state':
      return caseStateNames
    case 'method':
      return Object.fromEntries(ContractMethod.options.map((method) => [method, contractMethodName(method)]))
    case 'kind':
      return Object.fromEntries(ContractKind.options.map((kind) => [kind, contractKindName(kind)]))
    case 'taxMode':
      return taxModeNames
    case 'role':
      return documentRoleNames
    default:
      return undefined
  }
}

const FINDINGS: Readonly<Record<FileVerdict, string>> = {
  ...VERDICT_WORDS,
  damaged: 'ファイルが壊れています',
  missing: 'ファイルがありません',
  disposed: '廃棄済み',
  'not-copied': '写しを作れません',
  kept: '廃棄しませんでした',
}

export function findingWord(verdict: FileVerdict | null): string {
  return verdict === null ? '' : FINDINGS[verdict]
}
