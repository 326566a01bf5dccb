import { describe, expect, it } from 'vitest'
import { findMatches, type TextMatch } from '../../../../renderer/pdf/find-matches.ts'

function textOf(runs: readonly string[], { start, end }: TextMatch): string {
  const parts: string[] = []
  for (let run = start.run; run <= end.run; run++) {
    const text = runs[run] ?? ''
    parts.push(text.slice(run === start.run ? start.offset : 0, run === end.run ? end.offset : text.length))
  }
  return parts.join('|')
}

describe('words on a page', () => {
  it('are found across text runs and line breaks', () => {
    const runs = ['工事請負', '契 約', '書 工事']
    expect(findMatches(3, runs, '請負契約書').map((match) => textOf(runs, match))).toEqual(['請負|契 約|書'])
    expect(findMatches(3, runs, '請負契約書')[0]?.page).toBe(3)
  })

  it('are found in every spelling', () => {
    const runs = ['株式会社山髙建設　Ｔｅｌ ㈱']
    expect(findMatches(1, runs, '山高').map((match) => textOf(runs, match))).toEqual(['山髙'])
    expect(findMatches(1, runs, 'tel').map((match) => textOf(runs, match))).toEqual(['Ｔｅｌ'])
    expect(findMatches(1, runs, '株式会社')).toHaveLength(2)
  })

  it('are not found when there is nothing to find', () => {
    expect(findMatches(1, ['工事'], '')).toEqual([])
    expect(findMatches(1, ['工事'], ' ')).toEqual([])
    expect(findMatches(1, [], '工事')).toEqual([])
    expect(findMatches(1, ['工事'], '工事費')).toEqual([])
  })

  it('do not overlap', () => {
    expect(findMatches(1, ['ああああ'], 'ああ')).toHaveLength(2)
  })
})
