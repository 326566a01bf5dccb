import type { FileVerdict } from '../../../shared/bridge/outcomes.ts'
import type { CaseSummary } from '../../../shared/model/case.ts'
import type { MailKind, MailState } from '../../../shared/model/mail.ts'
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
} from '../../../shared/model/names.ts'
import type { Verdict } from '../../../shared/model/verification.ts'

/** The word for each value of a closed set: a new value without a word does not compile. */
export const caseStateLabel = caseStateNames

export const waitingLabel: Readonly<Record<CaseSummary['waitingFor'], string>> = {
  documents: '文書の取り込み待ち',
  fields: '署名欄の配置待ち',
  signers: '署名者の登録待ち',
  approval: '決裁待ち',
  sending: '送信待ち',
  'mail-delivery': '依頼メールの配信待ち',
  counterparty: '相手方の署名待ち',
  'town-signature': '町の署名待ち',
  sealing: '署名の付与待ち（自動でやり直します）',
  conclusion: '締結の処理中',
  evidence: '長期検証データ待ち（自動）',
  clerk: '担当者の判断待ち',
  nothing: '手続きは終わっています',
}

export const methodLabel = contractMethodNames

export const kindLabel = contractKindNames

export const confidentialityLabel = confidentialityNames

export const taxLabel = taxModeNames

export const documentRoleLabel = documentRoleNames

export const sideLabel = sideNames

export const signatureTypeLabel = signatureTypeNames

export const confirmedByLabel = confirmedByNames

export const signerStateLabel = signerStateNames

export const roleLabel = roleNames

export const mailStateLabel: Readonly<Record<MailState, string>> = {
  queued: '送信待ち',
  sending: '送信中',
  sent: '送信済み',
  dead: '送信できません',
  returned: '届きませんでした',
  cancelled: '取りやめ',
}

export const mailKindLabel: Readonly<Record<MailKind, string>> = {
  'signing-request': '署名の依頼',
  reminder: '督促',
  'replaced-link': '新しいリンク',
  'link-void': 'リンク無効の知らせ',
  'request-copy': '担当者への控え',
  'declined-notice': '辞退の知らせ',
  'withdrawn-notice': '取下げの知らせ',
  completion: '完了の知らせ',
  'download-reissue': 'ダウンロードの再案内',
  'arrival-check': '到達確認',
  test: 'テスト',
}

export const verdictLabel: Readonly<Record<Verdict, string>> = {
  valid: '有効',
  'valid-with-permitted-changes': '有効（許可された変更あり）',
  changed: '改変あり',
  'unknown-signer': '署名者を確認できません',
  broken: '壊れています',
  unsigned: '署名なし',
  unreadable: '読み取れません',
}

/** The same for files that were looked at in bulk. */
export const findingLabel: Readonly<Record<FileVerdict, string>> = {
  ...verdictLabel,
  damaged: 'ファイルが壊れています',
  missing: 'ファイルがありません',
  disposed: '廃棄済み',
  'not-copied': '写せません（文書の画面から印刷してください）',
  kept: '廃棄しませんでした（廃棄の停止など）',
}

/** Words for open sets: a code nobody named yet is shown as it is. */
export function labelOf(labels: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(labels, code) ? (labels[code] ?? code) : code
}
