/**
 * 訂正削除履歴 in words: what a field is called and how its old and new value read, on the screen, on paper and for its search.
 * A field or value nobody named is shown as it is stored, never left out.
 */
import { formatBothDates } from '../rules/japanese-date.ts'
import { IsoDate } from './brand.ts'
import {
  caseStateNames,
  confidentialityNames,
  confirmedByNames,
  contractKindNames,
  contractMethodNames,
  documentRoleNames,
  roleNames,
  sideNames,
  signatureTypeNames,
  signerStateNames,
  taxModeNames,
} from './names.ts'

/** What a change was made to. */
export function entityWord(entity: string): string {
  return ENTITIES[entity] ?? entity
}

const ENTITIES: Readonly<Record<string, string>> = {
  case: '案件',
  document: '文書',
  signer: '署名者',
  folder: 'フォルダ',
  user: '利用者',
  setting: '設定',
}

const CASE_FIELDS: Readonly<Record<string, string>> = {
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
  twoFactorRequired: '本人確認の要素を2つ求める',
  confidentiality: '機密区分',
  remarks: '備考',
  state: '状態',
  hold: '廃棄停止',
  signatureFields: '署名欄の配置',
  'disposal.proposed': '廃棄の提案',
  'approval.requested': '決裁の依頼（SHA-256）',
  'approval.decided': '決裁',
}

const OTHER_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  document: {
    title: '文書名',
    fileName: 'ファイル名',
    role: '文書の扱い',
    order: '順番',
    removed: '文書を外した（SHA-256）',
    'version.import': '取り込んだ版（SHA-256）',
    'version.repair': '修復した版（SHA-256）',
    'version.fields': '署名欄を入れた版（SHA-256）',
    'version.signature': '署名した版（SHA-256）',
    'version.validation-data': '検証情報を加えた版（SHA-256）',
    'version.archive-timestamp': 'タイムスタンプを加えた版（SHA-256）',
    'version.made': '作成した版（SHA-256）',
  },
  signer: {
    side: '側',
    signatureType: '署名の種類',
    step: '署名の順番',
    company: '会社名',
    position: '役職',
    name: '氏名',
    mailAddress: 'メールアドレス',
    accessCode: 'アクセスコード',
    allowedNetworks: '開ける回線の制限',
    contactName: '担当者の氏名',
    contactPosition: '担当者の役職',
    contactMailAddress: '担当者のメールアドレス',
    addressConfirmedBy: 'アドレスの確認',
    deadlineDays: '期限（日数）',
    state: '署名者の状態',
    declineReason: '辞退の理由',
  },
  folder: {
    name: 'フォルダの名前',
    parentId: '上のフォルダ',
    roles: '見られる役割',
    departments: '見られる課',
  },
  user: { displayName: '氏名', department: '所属課', roles: '役割', active: '利用できる' },
}

const PARTY_FIELDS: Readonly<Record<string, string>> = {
  name: '名称',
  address: '所在地',
  representative: '代表者',
  corporateNumber: '法人番号',
}

export function fieldWord(field: string, entity = 'case'): string {
  const [, number, part] = /^counterparties\.(\d+)\.(\w+)$/.exec(field) ?? []
  if (number !== undefined && part !== undefined) return `相手方${number} ${PARTY_FIELDS[part] ?? part}`
  return (OTHER_FIELDS[entity] ?? CASE_FIELDS)[field] ?? field
}

type Names = Readonly<Record<string, string>>
/** Made when the program starts: the first of its kind takes 20 ms, too long inside a transaction. */
const YEN = new Intl.NumberFormat('ja-JP')
YEN.format(0)
const BOOLEAN_NAMES: Names = { true: 'はい', false: 'いいえ' }
const DECISION_NAMES: Names = { approve: '決裁', return: '差戻し' }

/** A stored value as it is read: codes in words, days in 和暦 and 西暦, amounts in yen. */
export function valueWord(field: string, value: string, entity = 'case'): string {
  const names = namesOf(entity, field)
  if (names !== undefined && Object.hasOwn(names, value)) return names[value] ?? value
  if (field === 'roles') return listed(value, roleNames)
  if (field === 'departments') return listed(value, {})
  if (field === 'retentionYears' && /^\d+$/.test(value)) return value === '0' ? '永年' : `${value}年`
  if (YEN_FIELDS.includes(field) && /^\d+$/.test(value)) return `${YEN.format(Number(value))}円`
  if (field === 'approval.decided') return value.replace(/^\w+/, (word) => DECISION_NAMES[word] ?? word)
  if (field === 'signatureFields') return value.split('\n').map(placeWords).join('、')
  const day = DAY_FIELDS.includes(field) ? IsoDate.safeParse(value) : undefined
  return day?.success === true ? formatBothDates(day.data) : value
}

/** A line as `tables/signers.ts` writes it: document, page, place, size in points, signer, look. */
function placeWords(line: string): string {
  const [, page, x, y, width, height] = /p(\d+) \(([\d.]+), ([\d.]+)\) ([\d.]+)×([\d.]+)/.exec(line) ?? []
  return page === undefined ? line : `${page}ページ（左から${x}、下から${y}、幅${width}、高さ${height}）`
}

const DAY_FIELDS: readonly string[] = [
  'contractDate',
  'periodFrom',
  'periodTo',
  'councilVoteDate',
  'applicationDate',
  'completedOn',
]
const YEN_FIELDS: readonly string[] = ['amount', 'taxAmount', 'plannedPrice']

function namesOf(entity: string, field: string): Names | undefined {
  switch (field) {
    case 'state':
      return entity === 'signer' ? signerStateNames : caseStateNames
    case 'method':
      return contractMethodNames
    case 'kind':
      return contractKindNames
    case 'confidentiality':
      return confidentialityNames
    case 'taxMode':
      return taxModeNames
    case 'role':
      return documentRoleNames
    case 'side':
      return sideNames
    case 'signatureType':
      return signatureTypeNames
    case 'addressConfirmedBy':
      return confirmedByNames
    case 'amendmentOnPaper':
    case 'twoFactorRequired':
    case 'active':
    case 'hold':
      return BOOLEAN_NAMES
    default:
      return undefined
  }
}

function listed(value: string, names: Names): string {
  return value
    .split(',')
    .map((each) => (Object.hasOwn(names, each) ? (names[each] ?? each) : each))
    .join('、')
}
