/** One plain sentence per failure that a command at the desk can meet. A code without a sentence does not compile. */
import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { SystemError } from '../../../../shared/bridge/define.ts'
import { IMPORT_MAX_FILES } from '../../../../shared/bridge/imports.ts'
import type { ZipProblem } from '../../archive/import-zip.ts'
import { Refusal } from '../command.ts'
import { ARCHIVE_REFUSALS, holderOf } from '../refusal-texts.ts'

type CodesOf<Group> = Group extends unknown
  ? { [Name in keyof Group]: CodesOfOne<Group[Name]> }[keyof Group]
  : never
type CodesOfOne<Procedure> = Procedure extends { readonly errors: infer Errors }
  ? keyof Errors & string
  : never

/** Every code of the groups that commands call, and of the single procedures beside them. */
type DeskCode =
  | CodesOf<Bridge['archive' | 'audit' | 'imports' | 'keys' | 'papers']>
  | CodesOfOne<Bridge['session']['logIn']>
  | CodesOfOne<Bridge['cases']['read']>
  | CodesOfOne<Bridge['documents']['open']>
  | CodesOfOne<Bridge['verification']['document']>
  | SystemError['code']
  | 'UPLOAD_TOO_LARGE'
  | ZipProblem

const SENTENCES: Readonly<Record<DeskCode, string>> = {
  ARCHIVE_DAMAGED: '保管庫のファイルが壊れています。控えから戻してください。',
  ARCHIVE_IN_USE: ARCHIVE_REFUSALS.ARCHIVE_IN_USE,
  ARCHIVE_NEWER: ARCHIVE_REFUSALS.SCHEMA_TOO_NEW,
  CSV_EMPTY: '一覧表に行がありません。1行目は見出し、2行目からが契約です。',
  CSV_UNREADABLE: 'CSVとして読めません。表計算ソフトで開いて、CSV形式で保存し直してください。',
  CSV_ENCODING: '一覧表の文字コードを読み取れません。UTF-8のCSVで保存し直してください。',
  CSV_IS_WORKBOOK: '一覧表がExcelのブックのままです。CSV形式で保存し直してください。',
  CSV_TOO_LARGE: `一覧表が大きすぎます（${IMPORT_MAX_FILES.toLocaleString('ja-JP')}行まで）。分けて取り込んでください。`,
  DISK_FAILED: ARCHIVE_REFUSALS.DISK_FAILED,
  DISK_FULL: ARCHIVE_REFUSALS.DISK_FULL,
  DISPOSAL_UNFINISHED:
    'まだ消し終わっていないファイルがあるため、廃棄証明書を作れません。もう一度実行してください。',
  FILE_DAMAGED: '保管ファイルが壊れているか、ありません。「archive check」で調べてください。',
  FORBIDDEN: 'この操作をする権限がありません。',
  HOST_UNREACHABLE: 'プログラム本体から応答がありません。',
  IMPORT_COLUMN_MISSING:
    '「ファイル名」と「件名」の列が分からないか、対応表の見出しが一覧表にありません。--mapping で列の対応を指定してください。',
  IMPORT_FILES_MISSING:
    '預かったファイルが見つかりません（控えから復元したあとなど）。新しい取り込みとしてやり直してください。',
  IMPORT_TOO_MANY_FILES: `一度に預かれるPDFは${IMPORT_MAX_FILES.toLocaleString('ja-JP')}件までです。分けて取り込んでください。`,
  INDEX_UNREADY: '検索の索引を作り直しています。終わってからやり直してください。',
  INPUT_INVALID: '指定に誤りがあります。',
  INTERNAL: '思わぬ不具合が起きました。上に出た記録をシステム管理者に渡してください。',
  KEEPING_BUSY: 'ほかの保全の作業が動いています。終わってからやり直してください。',
  LOGIN_FAILED: 'ログイン名またはパスワードが違います。',
  LOGIN_SLOWED: '間違いが続いたため、しばらく開けません。時間をおいてやり直してください。',
  NOTHING_FOUND: '条件に合うものがありません。',
  NOT_FOUND: '見つかりません。番号の打ち間違いか、見る権限がありません。',
  NOT_PROPOSED: '廃棄の提案がされていません。先に提案してください。',
  NOT_SIGNED_IN: 'ログインが切れました。もう一度実行してください。',
  ON_HOLD: '廃棄停止の指定があるため、廃棄できません。何も変更していません。',
  QUERY_NOT_UNDERSTOOD: '検索の条件が読み取れません。語を減らすか、日付や金額の書き方を確かめてください。',
  RETENTION_NOT_ENDED: '保存期間が終わっていない案件があります。何も変更していません。',
  SAME_PERSON: '廃棄は、提案した人とは別の人が確定してください。何も変更していません。',
  UPLOAD_TOO_LARGE: 'ファイルが大きすぎます（1ファイル200MBまで）。',
  UPLOAD_UNKNOWN: '受け取ったファイルの期限が切れました。もう一度実行してください。',
  ZIP_BOMB: 'ZIPの中身の大きさがふつうではありません。安全のため開きません。',
  ZIP_DAMAGED: 'ZIPが壊れているか、分割されています。作り直してください。',
  ZIP_ENCRYPTED: 'パスワードの付いたZIPは開けません。',
  ZIP_FILE_TOO_LARGE: 'ZIPの中に、200MBを超えるファイルがあります。',
  ZIP_INCOMPLETE: 'ZIPの受け取りが途中です。もう一度実行してください。',
  ZIP_METHOD_UNKNOWN: 'ZIPの圧縮のしかたに対応していません。ふつうの方式（Deflate）で作り直してください。',
  ZIP_NOTHING_USABLE: 'ZIPの中に、PDFも一覧表（CSV）もありません。',
  ZIP_PATH_UNSAFE: 'ZIPの中に、フォルダーの外を指す名前があります。安全のため開きません。',
  ZIP_TOO_MANY_FILES: `一度に預かれるPDFは${IMPORT_MAX_FILES.toLocaleString('ja-JP')}件までです。分けて取り込んでください。`,
}

/** Why something could not be done; '' when the code alone says nothing to a person. */
export function reasonOf(code: string): string {
  return Object.hasOwn(SENTENCES, code) ? SENTENCES[code as DeskCode] : ''
}

/** What `must` throws: the sentence, with the facts that help. */
export function refusalOf(error: { readonly code: string; readonly data: unknown }): Refusal {
  const { code, data } = error
  const sentence = reasonOf(code) || `処理できませんでした（${code}）。`
  return new Refusal(code, `${sentence}${detailOf(code, data)}`)
}

function detailOf(code: string, data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  if (code === 'INPUT_INVALID' && 'paths' in data && Array.isArray(data.paths))
    return data.paths.length === 0 ? '' : `（${data.paths.join('、')}）`
  if (code === 'ARCHIVE_IN_USE') return holderOf({ ...data })
  if (code === 'INTERNAL' && 'incidentId' in data) return `（番号 ${String(data.incidentId)}）`
  return ''
}
