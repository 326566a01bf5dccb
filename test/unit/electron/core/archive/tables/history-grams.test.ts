import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordChange, searchChanges } from '../../../../../../electron/core/archive/tables/changes.ts'
import { type TemporaryArchive, temporaryArchive } from '../../../../../support/archive/temporary-archive.ts'

let current: TemporaryArchive
beforeEach(async () => {
  current = await temporaryArchive()
})
afterEach(() => current.remove())

const SAVES = 600

test('many saves leave few segments in the history index, no save joins them all, and every one is found', async () => {
  const { archive, change } = current
  const segments = () =>
    archive.db.firstSql<{ n: number }>('SELECT count(DISTINCT segid) AS n FROM change_grams_idx')?.n ?? 0
  let most = 0
  let largestDrop = 0
  for (let number = 0; number < SAVES; number += 1) {
    const before = segments()
    archive.transaction((db) =>
      recordChange(
        db,
        { entity: 'case', entityId: 'c', caseId: null, caseTitle: `橋梁補修工事 ${number}` },
        change(),
        {
          field: 'title',
          oldValue: null,
          newValue: `第${number}工区`,
        },
      ),
    )
    most = Math.max(most, segments())
    largestDrop = Math.max(largestDrop, before - segments())
  }
  expect(most).toBeLessThan(40)
  // FTS5's own way joins sixteen segments, and sixteen of those, inside one commit.
  expect(largestDrop).toBeLessThan(16)
  const found = async (text: string) =>
    (await searchChanges(archive.db, { text, from: null, to: null }, { offset: 0, limit: 10 })).total
  expect(await found('第7工区')).toBe(1)
  expect(await found(`第${SAVES - 1}工区`)).toBe(1)
  expect(await found('橋梁補修')).toBe(SAVES)
})
