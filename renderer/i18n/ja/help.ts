export const helpText = {
  title: 'ヘルプ',
  documents: '説明書',
  shortcuts: 'キー操作',
  none: '説明書がありません。',
} as const
