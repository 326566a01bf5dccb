/**
 * `npm run bench -- search`: 1,000,000 seeded cases (100,000 with about 2 kB of text), encrypted, in a temporary folder.
 * Per class of query p50, p95 and p99 of the whole port (words, filters, rights, counts, facets, first and last page), then the
 * same questions to stock FTS5 trigram and to LIKE. `BENCH_CASES` makes it smaller, `BENCH_PEERS=0` leaves the peers out,
 * `BENCH_ARCHIVE=folder` keeps what was built and measures it again next time. Notes give processor time beside wall time:
 * on a machine that does other things, too, only the former can be compared.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Archive, archiveExists, openArchive } from '../../electron/core/archive/open.ts'
import { searchCases } from '../../electron/core/archive/search/search-cases.ts'
import { EVERYTHING } from '../../electron/core/archive/tables/viewer.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { SearchQuery } from '../../shared/bridge/archive.ts'
import { seededRandom } from './archive-data.ts'
import { type Measurement, measured, shown } from './measurement.ts'
import { BENCH_KEY } from './search-build.ts'

const PAGE = 50
const QUERIES_PER_CLASS = 60

export async function* run(): AsyncIterable<Measurement> {
  const count = Number(process.env.BENCH_CASES ?? 1_000_000)
  const kept = process.env.BENCH_ARCHIVE
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'desk-bench-search-'))
  try {
    if (!archiveExists(folder)) yield* build(folder, count)
    const opened = performance.now()
    const archive = await openArchive({ folder, clock: systemClock }, BENCH_KEY)
    yield measured('open', performance.now() - opened, 'ms', { atMost: 300 })
    const reading = performance.now()
    await archive.indexSettled()
    yield shown('reading ahead after opening', performance.now() - reading, 'ms', 'in slices, work goes on')
    try {
      yield* measureClasses(archive, 'cold')
      yield* measureClasses(archive, 'warm')
      const { rss, heapTotal, arrayBuffers } = process.memoryUsage()
      const parts = `${Math.round(heapTotal / 1e6)} MB heap, ${Math.round(arrayBuffers / 1e6)} MB buffers`
      yield measured('memory of the process', rss / 1e6, 'MB', { atMost: 400 }, parts)
      if (process.env.BENCH_PEERS !== '0') yield* measurePeers(archive)
    } finally {
      archive.close()
    }
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** Two processes after each other; this one has then seen nothing of the archive. */
function* build(folder: string, count: number): Iterable<Measurement> {
  for (const what of ['load', 'index']) {
    const program = join(import.meta.dirname, 'search-build.ts')
    const child = spawnSync(process.execPath, [...process.execArgv, program, folder, what, String(count)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (child.status !== 0) throw new Error(`search-build ${what} ended with ${child.status ?? child.signal}`)
    for (const line of child.stdout.split('\n').filter(Boolean)) yield JSON.parse(line) as Measurement
  }
}

/** Every class asks with seeded words that occur in such archives; half of them also for the last page. */
const CLASSES: Readonly<Record<string, (pick: <T>(list: readonly T[]) => T) => Record<string, unknown>>> = {
  '1 character': (pick) => ({ text: pick([...'橋道校組年工契水園館田山']) }),
  '2 characters': (pick) => ({
    text: pick(['契約', '工事', '補修', '高橋', '柏森', '清掃', '保守', '園庭', '水路', '業務']),
  }),
  '5 characters': (pick) => ({
    text: pick([
      '橋梁補修工',
      '小学校校舎',
      '株式会社高',
      '維持管理業',
      '給食センター',
      '下水道管渠',
      '耐震補強工',
    ]),
  }),
  'AND of words': (pick) => ({
    text: `${pick(['橋梁', '道路', '公園遊具', '水路'])} ${pick(['高橋', '山崎', '工事', '補修工事', '契約'])}`,
  }),
  'date range': (pick) => ({
    text: `${pick(['', '工事 ', '契約 '])}${pick(['令和7年度', 'R1.5.1〜R3.5.1', 'H20年度'])}`,
  }),
  'one day': (pick) => ({
    text: `${pick(['', '工事 ', '契約 ', '年 '])}${pick(['R7.9.1', 'H20.4.1', 'R2.6.15'])}`,
  }),
  'amount range': (pick) => ({ text: pick(['1,000万円以上', '50万円以下', '100〜110万円', '123万円']) }),
  'word and amount': (pick) => ({
    text: `${pick(['工事', '契約', '年', '橋梁補修'])} ${pick(['100〜110万円', '123万円', '1000万円以上', '100〜5000万円', '1200〜1210万円'])}`,
  }),
  'blank amount': (pick) => ({ text: `金額空欄${pick(['', ' 工事', ' R7年度', ' 橋梁'])}` }),
  'rare words': (pick) => ({ text: pick(['鹿児島', '7010705000725', '工-7-999', '存在しない', '浜田園']) }),
  'facets alone': (pick) => ({
    kinds: pick([['construction'], ['lease'], []]),
    departments: pick([['土木課'], ['会計室'], []]),
    states: pick([['paper'], ['concluded'], []]),
  }),
  'by amount': (pick) => ({ order: 'amount', text: pick(['工事', '橋', '', '維持管理業']) }),
  relevance: (pick) => ({ order: 'relevance', text: pick(['工事', '橋梁', '高橋組', '維持管理業']) }),
  'oldest first': (pick) => ({ order: 'oldest', text: pick(['工事', '契約', '']) }),
  counterparty: (pick) => ({
    counterparty: pick(['高橋組', '山崎建設', '渡辺']),
    text: pick(['', '令和5年度', '橋梁']),
  }),
  'one line': () => ({ text: '令和7年度 1,000万円以上 (株)髙橋組 橋梁' }),
}

type Sample = { readonly line: string; readonly ms: number; readonly cpuMs: number }

function* measureClasses(archive: Archive, heat: 'cold' | 'warm'): Iterable<Measurement> {
  const random = seededRandom(heat === 'cold' ? 1 : 2)
  for (const [name, make] of Object.entries(CLASSES)) {
    // Cold: the first questions of this kind after opening. Warm: the same kind again, other seed.
    const samples = Array.from({ length: QUERIES_PER_CLASS }, (_, index): Sample => {
      const raw = make((list) => list[Math.floor(random() * list.length)] as never)
      return ask(archive, raw, index % 2 === 0 ? 'first' : 'last')
    })
    const slowest = samples.reduce((left, right) => (left.ms > right.ms ? left : right))
    const ms = ranks(samples.map((sample) => sample.ms))
    const cpu = ranks(samples.map((sample) => sample.cpuMs))
    const note = `p50 ${ms(0.5)} ms; processor p50 ${cpu(0.5)}, p95 ${cpu(0.95)}, p99 ${cpu(0.99)} ms; slowest ${slowest.line}`
    yield measured(`${heat}: ${name}, p95`, ms(0.95), 'ms', { atMost: 20 }, note)
    yield measured(`${heat}: ${name}, p99`, ms(0.99), 'ms', { atMost: 50 })
  }
}

/** The last page is the last of all hits, however many: who knows their number is not measured. */
function ask(archive: Archive, raw: Record<string, unknown>, page: 'first' | 'last'): Sample {
  const query = SearchQuery.parse(raw)
  const find = (offset: number) => searchCases(archive, query, EVERYTHING, { offset, limit: PAGE })
  const offset = page === 'first' ? 0 : Math.max(0, Math.ceil(find(0).total / PAGE) - 1) * PAGE
  const cpu = process.cpuUsage()
  const started = performance.now()
  find(offset)
  const ms = performance.now() - started
  const used = process.cpuUsage(cpu)
  return { line: `${JSON.stringify(raw)} ${page}`, ms, cpuMs: (used.user + used.system) / 1000 }
}

/** Value at a share of the sorted numbers, one decimal. */
function ranks(numbers: readonly number[]): (share: number) => number {
  const sorted = numbers.toSorted((left, right) => left - right)
  return (share) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1))
}

const PEER_WORDS = ['橋', '工事', '柏森', '小学校', '橋梁補修工', '維持管理業', '株式会社高'] as const

/** What one would have without all this: the text in an encrypted table, FTS5 trigram or LIKE over it. */
function* measurePeers(archive: Archive): Iterable<Measurement> {
  const { raw } = archive.connection()
  raw.exec(`CREATE TABLE peer_text (rid INTEGER PRIMARY KEY, text TEXT NOT NULL);
    INSERT INTO peer_text SELECT c.search_rid, c.title || char(10) || p.name || char(10) || p.corporate_number || char(10)
        || c.contract_number || char(10) || c.department || char(10) || coalesce(b.text, '')
      FROM cases AS c JOIN counterparties AS p ON p.case_id = c.id LEFT JOIN search_bodies AS b ON b.rid = c.search_rid`)
  const started = performance.now()
  raw.exec(`CREATE VIRTUAL TABLE peer_trigram USING fts5(text, content = 'peer_text', content_rowid = 'rid', tokenize = 'trigram');
    INSERT INTO peer_trigram (peer_trigram) VALUES ('rebuild')`)
  yield shown('stock FTS5 trigram: build', (performance.now() - started) / 1000, 's')
  const asks = {
    'stock FTS5 trigram (three characters and more only)': {
      sql: 'SELECT rowid FROM peer_trigram WHERE peer_trigram MATCH ? ORDER BY rowid DESC LIMIT 1001',
      value: (word: string) => `"${word}"`,
      words: PEER_WORDS.filter((word) => word.length >= 3),
    },
    LIKE: {
      sql: 'SELECT rid FROM peer_text WHERE text LIKE ? ORDER BY rid DESC LIMIT 1001',
      value: (word: string) => `%${word}%`,
      words: [...PEER_WORDS, '鹿児島'],
    },
  }
  for (const [name, ask] of Object.entries(asks)) {
    const statement = raw.prepare(ask.sql)
    const times = ask.words.flatMap((word) =>
      Array.from({ length: 5 }, () => {
        const begun = performance.now()
        statement.all(ask.value(word))
        return performance.now() - begun
      }),
    )
    times.sort((left, right) => left - right)
    yield shown(
      `${name}, p95`,
      times[Math.floor(times.length * 0.95)] ?? 0,
      'ms',
      'hits alone, no counts, no facets',
    )
  }
}
