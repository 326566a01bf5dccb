export const historyText = {
  caption: '訂正削除履歴',
  when: '日時',
  case: '案件',
  field: '項目',
  old: '前の内容',
  new: '後の内容',
  why: '理由',
  who: '変更した人',
  nothing: '（なし）',
} as const
