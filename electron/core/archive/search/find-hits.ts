/** Which entries of which blocks a plan finds, by grams and columns alone: exact for words up to three units. */
import type { ReadableDb } from '../database.ts'
import { addAll, type Bits, countBits, keepCommon, keepWhere, rangeBits, takeAway } from './bits.ts'
import { firstAtLeast } from './block.ts'
import type { PlannedWord, SearchPlan } from './plan.ts'
import {
  addPart,
  BLOCK_CASES,
  type Gram,
  type GramSource,
  gramsOfText,
  type Part,
  postingKey,
  readParts,
} from './postings.ts'
import type { SearchedBlock, SearchIndex } from './search-index.ts'

export type Hits = {
  readonly block: SearchedBlock
  readonly bits: Bits
  readonly count: number
  /** How many of them have all grams in their fields; the others can only have the words in their body. */
  readonly countInFields: number
}

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
  const inFields = block.id === undefined ? bits.slice() : reused('inFields', bits.length)
  inFields.set(bits)
  for (const [at, word] of plan.words.entries()) {
    const found = block.id === undefined ? scan(block, word) : combine(block.id, bits.length, lists[at] ?? [])
    if (found === undefined) return undefined
    keepCommon(bits, found.any)
    keepCommon(inFields, found.inFields)
  }
  if (block.dead !== undefined) takeAway(bits, block.dead)
  for (const condition of plan.conditions) condition(bits, block.columns)
  const count = countBits(bits)
  if (count === 0) return undefined
  keepCommon(inFields, bits)
  return { block, bits, count, countInFields: countBits(inFields) }
}

/** Bitmaps that are used over and over: thousands of short-lived ones would pile up before they are collected. */
const REUSED = {
  gram: new Uint32Array(BLOCK_CASES / 32),
  fields: new Uint32Array(BLOCK_CASES / 32),
  body: new Uint32Array(BLOCK_CASES / 32),
  inFields: new Uint32Array(BLOCK_CASES / 32),
}

/** Empty; good until this one is asked for again. */
function reused(name: keyof typeof REUSED, words: number): Bits {
  return REUSED[name].subarray(0, words).fill(0)
}

/** Good until the next word. */
type WordHits = { readonly any: Bits; readonly inFields: Bits }

/** Entries that have all grams of one source or of another; undefined: none. */
function combine(block: number, words: number, [fields = [], body]: WordLists): WordHits | undefined {
  const inFields = reused('fields', words)
  const isInFields = addHavingAll(inFields, block, fields)
  if (body === undefined) return isInFields ? { any: inFields, inFields } : undefined
  const any = reused('body', words)
  if (!addHavingAll(any, block, body) && !isInFields) return undefined
  addAll(any, inFields)
  return { any, inFields }
}

/** @param bits empty before @returns false: some gram is nowhere in the block, nothing was added */
function addHavingAll(bits: Bits, block: number, grams: WordLists[number]): boolean {
  const parts = grams.flatMap((gram) => gram.get(block) ?? [])
  const [first, ...others] = parts
  if (first === undefined || parts.length < grams.length) return false
  addPart(bits, first)
  for (const part of others) {
    const having = reused('gram', bits.length)
    addPart(having, part)
    keepCommon(bits, having)
  }
  return true
}

/** Recent entries are few: their texts are looked through. */
function scan(block: SearchedBlock, { text, place }: PlannedWord): WordHits {
  const inFields = rangeBits(block.rids.length, 0, block.rids.length)
  block.texts().keepHaving(inFields, text, place === 'party' ? place : undefined)
  if (place !== 'any') return { any: inFields, inFields }
  const any = rangeBits(block.rids.length, 0, block.rids.length)
  keepWhere(any, (entry) => block.bodies[entry]?.includes(text) ?? false)
  addAll(any, inFields)
  return { any, inFields }
}
