/** From a query to what the index is asked: a MATCH expression, a range of numbers, and what must be compared per row. */
import type { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { normaliseText } from '../../../../shared/text/normalise.ts'
import type { TypedQuery } from '../../../../shared/text/query.ts'
import type { ReadableDb } from '../database.ts'
import { type Viewer, visibleFolderIds } from '../tables/viewer.ts'
import { gramsOfWord, needsTextCheck } from './grams.ts'
import { NO_FOLDER } from './refresh-index.ts'
import { dateRange, type RidRange } from './rid.ts'
import { amountBands, BLANK_AMOUNT_TOKEN, type FacetKind, facetToken } from './tokens.ts'

export type SearchPlan = {
  readonly order: SearchQuery['order']
  readonly rids: RidRange
  /** FTS5 expression of words, facets and rights; undefined: none of them. */
  readonly match: string | undefined
  /** FTS5 expression of the bands around `amounts`, to be added to `match`. */
  readonly bandMatch: string | undefined
  /** Normalised words longer than three characters: still to be found in the text. */
  readonly checkedWords: readonly string[]
  /** Normalised words that must stand in the counterparty's name or number. */
  readonly partyWords: readonly string[]
  /** All normalised words. */
  readonly words: readonly string[]
  readonly amounts: { readonly from: number; readonly to: number } | undefined
  /** `YYYYMMDD` as a number; cases without an end do not count. */
  readonly retentionEndsBefore: number | undefined
}

export type PlanInput = { readonly query: SearchQuery; readonly typed: TypedQuery; readonly viewer: Viewer }

/** Undefined: nothing can match (empty span, unknown facet, no rights). */
export function planSearch(db: ReadableDb, input: PlanInput): SearchPlan | undefined {
  const { query, typed, viewer } = input
  const from = latest(query.dateFrom, typed.dates?.from ?? null)
  const to = earliest(query.dateTo, typed.dates?.to ?? null)
  const amounts = amountsOf(input)
  if (from !== null && to !== null && from > to) return undefined
  if (amounts !== undefined && amounts.from > amounts.to) return undefined
  const isBlank = query.amountBlank || typed.amountBlank
  if (isBlank && amounts !== undefined) return undefined
  const words = typed.words.map(normaliseText).filter(Boolean)
  const partyWords = query.counterparty.split(/\s+/).map(normaliseText).filter(Boolean)
  const clauses: Clause[] = [
    ...[...words, ...partyWords].flatMap(gramsOfWord).map((gram) => [gram]),
    ...facetClauses(db, query),
    ...(isBlank ? [[BLANK_AMOUNT_TOKEN]] : []),
  ]
  const bands = amounts === undefined ? undefined : amountBands(amounts.from, amounts.to)
  const rights = rightsOf(db, viewer)
  if (rights === undefined || clauses.some((clause) => clause.length === 0)) return undefined
  const parts = [...new Set(clauses.map(anyOf)), ...(rights === '' ? [] : [rights])]
  return {
    order: query.order,
    rids: dateRange(from, to),
    match: parts.length === 0 ? undefined : parts.join(' AND '),
    bandMatch: bands === undefined ? undefined : anyOf(bands),
    checkedWords: words.filter(needsTextCheck),
    partyWords,
    words: [...words, ...partyWords],
    amounts,
    retentionEndsBefore:
      query.retentionEndsBefore === null ? undefined : Number(query.retentionEndsBefore.replaceAll('-', '')),
  }
}

/** Tokens of which one must be there. */
type Clause = readonly string[]

function anyOf(clause: Clause): string {
  const quoted = clause.map((token) => `"${token}"`)
  return quoted.length === 1 ? quoted.join('') : `(${quoted.join(' OR ')})`
}

function facetClauses(db: ReadableDb, query: SearchQuery): Clause[] {
  const tokensOf = (kind: FacetKind, values: readonly string[]): Clause[] =>
    values.length === 0
      ? []
      : [
          values.flatMap((value) => {
            const id = valueIdOf(db, kind, value)
            return id === undefined ? [] : [facetToken(kind, id)]
          }),
        ]
  return [
    ...tokensOf('state', query.states),
    ...tokensOf('method', query.methods),
    ...tokensOf('kind', query.kinds),
    ...tokensOf('department', query.departments),
    ...tokensOf('folder', query.folderIds),
    ...(query.fiscalYears.length === 0
      ? []
      : [query.fiscalYears.map((year) => facetToken('fiscal-year', year))]),
  ]
}

/** '' = sees all, undefined = sees nothing. The rule is the one of `tables/viewer.ts`. */
function rightsOf(db: ReadableDb, viewer: Viewer): string | undefined {
  if (viewer.seesAll) return ''
  const alternatives: string[] = []
  const creator = viewer.userId === undefined ? undefined : valueIdOf(db, 'creator', viewer.userId)
  if (creator !== undefined) alternatives.push(`"${facetToken('creator', creator)}"`)
  for (const folderId of visibleFolderIds(db, viewer)) {
    const folder = valueIdOf(db, 'folder', folderId)
    if (folder !== undefined) alternatives.push(`"${facetToken('folder', folder)}"`)
  }
  for (const name of viewer.departments) {
    const department = valueIdOf(db, 'department', name)
    if (department !== undefined)
      alternatives.push(
        `("${facetToken('folder', NO_FOLDER)}" AND "${facetToken('department', department)}")`,
      )
  }
  return alternatives.length === 0 ? undefined : `(${alternatives.join(' OR ')})`
}

function valueIdOf(db: ReadableDb, kind: FacetKind, value: string): number | undefined {
  return db.firstSql<{ id: number }>('SELECT id FROM search_values WHERE kind = ? AND value = ?', kind, value)
    ?.id
}

function amountsOf({ query, typed }: PlanInput): SearchPlan['amounts'] {
  const from = latest(query.amountFrom, typed.amounts?.from ?? null)
  const to = earliest(query.amountTo, typed.amounts?.to ?? null)
  if (from === null && to === null) return undefined
  return { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER }
}

function latest<T extends string | number>(left: T | null, right: T | null): T | null {
  if (left === null || right === null) return left ?? right
  return left > right ? left : right
}

function earliest<T extends string | number>(left: T | null, right: T | null): T | null {
  if (left === null || right === null) return left ?? right
  return left < right ? left : right
}
