import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type Connection,
  openDatabase,
  type WritableDb,
} from '../../../../../../electron/core/archive/database.ts'
import { migrate } from '../../../../../../electron/core/archive/migrations/run.ts'
import {
  type IndexKeeper,
  type IndexLimits,
  startIndexKeeper,
} from '../../../../../../electron/core/archive/search/index-keeper.ts'
import { refreshIndex } from '../../../../../../electron/core/archive/search/refresh-index.ts'
import {
  type Searchable,
  searchCases,
  walkCases,
} from '../../../../../../electron/core/archive/search/search-cases.ts'
import {
  insertCase,
  moveCase,
  requireCase,
  updateCase,
} from '../../../../../../electron/core/archive/tables/cases.ts'
import {
  insertDocument,
  writeDocumentText,
} from '../../../../../../electron/core/archive/tables/documents.ts'
import { EVERYTHING, type Viewer } from '../../../../../../electron/core/archive/tables/viewer.ts'
import { SearchQuery } from '../../../../../../shared/bridge/archive.ts'
import { type CaseId, EpochMs, UserId } from '../../../../../../shared/model/brand.ts'
import { normaliseText } from '../../../../../../shared/text/normalise.ts'
import { seededRandom } from '../../../../../bench/archive-data.ts'
import { caseFields } from '../../../../../support/archive/temporary-archive.ts'

/** So small that a hundred cases fill blocks, merge runs, and make everything anew. */
const SMALL: IndexLimits = {
  blockCases: 40,
  mostRecent: 12,
  mostRecentUnits: 5_000,
  mostRuns: 3,
  mergedAtOnce: 2,
  manyDead: 30,
}

let folder: string
let connection: Connection
let keeper: IndexKeeper
let trouble: unknown[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'desk-index-'))
  connection = openDatabase(join(folder, 'archive.db'), Buffer.alloc(32, 7))
  migrate(connection.raw)
  start()
})
afterEach(() => {
  keeper.stop()
  connection.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(limits: IndexLimits = SMALL): void {
  trouble = []
  keeper = startIndexKeeper(connection, (error) => trouble.push(error), limits)
}

function write<T>(work: (db: WritableDb) => T): T {
  const [result, rids] = connection.transaction((db) => [work(db), refreshIndex(db)] as const)
  if (rids.length > 0) keeper.changed(rids)
  return result
}

const archive = (): Searchable => ({ db: connection.db, index: keeper.index })
const change = { userId: UserId.parse('u1'), who: '契約 花子', at: EpochMs.parse(1), why: '' }
const counts = (table: string) =>
  connection.db.firstSql<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? -1

type Known = {
  readonly id: CaseId
  readonly day: string | null
  readonly yen: number | null
  readonly words: string
  readonly kind: string
  readonly department: string
}

const random = seededRandom(77)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
const WORDS = ['橋梁', '道路', '補修工事', '清掃業務', 'サーバー', '髙橋', '園', '給食センター改修']
const KINDS = ['construction', 'service', 'lease'] as const
const DEPARTMENTS = ['土木課', '総務課']

function someFields() {
  const title = `${pick(WORDS)}${pick(WORDS)} ${Math.floor(random() * 50)}`
  const day =
    random() < 0.1 ? null : `20${10 + Math.floor(random() * 16)}-0${1 + Math.floor(random() * 9)}-15`
  const yen = random() < 0.1 ? null : Math.floor(random() * 100) * 100_000
  const kind = pick(KINDS)
  const department = pick(DEPARTMENTS)
  const body = random() < 0.3 ? `本文 ${pick(WORDS)}と${pick(WORDS)}について。` : ''
  return { title, day, yen, kind, department, body }
}

function fieldsOf(made: ReturnType<typeof someFields>) {
  return caseFields({
    title: made.title,
    contractDate: made.day,
    amount: made.yen,
    kind: made.kind,
    department: made.department,
    counterparties: [{ name: '㈱山﨑組', corporateNumber: '' }],
  })
}

function known(id: CaseId, made: ReturnType<typeof someFields>, body: string): Known {
  const words = [made.title, '㈱山﨑組', '工-7-12', made.department, body].map(normaliseText).join('\n')
  return { id, day: made.day, yen: made.yen, words, kind: made.kind, department: made.department }
}

function add(): Known {
  const made = someFields()
  return write((db) => {
    const id = insertCase(db, fieldsOf(made), change)
    if (made.body !== '') {
      const file = { fileId: id.padEnd(32, '0') as never, sha256: '0'.repeat(64) as never, sizeBytes: 1 }
      const document = insertDocument(
        db,
        {
          caseId: id,
          title: 'a',
          fileName: 'a',
          role: 'sign',
          pages: 1,
          preflight: null,
          file,
          reason: 'import',
        },
        change,
      )
      writeDocumentText(db, document.id, [made.body])
    }
    return known(id, made, made.body)
  })
}

function edit(before: Known): Known {
  const made = someFields()
  return write((db) => {
    updateCase(
      db,
      before.id,
      { rowVersion: requireCase(db, before.id).rowVersion, fields: fieldsOf(made) },
      { ...change, why: '訂正' },
    )
    const body = connection.db
      .allSql<{ text: string }>(
        'SELECT text FROM document_pages JOIN documents ON documents.id = document_id WHERE case_id = ?',
        before.id,
      )
      .map(({ text }) => text)
      .join('\n')
    return known(before.id, made, body)
  })
}

const QUERIES = [
  {},
  { text: '橋' },
  { text: '橋梁 補修' },
  { text: '髙橋' },
  { text: '給食センター改修' },
  { text: 'サーバ 工事' },
  { text: '100万円以上' },
  { text: '金額空欄 園' },
  { text: '令和元年度' },
  { dateFrom: '2015-05-15', dateTo: '2020-05-15', text: '清掃業務' },
  { kinds: ['lease', 'service'], departments: ['土木課'] },
  { counterparty: '(株)山崎', text: '道路', order: 'oldest' },
  { order: 'amount', text: '工事' },
] as const

/** The same question answered by looking at every case. */
function expected(all: readonly Known[], raw: Record<string, unknown>): string[] {
  const query = SearchQuery.parse(raw)
  const words = query.text.split(' ').filter((word) => !/[年円額]/.test(word) && word !== '')
  return all
    .filter(({ words: text }) =>
      words.every((word) => text.split('\n').some((line) => line.includes(normaliseText(word)))),
    )
    .filter(({ yen }) => !query.text.includes('100万円以上') || (yen ?? 0) >= 1_000_000)
    .filter(({ yen }) => !query.text.includes('金額空欄') || yen === null)
    .filter(
      ({ day }) =>
        !query.text.includes('令和元年度') || (day !== null && day >= '2019-04-01' && day <= '2020-03-31'),
    )
    .filter(({ day }) => query.dateFrom === null || (day !== null && day >= query.dateFrom))
    .filter(({ day }) => query.dateTo === null || (day !== null && day <= query.dateTo))
    .filter(({ kind }) => query.kinds.length === 0 || query.kinds.some((each) => each === kind))
    .filter(({ department }) => query.departments.length === 0 || query.departments.includes(department))
    .map(({ id }) => id)
    .sort()
}

function expectSameAs(all: readonly Known[]): void {
  for (const raw of QUERIES) {
    const query = SearchQuery.parse(raw)
    const { caseIds, total, totalIsEstimate, facets } = searchCases(archive(), query, EVERYTHING, {
      offset: 0,
      limit: 10_000,
    })
    const wanted = expected(all, raw)
    expect([...caseIds].sort(), JSON.stringify(raw)).toEqual(wanted)
    expect([total, totalIsEstimate]).toEqual([wanted.length, false])
    for (const facet of ['state', 'kind', 'department', 'fiscal-year'])
      expect(facets[facet]?.reduce((sum, { count }) => sum + count, 0) ?? 0).toBe(wanted.length)
    expect([...walkCases(archive(), query, EVERYTHING)]).toEqual(caseIds)
    for (const offset of [1, Math.floor(total / 3), Math.max(0, total - 3), total, total + 5]) {
      const page = searchCases(archive(), query, EVERYTHING, { offset, limit: 7 })
      expect(page.caseIds, `from ${offset}`).toEqual(caseIds.slice(offset, offset + 7))
      expect(page.total).toBe(total)
    }
    const days = caseIds.map((id) => all.find((each) => each.id === id))
    if (raw !== QUERIES[12])
      expect(days.map((each) => each?.day ?? '')).toEqual(
        days
          .map((each) => each?.day ?? '')
          .toSorted(
            (left, right) => (left < right ? 1 : left > right ? -1 : 0) * (query.order === 'oldest' ? -1 : 1),
          ),
      )
    else {
      const amounts = days.map((each) => each?.yen ?? -1)
      expect(amounts).toEqual(amounts.toSorted((left, right) => right - left))
    }
  }
}

test('finds the same as looking at every case, through blocks, merges, edits, deletions and being made anew', async () => {
  const all: Known[] = []
  for (let round = 0; round < 260; round += 1) {
    const at = Math.floor(random() * all.length)
    const before = all[at]
    const what = random()
    if (before === undefined || what < 0.55) all.push(add())
    else if (what < 0.9) all[at] = edit(before)
    else {
      write((db) => moveCase(db, before.id, { state: 'deleted' }, { ...change, why: '誤登録' }))
      all.splice(at, 1)
    }
    if (round % 37 === 0) await keeper.settled()
    if (round % 20 === 0) expectSameAs(all)
    if (round === 150) {
      // Closed and opened again, in the middle of whatever was being done.
      keeper.stop()
      await new Promise((resolve) => setTimeout(resolve, 20))
      start()
    }
  }
  await keeper.settled()
  expectSameAs(all)
  expect(counts('search_blocks')).toBeGreaterThan(0)
  expect(counts('search_entries')).toBeLessThanOrEqual(SMALL.mostRecent)
  expect(counts('search_runs')).toBeLessThanOrEqual(SMALL.mostRuns)
  await keeper.rebuild()
  expectSameAs(all)
  expect(counts('search_dead')).toBe(0)
  expect(trouble).toEqual([])
})

test('after a kill while everything is made anew it goes on with the block it was at, and finds all', async () => {
  const all = Array.from({ length: 150 }, add)
  await keeper.settled()
  const done = keeper.rebuild()
  // Until the first of four blocks is live again.
  while (counts("search_blocks WHERE state = 'live'") !== 1)
    await new Promise((resolve) => setImmediate(resolve))
  const { total, waiting } = searchCases(archive(), SearchQuery.parse({}), EVERYTHING, {
    offset: 0,
    limit: 1,
  })
  expect(total + waiting).toBe(150)
  keeper.stop()
  await done
  const [first] = connection.db.allSql<{ id: number }>("SELECT id FROM search_blocks WHERE state = 'live'")
  start()
  const changed = edit(all[140] ?? (all[0] as Known))
  all[140] = changed
  all.push(add())
  await keeper.settled()
  expectSameAs(all)
  expect(searchCases(archive(), SearchQuery.parse({}), EVERYTHING, { offset: 0, limit: 1 }).waiting).toBe(0)
  expect(counts(`search_blocks WHERE id = ${first?.id}`)).toBe(1)
  expect(counts("search_blocks WHERE state <> 'live'")).toBe(0)
  expect(counts("search_runs WHERE state <> 'live'")).toBe(0)
})

test('a disk that is full stops the work with a word, and it goes on with the next change', async () => {
  const all = Array.from({ length: 12 }, add)
  await keeper.settled()
  keeper.stop()
  let isFull = true
  const failing = {
    ...connection,
    relaxedTransaction: <T>(work: (db: WritableDb) => T): T => {
      if (isFull) throw new Error('full')
      return connection.relaxedTransaction(work)
    },
  }
  keeper = startIndexKeeper(failing, (error) => trouble.push(error), SMALL)
  all.push(add(), add())
  await expect(keeper.settled()).rejects.toThrow('full')
  expect(trouble.length).toBeGreaterThan(0)
  expectSameAs(all)
  isFull = false
  all.push(add())
  await keeper.settled()
  expectSameAs(all)
  expect(counts('search_entries')).toBeLessThanOrEqual(SMALL.mostRecent)
})

test('rights hold in blocks as for recent entries', async () => {
  for (let index = 0; index < 60; index += 1) add()
  await keeper.settled()
  for (let index = 0; index < 5; index += 1) add()
  const viewer = (over: Partial<Viewer>): Viewer => ({
    userId: UserId.parse('u2'),
    seesAll: false,
    roles: [],
    departments: [],
    ...over,
  })
  const total = (who: Viewer) =>
    searchCases(archive(), SearchQuery.parse({}), who, { offset: 0, limit: 1 }).total
  expect(total(viewer({}))).toBe(0)
  expect(total(viewer({ departments: ['土木課'] })) + total(viewer({ departments: ['総務課'] }))).toBe(65)
  expect(total(viewer({ userId: UserId.parse('u1') }))).toBe(65)
})
