/** Runs a plan on SQLite by the way that touches the fewest rows. */
import type { ReadableDb } from '../database.ts'
import type { SearchFacetsRow } from '../tables/schema.ts'
import type { SearchPlan } from './plan.ts'

const COLUMNS = `facet.rid, facet.amount, facet.state, facet.method, facet.kind, facet.department, facet.folder,
  facet.creator, facet.fiscal_year, facet.retention_end`

/** Up to `limit` rows in the order asked (relevance: newest first, to be ranked by the caller). */
export function runPlan(db: ReadableDb, plan: SearchPlan, limit: number): SearchFacetsRow[] {
  const conditions: string[] = []
  const values: (string | number)[] = []
  const rid = plan.match === undefined ? 'facet.rid' : 'gram.rowid'
  if (plan.match !== undefined) {
    conditions.push('search_grams MATCH ?')
    values.push(plan.match)
  }
  conditions.push(`${rid} BETWEEN ? AND ?`)
  values.push(plan.rids.from, plan.rids.to)
  if (plan.amounts !== undefined) {
    conditions.push('facet.amount BETWEEN ? AND ?')
    values.push(plan.amounts.from, plan.amounts.to)
  }
  if (plan.retentionEndsBefore !== undefined) {
    conditions.push('facet.retention_end < ?')
    values.push(plan.retentionEndsBefore)
  }
  for (const word of plan.checkedWords) {
    conditions.push(
      '(instr(text.title, ?) OR instr(text.party, ?) OR instr(text.rest, ?) OR instr(body.text, ?))',
    )
    values.push(word, word, word, word)
  }
  for (const word of plan.partyWords) {
    conditions.push('instr(text.party, ?)')
    values.push(word)
  }
  const tables = [
    plan.match === undefined
      ? 'search_facets AS facet'
      : 'search_grams AS gram CROSS JOIN search_facets AS facet ON facet.rid = gram.rowid',
    ...(plan.checkedWords.length + plan.partyWords.length > 0
      ? ['JOIN search_texts AS text ON text.rid = facet.rid']
      : []),
    ...(plan.checkedWords.length > 0 ? ['LEFT JOIN search_bodies AS body ON body.rid = facet.rid'] : []),
  ]
  const sql = `SELECT ${COLUMNS} FROM ${tables.join(' ')} WHERE ${conditions.join(' AND ')}
    ORDER BY ${orderOf(plan, rid)} LIMIT ?`
  return db.allSql<SearchFacetsRow>(sql, ...values, limit)
}

function orderOf(plan: SearchPlan, rid: string): string {
  switch (plan.order) {
    case 'oldest':
      return `${rid} ASC`
    case 'amount':
      return `facet.amount DESC NULLS LAST, ${rid} DESC`
    case 'newest':
    case 'relevance':
      return `${rid} DESC`
  }
}
