/** The index in memory: blocks with their columns and texts, and the recent entries. Says what is there; `find-hits.ts` asks. */
import type { ReadableDb } from '../database.ts'
import type { SearchEntriesRow } from '../tables/schema-search.ts'
import { type Bits, emptyBits, setBit } from './bits.ts'
import {
  type Block,
  decodeColumns,
  decodeRids,
  type Field,
  makeColumns,
  openTexts,
  ordinalOf,
  type Texts,
  textsOfRows,
  unpackTexts,
} from './block.ts'
import { type Entry, listRecentEntries, readRecentEntry } from './entries.ts'
import { liveBlockIds } from './refresh-index.ts'

export type SearchedBlock = Block & {
  /** Number of the block in posting lists; undefined: the recent entries, whose `bodies` are at hand instead. */
  readonly id: number | undefined
  /** Words inside PDFs, by ordinal, of recent entries. */
  readonly bodies: readonly string[]
}

export type SearchIndex = {
  /** What can be searched now, in no order. */
  readonly blocks: () => readonly SearchedBlock[]
  /** Numbers of the live runs. */
  readonly runs: () => readonly number[]
  /** Cases whose entries are still to be made; they cannot be found yet. */
  readonly waiting: () => number
  /** These numbers may have got another entry or none: looked at again with the next question. */
  readonly touch: (rids: readonly number[]) => void
  /** Blocks and runs have changed: read from the database with the next question. */
  readonly reload: () => void
  /** Reads one more block, or its texts, ahead; false when all is in memory. */
  readonly readAhead: () => boolean
}

type LoadedBlock = SearchedBlock & {
  readonly id: number
  dead: Bits | undefined
  readonly hasTexts: () => boolean
  /** Of its texts, in memory. */
  readonly keptBytes: () => number
}

/** Texts kept in memory, newest blocks first; of the others they are read when a question needs them. */
const MOST_TEXT_BYTES = 192 * 1024 * 1024

/** @param waiting cases still to be entered after everything was made anew (the keeper knows) */
export function createSearchIndex(db: ReadableDb, waiting: () => number): SearchIndex {
  const blocks = new Map<number, LoadedBlock>()
  const recent = new Map<number, Entry>()
  const touched = new Set<number>()
  let recentBlock: SearchedBlock | undefined
  let runs: readonly number[] = []
  let isLoaded = false
  let textBytes = 0

  const keepsText = (bytes: number): boolean => {
    if (textBytes + bytes > MOST_TEXT_BYTES) return false
    textBytes += bytes
    return true
  }
  const forget = (id: number): void => {
    textBytes -= blocks.get(id)?.keptBytes() ?? 0
    blocks.delete(id)
  }
  const loadBlocks = (ids: readonly number[]): void => {
    const [oldest] = ids
    if (oldest === undefined) return
    const loaded = ids.map((id) => readBlock(db, id, keepsText))
    for (const dead of listDead(db, oldest)) bury(loaded, dead)
    for (const block of loaded) blocks.set(block.id, block)
  }
  const load = (): void => {
    if (!isLoaded) {
      const ids = liveBlockIds(db)
      for (const id of blocks.keys()) if (!ids.includes(id)) forget(id)
      loadBlocks(ids.filter((id) => !blocks.has(id)))
      runs = liveRuns(db)
      recent.clear()
      for (const entry of listRecentEntries(db)) recent.set(entry.rid, entry)
      recentBlock = undefined
      isLoaded = true
    }
    for (const rid of touched) {
      const entry = readRecentEntry(db, rid)
      if (entry === undefined) recent.delete(rid)
      else recent.set(rid, entry)
      const dead = readDead(db, rid)
      if (dead !== undefined) bury([...blocks.values()], dead)
      recentBlock = undefined
    }
    touched.clear()
  }
  return {
    blocks: () => {
      load()
      recentBlock ??= blockOfEntries(recent)
      return recentBlock.rids.length === 0 ? [...blocks.values()] : [recentBlock, ...blocks.values()]
    },
    runs: () => {
      load()
      return runs
    },
    waiting,
    touch: (rids) => {
      for (const rid of rids) touched.add(rid)
    },
    reload: () => {
      isLoaded = false
    },
    readAhead: () => {
      const ids = liveBlockIds(db)
      const missing = ids.findLast((id) => !blocks.has(id))
      if (missing !== undefined) {
        loadBlocks([missing])
        return true
      }
      load()
      const cold = [...blocks.values()].reverse().find((block) => !block.hasTexts())
      cold?.texts()
      return cold?.hasTexts() ?? false
    },
  }
}

function liveRuns(db: ReadableDb): number[] {
  return db
    .allSql<{ id: number }>("SELECT id FROM search_runs WHERE state = 'live' ORDER BY id")
    .map((row) => row.id)
}

/** @param mayKeep says whether texts of so many bytes may stay in memory */
function readBlock(db: ReadableDb, id: number, mayKeep: (bytes: number) => boolean): LoadedBlock {
  const row = db.firstSql<{ rids: Uint8Array; columns: Uint8Array }>(
    'SELECT rids, columns FROM search_columns WHERE block = ?',
    id,
  )
  if (row === undefined) throw new Error(`Block ${id} of the index has no columns`)
  const rids = decodeRids(row.rids)
  let kept: Texts | undefined
  let keptBytes = 0
  return {
    id,
    rids,
    columns: decodeColumns(row.columns, rids.length),
    dead: undefined,
    bodies: [],
    hasTexts: () => kept !== undefined,
    keptBytes: () => keptBytes,
    texts: () => {
      if (kept !== undefined) return kept
      const bytes = db.firstSql<{ texts: Uint8Array }>(
        'SELECT texts FROM search_block_texts WHERE block = ?',
        id,
      )
      if (bytes === undefined) throw new Error(`Block ${id} of the index has no texts`)
      const plain = unpackTexts(bytes.texts)
      const texts = openTexts(plain, rids.length)
      if (mayKeep(plain.length)) {
        kept = texts
        keptBytes = plain.length
      }
      return texts
    },
  }
}

type Dead = { readonly rid: number; readonly until_block: number }

/** Entries of this block or newer ones that do not count any more. */
function listDead(db: ReadableDb, block: number): Dead[] {
  return db.allSql<Dead>('SELECT rid, until_block FROM search_dead WHERE until_block >= ?', block)
}

function readDead(db: ReadableDb, rid: number): Dead | undefined {
  return db.firstSql<Dead>('SELECT rid, until_block FROM search_dead WHERE rid = ?', rid)
}

function bury(blocks: readonly LoadedBlock[], { rid, until_block: until }: Dead): void {
  for (const block of blocks) {
    if (block.id > until) continue
    const ordinal = ordinalOf(block.rids, rid)
    if (ordinal === -1) continue
    block.dead ??= emptyBits(block.rids.length)
    setBit(block.dead, ordinal)
  }
}

function blockOfEntries(recent: ReadonlyMap<number, Entry>): SearchedBlock {
  const rows = [...recent.values()].sort((left, right) => left.rid - right.rid)
  const texts: readonly Pick<SearchEntriesRow, Field>[] = rows
  return {
    id: undefined,
    rids: Float64Array.from(rows, (row) => row.rid),
    columns: makeColumns(rows),
    dead: undefined,
    texts: () => textsOfRows(texts),
    bodies: rows.map((row) => row.body),
  }
}
