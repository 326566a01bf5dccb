import { afterEach, beforeEach, expect, test } from 'vitest'
import { nextAnchor, storeAnchor } from '../../../../../electron/core/audit/anchors.ts'
import {
  appendLogEntry,
  checkLog,
  checkLogInSteps,
  type LogFilter,
  listCaseEntries,
  type NewLogEntry,
  walkLogEntries,
} from '../../../../../electron/core/audit/log.ts'
import { CaseId, EpochMs, UserId } from '../../../../../shared/model/brand.ts'
import { type TemporaryArchive, temporaryArchive } from '../../../../support/archive/temporary-archive.ts'

let current: TemporaryArchive
beforeEach(async () => {
  current = await temporaryArchive()
})
afterEach(() => current.remove())

function entry(over: Partial<NewLogEntry> = {}): NewLogEntry {
  return {
    at: EpochMs.parse(1_000),
    actorId: UserId.parse('u1'),
    actor: '契約 花子',
    action: 'case.viewed',
    caseId: CaseId.parse('c1'),
    caseTitle: '橋梁補修工事',
    data: { page: 3 },
    ...over,
  }
}

function append(count: number): void {
  current.archive.transaction((db) => {
    for (let index = 0; index < count; index += 1) appendLogEntry(db, entry({ data: { index } }))
  })
}

/** What an attacker with the key can do: the trigger is gone, the row is changed. */
function tamper(sql: string): void {
  const { raw } = current.archive.connection()
  raw.exec(
    'DROP TRIGGER IF EXISTS audit_entries_stay_update; DROP TRIGGER IF EXISTS audit_entries_stay_delete',
  )
  raw.exec(sql)
}

test('L29 an untouched log is whole', () => {
  append(20)
  expect(checkLog(current.archive.db)).toEqual({
    entries: 20,
    firstBrokenSeq: null,
    anchoredUntilSeq: null,
    lastAnchorAt: null,
  })
})

test.each([
  ['a changed actor', "UPDATE audit_entries SET actor = '別人' WHERE seq = 7", 7],
  ['a changed time', 'UPDATE audit_entries SET at = at + 1 WHERE seq = 7', 7],
  ['changed data', "UPDATE audit_entries SET data_json = '{}' WHERE seq = 7", 7],
  ['a removed entry', 'DELETE FROM audit_entries WHERE seq = 7', 7],
  ['a removed first entry', 'DELETE FROM audit_entries WHERE seq = 1', 1],
  ['an exchanged hash', 'UPDATE audit_entries SET hash = previous_hash WHERE seq = 7', 7],
])('names the first broken link after %s', (_name, sql, firstBrokenSeq) => {
  append(20)
  tamper(sql)
  expect(checkLog(current.archive.db).firstBrokenSeq).toBe(firstBrokenSeq)
})

test('a chain that was recomputed after its anchor is found by the anchor', () => {
  append(5)
  const anchor = nextAnchor(current.archive.db)
  expect(anchor?.untilSeq).toBe(5)
  if (anchor === undefined) throw new Error('no anchor')
  current.archive.transaction((db) => storeAnchor(db, anchor, Buffer.from('token'), EpochMs.parse(5)))
  expect(nextAnchor(current.archive.db)).toBeUndefined()
  tamper('DELETE FROM audit_entries')
  current.archive.transaction((db) => {
    for (let index = 0; index < 6; index += 1) appendLogEntry(db, entry({ actor: '別人', data: { index } }))
  })
  expect(checkLog(current.archive.db)).toMatchObject({ firstBrokenSeq: 5, lastAnchorAt: 5 })
})

test('a log cut off before its anchor is found', () => {
  append(5)
  const anchor = nextAnchor(current.archive.db)
  if (anchor === undefined) throw new Error('no anchor')
  current.archive.transaction((db) => storeAnchor(db, anchor, Buffer.from('token'), EpochMs.parse(5)))
  tamper('DELETE FROM audit_entries WHERE seq > 3')
  expect(checkLog(current.archive.db)).toMatchObject({ entries: 3, firstBrokenSeq: 4, anchoredUntilSeq: 5 })
})

test('a token over another hash breaks the link it anchors', () => {
  append(3)
  const anchor = nextAnchor(current.archive.db)
  if (anchor === undefined) throw new Error('no anchor')
  current.archive.transaction((db) => storeAnchor(db, anchor, Buffer.from('token'), EpochMs.parse(5)))
  expect(checkLog(current.archive.db, () => false).firstBrokenSeq).toBe(3)
  expect(checkLog(current.archive.db, () => true).firstBrokenSeq).toBeNull()
})

test('L29 a log that cannot be written stops the action', () => {
  tamper('ALTER TABLE audit_entries RENAME TO gone')
  expect(() =>
    current.archive.transaction((db) => {
      db.runSql("INSERT INTO search_state (key, value) VALUES ('action', 'done')")
      appendLogEntry(db, entry())
    }),
  ).toThrow(/audit_entries/)
  expect(current.archive.db.firstSql("SELECT value FROM search_state WHERE key = 'action'")).toBeUndefined()
})

test('the log refuses to be changed or shortened', () => {
  append(2)
  const { raw } = current.archive.connection()
  expect(() => raw.exec("UPDATE audit_entries SET actor = ''")).toThrow(/append-only/)
  expect(() => raw.exec('DELETE FROM audit_entries')).toThrow(/append-only/)
})

test('filters by time, actor and action, in both orders, also over more than a portion', () => {
  current.archive.transaction((db) => {
    appendLogEntry(db, entry({ at: EpochMs.parse(1), action: 'case.viewed' }))
    appendLogEntry(db, entry({ at: EpochMs.parse(2), action: 'case.sent', actor: '承認 太郎' }))
    appendLogEntry(db, entry({ at: EpochMs.parse(3), action: 'settings.changed', caseId: null }))
  })
  const seqs = (filter: LogFilter, order: 'newest' | 'oldest' = 'newest') =>
    [...walkLogEntries(current.archive.db, filter, order)].flat().map((row) => row.seq)
  expect(seqs({})).toEqual([3, 2, 1])
  expect(seqs({}, 'oldest')).toEqual([1, 2, 3])
  expect(seqs({ from: EpochMs.parse(2), before: EpochMs.parse(3) })).toEqual([2])
  expect(seqs({ actor: '太郎' })).toEqual([2])
  expect(seqs({ action: 'case.sent' })).toEqual([2])
  expect(seqs({ action: 'case.sent', from: EpochMs.parse(1), actor: '太郎' }, 'oldest')).toEqual([2])
  expect(seqs({ action: 'case.' })).toEqual([])
  expect(listCaseEntries(current.archive.db, CaseId.parse('c1')).map((row) => row.seq)).toEqual([1, 2])
})

test('entries of the same moment are walked once each, over many portions', () => {
  append(2_500)
  const numbers = Array.from({ length: 2_500 }, (_, index) => index + 1)
  const seqs = (filter: LogFilter, order: 'newest' | 'oldest') => {
    const portions = [...walkLogEntries(current.archive.db, filter, order)]
    expect(portions.length).toBeGreaterThan(2)
    return portions.flat().map((row) => row.seq)
  }
  for (const filter of [{}, { from: EpochMs.parse(1_000) }, { before: EpochMs.parse(1_001) }]) {
    expect(seqs(filter, 'oldest')).toEqual(numbers)
    expect(seqs(filter, 'newest')).toEqual(numbers.toReversed())
  }
  expect(seqs({ actor: 'nobody', from: EpochMs.parse(0) }, 'oldest')).toEqual([])
})

test('a check in steps says how far it is', () => {
  append(250)
  expect([...checkLogInSteps(current.archive.db, () => true)]).toEqual([100, 200])
})
