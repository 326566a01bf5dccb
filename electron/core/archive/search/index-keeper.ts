/**
 * Keeps the index in shape while the archive is open, in slices of a few milliseconds between other work:
 * makes everything anew when it must, turns recent entries into a block, merges runs, deletes what was replaced,
 * and reads ahead what the next question needs.
 */
import { setImmediate } from 'node:timers/promises'
import type { Connection, ReadableDb, WritableDb } from '../database.ts'
import { type BlockBuilder, createBlockBuilder } from './build-block.ts'
import { prepareFacets } from './count-facets.ts'
import {
  type Entry,
  type KnownValues,
  listRecentEntries,
  listUnentered,
  makeEntry,
  writeBody,
} from './entries.ts'
import {
  beginBlock,
  deleteDoomed,
  doomUnfinished,
  finishBlock,
  type Keeping,
  listRuns,
  mergeRuns,
} from './keep-runs.ts'
import { placesByAmount } from './order-hits.ts'
import { BLOCK_CASES } from './postings.ts'
import { CURSOR, INDEX_VERSION, isIndexStale } from './refresh-index.ts'
import { createSearchIndex, type SearchedBlock, type SearchIndex } from './search-index.ts'
import { createSlices, KeeperStopped } from './slices.ts'

export type IndexLimits = {
  /** Entries of a block. */
  readonly blockCases: number
  /** More recent entries, or more text in them (UTF-16 units), than this become a block. */
  readonly mostRecent: number
  readonly mostRecentUnits: number
  /** More runs than this are merged, so many of the smallest at once: every gram of a question is looked up in each. */
  readonly mostRuns: number
  readonly mergedAtOnce: number
  /** Everything is made anew when so many entries, and most of all, are dead. */
  readonly manyDead: number
}

const LIMITS: IndexLimits = {
  blockCases: BLOCK_CASES,
  mostRecent: 2000,
  mostRecentUnits: 4_000_000,
  mostRuns: 6,
  mergedAtOnce: 4,
  manyDead: 20_000,
}
const RETRY_MS = 60_000

export type IndexKeeper = {
  readonly index: SearchIndex
  /** After a transaction that gave these numbers another entry or none. */
  readonly changed: (rids: readonly number[]) => void
  /** Everything anew from the cases; what is not made yet cannot be found meanwhile. Resolves when it is done. */
  readonly rebuild: () => Promise<void>
  /** Resolves when nothing is left to be done and all is in memory. @throws what hinders it */
  readonly settled: () => Promise<void>
  /** Ends the work; the database is not used afterwards. */
  readonly stop: () => void
}

type Work = Keeping & {
  readonly index: SearchIndex
  readonly limits: IndexLimits
  /** Blocks that `prepareOne` has seen. */
  readonly prepared: WeakSet<SearchedBlock>
}

/** @param onTrouble told what hinders the work (a full disk): it is tried again after a minute or with the next change */
export function startIndexKeeper(
  connection: Pick<Connection, 'db' | 'transaction' | 'relaxedTransaction'>,
  onTrouble: (error: unknown) => void,
  limits: IndexLimits = LIMITS,
): IndexKeeper {
  let waiting = isIndexStale(connection.db) ? countWaiting(connection.db) : 0
  let isStopped = false
  /** What an earlier process left half made is marked. */
  let isClean = false
  let trouble: Error | undefined
  let retry: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const index = createSearchIndex(connection.db, () => waiting)
  const work: Work = {
    db: connection.db,
    relaxedTransaction: connection.relaxedTransaction,
    isStopped: () => isStopped,
    index,
    limits,
    prepared: new WeakSet(),
    reload: () => {
      waiting = isIndexStale(connection.db) ? countWaiting(connection.db) : 0
      index.reload()
    },
  }
  const run = async (): Promise<void> => {
    clearTimeout(retry)
    trouble = undefined
    try {
      await setImmediate()
      if (!isStopped && !isClean) doomUnfinished(work)
      isClean = true
      while (!isStopped && (await step(work)));
    } catch (error) {
      if (error instanceof KeeperStopped) return
      trouble = error instanceof Error ? error : new Error(String(error))
      isClean = false
      onTrouble(error)
      if (!isStopped) retry = setTimeout(start, RETRY_MS).unref()
    }
  }
  const start = (): void => {
    running ??= run().finally(() => {
      running = undefined
    })
  }
  const settled = async (): Promise<void> => {
    start()
    while (running !== undefined) await running
    if (trouble !== undefined) throw trouble
  }
  start()
  return {
    index,
    changed: (rids) => {
      index.touch(rids)
      start()
    },
    rebuild: async () => {
      startAnew(work)
      await settled()
    },
    settled,
    stop: () => {
      isStopped = true
      clearTimeout(retry)
    },
  }
}

/** Does what is most needed; false: there is nothing to do. */
async function step(work: Work): Promise<boolean> {
  const { db, limits } = work
  if (isIndexStale(db)) {
    await rebuildAll(work)
    return true
  }
  const recent = db.firstSql<{ cases: number; units: number | null }>(
    'SELECT count(*) AS cases, sum(body_units) AS units FROM search_entries',
  )
  if (
    recent !== undefined &&
    (recent.cases > limits.mostRecent || (recent.units ?? 0) > limits.mostRecentUnits)
  ) {
    await blockOfRecent(work)
    return true
  }
  const runs = listRuns(db, 'live')
  if (runs.length > limits.mostRuns) {
    await mergeRuns(work, runs.slice(0, limits.mergedAtOnce))
    return true
  }
  if (await deleteDoomed(work)) return true
  if (isMostlyDead(db, limits)) {
    startAnew(work)
    return true
  }
  return await createSlices(work.isStopped).run(() => work.index.readAhead() || prepareOne(work))
}

/** What the first question would wait for, a block at a time. @returns false: there is nothing left to prepare */
function prepareOne({ db, index, prepared }: Work): boolean {
  const block = index.blocks().find((one) => one.id !== undefined && !prepared.has(one))
  if (block === undefined) return false
  prepared.add(block)
  placesByAmount(block)
  prepareFacets(db, block)
  return true
}

function isMostlyDead(db: ReadableDb, { manyDead }: IndexLimits): boolean {
  const some = db.firstSql('SELECT 1 FROM search_dead LIMIT 1 OFFSET ?', manyDead)
  if (some === undefined) return false
  const dead = db.firstSql<{ n: number }>('SELECT count(*) AS n FROM search_dead')?.n ?? 0
  const held = db.firstSql<{ n: number | null }>('SELECT sum(cases) AS n FROM search_blocks')?.n ?? 0
  return dead * 2 > held
}

/**
 * Cases that are still to be entered: the rows after the last one that was. Never fewer; deleted cases and those that
 * changed meanwhile are among them. To count them one by one would hold a million of them up.
 */
function countWaiting(db: ReadableDb): number {
  const last = db.firstSql<{ row: number | null }>('SELECT max(rowid) AS row FROM cases')?.row ?? 0
  return last - (readCursor(db) ?? 0)
}

async function blockOfRecent(work: Work): Promise<void> {
  const block = beginBlock(work)
  const entries = listRecentEntries(work.db).slice(0, work.limits.blockCases)
  const builder = await buildBlock(work, entries, undefined)
  const last = entries.at(-1)?.rid ?? 0
  await finishBlock(work, block, builder, (db) =>
    db.runSql('DELETE FROM search_entries WHERE after_block < ? AND rid <= ?', block, last),
  )
}

/** Units of text collected for one block at the most: bounds the memory this takes. */
const MOST_COLLECTED_UNITS = 16_000_000

/** From the cases, in the order they were made, block by block; goes on where a kill or a closing left it. */
async function rebuildAll(work: Work): Promise<void> {
  if (readCursor(work.db) === undefined) startAnew(work)
  const known: KnownValues = new Map()
  for (let isLast = false; !isLast; ) {
    const block = beginBlock(work)
    const collected = await collectEntries(work, known)
    isLast = collected.isLast
    const builder = await buildBlock(work, collected.entries, (db, entry) => writeBody(db, entry))
    await finishBlock(work, block, builder, (db) => {
      db.runSql(
        'INSERT OR REPLACE INTO search_state (key, value) VALUES (?, ?)',
        CURSOR,
        String(collected.cursor),
      )
      if (collected.isLast)
        db.runSql('INSERT OR REPLACE INTO search_state (key, value) VALUES (?, ?)', 'version', INDEX_VERSION)
    })
  }
}

type Collected = {
  /** By number. */
  readonly entries: readonly Entry[]
  readonly cursor: number
  readonly isLast: boolean
}

async function collectEntries(work: Work, known: KnownValues): Promise<Collected> {
  const { blockCases } = work.limits
  const slices = createSlices(work.isStopped)
  const entries: Entry[] = []
  let cursor = readCursor(work.db) ?? 0
  let units = 0
  const collectSome = (size: number): boolean =>
    work.relaxedTransaction((db) => {
      const rows = listUnentered(db, cursor, Math.min(size, blockCases - entries.length))
      for (const row of rows) {
        const entry = makeEntry(db, row, known)
        entries.push(entry)
        cursor = row.rowid
        units += entry.body.length
        if (units > MOST_COLLECTED_UNITS) return true
      }
      return rows.length > 0
    })
  let hasMore = true
  while (hasMore && entries.length < blockCases && units <= MOST_COLLECTED_UNITS)
    hasMore = await slices.run(collectSome)
  entries.sort((left, right) => left.rid - right.rid)
  return { entries, cursor, isLast: !hasMore }
}

/** So many in one transaction, at the most. */
const MOST_ADDED = 1024

/** @param alongside joins the transaction in which an entry is added */
async function buildBlock(
  work: Work,
  entries: readonly Entry[],
  alongside: ((db: WritableDb, entry: Entry) => void) | undefined,
): Promise<BlockBuilder> {
  const slices = createSlices(work.isStopped)
  const builder = createBlockBuilder(entries.length)
  const addSome = (_: number, isUp: () => boolean): void => {
    const first = builder.cases()
    for (const entry of entries.slice(first, first + MOST_ADDED)) {
      builder.add(entry)
      if (isUp()) break
    }
    if (alongside !== undefined)
      work.relaxedTransaction((db) => {
        for (const entry of entries.slice(first, builder.cases())) alongside(db, entry)
      })
  }
  while (builder.cases() < entries.length) await slices.run(addSome)
  return builder
}

function readCursor(db: ReadableDb): number | undefined {
  const row = db.firstSql<{ value: string }>('SELECT value FROM search_state WHERE key = ?', CURSOR)
  return row === undefined ? undefined : Number(row.value)
}

function startAnew(work: Work): void {
  work.relaxedTransaction((db) => {
    db.runSql("UPDATE search_blocks SET state = 'doomed'")
    db.runSql("UPDATE search_runs SET state = 'doomed'")
    for (const table of ['search_entries', 'search_dead', 'search_state']) db.runSql(`DELETE FROM ${table}`)
    db.runSql('INSERT INTO search_state (key, value) VALUES (?, ?)', CURSOR, '0')
  })
  work.reload()
}
