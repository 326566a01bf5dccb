/** Why a document got no timestamp, by the codes of `preserveDocument` and what lies under it; no full stop at the end. */
const WORDS: Readonly<Record<string, string>> = {
  TSA_UNREACHABLE: '時刻認証局に接続できません',
  TSA_HTTP_ERROR: '時刻認証局がエラーを返しました',
  TSA_REFUSED: '時刻認証局が発行を断りました',
  TSA_ANSWER_INVALID: '時刻認証局の返事が正しくありません',
  NETWORK_SWITCHED_OFF: '設定でこの外部接続が止められています',
  VALIDATION_DATA_MISSING: '検証に要る情報がそろいません',
  REVOCATION_UNAVAILABLE: '証明書の失効情報を入手できません',
  SIGNATURE_NOT_VALID: '文書の署名が検証に合格しません',
  CERTIFIED_NO_CHANGES: '前の署名が、これ以上の変更を禁じています',
  NOT_A_PDF: 'PDFではありません',
  PDF_ENCRYPTED: 'パスワードで保護されたPDFです',
  PDF_DAMAGED: 'PDFが壊れています',
  PDF_TOO_LARGE: 'PDFの構造が大きすぎるか複雑すぎます',
  FILE_DAMAGED: '保管しているファイルが壊れています',
  FILE_NOT_FOUND: '保管しているファイルがありません',
  DISK_FULL: 'ディスクの空きがありません',
  DISK_FAILED: 'ディスクの読み書きに失敗しました',
  INTERNAL: '思わぬ不具合が起きました。管理者に知らせてください',
}

/** undefined: a code nobody named. */
export function stampFailureWords(code: string): string | undefined {
  return Object.hasOwn(WORDS, code) ? WORDS[code] : undefined
}
