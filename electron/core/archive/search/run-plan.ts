/** Runs a plan on SQLite by the way that touches the fewest rows. */
import type { ReadableDb } from '../database.ts'
import type { SearchFacetsRow } from '../tables/schema.ts'
import type { SearchPlan } from './plan.ts'

const COLUMNS = `facet.rid, facet.amount, facet.state, facet.method, facet.kind, facet.department, facet.folder,
  facet.creator, facet.fiscal_year, facet.retention_end`

/** Above this an amount range is so common that walking by date meets enough of it soon. */
const FEW_ENOUGH = 20_000

export type PlanRows = {
  readonly rows: readonly SearchFacetsRow[]
  /** True when there may be more rows than these. */
  readonly more: boolean
}

/**
 * Rows in the order asked (relevance: newest first, to be ranked by the caller).
 * @param limit.most stop after this many
 * @param limit.least go on until this many are there, whatever it costs (the page that was asked for)
 */
export function runPlan(
  db: ReadableDb,
  plan: SearchPlan,
  limit: { readonly most: number; readonly least: number },
): PlanRows {
  const byAmount = plan.match === undefined ? fewByAmount(db, plan) : false
  if (plan.checkedWords.length > 0 && plan.order !== 'amount') return runChecked(db, plan, limit)
  const { sql, values } = statementOf(plan, { byAmount, checksText: true })
  const rows = db.allSql<SearchFacetsRow>(sql, ...values, limit.most + 1)
  return { rows: rows.slice(0, limit.most), more: rows.length > limit.most }
}

/** Bodies lie far apart, eight to a page: reading more of them than this for the sake of a count is not worth the wait. */
const MOST_BODIES_FOR_COUNT = 80

/**
 * Words longer than three characters: the index names candidates, the stored text decides. Titles and names are read
 * for all of them; texts of PDFs only until the page is full and `MOST_BODIES_FOR_COUNT` were read.
 */
function runChecked(
  db: ReadableDb,
  plan: SearchPlan,
  limit: { readonly most: number; readonly least: number },
): PlanRows {
  const rows: SearchFacetsRow[] = []
  let bodies = 0
  let { rids } = plan
  for (;;) {
    const { sql, values } = statementOf({ ...plan, rids }, { byAmount: false, checksText: false })
    const candidates = db.allSql<SearchFacetsRow>(sql, ...values, limit.most + 1)
    for (const row of candidates) {
      const missing = missingWords(db, plan.checkedWords, row.rid)
      if (missing.length > 0) {
        if (bodies >= MOST_BODIES_FOR_COUNT && rows.length >= limit.least) return { rows, more: true }
        bodies += 1
        if (!hasInBody(db, missing, row.rid)) continue
      }
      if (rows.length === limit.most) return { rows, more: true }
      rows.push(row)
    }
    const last = candidates.at(-1)
    if (last === undefined || candidates.length <= limit.most) return { rows, more: false }
    rids = plan.order === 'oldest' ? { ...rids, from: last.rid + 1 } : { ...rids, to: last.rid - 1 }
  }
}

/** Words that are not in one field of the case itself. */
function missingWords(db: ReadableDb, words: readonly string[], rid: number): readonly string[] {
  const text = db.firstSql<{ title: string; party: string; rest: string }>(
    'SELECT title, party, rest FROM search_texts WHERE rid = ?',
    rid,
  )
  if (text === undefined) return words
  return words.filter(
    (word) => !text.title.includes(word) && !text.party.includes(word) && !text.rest.includes(word),
  )
}

function hasInBody(db: ReadableDb, words: readonly string[], rid: number): boolean {
  const body = db.firstSql<{ text: string }>('SELECT text FROM search_bodies WHERE rid = ?', rid)
  return body !== undefined && words.every((word) => body.text.includes(word))
}

function statementOf(
  plan: SearchPlan,
  how: { readonly byAmount: boolean; readonly checksText: boolean },
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const conditions: string[] = []
  const values: (string | number)[] = []
  const condition = (text: string, ...bound: readonly (string | number)[]): void => {
    conditions.push(text)
    values.push(...bound)
  }
  const rid = plan.match === undefined ? 'facet.rid' : 'gram.rowid'
  if (plan.match !== undefined)
    condition(
      'search_grams MATCH ?',
      plan.bandMatch === undefined ? plan.match : `${plan.match} AND ${plan.bandMatch}`,
    )
  condition(`${rid} BETWEEN ? AND ?`, plan.rids.from, plan.rids.to)
  if (plan.amounts !== undefined)
    condition(
      how.byAmount
        ? 'facet.rid IN (SELECT rid FROM search_facets WHERE amount BETWEEN ? AND ?)'
        : 'facet.amount BETWEEN ? AND ?',
      plan.amounts.from,
      plan.amounts.to,
    )
  if (plan.retentionEndsBefore !== undefined) condition('facet.retention_end < ?', plan.retentionEndsBefore)
  if (how.checksText)
    for (const word of plan.checkedWords)
      condition(
        `(instr(text.title, ?) OR instr(text.party, ?) OR instr(text.rest, ?)
          OR instr((SELECT body.text FROM search_bodies AS body WHERE body.rid = facet.rid), ?))`,
        word,
        word,
        word,
        word,
      )
  for (const word of plan.partyWords) condition('instr(text.party, ?)', word)
  const sql = `SELECT ${COLUMNS} FROM ${tablesOf(plan, how.checksText)} WHERE ${conditions.join(' AND ')}
    ORDER BY ${orderOf(plan, rid)} LIMIT ?`
  return { sql, values }
}

function tablesOf(plan: SearchPlan, checksText: boolean): string {
  const facets =
    plan.match === undefined
      ? 'search_facets AS facet'
      : 'search_grams AS gram CROSS JOIN search_facets AS facet ON facet.rid = gram.rowid'
  const needsText = plan.partyWords.length > 0 || (checksText && plan.checkedWords.length > 0)
  return needsText ? `${facets} JOIN search_texts AS text ON text.rid = facet.rid` : facets
}

function fewByAmount(db: ReadableDb, plan: SearchPlan): boolean {
  if (plan.amounts === undefined) return false
  const row = db.firstSql<{ n: number }>(
    'SELECT count(*) AS n FROM (SELECT 1 FROM search_facets WHERE amount BETWEEN ? AND ? LIMIT ?)',
    plan.amounts.from,
    plan.amounts.to,
    FEW_ENOUGH,
  )
  return row !== undefined && row.n < FEW_ENOUGH
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
