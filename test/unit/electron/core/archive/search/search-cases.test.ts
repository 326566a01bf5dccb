import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { searchCases } from '../../../../../../electron/core/archive/search/search-cases.ts'
import {
  insertCase,
  moveCase,
  moveToFolder,
  setHold,
  updateCase,
} from '../../../../../../electron/core/archive/tables/cases.ts'
import {
  insertDocument,
  writeDocumentText,
} from '../../../../../../electron/core/archive/tables/documents.ts'
import { saveFolder } from '../../../../../../electron/core/archive/tables/folders.ts'
import { EVERYTHING, mayRead, type Viewer } from '../../../../../../electron/core/archive/tables/viewer.ts'
import { SearchQuery } from '../../../../../../shared/bridge/archive.ts'
import { type CaseId, type FolderId, type IsoDate, UserId } from '../../../../../../shared/model/brand.ts'
import {
  caseFields,
  type TemporaryArchive,
  temporaryArchive,
} from '../../../../../support/archive/temporary-archive.ts'

let current: TemporaryArchive
let folderId: FolderId
const ids = new Map<string, CaseId>()
const party = (name: string, corporateNumber = '') => ({ name, corporateNumber })

beforeAll(async () => {
  current = await temporaryArchive()
  const { archive, change } = current
  const add = (key: string, over: Parameters<typeof caseFields>[0]) =>
    ids.set(
      key,
      archive.transaction((db) => insertCase(db, caseFields(over), change())),
    )
  folderId = archive.transaction((db) =>
    saveFolder(db, { name: '建設', parentId: null, roles: [], departments: ['都市整備課'] }, change()),
  )
  add('bridge', { title: '柏森橋 橋梁補修工事', amount: 12_000_000, contractDate: '2025-09-01' })
  add('server', {
    title: 'サーバー機器賃貸借',
    kind: 'lease',
    amount: 500_000,
    contractDate: '2026-03-31',
    department: '総務課',
    counterparties: [party('㈱ヤマザキ', '4011001098993')],
  })
  add('unit', {
    title: '給食用食材の単価契約',
    kind: 'purchase',
    amount: null,
    contractDate: '2026-04-01',
    department: '学校教育課',
    counterparties: [party('有限会社山﨑商店')],
  })
  add('draft', { title: '測量設計業務', kind: 'design', amount: 3_000_000, contractDate: null, folderId })
  add('old', { title: '庁舎清掃業務委託', kind: 'service', amount: 1_000_000, contractDate: '1995-04-01' })
  archive.transaction((db) => {
    const bridge = ids.get('bridge') as CaseId
    const file = { fileId: 'f'.repeat(32) as never, sha256: '0'.repeat(64) as never, sizeBytes: 1 }
    const document = insertDocument(
      db,
      {
        caseId: bridge,
        title: '契約書',
        fileName: 'a.pdf',
        role: 'sign',
        pages: 2,
        preflight: null,
        file,
        reason: 'import',
      },
      change(),
    )
    writeDocumentText(db, document.id, ['請負者は工程表を提出\nする。', '瑕疵担保の期間は二年とする。'])
  })
})
afterAll(() => current.remove())

function find(over: Record<string, unknown>, viewer: Viewer = EVERYTHING): string[] {
  const result = searchCases(current.archive, SearchQuery.parse(over), viewer, { offset: 0, limit: 50 })
  expect(result.total).toBe(result.caseIds.length)
  return result.caseIds.map((id) => [...ids].find(([, each]) => each === id)?.[0] ?? id)
}

describe('L11 each key alone', () => {
  test.each([
    ['取引先', { counterparty: '高橋組' }, ['bridge', 'old', 'draft']],
    ['取引先 in another writing', { counterparty: '(株)やまざき' }, ['server']],
    ['取引先 by 法人番号', { counterparty: '4011001098993' }, ['server']],
    ['取引先 with a variant kanji', { counterparty: '山崎' }, ['unit']],
    ['取引年月日 from', { dateFrom: '2026-03-31' }, ['unit', 'server']],
    ['取引年月日 to, inclusive', { dateTo: '2025-09-01' }, ['bridge', 'old']],
    ['one day', { dateFrom: '2026-03-31', dateTo: '2026-03-31' }, ['server']],
    ['和暦 typed', { text: '令和7年9月1日' }, ['bridge']],
    ['年度 typed', { text: 'R7年度' }, ['server', 'bridge']],
    ['取引金額 from, inclusive', { amountFrom: 3_000_000 }, ['bridge', 'draft']],
    ['取引金額 to, inclusive', { amountTo: 1_000_000 }, ['server', 'old']],
    ['取引金額 typed', { text: '1,000万円以上' }, ['bridge']],
    ['an exact amount', { amountFrom: 500_000, amountTo: 500_000 }, ['server']],
  ])('%s', (_name, query, expected) => {
    expect(find(query)).toEqual(expected)
  })
})

describe('L12 keys together', () => {
  test.each([
    ['date and party', { counterparty: '高橋組', dateFrom: '2000-01-01' }, ['bridge']],
    ['amount and party', { counterparty: '高橋組', amountTo: 3_000_000 }, ['old', 'draft']],
    ['date and amount', { dateFrom: '1990-01-01', dateTo: '2025-12-31', amountFrom: 1_000_001 }, ['bridge']],
    [
      'date, amount, party and words in one line',
      { text: '令和7年度 1,000万円以上 (株)髙橋組 橋梁' },
      ['bridge'],
    ],
    ['a blank amount', { amountBlank: true }, ['unit']],
    ['a blank amount, typed', { text: '金額空欄' }, ['unit']],
    ['a blank amount with a date', { amountBlank: true, dateTo: '2026-03-31' }, []],
    ['a blank amount never matches a range', { text: '金額空欄 1円以上' }, []],
    ['an empty span', { dateFrom: '2026-01-01', dateTo: '2025-01-01' }, []],
  ])('%s', (_name, query, expected) => {
    expect(find(query)).toEqual(expected)
  })
})

test.each([
  ['one character', '橋', ['bridge', 'old', 'draft']],
  ['two characters', '清掃', ['old']],
  ['three characters', '補修工', ['bridge']],
  ['five characters', '橋梁補修工', ['bridge']],
  ['half-width kana', 'ｻｰﾊﾞ', ['server']],
  ['words inside the PDF, over a line break', '提出する', ['bridge']],
  ['words on another page', '瑕疵担保の期間', ['bridge']],
  ['two words, one in the PDF', '柏森 工程表', ['bridge']],
  ['trigrams that exist but do not follow each other', '橋梁補修工程', []],
  ['words of two fields do not join', '工事株式会社', []],
  ['an unknown word', '存在しない語', []],
  ['contract number with any dash', '工７－１２', ['server', 'unit', 'bridge', 'old', 'draft'].sort()],
])('finds %s', (name, text, expected) => {
  const found = find({ text })
  expect(name.startsWith('contract number') ? found.sort() : found).toEqual(expected)
})

test.each([
  ['件名 alone', { title: '橋梁' }, ['bridge']],
  ['件名 alone, not a word of another field', { title: '高橋' }, []],
  ['件名, typed', { text: '件名:清掃' }, ['old']],
  ['契約番号 alone', { contractNumber: '７－１２', title: '清掃' }, ['old']],
  ['契約番号 alone, not a word of another field', { contractNumber: '土木' }, []],
  ['契約番号, typed', { text: '番号:工-7-12 取引先:やまざき' }, ['server']],
  ['outside every folder', { folderIds: [''], departments: ['都市整備課', '土木課'] }, ['bridge', 'old']],
])('one field: %s', (_name, query, expected) => {
  expect(find(query)).toEqual(expected)
})

test('法的保留 is a condition, and ends with it', () => {
  const { archive, change } = current
  const id = ids.get('server') as CaseId
  expect(find({ holdOnly: true })).toEqual([])
  archive.transaction((db) => setHold(db, id, true, change('訴訟')))
  expect(find({ holdOnly: true })).toEqual(['server'])
  expect(find({ holdOnly: true, text: '橋' })).toEqual([])
  archive.transaction((db) => setHold(db, id, false, change('終結')))
  expect(find({ holdOnly: true })).toEqual([])
})

test('今年度 means the year of the day that is given; without a day it is a word', () => {
  const ask = (today?: IsoDate) =>
    searchCases(current.archive, SearchQuery.parse({ text: '今年度' }), EVERYTHING, {
      offset: 0,
      limit: 50,
      ...(today === undefined ? {} : { today }),
    }).total
  expect(ask('2026-05-01' as IsoDate)).toBe(1)
  expect(ask('2026-03-31' as IsoDate)).toBe(2)
  expect(ask()).toBe(0)
})

test.each([
  [{ kinds: ['lease'] }, ['server']],
  [{ kinds: ['lease', 'purchase'] }, ['unit', 'server']],
  [{ departments: ['総務課'] }, ['server']],
  [{ departments: ['ない課'] }, []],
  [{ fiscalYears: [2025] }, ['server', 'bridge']],
  [{ states: ['draft'], kinds: ['design'] }, ['draft']],
  [{ methods: ['negotiated'] }, []],
])('facets %j', (query, expected) => {
  expect(find(query)).toEqual(expected)
})

test('orders: oldest first puts undated cases first, amount puts blank ones last', () => {
  expect(find({ order: 'oldest' })).toEqual(['draft', 'old', 'bridge', 'server', 'unit'])
  expect(find({ order: 'amount' })).toEqual(['bridge', 'draft', 'old', 'server', 'unit'])
  expect(find({ order: 'relevance', text: '橋' })[0]).toBe('bridge')
})

test.each([
  ['a very long word', '橋'.repeat(3) + '漢字仮名交じり文'.repeat(60)],
  ['very many words', Array.from({ length: 240 }, (_, index) => `語${index}`).join(' ')],
  ['signs of the query language', '" OR "a" NOT (b) * ^ { } : + -'],
  ['a lone surrogate', '橋\ud83d'],
  ['nothing but signs', '・・・ 「」'],
])('%s is a question like any other', (_name, text) => {
  expect(() => find({ text: text.slice(0, 500) })).not.toThrow()
})

test('counts every facet of the hits', () => {
  const query = SearchQuery.parse({ text: '高橋組' })
  const { facets, understood } = searchCases(current.archive, query, EVERYTHING, { offset: 0, limit: 1 })
  expect(facets.kind).toEqual([
    { value: 'construction', count: 1 },
    { value: 'design', count: 1 },
    { value: 'service', count: 1 },
  ])
  expect(facets.folder).toContainEqual({ value: folderId, count: 1 })
  expect(facets.confidentiality).toEqual([{ value: 'office', count: 3 }])
  expect(understood).toEqual([{ kind: 'word', word: '高橋組', text: '高橋組', start: 0, end: 3 }])
})

describe('view rights', () => {
  const viewer = (over: Partial<Viewer>): Viewer => ({
    userId: UserId.parse('somebody'),
    seesAll: false,
    roles: [],
    departments: [],
    ...over,
  })
  test('a stranger sees nothing at all', () => {
    expect(find({}, viewer({}))).toEqual([])
    expect(find({ text: '橋' }, viewer({}))).toEqual([])
  })
  test('a 課 sees its own unfiled cases, not those in a folder', () => {
    expect(find({}, viewer({ departments: ['土木課'] }))).toEqual(['bridge', 'old'])
  })
  test('a folder shows its cases to the 課 it names', () => {
    expect(find({}, viewer({ departments: ['都市整備課'] }))).toEqual(['draft'])
  })
  test('機密性3 is seen by its 所管課 only, though the folder names others; and by who sees all', () => {
    const { archive, change } = current
    const id = archive.transaction((db) =>
      insertCase(
        db,
        caseFields({
          title: '秘匿業務',
          folderId,
          confidentiality: 'restricted',
          contractDate: '2003-03-03',
        }),
        change(),
      ),
    )
    const shared = archive.transaction((db) =>
      saveFolder(db, { name: '共用', parentId: null, roles: ['clerk'], departments: [] }, change()),
    )
    ids.set('secret', id)
    const clerkOf = (department: string) => viewer({ roles: ['clerk'], departments: [department] })
    const named = (over: Viewer) => [find({ text: '秘匿' }, over), mayRead(archive.db, over, id)]
    expect(named(viewer({ departments: ['都市整備課'] }))).toEqual([[], false])
    archive.transaction((db) => moveToFolder(db, id, shared, change()))
    expect(named(clerkOf('都市整備課'))).toEqual([[], false])
    expect(named(clerkOf('土木課'))).toEqual([['secret'], true])
    expect(named(viewer({ userId: UserId.parse('u1') }))).toEqual([['secret'], true])
    expect(named(EVERYTHING)).toEqual([['secret'], true])
    expect(find({ confidentialities: ['restricted'] })).toEqual(['secret'])
    expect(find({ confidentialities: ['restricted', 'office'], title: '秘匿' })).toEqual(['secret'])
    archive.transaction((db) => moveCase(db, id, { state: 'deleted' }, change()))
    ids.delete('secret')
  })

  test('the creator sees his cases', () => {
    expect(find({}, viewer({ userId: UserId.parse('u1') }))).toHaveLength(5)
  })
})

test('a changed case is found by its new words and date and no longer by the old ones', () => {
  const { archive, change } = current
  const id = archive.transaction((db) =>
    insertCase(db, caseFields({ title: '旧名称', contractDate: '2001-01-01' }), change()),
  )
  ids.set('renamed', id)
  archive.transaction((db) =>
    updateCase(
      db,
      id,
      { rowVersion: 1, fields: caseFields({ title: '新名称', contractDate: '2002-02-02' }) },
      change('訂正'),
    ),
  )
  expect(find({ text: '旧名称' })).toEqual([])
  expect(find({ text: '新名称', dateFrom: '2002-02-02', dateTo: '2002-02-02' })).toEqual(['renamed'])
  expect(find({ dateFrom: '2001-01-01', dateTo: '2001-12-31' })).toEqual([])
  archive.transaction((db) => moveCase(db, id, { state: 'deleted' }, change('誤登録')))
  expect(find({ text: '新名称' })).toEqual([])
  ids.delete('renamed')
})

test('the index made anew finds the same, however often it is made', async () => {
  const before = ['', '橋', '補修', '瑕疵担保の期間', 'R7年度'].map((text) => find({ text }))
  await current.archive.rebuildIndex()
  await current.archive.rebuildIndex()
  expect(['', '橋', '補修', '瑕疵担保の期間', 'R7年度'].map((text) => find({ text }))).toEqual(before)
})
