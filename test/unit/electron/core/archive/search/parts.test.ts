import { expect, test } from 'vitest'
import {
  countBits,
  emptyBits,
  hasBit,
  keepBetween,
  keepCommon,
  keepValues,
  keepWhere,
  nextBit,
  previousBit,
  rangeBits,
  setBit,
  takeAway,
} from '../../../../../../electron/core/archive/search/bits.ts'
import {
  createTextsWriter,
  decodeColumns,
  decodeRids,
  encodeColumns,
  encodeNumbers,
  firstAtLeast,
  makeColumns,
  openTexts,
  ordinalOf,
} from '../../../../../../electron/core/archive/search/block.ts'
import {
  createGramTable,
  type GramTable,
  PAUSE,
} from '../../../../../../electron/core/archive/search/gram-table.ts'
import {
  addPart,
  BLOCK_CASES,
  encodePart,
  gramsOfText,
  keepParts,
  keysOfRun,
  LAST_RUN,
  postingKey,
  readParts,
} from '../../../../../../electron/core/archive/search/postings.ts'
import { dateRange, ridRangeOf, UNDATED } from '../../../../../../electron/core/archive/search/rid.ts'
import { gramsOf, gramsOfWord } from '../../../../../../electron/core/archive/tables/history-grams.ts'
import type { IsoDate } from '../../../../../../shared/model/brand.ts'
import { seededRandom } from '../../../../../bench/archive-data.ts'

const random = seededRandom(11)
const below = (limit: number) => Math.floor(random() * limit)

/** A random set of entries, as sorted list and as bits. */
function someEntries(cases: number, share: number) {
  const list = Array.from({ length: cases }, (_, entry) => entry).filter(() => random() < share)
  const bits = emptyBits(cases)
  for (const entry of list) setBit(bits, entry)
  return { list, bits }
}

const listed = (bits: Uint32Array) => {
  const list: number[] = []
  for (let at = nextBit(bits, 0); at !== -1; at = nextBit(bits, at + 1)) list.push(at)
  return list
}

const listsOf = (table: GramTable) => [...table.lists()].filter((list) => list !== PAUSE)

test('sets of entries: walked in both directions, counted, cut', () => {
  for (const cases of [1, 31, 32, 33, 1000, BLOCK_CASES]) {
    const [left, right] = [someEntries(cases, 0.3), someEntries(cases, 0.5)]
    expect(listed(left.bits)).toEqual(left.list)
    expect(countBits(left.bits)).toBe(left.list.length)
    const backwards: number[] = []
    for (let at = previousBit(left.bits, cases - 1); at !== -1; at = previousBit(left.bits, at - 1))
      backwards.push(at)
    expect(backwards).toEqual(left.list.toReversed())
    const both = left.bits.slice()
    keepCommon(both, right.bits)
    expect(listed(both)).toEqual(left.list.filter((entry) => hasBit(right.bits, entry)))
    takeAway(both, right.bits)
    expect(countBits(both)).toBe(0)
    const from = below(cases)
    const to = from + below(cases - from + 1)
    expect(listed(rangeBits(cases, from, to))).toEqual(
      Array.from({ length: to - from }, (_, index) => from + index),
    )
  }
})

test('conditions keep what they name and nothing beyond the block', () => {
  const cases = 77
  const values = Uint16Array.from({ length: cases }, () => below(5))
  const amounts = Float64Array.from({ length: cases }, () => (below(10) === 0 ? Number.NaN : below(100)))
  const { list, bits } = someEntries(cases, 0.8)
  const one = bits.slice()
  keepValues(one, values, Uint8Array.from([0, 1, 0, 1, 0]))
  expect(listed(one)).toEqual(list.filter((entry) => [1, 3].includes(values[entry] ?? -1)))
  const between = bits.slice()
  keepBetween(between, amounts, { low: 20, high: 60 })
  expect(listed(between)).toEqual(
    list.filter((entry) => (amounts[entry] ?? 0) >= 20 && (amounts[entry] ?? 0) <= 60),
  )
  const odd = bits.slice()
  keepWhere(odd, (entry) => entry % 2 === 1)
  expect(listed(odd)).toEqual(list.filter((entry) => entry % 2 === 1))
})

test('posting lists are the same after they were written and read, as list or as bitmap', () => {
  const blocks = [
    { block: 3, cases: 40, share: 0.02 },
    { block: 7, cases: 2000, share: 0.001 },
    { block: 65_535, cases: BLOCK_CASES, share: 0.04 },
    { block: 9, cases: BLOCK_CASES, share: 0.9 },
    { block: 10, cases: 33, share: 1 },
  ].map((each) => ({ ...each, ...someEntries(each.cases, each.share) }))
  const row = Buffer.concat(
    blocks.map(({ block, cases, list }) => {
      const part = encodePart(block, cases, Uint16Array.from(list))
      return new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    }),
  )
  const read = (bytes: Uint8Array) => {
    const found = new Map<number, number[]>()
    readParts(bytes, (block, part) => {
      const bits = emptyBits(blocks.find((each) => each.block === block)?.cases ?? 0)
      addPart(bits, part)
      found.set(block, listed(bits))
    })
    return found
  }
  expect(read(row)).toEqual(new Map(blocks.map(({ block, list }) => [block, list])))
  expect(read(Buffer.concat([Buffer.from([1]), row]).subarray(1))).toEqual(read(row))
  expect(keepParts(row, () => true)).toBe(row)
  const kept = read(keepParts(row, (block) => block !== 9 && block !== 3))
  expect([...kept.keys()]).toEqual([7, 65_535, 10])
  expect(row.length).toBeLessThan(2 * 4096 + 1500 * 2 + 200)
})

test('keys of a run lie together, by source and gram, up to the last run', () => {
  const { first, last } = keysOfRun(LAST_RUN)
  const keys = (['fields', 'party', 'body'] as const).flatMap((source) =>
    ['橋', '橋梁', '橋梁補', '\uffff\uffff\uffff'].map((word) =>
      postingKey(LAST_RUN, source, gramsOfText(word)[0] ?? 0),
    ),
  )
  expect(keys.every((key) => key >= first && key <= last)).toBe(true)
  expect(keys).toEqual(keys.toSorted((left, right) => (left < right ? -1 : 1)))
  expect(last).toBeLessThan(2n ** 63n)
  expect(keysOfRun(1).last + 1n).toBe(keysOfRun(2).first)
})

test('a word has its grams, a very long one trigrams spread over it', () => {
  expect(gramsOfText('')).toEqual([])
  expect(gramsOfText('橋')).toEqual([0x6a4b])
  expect(gramsOfText('橋梁補修').length).toBe(2)
  const long = Array.from({ length: 400 }, (_, at) => String.fromCharCode(0x4e00 + at)).join('')
  expect(gramsOfText(long).length).toBe(16)
})

test('a table of grams holds every run of one to three units inside a line, each once for an entry', () => {
  const texts = ['橋梁橋梁\n工', '工事\n橋', '', '𩸽屋', 'x'.repeat(50)]
  const table = createGramTable()
  for (const [ordinal, text] of texts.entries()) table.add(ordinal, text)
  const found = new Map(listsOf(table).map(({ gram, ordinals }) => [gram, [...ordinals]]))
  const expected = new Map<number, number[]>()
  for (const [ordinal, text] of texts.entries())
    for (const line of text.split('\n'))
      for (let at = 0; at < line.length; at += 1)
        for (const length of [1, 2, 3]) {
          if (at + length > line.length) continue
          const [gram = 0] = gramsOfText(line.slice(at, at + length))
          const ordinals = expected.get(gram) ?? []
          if (!ordinals.includes(ordinal)) expected.set(gram, [...ordinals, ordinal])
        }
  expect(found).toEqual(expected)
  expect([...found.keys()]).toEqual([...found.keys()].toSorted((left, right) => left - right))
})

test('a table of grams grows over many grams', () => {
  const table = createGramTable()
  const text = Array.from({ length: 60_000 }, (_, at) => String.fromCharCode(0x4e00 + (at % 20_000))).join('')
  table.add(0, text)
  table.add(1, text.slice(0, 20_000))
  const lists = listsOf(table)
  expect(lists.length).toBe(20_000 * 3)
  expect(lists.filter(({ ordinals }) => ordinals.length === 2).length).toBeGreaterThan(59_990)
})

const row = (rid: number, over: Record<string, unknown> = {}) => ({
  rid,
  case_row: 7,
  amount: null,
  state: 1,
  method: 2,
  kind: 3,
  department: 4,
  folder: 0,
  creator: 65_535,
  fiscal_year: 2025,
  confidentiality: 5,
  retention_end: null,
  hold: 0,
  title: '橋梁補修',
  party: '株式会社高橋組\n7010705000725',
  rest: '工712\n土木課',
  ...over,
})

test('columns and texts of a block are the same after they were written and read', () => {
  const rows = [
    row(5),
    row(9, { amount: 0, retention_end: 20_310_331 }),
    row(2 ** 45, { amount: -1_000, title: '' }),
  ]
  const columns = decodeColumns(encodeColumns(makeColumns(rows)), rows.length)
  expect(columns).toEqual(makeColumns(rows))
  expect([...columns.amount]).toEqual([Number.NaN, 0, -1000])
  expect([...columns.retention_end]).toEqual([0, 20_310_331, 0])
  const rids = decodeRids(encodeNumbers(Float64Array.from(rows, ({ rid }) => rid)))
  expect([ordinalOf(rids, 9), ordinalOf(rids, 8), ordinalOf(rids, 2 ** 45), firstAtLeast(rids, 6)]).toEqual([
    1, -1, 2, 1,
  ])
  const writer = createTextsWriter()
  for (const each of rows) writer.add(each)
  const texts = openTexts(Buffer.concat([Buffer.from([0]), writer.bytes()]).subarray(1), rows.length)
  expect(texts.fields(0).title).toBe('橋梁補修')
  expect(texts.fields(2).title).toBe('')
  expect(texts.fields(1).party).toBe('株式会社高橋組\n7010705000725')
  expect(texts.fields(1).rest).toBe('工712\n土木課')
  const having = (word: string, field?: 'title' | 'party' | 'rest') => {
    const bits = rangeBits(3, 0, 3)
    texts.keepHaving(bits, word, field)
    return [0, 1, 2].filter((ordinal) => hasBit(bits, ordinal))
  }
  expect(having('梁補修')).toEqual([0, 1])
  expect(having('土木課')).toEqual([0, 1, 2])
  expect(having('課橋')).toEqual([]) // Not over the end of one text into the next.
  expect(having('修')).toEqual([0, 1])
  expect([having('橋梁補修', 'title'), having('橋梁補修', 'party'), having('土木課', 'rest')]).toEqual([
    [0, 1],
    [],
    [0, 1, 2],
  ])
  expect([
    having('株式会社高橋組', 'party'),
    having('7010705000725', 'party'),
    having('712', 'title'),
  ]).toEqual([[0, 1, 2], [0, 1, 2], []])
})

test('grams of the history are runs of one to three characters inside a line, each once', () => {
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
