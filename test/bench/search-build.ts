/**
 * The archive of `bench -- search`, made by processes of their own, so that the one that answers is as after a start:
 * `node search-build.ts FOLDER load|index CASES`. Prints one measurement a line.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Archive, createArchive, openArchive } from '../../electron/core/archive/open.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { loadSeededCases } from './archive-data.ts'
import { type Measurement, measured, shown } from './measurement.ts'

export const BENCH_KEY = {
  label: 'bench',
  secret: { kind: 'password', password: 'bench-bench', scryptCost: 1024 },
} as const

async function load(folder: string, count: number): Promise<void> {
  const archive = await createArchive({ folder, clock: systemClock }, BENCH_KEY)
  await archive.indexSettled()
  loadSeededCases(archive.connection().raw, count)
  archive.close()
}

async function* index(folder: string, count: number): AsyncIterable<Measurement> {
  const archive = await openArchive({ folder, clock: systemClock }, BENCH_KEY)
  await archive.indexSettled()
  const before = databaseMb(archive)
  const started = performance.now()
  const cpu = process.cpuUsage()
  const blocked = monitorEventLoopDelay({ resolution: 5 })
  const computed = watchTurns()
  blocked.enable()
  await archive.rebuildIndex()
  blocked.disable()
  const note = `${count} cases; ${Math.round(process.cpuUsage(cpu).user / 1e6)} s of processor time`
  yield measured('index build', (performance.now() - started) / 1000, 's', { atMost: 300 }, note)
  const delay = `the longest delay, waiting for disk and processors included, was ${Math.round(blocked.max / 1e6)} ms`
  yield measured('index build, longest stretch computed', computed.longestMs(), 'ms', { atMost: 50 }, delay)
  yield measured('index', indexBytes(archive) / 1e6, 'MB', { atMost: 600 })
  yield shown('index build, memory of the process at most', process.resourceUsage().maxRSS / 1e3, 'MB')
  yield shown('database with index', databaseMb(archive), 'MB', `${Math.round(before)} MB without`)
  archive.close()
}

/** Processor time of this thread alone, between two turns of the event loop. */
function watchTurns(): { readonly longestMs: () => number } {
  let longest = 0
  let isOver = false
  let used = process.threadCpuUsage()
  const turn = (): void => {
    const { user, system } = process.threadCpuUsage(used)
    longest = Math.max(longest, (user + system) / 1000)
    used = process.threadCpuUsage()
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    longestMs: () => {
      isOver = true
      return longest
    },
  }
}

function databaseMb(archive: Archive): number {
  archive.connection().raw.pragma('wal_checkpoint(TRUNCATE)')
  return statSync(join(archive.folder, 'archive.db')).size / 1e6
}

/** What lies on disk for the search but the words of PDFs, which are content. */
function indexBytes({ db }: Archive): number {
  const sums = ['search_postings', 'search_columns', 'search_block_texts'].map((table) => {
    const row = db.firstSql<{ bytes: number }>(
      'SELECT sum(pgsize) AS bytes FROM dbstat WHERE name = ?',
      table,
    )
    return row?.bytes ?? Number.NaN
  })
  return sums.reduce((sum, bytes) => sum + bytes, 0)
}

if (import.meta.main) {
  const [folder = '', what = '', count = ''] = process.argv.slice(2)
  if (what === 'load') await load(folder, Number(count))
  else for await (const each of index(folder, Number(count))) console.log(JSON.stringify(each))
}
