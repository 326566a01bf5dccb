export const verifyText = {
  title: '署名の検証',
  lead: 'どの会社のサービスで署名したPDFでも確かめられます。ファイルは保存されません。通信もしません。',
  drop: '確かめたいPDFをここにドロップ',
  hint: '署名した人、署名した日時、署名の後の変更の有無がわかります。',
  checking: '検証しています…',
  again: '別のファイルを検証する',
} as const
