import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listCases } from '../../../../../../electron/core/archive/tables/case-list.ts'
import {
  insertCase,
  moveCase,
  readCase,
  requireCase,
  setHold,
  updateCase,
} from '../../../../../../electron/core/archive/tables/cases.ts'
import {
  listCaseChanges,
  recordChange,
  searchChanges,
} from '../../../../../../electron/core/archive/tables/changes.ts'
import {
  hasFilesLeft,
  listDisposalRuns,
  readDisposalRun,
  startDisposalRun,
} from '../../../../../../electron/core/archive/tables/disposal-runs.ts'
import {
  confirmDisposal,
  countDisposalCandidates,
  disposalObstacle,
  forgetFile,
  listDisposalCandidates,
  listFilesToDestroy,
  proposeDisposal,
  withdrawDisposal,
} from '../../../../../../electron/core/archive/tables/disposals.ts'
import {
  addVersion,
  fileOfVersion,
  findVersionsBySha256,
  insertDocument,
  listDocuments,
  removeDocument,
} from '../../../../../../electron/core/archive/tables/documents.ts'
import {
  countDueRenewals,
  countEvidence,
  listDueRenewals,
  writeEvidence,
} from '../../../../../../electron/core/archive/tables/evidence.ts'
import { japanDay } from '../../../../../../electron/core/archive/tables/japan-day.ts'
import { refreshRetentionEnds } from '../../../../../../electron/core/archive/tables/retention.ts'
import {
  arrangeSearches,
  listSavedSearches,
  saveSearch,
} from '../../../../../../electron/core/archive/tables/saved-searches.ts'
import { writeSetting } from '../../../../../../electron/core/archive/tables/settings.ts'
import { insertUser } from '../../../../../../electron/core/archive/tables/users.ts'
import { EVERYTHING } from '../../../../../../electron/core/archive/tables/viewer.ts'
import { type CaseId, EpochMs, type IsoDate, UserId } from '../../../../../../shared/model/brand.ts'
import {
  caseFields,
  type TemporaryArchive,
  temporaryArchive,
} from '../../../../../support/archive/temporary-archive.ts'

let current: TemporaryArchive
beforeEach(async () => {
  current = await temporaryArchive()
})
afterEach(() => current.remove())

function add(over: Parameters<typeof caseFields>[0]): CaseId {
  return current.archive.transaction((db) => insertCase(db, caseFields(over), current.change()))
}

async function addDocument(caseId: CaseId) {
  const file = await current.archive.vault.put(Buffer.from('signed bytes'))
  return current.archive.transaction((db) =>
    insertDocument(
      db,
      {
        caseId,
        title: '契約書',
        fileName: '契約書.pdf',
        role: 'sign',
        pages: 1,
        preflight: null,
        file,
        reason: 'import',
      },
      current.change(),
    ),
  )
}

const first = () => ({ ...current.change('保存期間満了'), userId: UserId.parse('records-1') })
const second = () => ({ ...current.change('確認'), userId: UserId.parse('records-2'), who: '記録 次郎' })

describe('L22 retention', () => {
  test.each([
    ['2026-03-31', 5, '2031-03-31'],
    ['2026-04-01', 5, '2032-03-31'],
    ['2026-03-31', 0, null],
    [null, 5, null],
  ])('completed %s, %d years → ends %s', (completedOn, retentionYears, endsOn) => {
    const id = add({ completedOn, retentionYears })
    expect(readCase(current.archive.db, id)?.retentionEndsOn).toBe(endsOn)
  })

  test('a class the town changes counts for every case that has no class of its own', () => {
    const plain = add({ completedOn: '2026-03-31' })
    const own = add({ completedOn: '2026-03-31', retentionYears: 3 })
    const moved = current.archive.transaction((db) => {
      writeSetting(db, 'rules', { retentionYearsByKind: { construction: 10 } }, current.change('規程改正'))
      return refreshRetentionEnds(db)
    })
    expect(moved).toBe(1)
    expect(readCase(current.archive.db, plain)?.retentionEndsOn).toBe('2036-03-31')
    expect(readCase(current.archive.db, own)?.retentionEndsOn).toBe('2029-03-31')
  })
})

describe('L23 disposal', () => {
  const filter = (only: 'all' | 'proposed' | 'unproposed' = 'all') => ({
    today: japanDay(current.clock.now()),
    viewer: EVERYTHING,
    only,
  })
  const candidates = (only?: 'all' | 'proposed' | 'unproposed') =>
    listDisposalCandidates(current.archive.db, filter(only), { offset: 0, limit: 1000 }).map(
      (row) => row.caseId,
    )
  const confirm = (id: CaseId, person: ReturnType<typeof second>) =>
    current.archive.transaction((db) => {
      const run = startDisposalRun(db, '扶桑町', person)
      return { run, files: confirmDisposal(db, run.id, id, person) }
    })
  const attempt = (work: () => unknown) => {
    try {
      return work()
    } catch (error) {
      return (error as { data: { reason: string } }).data.reason
    }
  }

  test('is impossible on the last day of retention and possible on the next', async () => {
    const id = add({ completedOn: '2020-03-31' })
    current.clock.set(new Date('2025-03-31T14:59:59Z'))
    expect(candidates()).toEqual([])
    expect(attempt(() => current.archive.transaction((db) => proposeDisposal(db, id, first())))).toBe(
      'RETENTION_NOT_ENDED',
    )
    current.clock.set(new Date('2025-03-31T15:00:00Z'))
    expect(candidates()).toEqual([id])
    current.archive.transaction((db) => proposeDisposal(db, id, first()))
  })

  test('needs two persons, and leaves row, history and digests but no file and no text', async () => {
    const { archive } = current
    const id = add({ completedOn: '2020-03-31' })
    const document = await addDocument(id)
    const { fileId, sha256 } = fileOfVersion(archive.db, document.current.id)
    expect(attempt(() => confirm(id, second()))).toBe('NOT_PROPOSED')
    archive.transaction((db) => proposeDisposal(db, id, first()))
    expect(attempt(() => confirm(id, first()))).toBe('SAME_PERSON')
    const { run, files } = confirm(id, second())
    expect(files).toEqual([fileId])
    const record = readDisposalRun(archive.db, run.id)
    expect(record).toMatchObject({
      run: { fiscalYear: 2026, number: 1, townName: '扶桑町', confirmedByName: '記録 次郎' },
      items: [
        {
          caseId: id,
          proposedByName: '契約 花子',
          why: '保存期間満了',
          retentionEndsOn: '2025-03-31',
          files: [{ sha256, title: '契約書', number: 1 }],
        },
      ],
    })
    expect(hasFilesLeft(archive.db, run.id)).toBe(true)
    expect(listFilesToDestroy(archive.db)).toEqual([fileId])
    await archive.vault.destroy(fileId)
    archive.transaction((db) => forgetFile(db, fileId))
    expect(listFilesToDestroy(archive.db)).toEqual([])
    expect(hasFilesLeft(archive.db, run.id)).toBe(false)
    expect(candidates()).toEqual([])
    // What was confirmed stays as it was: no second proposal, no change of the record, by whatever way.
    expect(() => archive.transaction((db) => proposeDisposal(db, id, second()))).toThrow('No such case')
    const { raw } = archive.connection()
    for (const sql of [
      "UPDATE disposal_items SET facts_json = '{}'",
      'DELETE FROM disposal_items',
      'DELETE FROM disposal_runs',
    ])
      expect(() => raw.exec(sql)).toThrow('append-only')
    expect(readDisposalRun(archive.db, run.id)).toEqual(record)
    const found = await searchChanges(
      archive.db,
      { text: '髙橋組', from: null, to: null },
      { offset: 0, limit: 10 },
    )
    expect(found.rows.map((row) => row.caseId)).toContain(id)
    expect(listCaseChanges(archive.db, id).at(-1)).toMatchObject({ field: 'state', newValue: 'deleted' })
  })

  test('is impossible under hold, also when the hold came after the proposal', () => {
    const { archive } = current
    const id = add({ completedOn: '2020-03-31' })
    archive.transaction((db) => proposeDisposal(db, id, first()))
    archive.transaction((db) => setHold(db, id, true, current.change('訴訟のため')))
    expect(candidates()).toEqual([])
    expect(attempt(() => confirm(id, second()))).toBe('ON_HOLD')
    expect(listDisposalRuns(archive.db, { offset: 0, limit: 10 }).total).toBe(0)
  })
})

describe('L23 a proposal', () => {
  const page = { offset: 0, limit: 10 }
  const listed = (only: 'proposed' | 'unproposed') =>
    listDisposalCandidates(
      current.archive.db,
      { today: japanDay(current.clock.now()), viewer: EVERYTHING, only },
      page,
    ).map((row) => [row.caseId, row.proposedByName, row.why])

  test('can be withdrawn by either person, with a reason that stays in the history; then nothing can be confirmed', () => {
    const { archive } = current
    const id = add({ completedOn: '2020-03-31' })
    archive.transaction((db) => proposeDisposal(db, id, first()))
    expect(listed('proposed')).toEqual([[id, '契約 花子', '保存期間満了']])
    expect(listed('unproposed')).toEqual([])
    archive.transaction((db) => withdrawDisposal(db, id, { ...second(), why: '住民から問い合わせ' }))
    expect(listed('proposed')).toEqual([])
    expect(listed('unproposed')).toEqual([[id, '', '']])
    expect(listCaseChanges(archive.db, id).at(-1)).toMatchObject({
      field: 'disposal.proposed',
      oldValue: '契約 花子',
      newValue: null,
      why: '住民から問い合わせ',
      who: '記録 次郎',
    })
    expect(disposalObstacle(archive.db, id, { kind: 'confirm', ...second() })).toBe('NOT_PROPOSED')
    expect(() => archive.transaction((db) => withdrawDisposal(db, id, first()))).toThrow('may not')
  })

  test('is listed and counted page by page', () => {
    const { archive } = current
    const ids = Array.from({ length: 5 }, () => add({ completedOn: '2020-03-31' })).sort()
    const filter = { today: japanDay(current.clock.now()), viewer: EVERYTHING, only: 'all' as const }
    const pages = [0, 2, 4].flatMap((offset) =>
      listDisposalCandidates(archive.db, filter, { offset, limit: 2 }).map((row) => row.caseId),
    )
    expect(pages).toEqual(ids)
    expect(countDisposalCandidates(archive.db, filter)).toBe(5)
  })
})

test('L24 evidence that ends before the retention is due for renewal, and only the newest version counts', async () => {
  const { archive, clock } = current
  const short = await addDocument(add({ completedOn: '2026-03-31', retentionYears: 5 }))
  const long = await addDocument(add({ completedOn: '2026-03-31', retentionYears: 30 }))
  const until = EpochMs.parse(Date.parse('2036-01-01T00:00:00Z'))
  const file = await archive.vault.put(Buffer.from('second version'))
  archive.transaction((db) => {
    writeEvidence(db, short.current.id, { level: 'B-LTA', until })
    writeEvidence(db, long.current.id, { level: 'B-LTA', until })
  })
  clock.set(new Date('2035-06-01T00:00:00Z'))
  const due = () =>
    listDueRenewals(archive.db, EpochMs.parse(clock.now() + 365 * 86_400_000)).map((row) => row.documentId)
  expect(due()).toEqual([long.id])
  // Files that last long enough do not fill the list, however early they end.
  archive.transaction((db) =>
    writeEvidence(db, short.current.id, { level: 'B-LTA', until: EpochMs.parse(until - 1) }),
  )
  const before = EpochMs.parse(clock.now() + 365 * 86_400_000)
  expect(listDueRenewals(archive.db, before, 1).map((row) => row.documentId)).toEqual([long.id])
  expect(countDueRenewals(archive.db, before, 10)).toBe(1)
  // The evidence of the last day of keeping is enough, to the millisecond.
  const lastDay = Date.parse('2031-04-01T00:00:00+09:00')
  for (const [end, count] of [
    [lastDay, 1],
    [lastDay - 1, 2],
  ] as const) {
    archive.transaction((db) =>
      writeEvidence(db, short.current.id, { level: 'B-LTA', until: EpochMs.parse(end) }),
    )
    expect(countDueRenewals(archive.db, before, 10)).toBe(count)
  }
  archive.transaction((db) => writeEvidence(db, short.current.id, { level: 'B-LTA', until }))
  archive.transaction((db) => {
    const version = addVersion(db, long.id, { file, reason: 'archive-timestamp' }, current.change())
    writeEvidence(db, version.id, {
      level: 'B-LTA',
      until: EpochMs.parse(Date.parse('2046-01-01T00:00:00Z')),
    })
  })
  expect(due()).toEqual([])
})

describe('the state of the evidence', () => {
  const at = (time: string) => EpochMs.parse(Date.parse(time))
  const state = () => countEvidence(current.archive.db)
  const write = (work: Parameters<typeof current.archive.transaction>[0]) => current.archive.transaction(work)
  const stamped = async (fields: Parameters<typeof add>[0], until: EpochMs) => {
    const caseId = add(fields)
    const document = await addDocument(caseId)
    write((db) => writeEvidence(db, document.current.id, { level: 'B-LTA', until }))
    return { caseId, document }
  }

  test('counts a document once however often it was renewed, and tells the end of the newest timestamp', async () => {
    const { document } = await stamped({}, at('2036-01-01'))
    expect(state()).toEqual({ files: 1, firstUntil: at('2036-01-01') })
    const file = await current.archive.vault.put(Buffer.from('renewed'))
    write((db) => {
      const { id } = addVersion(db, document.id, { file, reason: 'archive-timestamp' }, current.change())
      writeEvidence(db, id, { level: 'B-LTA', until: at('2046-01-01') })
      // Of an older version nothing is asked any more.
      writeEvidence(db, document.current.id, { level: 'B-LTA', until: at('2030-01-01') })
    })
    expect(state()).toEqual({ files: 1, firstUntil: at('2046-01-01') })
  })

  test('announces no renewal of what lasts long enough; a longer retention brings it back', async () => {
    const short = await stamped({ completedOn: '2026-03-31', retentionYears: 5 }, at('2036-01-01'))
    await stamped({ completedOn: '2026-03-31', retentionYears: 30 }, at('2037-01-01'))
    expect(state()).toEqual({ files: 2, firstUntil: at('2037-01-01') })
    const { fields, rowVersion } = requireCase(current.archive.db, short.caseId)
    write((db) =>
      updateCase(
        db,
        short.caseId,
        { rowVersion, fields: { ...fields, retentionYears: 0 } },
        current.change('永年'),
      ),
    )
    expect(state()).toEqual({ files: 2, firstUntil: at('2036-01-01') })
  })

  test('follows the retention classes of the town', async () => {
    await stamped({ completedOn: '2026-03-31', kind: 'construction' }, at('2036-01-01'))
    const classes = (years: number) =>
      write((db) => {
        writeSetting(db, 'rules', { retentionYearsByKind: { construction: years } }, current.change())
        refreshRetentionEnds(db)
      })
    classes(5)
    expect(state()).toEqual({ files: 1, firstUntil: null })
    classes(30)
    expect(state()).toEqual({ files: 1, firstUntil: at('2036-01-01') })
  })

  test('leaves out removed documents, and deleted and disposed cases', async () => {
    const removed = await stamped({}, at('2036-01-01'))
    const deleted = await stamped({}, at('2036-01-01'))
    const disposed = await stamped({ completedOn: '2000-03-31', retentionYears: 5 }, at('2036-01-01'))
    expect(state().files).toBe(3)
    write((db) => removeDocument(db, removed.document.id, current.change('誤り')))
    expect(state().files).toBe(2)
    write((db) => moveCase(db, deleted.caseId, { state: 'deleted' }, current.change('誤り')))
    expect(state()).toEqual({ files: 1, firstUntil: null })
    write((db) => {
      proposeDisposal(db, disposed.caseId, first())
      confirmDisposal(db, startDisposalRun(db, '扶桑町', second()).id, disposed.caseId, second())
    })
    expect(state()).toEqual({ files: 0, firstUntil: null })
    expect(countDueRenewals(current.archive.db, at('9999-01-01'), 10)).toBe(0)
  })
})

test('documents are immutable versions, numbered, with digests; duplicates are found by digest', async () => {
  const { archive } = current
  const id = add({})
  const document = await addDocument(id)
  const file = await archive.vault.put(Buffer.from('signed bytes and more'))
  archive.transaction((db) => addVersion(db, document.id, { file, reason: 'signature' }, current.change()))
  const [listed] = listDocuments(archive.db, id)
  expect(listed?.versions.map((version) => [version.number, version.reason])).toEqual([
    [1, 'import'],
    [2, 'signature'],
  ])
  expect(listed?.current.sha256).toBe(file.sha256)
  expect(findVersionsBySha256(archive.db, document.current.sha256)).toEqual([
    { caseId: id, documentId: document.id, versionId: document.current.id },
  ])
})

test('the list of cases is filtered by words, state and creator', () => {
  const { archive } = current
  const bridge = add({ title: '柏森橋補修工事' })
  const server = add({ title: 'サーバー賃貸借', counterparties: [] })
  const ids = (text: string) =>
    listCases(archive, { states: [], text, mine: false }, EVERYTHING, { offset: 0, limit: 10 }).rows.map(
      (row) => row.id,
    )
  expect(ids('').sort()).toEqual([bridge, server].sort())
  expect(ids('髙橋組 補修')).toEqual([bridge])
  expect(ids('柏森橋補修工')).toEqual([bridge])
  expect(ids('柏森橋補習工')).toEqual([])
  expect(ids('ｻｰﾊﾞ')).toEqual([server])
})

test('L13 history is found by the name of a field and by values as they are shown, and deletions alone', async () => {
  const { archive, change, clock } = current
  const id = add({ title: '給食配送業務委託', amount: 1_000_000 })
  clock.advance(1000)
  const { rowVersion } = requireCase(archive.db, id)
  const fields = caseFields({ title: '給食配送業務委託', amount: 2_500_000, confidentiality: 'restricted' })
  archive.transaction((db) => updateCase(db, id, { rowVersion, fields }, change('単価の改定')))
  const find = async (text: string, deletionsOnly = false) => {
    const filter = { text, from: null, to: null, deletionsOnly }
    const { rows } = await searchChanges(archive.db, filter, { offset: 0, limit: 100 })
    return rows.map((row) => row.field)
  }
  expect(await find('給食 契約金額 改定')).toEqual(['amount'])
  expect(await find('2,500,000円')).toEqual(['amount'])
  expect(await find('機密性3')).toEqual(['confidentiality'])
  expect(await find('給食', true)).toEqual([])
  archive.transaction((db) => moveCase(db, id, { state: 'deleted' }, change('二重登録')))
  expect(await find('', true)).toEqual(['state'])
  expect(await find('給食 削除', true)).toEqual(['state'])
  expect(await find('給食 削除')).toEqual(['state'])
})

test('only deletions are read through their own index, however many other changes there are', () => {
  const plan = current.archive.db.allSql<{ detail: string }>(
    `EXPLAIN QUERY PLAN SELECT seq FROM changes
     WHERE (field = 'removed' OR (field = 'state' AND new_value = 'deleted')) AND seq < ? ORDER BY seq DESC LIMIT 500`,
    9,
  )
  expect(plan.map((step) => step.detail).join()).toContain('changes_deletions')
})

test('saved searches keep the names and the order their owner gives them, and nobody else touches them', () => {
  const { archive, clock } = current
  const [me, other] = ['me', 'other'].map((name) =>
    archive.transaction((db) =>
      insertUser(db, { loginName: name, displayName: name, department: '', roles: [] }, current.change()),
    ),
  )
  if (me === undefined || other === undefined) throw new Error('Nobody')
  const save = (name: string) =>
    archive.transaction((db) => saveSearch(db, me.id, { name, query: { text: name } }, clock.now()))
  const [first, second] = [save('橋'), save('道')]
  const names = () => listSavedSearches(archive.db, me.id).map((row) => row.name)
  const arrange = (userId: typeof me.id, rows: { id: string; name: string }[]) =>
    archive.transaction((db) => arrangeSearches(db, userId, rows))
  arrange(me.id, [
    { id: second, name: '道路' },
    { id: first, name: '橋' },
  ])
  expect(names()).toEqual(['道路', '橋'])
  arrange(other.id, [{ id: first, name: '盗まれた' }])
  save('新しい')
  expect(names()).toEqual(['道路', '橋', '新しい'])
})

test('history is searched by word and by day in Japan', async () => {
  const { archive, clock } = current
  add({ title: '四月一日の契約' })
  const search = async (text: string, from: string | null, to: string | null) => {
    const filter = { text, from: from as IsoDate | null, to: to as IsoDate | null }
    return (await searchChanges(archive.db, filter, { offset: 0, limit: 100 })).total
  }
  expect(await search('四月一日', null, null)).toBeGreaterThan(0)
  expect(await search('五月', null, null)).toBe(0)
  expect(japanDay(clock.now())).toBe('2026-04-01')
  expect(await search('四月', '2026-04-01', '2026-04-01')).toBeGreaterThan(0)
  expect(await search('四月', '2026-04-02', null)).toBe(0)
  expect(await search('四月', null, '2026-03-31')).toBe(0)
})

test('a long history is walked without losing a row: all, a span, and what somebody else may not see', async () => {
  const { archive, clock } = current
  const mine = add({ title: '自課の契約' })
  const other = add({ title: '他課の契約' })
  const times = { userId: null, who: '記録 花子', why: '' }
  archive.transaction((db) => {
    for (let index = 0; index < 1_300; index += 1)
      recordChange(
        db,
        { entity: 'case', entityId: 'x', caseId: index % 10 === 0 ? mine : other, caseTitle: 'あ' },
        { ...times, at: EpochMs.parse(clock.now() + (index >> 1)) },
        { field: 'remarks', oldValue: null, newValue: String(index) },
      )
  })
  const look = (
    from: IsoDate | null,
    page: { offset: number; limit: number },
    mayRead = (_: CaseId) => true,
  ) => searchChanges(archive.db, { text: '', from, to: null }, page, { mayRead })
  const wanted = Array.from({ length: 1_300 }, (_, index) => String(1_299 - index))
  for (const from of [null, '2026-04-01' as IsoDate]) {
    const all = await look(from, { offset: 0, limit: 1_300 })
    expect(all.rows.map((row) => row.newValue)).toEqual(wanted)
    expect([all.total, all.totalIsCapped]).toEqual([1_300, true])
    const page = await look(from, { offset: 995, limit: 10 })
    expect(page.rows.map((row) => row.newValue)).toEqual(wanted.slice(995, 1_005))
    const own = await look(from, { offset: 125, limit: 50 }, (caseId) => caseId === mine)
    expect(own.rows.filter((row) => row.entityId === 'x').map((row) => row.newValue)).toEqual([
      '40',
      '30',
      '20',
      '10',
      '0',
    ])
    expect(own.totalIsCapped).toBe(false)
  }
})
