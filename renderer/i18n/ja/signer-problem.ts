/** What keeps a signer's turn waiting, by the code that the jobs, the outbox or the signing run left beside the signer. */
import { mailReplySentence } from './mail-problem.ts'

const AGAIN = '自動でやり直します。'
const signerProblem: Readonly<Record<string, string>> = {
  TSA_UNREACHABLE: `時刻認証局から返事がないため、まだ署名していません。${AGAIN}`,
  TSA_HTTP_ERROR: `時刻認証局がエラーを返したため、まだ署名していません。${AGAIN}`,
  TSA_REFUSED: `時刻認証局がタイムスタンプを出さないため、まだ署名していません。${AGAIN}`,
  TSA_ANSWER_INVALID: `時刻認証局の返事が正しくないため、まだ署名していません。${AGAIN}`,
  PORTAL_UNREACHABLE: `ポータルにつながらないため、まだ依頼を送っていません。${AGAIN}`,
  PORTAL_TIMEOUT: `ポータルから返事がないため、まだ依頼を送っていません。${AGAIN}`,
  PORTAL_BUSY: `ポータルが混み合っているため、まだ依頼を送っていません。${AGAIN}`,
  PORTAL_REFUSED_TOKEN: 'ポータルの合い言葉が違うため、依頼を送れません。設定を確かめてください。',
  PORTAL_STORAGE_FULL: 'ポータルの空き容量が足りないため、依頼を送れません。',
  NETWORK_SWITCHED_OFF: '設定で外部との接続を止めているため、待っています。',
  MAIL_RETURNED:
    '依頼のメールが届きませんでした。アドレスを確かめて「宛先・署名者を直す」か、同じアドレスへ「依頼メールを送り直す」を選んでください。',
  NETWORK_REFUSED:
    '許していない回線から開こうとしたため、何も表示しませんでした。「経過」で接続元のIPアドレスを確かめ、本人の回線なら「宛先・署名者を直す」で加えてください。',
  CONSENT_MISMATCH:
    '相手方が見た文書と送った文書が一致しないため、署名していません。依頼を送り直してください。',
  SIGNATURE_NOT_VALID:
    '付いている署名が検証に合格しないため、締結していません。文書の署名パネルで確かめてください。',
  TOKEN_UNAVAILABLE:
    'ICカード・HSMが途中で外れたため、署名していません。つなぎ直して、もう一度「署名する」を押してください。',
  CERTIFICATE_EXPIRED: '署名用の証明書の期限が切れています。設定で新しい証明書を入れてください。',
}

/** @param isTown the town signs with its own key: a failed run is started again by the approver */
export function signerProblemSentence(code: string, isTown: boolean): string {
  const known = Object.hasOwn(signerProblem, code) ? signerProblem[code] : undefined
  if (known !== undefined)
    return isTown ? known.replace(AGAIN, 'もう一度「署名する」を押してください。') : known
  const mail = mailReplySentence(code)
  return mail === code ? `処理が止まっています（${code}）。` : mail
}
