import { describe, expect, test } from 'vitest'
import { problemText } from '../../../../../electron/app/cli/archive/problem-text.ts'
import { columns, facts } from '../../../../../electron/app/cli/archive/words.ts'
import { valueWord } from '../../../../../shared/model/history-words.ts'

describe('Japanese output', () => {
  test('names stand under each other whatever their width; what is empty is left out', () => {
    expect(
      facts([
        ['番号', 'a'],
        ['契約番号', 'b'],
        ['備考', ''],
        ['ID', 'c'],
      ]),
    ).toEqual(['  番号      a', '  契約番号  b', '  ID        c'])
    expect([columns('㈱髙橋組 A1'), columns('𠮷野'), columns('ｶﾅ')]).toEqual([11, 4, 2])
  })

  test.each([
    ['amount', '12000000', '12,000,000円'],
    ['contractDate', '2025-09-01', '令和7年9月1日（2025年）'],
    ['method', 'negotiated', '随意契約'],
    ['kind', 'construction', '工事請負'],
    ['taxMode', 'included', '税込'],
    ['state', 'concluded', '締結済'],
    ['role', 'attachment', 'その他（送らない）'],
    ['retentionYears', '0', '永年'],
    ['retentionYears', '5', '5年'],
    ['hold', 'true', 'はい'],
    ['state', 'constructor', 'constructor'],
    ['method', 'new-method', 'new-method'],
  ])('a stored %s 「%s」 reads %s', (field, value, word) => {
    expect(valueWord(field, value)).toBe(word)
  })

  test.each([
    ['TIMESTAMP_FAILED:TSA_UNREACHABLE', /^タイムスタンプを付けられませんでした（時刻認証局に接続できません/],
    ['WAITING_FOR_REVOCATION_DATA', /まだ公開されていません/],
    ['TIMESTAMP_FAILED:INTERNAL', /（思わぬ不具合が起きました。管理者に知らせてください）$/],
    ['INTERNAL', /^思わぬ不具合/],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
  ])('the problem %s is said in words', (problem, sentence) => {
    expect(problemText(problem)).toMatch(sentence)
  })
})
