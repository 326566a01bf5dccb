import type { EpochMs } from '../../../shared/model/brand.ts'
import { formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import type { ArchiveErrorCode } from '../../core/archive/errors.ts'
import type { SigningErrorCode } from '../../core/signing/errors.ts'

/** One plain sentence per code of the engine, for the command line. A code without a sentence does not compile. */
export const SIGNING_REFUSALS: Readonly<Record<SigningErrorCode, string>> = {
  PDF_ENCRYPTED: '暗号化されたPDFのため、処理できません。パスワードを外したPDFを使ってください。',
  PDF_DAMAGED: 'PDFの構造が壊れているため、処理できません。',
  PDF_TOO_LARGE: 'PDFの構造が大きすぎるか複雑すぎるため、処理できません。',
  NOT_A_PDF: 'PDFファイルではありません。',
  ALREADY_SIGNED: 'すでに署名されているため、この処理はできません。',
  FIELD_NOT_FOUND: '指定された署名欄がありません。',
  FIELD_ALREADY_SIGNED: '指定された署名欄は、すでに署名されています。',
  FIELD_NAME_TAKEN: '指定された名前の欄がありますが、署名欄ではないか、使えない名前です。',
  CERTIFIED_NO_CHANGES: '前の署名が、これ以上の変更を禁じているため、署名できません。',
  PAGE_NOT_FOUND: '指定されたページがありません。',
  GLYPHS_MISSING: '印影の文字のうち、フォントにないものがあります。',
  IMAGE_UNREADABLE: '印影の画像を読めません。PNGかJPEGを使ってください。',
  RESERVED_SPACE_TOO_SMALL: '署名データのために確保した領域が足りません。',
  PREFIX_CHANGED: '処理の途中で元のファイルが変わりました。何も書き出していません。',
  KEY_FILE_UNREADABLE: '鍵または証明書のファイルを読めません。',
  KEY_PASSWORD_WRONG: '鍵ファイルのパスワードが違います。',
  KEY_ALGORITHM_REFUSED: '鍵の方式が弱いため使えません（RSA 2048ビット以上、またはP-256以上が必要です）。',
  KEY_NOT_FOUND: '署名に使える鍵が見つかりません。',
  KEY_CERTIFICATE_MISMATCH: '鍵と証明書が対応していません。',
  CERTIFICATE_EXPIRED: '証明書の有効期限が切れています。',
  CERTIFICATE_NOT_YET_VALID: '証明書の有効期間がまだ始まっていません。',
  CERTIFICATE_NOT_FOR_SIGNING: 'この証明書は署名に使えない種類のものです。',
  TOKEN_UNAVAILABLE: 'ICカードまたはトークンを使えません。接続とモジュールの指定を確かめてください。',
  TOKEN_PIN_WRONG: 'PINが違います。',
  TOKEN_PIN_LOCKED: 'PINがロックされています。',
  TSA_UNREACHABLE: '時刻認証局に接続できません。署名は行われていません。',
  TSA_HTTP_ERROR: '時刻認証局がエラーを返しました。署名は行われていません。',
  TSA_REFUSED: '時刻認証局が要求を受け付けませんでした。署名は行われていません。',
  TSA_ANSWER_INVALID: '時刻認証局の応答が正しくありません。署名は行われていません。',
  REVOCATION_UNAVAILABLE: '証明書の失効情報を入手できないため、長期保存の形にできません。',
}

/** The same for the archive. */
export const ARCHIVE_REFUSALS: Readonly<Record<ArchiveErrorCode, string>> = {
  ARCHIVE_NOT_FOUND: 'このフォルダーに保管庫はありません。',
  ARCHIVE_EXISTS: 'フォルダーが空ではありません。空のフォルダーを指定してください。',
  ARCHIVE_IN_USE:
    '保管庫は、動いている別の電子契約デスクが使っています。そちらを終了してから、やり直してください。',
  SCHEMA_TOO_NEW: '保管庫は、より新しい版の電子契約デスクで作られています。',
  DATABASE_DAMAGED: 'データベース（archive.db）がないか、壊れています。控えから戻してください。',
  WRONG_SECRET: 'ログイン名、パスワード、または復旧シートの番号が違います。',
  TOO_MANY_ATTEMPTS: '間違いが続いたため、しばらく開けません。時間をおいてやり直してください。',
  RECOVERY_CODE_MISTYPED: '復旧シートの番号に打ち間違いがあります。',
  KEYSLOTS_DAMAGED:
    '鍵のファイル（keyslots.json）がないか、壊れているか、書き換えられています。控えの世代にあるものを戻してください。',
  SLOT_NOT_FOUND: '該当する鍵が登録されていません。',
  LAST_SLOT: '最後の鍵は消せません。',
  FILE_DAMAGED: '保管ファイルが壊れています。',
  FILE_NOT_FOUND: '保管ファイルがありません。',
  DISK_FULL: 'ディスクの空きがありません。何も変更していません。',
  DISK_FAILED:
    'ディスクの読み書きに失敗しました。今の操作が保存されたかどうかは、ディスクを確かめてからもう一度開くと分かります。',
  ROTATION_RUNNING: '元の鍵をつくり直しています。終わってからやり直してください。',
  ROW_CHANGED: '別の人が先に変更しました。',
  ROW_NOT_FOUND: '該当するデータがありません。',
  ROW_IN_USE: '使われているため消せません。',
  DISPOSAL_REFUSED: '保存期間などの定めにより廃棄できません。',
  BACKUP_DAMAGED: '控えが壊れているか、足りないファイルがあります。',
}

/** Who has the archive open, as far as it is known: enough to find and end that program. */
export function holderOf(data: Readonly<Record<string, unknown>>): string {
  const { pid, host, sinceEpochMs } = data
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof sinceEpochMs !== 'number') return ''
  return `（PC「${host}」、プロセス番号 ${pid}、${formatJapaneseDateTime(sinceEpochMs as EpochMs)} から）`
}

/** What the facts of errors and findings are called. A new one shows under its own name until it has a word here. */
const FACTS: Readonly<Record<string, string>> = {
  characters: '文字',
  count: '件数',
  expectedPages: '本来のページ数',
  fieldName: '欄の名前',
  filled: '入力済み',
  kind: '種類',
  limit: '上限',
  lostObjects: '失われた部品',
  lostStreams: '失われた内容',
  maximumBytes: '上限バイト数',
  missing: '不足',
  names: '名前',
  needsPassword: 'パスワードが必要',
  pages: 'ページ数',
  reason: '理由',
  result: '結果',
  sizeBytes: 'バイト数',
  sizes: '大きさ',
  status: '状態',
  waitUntil: '入手できる時刻',
}

/** Facts that help and are no secret. */
export function factsOf(data: Readonly<Record<string, string | number>>): string {
  const facts = Object.entries(data).map(([name, value]) => `${FACTS[name] ?? name}: ${value}`)
  return facts.length === 0 ? '' : `（${facts.join('、')}）`
}
