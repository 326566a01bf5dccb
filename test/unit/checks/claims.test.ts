import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../../..')
/** Whatever a person may read: screens, pages, mails, forms, certificates, help. */
const PLACES = ['resources', 'renderer', 'electron', 'shared']

function textFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|json|md|html)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** 電子署名法3条 (its presumption 推定) in any usual writing; full-width and kanji digits too. */
const CLAIM =
  /電子署名(?:及び認証業務に関する法律|法)[^。\n]{0,12}第?\s*[3３三]\s*条|真正に成立[^。\n]{0,10}推定|成立の真正[^。\n]{0,10}推定/

test('L8 no text of the program claims 電子署名法3条', () => {
  const claiming = PLACES.flatMap(textFiles).filter((path) => CLAIM.test(readFileSync(path, 'utf8')))
  expect(claiming).toEqual([])
})

test.each([
  '電子署名法第3条により、真正に成立したものと推定されます',
  '電子署名法３条の推定効',
  '電子署名及び認証業務に関する法律第三条',
  '文書の成立の真正が推定される',
])('L8 such a claim would be found: %s', (text) => {
  expect(CLAIM.test(text)).toBe(true)
})

test('L8 the definition of an electronic signature (2条) may be named', () => {
  expect(CLAIM.test('電子署名法第2条第1項に定める電子署名')).toBe(false)
})
