import type { CaseId } from '../../../../shared/model/brand.ts'
import { query, type WritableDb } from '../database.ts'

/** The case's search entry is made anew before the running transaction ends (`search/refresh-index.ts`). */
export function markForIndex(db: WritableDb, caseId: CaseId): void {
  db.run(
    query
      .insertInto('search_pending')
      .values({ case_id: caseId })
      .onConflict((conflict) => conflict.doNothing()),
  )
}
