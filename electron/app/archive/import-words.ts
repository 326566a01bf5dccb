/** The outcome of a line in words: the screen, the CSV report and the history say the same. */
import type { ImportField } from '../../../shared/bridge/imports.ts'
import { importFieldNames } from '../../../shared/model/names.ts'
import type { LineProblem } from './import-line.ts'
import { stampFailureWords } from './stamp-failure-words.ts'

/** Why a line was refused, or what must be known of one that was taken. */
export type ImportProblem =
  | LineProblem
  | 'FILE_NAME_EMPTY'
  | 'FILE_NOT_GIVEN'
  | 'FILE_AMBIGUOUS'
  | 'FILE_DAMAGED'
  | 'NOT_A_PDF'
  | 'ENCRYPTED_PDF'
  | 'DAMAGED_PDF'
  | 'TOO_MANY_PAGES'
  | 'READING_FAILED'
  | 'READING_TOO_SLOW'
  | 'SIGNATURE_BROKEN'
  | 'SIGNATURE_CHANGED'
  | 'SIGNATURE_UNREADABLE'
  | 'NO_TEXT'
  | 'TIMESTAMP_LATER'
  | 'TIMESTAMP_FAILED'

/** `@` stands for the field with what its cell says (取引年月日「令和5年2月30日」), or for what went wrong. */
const SENTENCES: Readonly<Record<ImportProblem, string>> = {
  TITLE_MISSING: '件名が書かれていません。',
  DATE_WRONG: '@は、日付として読めません。',
  AMOUNT_WRONG: '@は、金額（円）として読めません。',
  CORPORATE_NUMBER_WRONG: '@は、正しい法人番号（13桁）ではありません。',
  RETENTION_WRONG: '@は、保存期間（年数または永年）として読めません。',
  CELL_TOO_LONG: '@は、長すぎます。',
  CELL_ERROR: '@は、表計算ソフトのエラーの表示です。',
  COLUMNS_WRONG: '見出しより列が多くあります（余りは「@」）。カンマを含むセルを引用符（"）で囲んでください。',
  LINE_WRONG: '@は、書き方に誤りがあります。',
  FILE_NAME_EMPTY: 'ファイル名が書かれていません。',
  FILE_NOT_GIVEN: 'この名前のPDFがありません。',
  FILE_AMBIGUOUS:
    '同じ名前のPDFが別のフォルダに2つ以上あります。一覧表にフォルダから書いてください（例：令和5年度/契約書.pdf）。',
  FILE_DAMAGED: '受け取ったファイルが壊れているか、ありません。PDFを入れ直してください。',
  NOT_A_PDF: 'PDFではありません。',
  ENCRYPTED_PDF: 'パスワードで保護されたPDFです。保護を外したPDFを入れ直してください。',
  DAMAGED_PDF: 'PDFが壊れています。',
  TOO_MANY_PAGES: 'ページが多すぎて読めません。',
  READING_FAILED: 'PDFを読み取れませんでした。',
  READING_TOO_SLOW: 'PDFの読み取りに時間がかかりすぎるため、やめました。',
  SIGNATURE_BROKEN: '署名が壊れています（改変あり）。',
  SIGNATURE_CHANGED: '署名のあとに、許されていない変更があります。',
  SIGNATURE_UNREADABLE: '署名を読み取れません。',
  NO_TEXT: '本文検索不可（文字のない画像のPDFです）。',
  TIMESTAMP_LATER: 'タイムスタンプは、まだ付けられません。あとでもう一度行ってください。',
  TIMESTAMP_FAILED: 'タイムスタンプを付けられませんでした（@）。',
}

/** @param problem `CODE`, `CODE:field` or `TIMESTAMP_FAILED:CODE`; an unknown code is shown, never hidden */
export function problemSentence(problem: string, cell: string | null): string {
  const [code = '', field = ''] = problem.split(':')
  const sentence = Object.hasOwn(SENTENCES, code) ? SENTENCES[code as ImportProblem] : code
  const name = code === 'TIMESTAMP_FAILED' ? (stampFailureWords(field) ?? field) : fieldName(field)
  const shown = cell === null ? '' : cell.length > 60 ? `${cell.slice(0, 60)}…` : cell
  const subject = name === '' ? shown : cell === null ? name : `${name}「${shown}」`
  return sentence.replace('@', () => subject)
}

function fieldName(field: string): string {
  return Object.hasOwn(importFieldNames, field) ? importFieldNames[field as ImportField] : field
}

export function duplicateSentence(same: {
  readonly line: number | null
  readonly found: { readonly title: string; readonly contractNumber: string } | undefined
}): string {
  if (same.found !== undefined) {
    const number = same.found.contractNumber === '' ? '' : `、契約番号 ${same.found.contractNumber}`
    return `同じファイルが、すでに保管されています（案件「${same.found.title}」${number}）。`
  }
  return same.line === null
    ? '同じファイルが、すでに保管されています（見る権限のない案件です）。'
    : `一覧表の${same.line}行目と同じファイルです。`
}

export const OUTCOME_WORDS = {
  make: '取り込めます',
  made: '取り込みました',
  duplicate: 'すでにあります',
  refused: '取り込めません',
  unlisted: '一覧表にありません',
} as const
export const UNLISTED_SENTENCE = 'このPDFを書いた行が一覧表にないため、取り込みません。'
