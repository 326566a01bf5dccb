/** 保存期間 of cases (L22, L23): when it ends, what may be disposed of, and by whom. */
import { z } from 'zod'
import { CaseId, IsoDate } from '../../../../shared/model/brand.ts'
import type { CaseFields } from '../../../../shared/model/case.ts'
import { DEFAULT_RETENTION_YEARS, retentionEnd } from '../../../../shared/model/retention.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { noteKeptEvidence } from './kept-evidence.ts'
import { markForIndex } from './search-pending.ts'
import { readSetting } from './settings.ts'

/** Key of the town's rules in `settings`; only the retention classes are read here. */
export const RULES_SETTING = 'rules'
const RetentionRules = z.object({ retentionYearsByKind: z.record(z.string(), z.number().int()) })

/** Last day of keeping; null while the case is open, or for 永年. */
export function retentionEndOf(
  db: ReadableDb,
  fields: Pick<CaseFields, 'completedOn' | 'retentionYears' | 'kind'>,
): IsoDate | null {
  const rules = readSetting(db, RULES_SETTING, RetentionRules)?.retentionYearsByKind ?? {}
  const years = fields.retentionYears ?? rules[fields.kind] ?? DEFAULT_RETENTION_YEARS
  return retentionEnd(fields.completedOn, years)
}

/** After the retention classes were changed: every completed case counts anew. Returns how many ends moved. */
export function refreshRetentionEnds(db: WritableDb): number {
  const rows = db.all(
    query
      .selectFrom('cases')
      .select(['id', 'kind', 'retention_years', 'completed_on', 'retention_ends_on'])
      .where('completed_on', 'is not', null),
  )
  let moved = 0
  for (const row of rows) {
    const endsOn = retentionEndOf(db, {
      completedOn: row.completed_on === null ? null : IsoDate.parse(row.completed_on),
      retentionYears: row.retention_years,
      kind: row.kind as CaseFields['kind'],
    })
    if (endsOn === row.retention_ends_on) continue
    db.run(query.updateTable('cases').set({ retention_ends_on: endsOn }).where('id', '=', row.id))
    const caseId = CaseId.parse(row.id)
    noteKeptEvidence(db, caseId)
    markForIndex(db, caseId)
    moved += 1
  }
  return moved
}
