/** Blocks and runs as rows: made, merged and deleted in slices, each made whole by one last transaction. */
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import type { Connection, ReadableDb, WritableDb } from '../database.ts'
import { packTexts } from './block.ts'
import type { BlockBuilder } from './build-block.ts'
import { PAUSE } from './gram-table.ts'
import { keepParts, keysOfRun, LAST_BLOCK, LAST_RUN } from './postings.ts'
import { createSlices } from './slices.ts'

const deflate = promisify(deflateRaw)

export type Keeping = Pick<Connection, 'db' | 'relaxedTransaction'> & {
  readonly isStopped: () => boolean
  /** Called in the same breath as a transaction that changed which blocks and runs are live. */
  readonly reload: () => void
}

/** Takes a block's number before its entries are read: what changes from now on is newer than the block. */
export function beginBlock({ relaxedTransaction }: Keeping): number {
  return relaxedTransaction((db) => {
    db.runSql("INSERT INTO search_blocks (state, cases) VALUES ('building', 0)")
    const id = db.firstSql<{ id: number }>('SELECT max(id) AS id FROM search_blocks')?.id ?? 0
    if (id > LAST_BLOCK) throw new Error('More blocks than posting lists can number')
    return id
  })
}

/** Writes a block and its run; an empty one leaves nothing. @param finish joins the transaction that makes both live */
export async function finishBlock(
  keeping: Keeping,
  block: number,
  builder: BlockBuilder,
  finish: (db: WritableDb) => void,
): Promise<void> {
  const slices = createSlices(keeping.isStopped)
  if (builder.cases() === 0) {
    keeping.relaxedTransaction((db) => {
      db.runSql('DELETE FROM search_blocks WHERE id = ?', block)
      finish(db)
    })
    keeping.reload()
    return
  }
  const run = beginRun(keeping)
  const postings = builder.postings({ block, run })
  for (let isDone = false; !isDone; )
    isDone = await slices.run((_, isUp) =>
      keeping.relaxedTransaction((db) => {
        while (!isUp()) {
          const next = postings.next()
          if (next.done) return true
          if (next.value === PAUSE) return false
          insertPosting(db, next.value)
        }
        return false
      }),
    )
  const { rids, columns } = await slices.run(() => builder.row())
  const texts = await slices.run(() => builder.texts())
  const packed = packTexts(texts.length, await deflate(texts, { level: 1 }))
  await slices.run(() =>
    keeping.relaxedTransaction((db) =>
      db.runSql('INSERT INTO search_block_texts (block, texts) VALUES (?, ?)', block, packed),
    ),
  )
  await slices.run(() => {
    keeping.relaxedTransaction((db) => {
      db.runSql('INSERT INTO search_columns (block, rids, columns) VALUES (?, ?, ?)', block, rids, columns)
      db.runSql("UPDATE search_blocks SET state = 'live', cases = ? WHERE id = ?", builder.cases(), block)
      db.runSql("UPDATE search_runs SET state = 'live', cases = ? WHERE id = ?", builder.cases(), run)
      finish(db)
    })
    keeping.reload()
  })
}

type Run = { readonly id: number; readonly cases: number }

export function listRuns(db: ReadableDb, state: 'live' | 'doomed'): Run[] {
  return db.allSql<Run>('SELECT id, cases FROM search_runs WHERE state = ? ORDER BY cases', state)
}

/** One run instead of several; parts of blocks that are gone are left out. */
export async function mergeRuns(keeping: Keeping, runs: readonly Run[]): Promise<void> {
  const slices = createSlices(keeping.isStopped)
  const target = beginRun(keeping)
  const liveBlocks = new Set(
    keeping.db
      .allSql<{ id: number }>("SELECT id FROM search_blocks WHERE state = 'live'")
      .map((row) => row.id),
  )
  for (let after = -1; ; ) {
    const last = await slices.run((size) =>
      keeping.relaxedTransaction((db) => mergeSlice(db, { runs, target, liveBlocks, after, size })),
    )
    if (last === undefined) break
    after = last
  }
  await slices.run(() => {
    keeping.relaxedTransaction((db) => {
      for (const { id } of runs) db.runSql("UPDATE search_runs SET state = 'doomed' WHERE id = ?", id)
      const cases = runs.reduce((sum, run) => sum + run.cases, 0)
      db.runSql("UPDATE search_runs SET state = 'live', cases = ? WHERE id = ?", cases, target)
    })
    keeping.reload()
  })
}

/** Source and gram: a key without its run. 50 bits, so a plain number. */
const WITHOUT_RUN = 2 ** 50 - 1

type MergeSlice = {
  readonly runs: readonly Run[]
  readonly target: number
  readonly liveBlocks: ReadonlySet<number>
  /** The last gram that was done. */
  readonly after: number
  readonly size: number
}

/** @returns the last gram that is done now; undefined: there are no more */
function mergeSlice(db: WritableDb, slice: MergeSlice): number | undefined {
  const { runs, target, after, size, liveBlocks } = slice
  const rows = runs.map(({ id }) => {
    const { first, last } = keysOfRun(id)
    return db.allSql<{ gram: number; blocks: Uint8Array }>(
      `SELECT key & ${WITHOUT_RUN} AS gram, blocks FROM search_postings WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?`,
      first + BigInt(after + 1),
      last,
      size,
    )
  })
  // A run that gave fewer than asked has no more: only the others say how far all are known.
  const known = Math.min(...rows.map((of) => (of.length < size ? WITHOUT_RUN : (of.at(-1)?.gram ?? 0))))
  const merged = new Map<number, Uint8Array[]>()
  for (const { gram, blocks } of rows.flat()) {
    if (gram > known) continue
    const kept = keepParts(blocks, (block) => liveBlocks.has(block))
    if (kept.length === 0) continue
    const parts = merged.get(gram)
    if (parts === undefined) merged.set(gram, [kept])
    else parts.push(kept)
  }
  const { first } = keysOfRun(target)
  for (const gram of [...merged.keys()].sort((left, right) => left - right))
    insertPosting(db, { key: first + BigInt(gram), blocks: Buffer.concat(merged.get(gram) ?? []) })
  return known === WITHOUT_RUN ? undefined : known
}

/** What a kill left half made is deleted like what was replaced. */
export function doomUnfinished({ relaxedTransaction }: Keeping): void {
  relaxedTransaction((db) => {
    db.runSql("UPDATE search_runs SET state = 'doomed' WHERE state = 'building'")
    db.runSql("UPDATE search_blocks SET state = 'doomed' WHERE state = 'building'")
  })
}

/** @returns false: there was nothing to delete */
export async function deleteDoomed(keeping: Keeping): Promise<boolean> {
  const slices = createSlices(keeping.isStopped)
  const [run] = listRuns(keeping.db, 'doomed')
  if (run !== undefined) {
    const { first, last } = keysOfRun(run.id)
    const deleteSome = (size: number): boolean =>
      keeping.relaxedTransaction(
        (db) =>
          db.runSql(
            `DELETE FROM search_postings WHERE key IN
               (SELECT key FROM search_postings WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?)`,
            first,
            last,
            size,
          ) > 0,
      )
    while (await slices.run(deleteSome));
    keeping.relaxedTransaction((db) => db.runSql('DELETE FROM search_runs WHERE id = ?', run.id))
    return true
  }
  const block = keeping.db.firstSql<{ id: number }>("SELECT id FROM search_blocks WHERE state = 'doomed'")
  if (block === undefined) return false
  for (const table of ['search_block_texts', 'search_columns'])
    await slices.run(() =>
      keeping.relaxedTransaction((db) => db.runSql(`DELETE FROM ${table} WHERE block = ?`, block.id)),
    )
  keeping.relaxedTransaction((db) => db.runSql('DELETE FROM search_blocks WHERE id = ?', block.id))
  return true
}

function beginRun({ relaxedTransaction }: Keeping): number {
  return relaxedTransaction((db) => {
    const taken = new Set(db.allSql<{ id: number }>('SELECT id FROM search_runs').map((row) => row.id))
    const id = Array.from({ length: LAST_RUN }, (_, index) => index + 1).find((free) => !taken.has(free))
    if (id === undefined) throw new Error('More runs than keys can number')
    db.runSql("INSERT INTO search_runs (id, state, cases) VALUES (?, 'building', 0)", id)
    return id
  })
}

function insertPosting(db: WritableDb, posting: { readonly key: bigint; readonly blocks: Uint8Array }): void {
  db.runSql('INSERT INTO search_postings (key, blocks) VALUES (?, ?)', posting.key, posting.blocks)
}
