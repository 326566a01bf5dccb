/** The word for each value of a closed set, as screens, papers and the command line say it: a value without one does not compile. */
import type { ImportField } from '../bridge/imports.ts'
import type { CaseState, Confidentiality, ContractKind, ContractMethod, TaxMode } from './case.ts'
import type { DocumentRole } from './document.ts'
import type { SignerFields, SignerState } from './signer.ts'
import type { Role } from './user.ts'

export const caseStateNames: Readonly<Record<CaseState, string>> = {
  draft: '作成中',
  approval: '決裁待ち',
  approved: '決裁済',
  signing: '署名手続き中',
  concluded: '締結済',
  declined: '辞退',
  lapsed: '期限切れ',
  withdrawn: '取下げ',
  paper: '書面に切替',
  deleted: '削除',
}

/** 契約方法 */
export const contractMethodNames: Readonly<Record<ContractMethod, string>> = {
  'open-bid': '一般競争入札',
  'designated-bid': '指名競争入札',
  negotiated: '随意契約',
  proposal: 'プロポーザル方式',
  auction: 'せり売り',
  other: 'その他',
}

/** 契約種別 */
export const contractKindNames: Readonly<Record<ContractKind, string>> = {
  construction: '工事請負',
  service: '業務委託',
  design: '設計・測量等',
  purchase: '物品購入',
  manufacture: '製造',
  lease: '賃貸借',
  property: '財産の売買',
  agreement: '協定・覚書',
  other: 'その他',
}

export const taxModeNames: Readonly<Record<TaxMode, string>> = {
  included: '税込',
  excluded: '税抜',
  exempt: '不課税・非課税',
}

export const confidentialityNames: Readonly<Record<Confidentiality, string>> = {
  open: '機密性1（公開できる）',
  office: '機密性2（庁内で扱う）',
  restricted: '機密性3（取扱者を限る）',
}

export const documentRoleNames: Readonly<Record<DocumentRole, string>> = {
  sign: '署名する文書',
  view: '参考文書（見せるだけ）',
  application: '申出書',
  certificate: '締結証明書',
  attachment: 'その他（送らない）',
}

export const sideNames: Readonly<Record<SignerFields['side'], string>> = {
  town: '町',
  counterparty: '相手方',
}

export const signatureTypeNames: Readonly<Record<SignerFields['signatureType'], string>> = {
  witness: '立会人型（契約印タイプ）',
  party: '当事者型（実印タイプ）',
}

export const confirmedByNames: Readonly<Record<SignerFields['addressConfirmedBy'], string>> = {
  unconfirmed: '確認していない',
  application: '申出書で確認',
  phone: '電話で確認',
  registry: '登録情報で確認',
  arrival: '到達確認メールで確認',
}

export const signerStateNames: Readonly<Record<SignerState, string>> = {
  waiting: '順番待ち',
  queued: '依頼メール送信中',
  requested: '依頼済み（未開封）',
  viewed: '閲覧済み',
  consented: '同意済み（署名を付与中）',
  signed: '署名済み',
  declined: '辞退',
  lapsed: '期限切れ',
  locked: 'アクセスコード誤りでロック中',
}

export const roleNames: Readonly<Record<Role, string>> = {
  administrator: '管理者',
  clerk: '契約担当',
  approver: '承認者',
  records: '記録担当',
  auditor: '監査',
}

/** 取り込み: what a column of the table may mean. */
export const importFieldNames: Readonly<Record<ImportField, string>> = {
  file: 'ファイル名',
  title: '件名',
  counterparty: '取引先',
  corporateNumber: '法人番号',
  contractDate: '取引年月日',
  amount: '取引金額',
  contractNumber: '契約番号',
  department: '所管課',
  method: '契約方法',
  kind: '契約種別',
  periodFrom: '履行期間の始め',
  periodTo: '履行期間の終わり',
  completedOn: '完結日',
  retentionYears: '保存期間',
  remarks: '備考',
}
