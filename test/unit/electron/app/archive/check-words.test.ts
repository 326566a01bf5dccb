import { expect, test } from 'vitest'
import { problemPlace, problemText } from '../../../../../electron/app/archive/check-words.ts'
import type { ArchiveProblem } from '../../../../../electron/core/archive/check-archive.ts'

const DOCUMENT = { caseTitle: '橋梁補修工事', title: '契約書', number: 2 }

function problem(code: ArchiveProblem['code'], about: Partial<ArchiveProblem> = {}): ArchiveProblem {
  return { code, versionId: null, fileId: null, document: null, detail: '', ...about }
}

test.each([
  [
    problem('CONTENT', { fileId: 'abc', document: DOCUMENT, detail: 'SIGNATURE_BROKEN' }),
    '署名された内容が壊れています',
    '案件「橋梁補修工事」の文書「契約書」第2版',
  ],
  [
    problem('FILE_DAMAGED', { fileId: 'abc', document: DOCUMENT, detail: 'chunk 3' }),
    '保管ファイルが壊れています',
    '案件「橋梁補修工事」の文書「契約書」第2版',
  ],
  [
    problem('FILE_MISSING', { fileId: 'abc', document: { caseTitle: '', title: '', number: 1 } }),
    '保管ファイルがありません',
    '持ち主の記録がないファイル abc',
  ],
  [problem('LOG_BROKEN', { detail: '12' }), '操作ログの連なりが切れています', '操作ログの12番'],
])('a problem is said in words, with whose it is or where: $code', (found, text, place) => {
  expect([problemText(found), problemPlace(found)]).toEqual([text, place])
})
