/** What an integrity check found, in words: the command line, the screen and the paper of a drill say the same. */
import type { ArchiveProblem } from '../../core/archive/check-archive.ts'

const TEXTS: Readonly<Record<ArchiveProblem['code'], string>> = {
  DATABASE_DAMAGED: 'データベースが壊れています',
  FOREIGN_KEY_BROKEN: 'データベースのつながりが切れています',
  FILE_MISSING: '保管ファイルがありません',
  FILE_DAMAGED: '保管ファイルが壊れています',
  DIGEST_DIFFERS: '保管ファイルの内容が記録と違います',
  COMMITS_LOST:
    '異常終了のあとに残った記録が壊れていて、最後の変更のいくつかが失われています（控えと比べ、調べ終わったらこのファイルを別の場所に移してください）',
  LOG_BROKEN: '操作ログの連なりが切れています',
  INDEX_INCOMPLETE: '検索の索引が足りません（次に起動したとき作り直されます）',
  CONTENT: '文書の署名に問題があります',
}

const SIGNATURE_TEXTS: Readonly<Record<string, string>> = {
  SIGNATURE_BROKEN: '署名された内容が壊れています',
  SIGNATURE_CHANGED: '署名の後に、許されていない変更があります',
}

export function problemText({ code, detail }: Pick<ArchiveProblem, 'code' | 'detail'>): string {
  return (code === 'CONTENT' ? SIGNATURE_TEXTS[detail] : undefined) ?? TEXTS[code]
}

/** Details of what is no file's problem. */
const PLACES: Readonly<Partial<Record<ArchiveProblem['code'], (detail: string) => string>>> = {
  DATABASE_DAMAGED: (detail) => `データベース（${detail}）`,
  FOREIGN_KEY_BROKEN: (detail) => `データベースの行（${detail}）`,
  LOG_BROKEN: (seq) => `操作ログの${seq}番`,
  INDEX_INCOMPLETE: (count) => `案件 ${count}件`,
}

/** Whose file it is, in the words people know it by; else where in the archive. */
export function problemPlace({ code, document, fileId, detail }: ArchiveProblem): string {
  if (document !== null && document.title !== '') return versionWords(document)
  if (fileId !== null) return `持ち主の記録がないファイル ${fileId}`
  return PLACES[code]?.(detail) ?? detail
}

export function versionWords({ caseTitle, title, number }: NonNullable<ArchiveProblem['document']>): string {
  return `案件「${caseTitle}」の文書「${title}」第${number}版`
}
