import { keepingActions } from './keeping.ts'
import { labelOf } from './labels.ts'
import { mailReplySentence } from './mail-problem.ts'

/** Actions of the log, as a clerk reads them. */
const actionLabel: Readonly<Record<string, string>> = {
  ...keepingActions,
  'anchors.exported': '信頼する証明書を書き出しました',
  'application-form.issued': '申出書の様式を発行しました',
  'archive.created': '保管庫をつくりました',
  'case.history-viewed': '履歴を見ました',
  'case.retried': 'もう一度試しました',
  'download.reissued': 'ダウンロードを再発行しました',
  'file.verified': 'ファイルの署名を検証しました',
  'import.stamp-failed': '取り込んだ文書にタイムスタンプを付けられませんでした',
  'log.checked': '操作ログのつながりを検査しました',
  'log.exported': '操作ログを書き出しました',
  'log.viewed': '操作ログを見ました',
  'portal.answer-refused': 'ポータルの回答を受け付けませんでした',
  'portal.answer-too-late': '終わった依頼への回答が届きました',
  'recovery-sheet.kept': '復旧シートを保管しました',
  'recovery-sheet.renewed': '復旧シートを作り直しました',
  'sample.loaded': 'サンプルデータを入れました',
  'sample.removed': 'サンプルデータを消しました',
  'approval.approved': '決裁しました',
  'approval.requested': '決裁を依頼しました',
  'approval.returned': '差し戻しました',
  'archive.exported': '保管庫から書き出しました',
  'archive.span-verified': '署名をまとめて検証しました',
  'audit.exported': '操作ログを書き出しました',
  'case.concluded': '締結しました',
  'case.created': '案件をつくりました',
  'case.deleted': '案件を削除しました',
  'case.held': '廃棄を止める指定をしました',
  'case.moved-to-folder': 'フォルダを移しました',
  'case.paper': '書面の契約に切り替えました',
  'case.released': '廃棄を止める指定を解きました',
  'case.reopened': '作成中に戻しました',
  'case.sent': '署名を依頼しました',
  'case.updated': '案件の内容を変更しました',
  'case.viewed': '案件を開きました',
  'case.withdrawn': '署名手続きを取り下げました',
  'certificate.changed': '証明書を登録しました',
  'certificate.issued': '締結証明書をつくりました',
  'certificate.reset': '証明書をテスト用に戻しました',
  'disposal.confirmed': '廃棄を確定しました',
  'disposal.proposed': '廃棄を提案しました',
  'document.changed': '文書の名前や扱いを変えました',
  'document.downloaded': '文書を保存しました',
  'document.imported': '文書を取り込みました',
  'document.preserved': '長期検証データを追加しました',
  'document.printed': '文書を印刷しました',
  'document.removed': '文書を外しました',
  'document.revision-viewed': '署名時点の版を見ました',
  'document.signed': '文書に署名を付けました',
  'document.viewed': '文書を見ました',
  'download.issued': 'ダウンロードの案内を送りました',
  'fields.saved': '署名欄を置きました',
  'folder.saved': 'フォルダを保存しました',
  'mail.failed': 'メールを送れませんでした',
  'mail.retried': 'メールを送り直しました',
  'mail.sent': 'メールを送りました',
  'portal.code-failed': 'アクセスコードが違いました',
  'portal.document-seen': '署名者が文書を見ました',
  'portal.downloaded': '署名者が文書を保存しました',
  'portal.ended': 'リンクが終わりました',
  'portal.network-refused': '許していない回線から開こうとしたため、表示しませんでした',
  'portal.locked': 'アクセスコードの誤りでロックされました',
  'portal.opened': '署名者がページを開きました',
  'seal.failed': '署名を付けられませんでした',
  'seal-image.changed': '印影を登録しました',
  'seal-image.removed': '印影を外しました',
  'session.logged-in': 'ログインしました',
  'session.logged-out': 'ログアウトしました',
  'session.login-failed': 'ログインに失敗しました',
  'session.password-changed': 'パスワードを変えました',
  'session.recovered': '復旧シートでパスワードを作り直しました',
  'settings.changed': '設定を変えました',
  'settings.tested': '接続を確認しました',
  'signer.asked': '署名を依頼しました',
  'signer.consent-mismatch': '見せた文書と同意の内容が合わず、受け付けませんでした',
  'signer.consented': '署名者が同意しました',
  'signer.corrected': '宛先・署名者を直しました',
  'signer.declined': '署名者が辞退しました',
  'signer.extended': '期限を延ばしました',
  'signer.lapsed': '署名の期限が切れました',
  'signer.reminded': '依頼メールを送り直しました',
  'signer.signed': '署名が付きました',
  'signer.unlocked': 'ロックを解除しました',
  'signers.saved': '署名者を登録しました',
  'user.created': '利用者を登録しました',
  'user.password-reset': '利用者のパスワードを作り直しました',
  'user.updated': '利用者を変えました',
  'verification.printed': '検証結果報告書をつくりました',
}

/** For choosing one in the log's filter. */
export const actionOptions: readonly (readonly [string, string])[] = Object.entries(actionLabel)

export function actionText(action: string): string {
  return labelOf(actionLabel, action)
}

type EventData = Readonly<Record<string, string | number | boolean | null>>

/** What an entry says besides: who it is about, to whom, from where, why. Digests and ids are left to the 操作ログ. */
export function actionDetail(action: string, data: EventData): string {
  const said = (name: string) => {
    const value = data[name]
    return value === undefined || value === null || value === '' ? undefined : String(value)
  }
  const part = (name: string, inWords: (value: string) => string) => {
    const value = said(name)
    return value === undefined ? [] : [inWords(value)]
  }
  return [
    ...part('signer', (name) => name),
    ...part('to', (to) => (said('from') === undefined ? to : `${said('from')} → ${to}`)),
    ...part('ipAddress', (address) => `接続元 ${address}`),
    ...part('failures', (count) => `${count}回目`),
    ...part('decisionNumber', (number) => `決裁番号 ${number}`),
    ...(action === 'mail.failed' ? [mailReplySentence(said('reply') ?? said('code') ?? '')] : []),
    ...part('comment', (comment) => comment),
    ...part('why', (why) => `理由：${why}`),
    ...part('reason', (reason) => `理由：${reason}`),
  ].join('　')
}
