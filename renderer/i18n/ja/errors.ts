import type { ErrorCode } from '../error-code.ts'
import { keepingErrors } from './keeping.ts'
import { ruleSentence } from './notices.ts'

type Data = Readonly<Record<string, unknown>>
/** What happened and what to do now, in one or two sentences. */
type Sentence = string | ((data: Data) => string)

export const errorText: Readonly<Record<ErrorCode, Sentence>> = {
  ...keepingErrors,
  NOT_ON_THIS_PC: '初期設定は、電子契約デスクを入れたPCの画面で行ってください。',
  ALREADY_SET_UP: '初期設定はすでに済んでいます。画面を開き直してログインしてください。',
  ARCHIVE_DAMAGED:
    '保管庫のファイルがないか、壊れています。何も消さずに操作を止めて、システム管理者に知らせてください。',
  ARCHIVE_IN_USE: (data) =>
    `保管庫は、動いている別の電子契約デスクが使っています${holder(data)}。そちらを終了してから、もう一度お試しください。`,
  ARCHIVE_NEWER: 'この保管庫は新しい版のプログラムで作られています。プログラムを更新してください。',
  ARRIVAL_NUMBER_WRONG:
    '確認番号が違います。相手方が読んでいるメールのアドレスと、聞き取った番号を確かめてください。',
  BOUNCE_OF_NO_MAIL:
    'この通知に当てはまる送信済みのメールが見つかりません。送信状況の一覧から、届かなかったメールを選んで記録してください。',
  CERTIFICATE_EXPIRED: '証明書の有効期間が終わっています。新しい証明書を登録してください。',
  CERTIFICATE_NOT_FOR_SIGNING: 'この証明書は署名に使えません。電子署名用の証明書を選んでください。',
  CERTIFICATE_NOT_YET_VALID: '証明書の有効期間がまだ始まっていません。',
  CHANGED_MEANWHILE:
    '編集している間に、ほかの人がこの案件を変更しました。読み込み直して、もう一度入力してください。',
  DISK_FULL: '保存先の空き容量が足りません。不要なファイルを片付けてから、もう一度お試しください。',
  DISK_FAILED:
    '保存先のディスクが読み書きできません。今の操作は保存されていないおそれがあります。プログラムを終了し、ディスクを確かめてから起動し直してください。',
  DOCUMENT_CHANGED: '決裁のときと文書の内容が違います。送信できません。決裁を取り直してください。',
  FIELD_DUPLICATE: '1つの文書には、署名者1人につき署名欄を1つだけ置けます。余分な署名欄を外してください。',
  FIELD_OUTSIDE_PAGE: '署名欄がページの外にはみ出しています。位置を直してください。',
  FILE_DAMAGED: '保管しているファイルが壊れているため、開けません。システム管理者に知らせてください。',
  FORBIDDEN: 'この操作をする権限がありません。必要なときは管理者に相談してください。',
  FORM_EMPTY: '申出書に何も記入されていません。ファイルを確かめてください。',
  FORM_OTHER_TOWN: '別の町あての申出書です。ファイルを確かめてください。',
  FORM_FLATTENED:
    '申出書の入力欄が失われています（印刷やスキャンで作り直したPDFなど）。内容を見ながら手で入力してください。',
  FROM_ADDRESS_INVALID: '差出人のメールアドレスを確かめてください。',
  HOST_MISSING: 'サーバー名を入力してください。',
  HOST_UNREACHABLE: 'プログラム本体から応答がありません。画面を開き直してください。',
  IMAGE_UNREADABLE: '画像として読めません。PNGまたはJPEG（2MBまで）を選んでください。',
  INPUT_INVALID: (data) => `入力に誤りがあります。${listed(data.paths)}`,
  INTERNAL: (data) =>
    `思わぬ不具合が起きました。操作は取り消されています。管理者に番号を知らせてください：${text(data.incidentId)}`,
  KEY_ALGORITHM_REFUSED:
    'この証明書の鍵は強度が足りないか、対応していない方式です（RSA 2048以上またはP-256以上が必要です）。',
  ISSUERS_UNREADABLE:
    '発行者の証明書として読めません。PEMまたはDER（.cer、.crt、.pem）のファイルを選んでください。',
  ISSUER_MISSING:
    '発行者の証明書がICカード・HSMに入っていません。このままでは署名を検証できないため、発行者の証明書のファイルも選んでください。',
  KEY_CERTIFICATE_MISMATCH:
    '鍵と証明書の組み合わせが合っていません。選んだファイルやカードを確かめてください。',
  KEY_FILE_UNREADABLE:
    '証明書ファイル（PKCS#12）として読めません。拡張子が .p12 または .pfx のファイルを選んでください。',
  KEY_NOT_FOUND: 'ファイルの中に署名用の鍵がありません。',
  KEY_PASSWORD_WRONG: '証明書のパスワードが違います。',
  LAST_ADMINISTRATOR: '最後の管理者は外せません。先に別の人を管理者にしてください。',
  LOGIN_FAILED: 'ログイン名またはパスワードが違います。',
  LOGIN_NAME_TAKEN: 'そのログイン名はすでに使われています。',
  LOGIN_SLOWED: '続けて間違えたため、しばらく待つ必要があります。',
  MAIL_ADDRESS_MISSING: '署名者のメールアドレスが入っていません。署名者の欄で入力してください。',
  MODULE_NOT_FOUND:
    'この場所にPKCS#11モジュールがありません。電子契約デスクが動いているPCでの場所（フルパス）を確かめてください。',
  NETWORK_SWITCHED_OFF: '設定でこの外部接続が止められています。管理者に確かめてください。',
  NOTHING_FOUND: '条件に合うものがありません。期間や条件を確かめてください。',
  NOT_A_MAIL:
    'メールのファイル（.eml）として読めません。メールソフトで、届いた通知を .eml 形式で保存してから選んでください。',
  NOT_AN_APPLICATION_FORM:
    'この町の「電子契約利用申出書（様式第1）」ではありません。ファイルを確かめてください。',
  NOT_A_PDF: 'PDFファイルではありません。',
  NOT_FOUND: '見つかりません。ほかの人が削除したか、見る権限がありません。',
  NOT_PROPOSED: '廃棄の提案がされていません。先に提案してください。',
  NOT_READY: notReady,
  NOT_SIGNED_IN: 'ログインが切れました。もう一度ログインしてください。',
  NOT_TEST_OPERATION: '本物のメールサーバーにつながっているため、テスト受信箱はありません。',
  ON_HOLD: '廃棄停止（保全）の指定があるため、廃棄できません。',
  OWN_REQUEST: '自分が依頼した決裁は、自分では決裁できません。別の承認者が行ってください。',
  PAGE_NOT_FOUND: '署名欄のページが文書にありません。',
  PARENT_CIRCULAR: 'この案件の変更契約を、原契約にすることはできません。別の契約を選んでください。',
  PARENT_NOT_CONCLUDED:
    '原契約にできるのは、締結済みか書面で締結した契約だけです。別の契約を選んでください。',
  PARENT_NOT_FOUND: '選んだ原契約が見つかりません。選び直してください。',
  PASSWORD_SAME: '今と同じパスワードです。別のパスワードを入力してください。',
  PASSWORD_MISSING: '停止していた人をもう一度使えるようにするには、新しいパスワードを入力してください。',
  PDF_DAMAGED: 'PDFが壊れています。作成元で開いて保存し直してください。',
  PDF_ENCRYPTED: 'PDFに暗号（パスワード）がかかっています。外してから取り込んでください。',
  PIN_MISSING: 'PIN（証明書のパスワード）を入力してください。',
  PORTAL_ANSWER_INVALID: 'ポータルから正しくない応答がありました。ポータルの版と設定を確かめてください。',
  PORTAL_REFUSED_TOKEN: 'ポータルが接続を断りました。設定のトークンを確かめてください。',
  PORTAL_UNREACHABLE: 'ポータルにつながりません。ネットワークと設定を確かめてください。',
  PREFLIGHT_STOPPED: 'このPDFは署名に使えません。下に示した点を直してください。',
  QUERY_NOT_UNDERSTOOD: '検索の条件が読み取れません。語を減らすか、日付や金額の書き方を確かめてください。',
  RECOVERY_CODE_WRONG: '復旧コードが違います。復旧シートの文字を確かめてください。',
  REPAIR_FAILED: '修復できませんでした。作成元で開いて保存し直してください。',
  RETENTION_NOT_ENDED: '保存期間が終わっていません。',
  RULE_FORBIDS: (data) =>
    `きまりにより、まだ送信できません。${codesOf(data.codes).map(ruleSentence).join('')}`,
  SAMPLES_PRESENT: 'サンプルデータはすでに入っています。',
  SAME_PERSON: '廃棄は、提案した人とは別の人が確定してください。',
  SMTP_AUTH_FAILED: 'メールサーバーの利用者名またはパスワードが違います。',
  SMTP_REFUSED_MESSAGE: 'メールサーバーがメールを受け付けませんでした。',
  SMTP_REFUSED_RECIPIENT: 'メールサーバーが宛先を受け付けませんでした。アドレスを確かめてください。',
  SMTP_TLS_FAILED: 'メールサーバーと暗号化した接続ができません。暗号化の設定を確かめてください。',
  SMTP_UNREACHABLE: 'メールサーバーにつながりません。サーバー名とポートを確かめてください。',
  STATE_FORBIDS: '案件の状態が変わったため、この操作はできません。画面を読み込み直してください。',
  TOKEN_MISSING: 'ポータルのトークンを入力してください。',
  TOKEN_PIN_LOCKED: 'ICカード・HSMのPINがロックされています。発行元の手順で解除してください。',
  TOKEN_PIN_WRONG: 'ICカード・HSMのPINが違います。続けて間違えるとロックされます。',
  TOKEN_KEY_MISSING:
    '登録した証明書の鍵が、ICカード・HSMの中に見つかりません。登録したカードか確かめてください。カードを更新したときは、設定の「証明書」で登録し直します。',
  TOKEN_UNAVAILABLE:
    'ICカード・HSMにつながりません。カードが挿さっているか、装置の電源と接続を確かめてから、もう一度行ってください。',
  TSA_ANSWER_INVALID: '時刻認証局から正しくない応答がありました。署名は保留し、あとで自動的にやり直します。',
  TSA_HTTP_ERROR: '時刻認証局がエラーを返しました。URLと利用者情報を確かめてください。',
  TSA_REFUSED: '時刻認証局がタイムスタンプの発行を断りました。契約の状況を確かめてください。',
  TSA_UNREACHABLE: '時刻認証局につながりません。ネットワークと設定を確かめてください。',
  UPLOAD_CANCELLED: '取り込みをやめました。',
  UPLOAD_INCOMPLETE: 'ファイルの送信が途中で切れました。もう一度お試しください。',
  UPLOAD_TOO_LARGE: 'ファイルが大きすぎます（200MBまで）。分けるか、画像を小さくしてください。',
  UPLOAD_UNKNOWN: '取り込んだファイルの期限が切れました。もう一度ファイルを選んでください。',
  URL_MISSING: 'URLを入力してください。',
  USER_INACTIVE: '停止している人のパスワードは作り直せません。「編集」で、もう一度使えるようにしてください。',
  USER_UNKNOWN: 'その利用者は見つかりません。',
  WHY_MISSING: '変更の理由を入力してください。',
}

/** NOT_READY: what is still missing. */
const MISSING: Readonly<Record<string, string>> = {
  documents: '署名する文書がありません。',
  fields: '署名欄が置かれていない署名者がいます。',
  signers: '署名者が登録されていません。',
  'town-signer': '町の署名者が登録されていません。',
  'counterparty-signer': '相手方の署名者が登録されていません。',
  'mail-address': '署名者のメールアドレスが入っていません。',
}

function codesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function notReady(data: Data): string {
  const missing = codesOf(data.missing)
  if (missing.length > 0)
    return `まだ準備が済んでいません。${missing.map((code) => MISSING[code] ?? code).join('')}`
  const title = typeof data.title === 'string' && data.title !== '' ? `「${data.title}」は、` : ''
  return `${title}まだ町の署名の順番ではありません。`
}

function listed(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? `（${value.join('、')}）` : ''
}

function holder({ host, pid }: Data): string {
  return typeof host === 'string' && typeof pid === 'number' ? `（PC「${host}」、プロセス番号 ${pid}）` : ''
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '―'
}

/** The sentence of a failure. An upload may carry a code that no table declares: it is shown as it is, never hidden. */
export function sentenceOf(error: { readonly code: string; readonly data: unknown }): string {
  const known = Object.hasOwn(errorText, error.code) ? errorText[error.code as ErrorCode] : undefined
  if (known === undefined) return `処理できませんでした（${error.code}）。`
  const data = typeof error.data === 'object' && error.data !== null ? (error.data as Data) : {}
  return typeof known === 'string' ? known : known(data)
}
