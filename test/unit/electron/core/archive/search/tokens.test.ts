import { expect, test } from 'vitest'
import { gramsOf, gramsOfWord } from '../../../../../../electron/core/archive/search/grams.ts'
import { dateRange, ridRangeOf, UNDATED } from '../../../../../../electron/core/archive/search/rid.ts'
import { amountBands, amountTokens } from '../../../../../../electron/core/archive/search/tokens.ts'
import type { IsoDate } from '../../../../../../shared/model/brand.ts'

test('an amount carries its bands, a blank one its own', () => {
  expect(amountTokens(12_345_000)).toEqual(['¤a7', '¤a7x1', '¤a7x12', '¤a7x123'])
  expect(amountTokens(5)).toEqual(['¤a0', '¤a0x5', '¤a0x50', '¤a0x500'])
  expect(amountTokens(0)).toEqual(['¤a0', '¤a0x0', '¤a0x00', '¤a0x000'])
  expect(amountTokens(null)).toEqual(['¤ab'])
})

test('the bands of a range cover every amount in it', () => {
  const ranges = [
    [0, 0],
    [0, 9],
    [1, 1],
    [95, 105],
    [999, 1000],
    [1_230_000, 1_230_000],
    [1_000_000, 1_100_000],
    [9_990_000, 10_010_000],
    [500_000, 50_000_000],
    [0, 99_999],
  ] as const
  for (const [from, to] of ranges) {
    const bands = amountBands(from, to)
    if (bands === undefined) throw new Error(`no bands for ${from} to ${to}`)
    const step = Math.max(1, Math.floor((to - from) / 997))
    for (let amount = from; amount <= to; amount += step)
      expect(
        amountTokens(amount).some((token) => bands.includes(token)),
        `${amount}`,
      ).toBe(true)
    expect(
      amountTokens(to).some((token) => bands.includes(token)),
      `${to}`,
    ).toBe(true)
  }
})

test('a narrow range takes narrow bands, an endless one none', () => {
  expect(amountBands(1_230_000, 1_230_000)).toEqual(['¤a6x123'])
  expect(amountBands(10_000_000, Number.MAX_SAFE_INTEGER)?.length).toBeLessThanOrEqual(12)
})

test('grams are runs of one to three characters inside a line, each once', () => {
  expect(gramsOf('橋梁橋梁\n工').split(' ')).toEqual(['橋', '梁', '橋梁', '梁橋', '橋梁橋', '梁橋梁', '工'])
  expect(gramsOf('𩸽屋').split(' ')).toEqual(['𩸽', '屋', '𩸽屋'])
  expect([gramsOfWord('橋'), gramsOfWord('橋梁補'), gramsOfWord('橋梁補修'), gramsOfWord('')]).toEqual([
    ['橋'],
    ['橋梁補'],
    ['橋梁補', '梁補修'],
    [],
  ])
})

test('numbers follow the date, undated cases lie below all', () => {
  const day = (text: string) => ridRangeOf(text)
  expect(day('2026-03-31').to + 1).toBe(day('2026-04-01').from)
  expect(ridRangeOf(null)).toEqual(UNDATED)
  expect(UNDATED.to).toBeLessThan(day('1868-01-25').from)
  const year = dateRange('2025-04-01' as IsoDate, '2026-03-31' as IsoDate)
  expect([year.from, year.to]).toEqual([day('2025-04-01').from, day('2026-03-31').to])
  expect(dateRange(null, '2025-01-01' as IsoDate).from).toBeGreaterThan(UNDATED.to)
  expect(dateRange(null, null).from).toBe(UNDATED.from)
})
