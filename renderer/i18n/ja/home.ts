export const homeText = {
  title: 'ホーム',
  lead: (name: string) => `${name}さんが今日することです。`,
  todo: 'することがある案件',
  nothing: 'いま、することがある案件はありません。',
  newCase: '新しい案件をつくる',
  deadlines: '期限が近い案件',
  noDeadlines: '7日以内に期限が来る案件はありません。',
  notices: '知らせ',
  counts: '案件の状況',
  deadline: '期限',
  open: '開く',
} as const
