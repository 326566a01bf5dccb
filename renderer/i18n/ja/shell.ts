import { keepingTasks, keepingText } from './keeping.ts'

export const shellText = {
  navigation: 'メインメニュー',
  skip: '本文へ移動',
  home: 'ホーム',
  cases: '案件',
  archive: '保管庫',
  verify: '署名の検証',
  keeping: keepingText.title,
  audit: '操作ログ',
  settings: '設定',
  help: 'ヘルプ',
  testParts: (count: number) => `テスト用の部品が${count}件あります`,
  readiness: '本番前の確認',
  userMenu: '（利用者メニュー）',
  changePassword: 'パスワードの変更',
  logOut: 'ログアウト',
  tasks: '実行中の処理',
  cancelTask: '中止',
  taskState: { running: '実行中', done: '完了', cancelled: '中止しました', failed: '失敗しました' },
  hideTask: '片付ける',
  notFound: 'この画面はありません',
  notFoundLead: '左のメニューから選んでください。',
  forbidden: 'この画面を見る権限がありません。必要なときは管理者に相談してください。',
} as const

/** Labels of long work, when the main side names it by a code. */
export const taskLabel: Readonly<Record<string, string>> = {
  ...keepingTasks,
  seal: '町の署名',
  export: '書き出し（ダウンロードの求め）',
  'verify-span': '署名とタイムスタンプの一括検証',
  'print-copies': '契約の写し',
  dispose: '廃棄',
  list: '一覧の書き出し',
  'check-log': '操作ログの検査',
}
