/** Which entries of which blocks a plan finds, by grams and columns alone: exact for words up to three units. */
import type { ReadableDb } from '../database.ts'
import { addAll, type Bits, countBits, keepCommon, keepWhere, rangeBits, takeAway } from './bits.ts'
import { firstAtLeast } from './block.ts'
import type { PlannedWord, SearchPlan } from './plan.ts'
import {
  addPart,
  type Gram,
  type GramSource,
  gramsOfText,
  type Part,
  postingKey,
  readParts,
} from './postings.ts'
import type { SearchedBlock, SearchIndex } from './search-index.ts'

export type Hits = { readonly block: SearchedBlock; readonly bits: Bits; readonly count: number }

/** Blocks without hits are left out. */
export function findHits(db: ReadableDb, index: SearchIndex, plan: SearchPlan): Hits[] {
  const blocks = index.blocks()
  const lists = plan.words.map((word) => listsOf(db, index.runs(), word))
  return blocks.flatMap((block) => hitsOf(block, plan, lists) ?? [])
}

/** Posting lists of a word: per source all its grams, per gram its parts by block. One source is enough. */
type WordLists = readonly (readonly ReadonlyMap<number, Part>[])[]

const SOURCES: Readonly<Record<PlannedWord['place'], readonly GramSource[]>> = {
  any: ['fields', 'body'],
  title: ['fields'],
  number: ['fields'],
  party: ['party'],
}

function listsOf(db: ReadableDb, runs: readonly number[], word: PlannedWord): WordLists {
  const grams = gramsOfText(word.text)
  return SOURCES[word.place].map((source) => {
    const lists: Map<number, Part>[] = []
    for (const gram of grams) {
      const list = listOf(db, runs, { source, gram })
      // One gram that is nowhere rules the word out: the others need not be read.
      if (list.size === 0) return [list]
      lists.push(list)
    }
    return lists
  })
}

function listOf(
  db: ReadableDb,
  runs: readonly number[],
  { source, gram }: { readonly source: GramSource; readonly gram: Gram },
): Map<number, Part> {
  const list = new Map<number, Part>()
  for (const run of runs) {
    const row = db.firstSql<{ blocks: Uint8Array }>(
      'SELECT blocks FROM search_postings WHERE key = ?',
      postingKey(run, source, gram),
    )
    if (row !== undefined) readParts(row.blocks, (block, part) => list.set(block, part))
  }
  return list
}

/** Undefined: nothing is found here. */
function hitsOf(block: SearchedBlock, plan: SearchPlan, lists: readonly WordLists[]): Hits | undefined {
  const from = firstAtLeast(block.rids, plan.rids.from)
  const to = firstAtLeast(block.rids, plan.rids.to + 1)
  const bits = rangeBits(block.rids.length, from, to)
  for (const [at, word] of plan.words.entries()) {
    const found = block.id === undefined ? scan(block, word) : combine(block.id, bits.length, lists[at] ?? [])
    if (found === undefined) return undefined
    keepCommon(bits, found)
  }
  if (block.dead !== undefined) takeAway(bits, block.dead)
  for (const condition of plan.conditions) condition(bits, block.columns)
  const count = countBits(bits)
  return count === 0 ? undefined : { block, bits, count }
}

/** Entries that have all grams of one source or of another; undefined: none. */
function combine(block: number, words: number, lists: WordLists): Bits | undefined {
  let any: Bits | undefined
  for (const grams of lists) {
    const parts = grams.flatMap((gram) => gram.get(block) ?? [])
    if (parts.length < grams.length) continue
    const [first, ...others] = parts.map((part) => {
      const bits = new Uint32Array(words)
      addPart(bits, part)
      return bits
    })
    if (first === undefined) continue
    for (const other of others) keepCommon(first, other)
    if (any === undefined) any = first
    else addAll(any, first)
  }
  return any
}

/** Recent entries are few: their texts are looked through. */
function scan(block: SearchedBlock, { text, place }: PlannedWord): Bits {
  const bits = rangeBits(block.rids.length, 0, block.rids.length)
  const texts = block.texts()
  keepWhere(bits, (entry) => {
    if (place === 'party') return texts.fields(entry).party.includes(text)
    return texts.has(entry, text) || (place === 'any' && (block.bodies[entry]?.includes(text) ?? false))
  })
  return bits
}
