import type { EpochMs } from '../../../shared/model/brand.ts'
import { formatTimeBoth } from '../format.ts'

export const auditText = {
  title: '操作ログ',
  lead: '閲覧・保存・印刷・変更のすべての記録です。つながりを検査できます。',
  from: 'から',
  to: 'まで',
  actor: '操作した人',
  action: '出来事',
  anyAction: 'すべて',
  caption: '操作ログの一覧',
  seq: '番号',
  when: '日時',
  who: '操作した人',
  what: '出来事',
  case: '案件',
  data: '内容',
  none: 'この条件の記録はありません。',
  check: '記録のつながりを検査する',
  checking: '検査しています…',
  intact: (entries: number) =>
    `${entries.toLocaleString('ja-JP')}件の記録は、すべてつながっています。書き換えはありません。`,
  broken: (seq: number) =>
    `${seq}番の記録でつながりが切れています。書き換えや欠落のおそれがあります。システム管理者に知らせてください。`,
  anchored: (seq: number, at: EpochMs | null) =>
    `${seq}番までの記録にタイムスタンプがついています${at === null ? '' : `（${formatTimeBoth(at)}）`}。`,
  notAnchored: 'タイムスタンプはまだついていません。',
  unchecked: {
    cancelled: '検査を中止しました。つながりは確かめられていません。',
    failed:
      '検査を終えられませんでした。もう一度検査してください。続くときは、システム管理者に知らせてください。',
  },
  export: 'この期間を書き出す',
} as const
