/** What became of a mail, by the code of the mail engine (electron/core/mail); the engine's codes are not a bridge error. */
const mailProblem: Readonly<Record<string, string>> = {
  SMTP_UNREACHABLE: 'メールサーバーにつながりません。自動でやり直します。',
  SMTP_TIMEOUT: 'メールサーバーから返事がありません。自動でやり直します。',
  SMTP_TLS_FAILED: 'メールサーバーと暗号化した接続ができません。自動でやり直します。設定を確かめてください。',
  SMTP_AUTH_FAILED: 'メールサーバーの利用者名またはパスワードが違います。設定を確かめてください。',
  SMTP_PROTOCOL: '接続先がメールサーバーではないようです。設定を確かめてください。',
  SMTP_CLOSED: 'メールサーバーが接続を切りました。自動でやり直します。',
  SMTP_REFUSED_SENDER: '差出人のアドレスが受け付けられません。設定を確かめてください。',
  SMTP_REFUSED_RECIPIENT: '宛先が受け付けられませんでした。アドレスを確かめてください。',
  SMTP_REFUSED_MESSAGE: 'メールが受け付けられませんでした。',
  SMTP_OUTCOME_UNKNOWN:
    '送りましたが、受け付けの返事がありません。届いている場合も、同じメールを自動でもう一度送ります。',
  MAIL_INVALID: '宛先のアドレスが正しくありません。',
}

/** One sentence for the last reply of the server (its line stays visible in brackets) or for the last failure's code. */
export function mailReplySentence(reply: string | null): string {
  if (reply === null) return ''
  const known = Object.hasOwn(mailProblem, reply) ? mailProblem[reply] : undefined
  if (known !== undefined) return known
  if (/^53[0458]/.test(reply)) return `${mailProblem.SMTP_AUTH_FAILED}（${reply}）`
  if (/^2\d\d/.test(reply)) return `受け付けられました（${reply}）`
  if (/^4\d\d/.test(reply)) return `今は受け付けられません。自動でやり直します（${reply}）`
  if (/^5\d\d/.test(reply)) return `受け付けられませんでした（${reply}）`
  return reply
}
