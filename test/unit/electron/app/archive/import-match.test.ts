import { expect, test } from 'vitest'
import { createFileIndex } from '../../../../../electron/app/archive/import-match.ts'
import type { ImportFile } from '../../../../../electron/core/archive/tables/import-files.ts'

/** Files by path; the same letter means the same bytes. */
function indexOf(files: Readonly<Record<string, string>>) {
  const index = createFileIndex()
  index.add(
    Object.entries(files).map(([path, bytes]): ImportFile => {
      const file = { fileId: path as never, sha256: bytes as never, sizeBytes: 1 }
      return { path, part: 0, parts: 1, kind: 'pdf', source: '', file }
    }),
  )
  return (name: string) => {
    const found = index.find(name)
    return typeof found === 'string' ? found : found.path
  }
}

test.each([
  ['契約.pdf', '契約.pdf', 'as it is written'],
  ['契約', '契約.pdf', 'without the ending'],
  ['契約.PDF', '契約.pdf', 'in capitals'],
  ['C:\\scan\\令和5年度\\契約.pdf', '契約.pdf', 'with the folders of another PC'],
  ['./契約.pdf', '契約.pdf', 'from here'],
  ['ガス工事.pdf'.normalize('NFD'), 'ガス工事.pdf', 'as a Mac writes it (NFD)'],
  ['ガス工事.pdf', 'ガス工事.pdf'.normalize('NFD'), 'the other way round'],
  ['ｶﾞｽ工事.pdf', 'ガス工事.pdf', 'in half width'],
  ['Ａ－１.pdf', 'A-1.pdf', 'in full width'],
  ['1〜2号.pdf', '1～2号.pdf', 'with the other wave of Shift_JIS'],
  ['1−2.pdf', '1－2.pdf', 'with the other minus'],
  ['契約  書.pdf', '契約 書.pdf', 'with two blanks'],
])('%s means %s: %s', (wanted, path) => {
  expect(indexOf({ [path]: 'x', 'other.pdf': 'y' })(wanted)).toBe(path)
})

test('among files of one name the folders decide, then nothing is guessed', () => {
  const find = indexOf({ 'R5/契約.pdf': 'x', 'R6/契約.pdf': 'y', 'R6/B/Ｂ.pdf': 'z', 'R6/B.pdf': 'q' })
  expect(find('R6/契約.pdf')).toBe('R6/契約.pdf')
  expect(find('D:\\export\\R5\\契約.pdf')).toBe('FILE_AMBIGUOUS')
  expect(find('契約.pdf')).toBe('FILE_AMBIGUOUS')
  // Width of letters parts them here: both are there.
  expect(find('Ｂ.pdf')).toBe('R6/B/Ｂ.pdf')
  expect(find('B.pdf')).toBe('R6/B.pdf')
})

test('the same bytes twice under one name are one file', () => {
  expect(indexOf({ 'R5/契約.pdf': 'x', 'R6/契約.pdf': 'x' })('契約.pdf')).toBe('R5/契約.pdf')
})

test('no name and an unknown name are told apart', () => {
  const find = indexOf({ '契約.pdf': 'x' })
  expect(find('')).toBe('FILE_NAME_EMPTY')
  expect(find('none.pdf')).toBe('FILE_NOT_GIVEN')
})
