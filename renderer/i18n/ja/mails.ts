/** Mails that could not be sent or did not arrive, and what a clerk can do about them. */
export const mailText = {
  retry: '送り直す',
  returned: '届かなかった',
  dismiss: '確認済みにする',
  returnedTitle: 'このメールが届かなかったことを記録します',
  returnedLead:
    '署名の依頼のメールなら、案件は「依頼メール送信中」に戻り、することがある案件に出ます。宛先を直すか、送り直してください。',
  reply: '分かっていること（任意）',
  replyHint: '例：相手方から、メールが届かないと電話があった。',
  record: '記録する',
  done: {
    retry: '送り直しを始めました。',
    returned: '届かなかったことを記録しました。',
    dismiss: '確認済みにしました。',
  },
  drop: '「届かなかった」という通知（.eml）をここにドロップ',
  dropHint: 'メールソフトで通知を .eml 形式で保存したものです。どのメールのことかを調べます。',
  reading: '調べています…',
  bounce: '通知の内容',
  outcome: {
    failed: '宛先に届きませんでした。',
    delayed: 'まだ届いていません。相手のサーバーが送り直しを続けています。届かないと決まるまで待てます。',
    unknown: '届かなかったかどうかを、通知の書き方からは決められません。内容を読んで判断してください。',
  },
  address: '宛先',
  serverReply: '相手のサーバーの応答',
  which: 'どのメールですか',
  alreadyKnown: '（記録済み）',
} as const
