/** `desk archive …`: what records staff do in the window, for the terminal and for scripts. One file per verb in archive/. */
import { type Command, type CommandTable, UsageError } from './command.ts'

const VERBS: CommandTable = {
  search: async () => (await import('./archive/search.ts')).searchCommand,
  show: async () => (await import('./archive/show.ts')).showCommand,
  get: async () => (await import('./archive/get.ts')).getCommand,
  export: async () => (await import('./archive/export.ts')).exportCommand,
  copies: async () => (await import('./archive/copies.ts')).copiesCommand,
  verify: async () => (await import('./archive/verify.ts')).verifySpanCommand,
  history: async () => (await import('./archive/history.ts')).historyCommand,
  log: async () => (await import('./archive/log.ts')).logCommand,
  import: async () => (await import('./archive/import.ts')).importCommand,
  folders: async () => (await import('./archive/folders.ts')).foldersCommand,
  hold: async () => (await import('./archive/hold.ts')).holdCommand,
  disposals: async () => (await import('./archive/disposals.ts')).disposalsCommand,
  evidence: async () => (await import('./archive/evidence.ts')).evidenceCommand,
  renew: async () => (await import('./archive/renew.ts')).renewArchiveCommand,
  keys: async () => (await import('./archive/keys.ts')).keysCommand,
  check: async () => (await import('./archive/check.ts')).checkCommand,
  backup: async () => (await import('./archive/backup.ts')).backupCommand,
  restore: async () => (await import('./archive/restore.ts')).restoreCommand,
}

const USAGE = `使い方: desk archive 命令 [引数…]

探す・取り出す
  search     言葉、取引先、日付、金額などで契約を探す
  show       1つの案件の内容、文書、署名、保存期間、履歴を見る
  get        案件や文書のPDFを取り出す
  export     ダウンロードの求め: 条件に合うものを1つのZIPにする
  copies     写し: 表紙と全頁を1つのPDFにする（支出命令、監査）
確かめる
  verify     期間内のすべての署名とタイムスタンプを検証する
  history    訂正削除履歴を見る、書き出す
  log        操作ログを見る、検査する、書き出す
  evidence   保存期限まで検証できるか（証拠の状態）を見る
  check      データベース、保管ファイル、署名、操作ログの連なりを調べる
入れる・保つ
  import     PDFと一覧（CSV）をまとめて取り込む
  renew      証拠の切れる前にタイムスタンプを更新する
  folders    フォルダと、見られる人を見る
  hold       廃棄を止める、止めたのを解く
  disposals  廃棄候補を見る、廃棄を提案する、取り下げる、別の人が確定する、証明書をつくり直す
守る
  keys       保管庫を開けるものを見る、元の鍵をつくり直す
  backup     控えを作る
  restore    控えを戻す、復旧の練習をする

くわしい使い方は「desk archive 命令 --help」で表示します。
終了コード: 0 終わった、1 できなかった（理由を表示）、2 使い方の誤り。途中でやめるときは Ctrl+C を押します。`

export const archiveCommand: Command = {
  usage: USAGE,
  verbs: VERBS,
  run: async ([verb = '']) => {
    throw new UsageError(
      verb === '' || verb.startsWith('-')
        ? 'archive に続けて命令を指定してください。'
        : `知らない命令です: archive ${verb}`,
    )
  },
}
