import { expect, test } from 'vitest'
import { findMarks, normalise, normaliseText } from '../../../../shared/text/normalise.ts'
import { VARIANT_KANJI } from '../../../../shared/text/variants.ts'

test.each([
  ['㈱髙橋組', '株式会社高橋組'],
  ['（株）高橋組', '(株)髙橋組'],
  ['株式会社　髙橋 組', '㈱高橋組'],
  ['㈲山﨑', '有限会社山崎'],
  ['渡邉', '渡邊'],
  ['渡辺', '渡邉'],
  ['𠮷野家', '吉野家'],
  ['葛󠄀城', '葛城'],
  ['サーバー', 'サーバ'],
  ['ｻｰﾊﾞｰ', 'さーば'],
  ['サ−バー', 'サーバ'],
  ['ﾊﾞｯｸｱｯﾌﾟ', 'バックアップ'],
  ['キャノン', 'キヤノン'],
  ['ＡＢＣ１２３', 'abc123'],
  ['R7-工-12', 'r7工12'],
  ['03-1234-5678', '0312345678'],
  ['一の宮・二の宮', '一の宮二の宮'],
  ['か\u3099くせい', 'がくせい'],
  ['澤田', '沢田'],
  ['齋藤', '斉藤'],
  ['廣瀨', '廣瀨'],
])('「%s」 and 「%s」 are the same', (left, right) => {
  expect(normaliseText(left)).toBe(normaliseText(right))
})

test.each([
  ['ビール', 'ビル'],
  ['コート', 'コト'],
  ['埼玉', '崎玉'],
  ['ガス', 'カス'],
  ['大', '太'],
])('「%s」 and 「%s」 stay different', (left, right) => {
  expect(normaliseText(left)).not.toBe(normaliseText(right))
})

test('no common form of the table is itself a variant', () => {
  for (const common of VARIANT_KANJI.values()) expect(VARIANT_KANJI.has(common)).toBe(false)
})

test('normalising twice is normalising once', () => {
  for (const text of ['㈱髙橋組　サーバー機器', 'ﾊﾞｯｸ－ｱｯﾌﾟ (有)𠮷﨑 R7.9.1', '葛󠄀城市 コンピュ-タ-'])
    expect(normaliseText(normaliseText(text))).toBe(normaliseText(text))
})

test('with and without positions give the same text, and positions stay inside the original', () => {
  const original = '令和7年度　㈱髙橋組　橋梁ｶﾞｰﾄﾞ 𠮷田'
  const { text, starts, ends } = normalise(original)
  expect(text).toBe(normaliseText(original))
  expect(starts.length).toBe(text.length)
  for (const [index, start] of starts.entries()) {
    expect(start).toBeLessThan(ends[index] ?? 0)
    expect(ends[index]).toBeLessThanOrEqual(original.length)
  }
})

test('marks stand on the original characters, whatever they were typed as', () => {
  const original = '令和7年度　㈱髙橋組　橋梁ｶﾞｰﾄﾞ工事、𠮷田'
  const marked = (words: string[]) => findMarks(original, words).map(([from, to]) => original.slice(from, to))
  expect(marked(['(株)高橋組'])).toEqual(['㈱髙橋組'])
  expect(marked(['ガード', '橋'])).toEqual(['橋', '橋', 'ｶﾞｰﾄﾞ'])
  expect(marked(['吉田'])).toEqual(['𠮷田'])
  expect(marked(['橋梁', '梁ガ'])).toEqual(['橋梁ｶﾞ'])
  expect(marked(['ない', ''])).toEqual([])
})

test('normalises a million characters in well under a second per core', () => {
  const text = '扶桑町上下水道施設の維持管理業務委託について、サーバー機器等（以下「甲」という。）'.repeat(
    5000,
  )
  const started = performance.now()
  normaliseText(text)
  expect((performance.now() - started) / (text.length / 1e6)).toBeLessThan(2000)
})
