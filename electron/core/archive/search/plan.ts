/** From a query to what the index is asked: words, a range of numbers, and conditions on columns. */
import type { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { normaliseText } from '../../../../shared/text/normalise.ts'
import type { TypedQuery } from '../../../../shared/text/query.ts'
import type { ReadableDb } from '../database.ts'
import { type Viewer, visibleFolderIds } from '../tables/viewer.ts'
import { type Bits, keepBetween, keepBlank, keepValues, keepWhere } from './bits.ts'
import { type Columns, type FacetColumn, LAST_VALUE } from './block.ts'
import { type FacetKind, findValueId, NO_FOLDER } from './entries.ts'
import { dateRange, type RidRange } from './rid.ts'

/** Where a word must stand; `any`: in a field or inside a PDF. */
export type WordPlace = 'any' | 'title' | 'party' | 'number'
export type PlannedWord = { readonly text: string; readonly place: WordPlace }

/** Keeps the entries of a block for which it holds. */
export type Condition = (bits: Bits, columns: Columns) => void

export type SearchPlan = {
  readonly order: SearchQuery['order']
  readonly rids: RidRange
  /** Normalised; all must be there. */
  readonly words: readonly PlannedWord[]
  /** All must hold; the strictest first where that is known. */
  readonly conditions: readonly Condition[]
}

export type PlanInput = { readonly query: SearchQuery; readonly typed: TypedQuery; readonly viewer: Viewer }

/** Undefined: nothing can match (empty span, unknown facet, no rights). */
export function planSearch(db: ReadableDb, input: PlanInput): SearchPlan | undefined {
  const { query, typed, viewer } = input
  const from = latest(query.dateFrom, typed.dates?.from ?? null)
  const to = earliest(query.dateTo, typed.dates?.to ?? null)
  if (from !== null && to !== null && from > to) return undefined
  const amounts = amountCondition(input)
  const facets = facetConditions(db, query)
  const rights = rightsOf(db, viewer)
  if (amounts === 'none' || facets === undefined || rights === 'none') return undefined
  const conditions = [rights, amounts, retentionCondition(query), ...facets]
  return {
    order: query.order,
    rids: dateRange(from, to),
    words: [
      ...wordsOf(typed.words, 'any'),
      ...wordsOf([...typed.titleWords, ...query.title.split(/\s+/)], 'title'),
      ...wordsOf([...typed.numberWords, ...query.contractNumber.split(/\s+/)], 'number'),
      ...wordsOf([...typed.partyWords, ...query.counterparty.split(/\s+/)], 'party'),
    ],
    conditions: conditions.filter((condition) => condition !== undefined),
  }
}

function wordsOf(words: readonly string[], place: WordPlace): PlannedWord[] {
  return [...new Set(words.map(normaliseText))].filter(Boolean).map((text) => ({ text, place }))
}

/** Values of one facet are alternatives, facets are joined by AND. Undefined: a value that no case ever had. */
function facetConditions(db: ReadableDb, query: SearchQuery): readonly Condition[] | undefined {
  const asked = {
    state: query.states,
    method: query.methods,
    kind: query.kinds,
    department: query.departments,
    folder: query.folderIds,
    confidentiality: query.confidentialities,
  } as const satisfies Partial<Record<FacetKind, readonly string[]>>
  const conditions: Condition[] = []
  for (const [kind, values] of Object.entries(asked) as [keyof typeof asked, readonly string[]][]) {
    if (values.length === 0) continue
    const ids = values.flatMap((value) =>
      kind === 'folder' && value === '' ? NO_FOLDER : (findValueId(db, kind, value) ?? []),
    )
    if (ids.length === 0) return undefined
    conditions.push(isOneOf(kind, ids))
  }
  if (query.holdOnly) conditions.push(isOneOf('hold', [1]))
  if (query.fiscalYears.length > 0) conditions.push(isOneOf('fiscal_year', query.fiscalYears))
  return conditions
}

/** Values are at most `LAST_VALUE`; others match nothing. */
function isOneOf(column: FacetColumn, values: readonly number[]): Condition {
  const allowed = new Uint8Array(LAST_VALUE + 1)
  for (const value of values) if (value >= 0 && value <= LAST_VALUE) allowed[value] = 1
  return (bits, columns) => keepValues(bits, columns[column], allowed)
}

function retentionCondition({ retentionEndsBefore: before }: SearchQuery): Condition | undefined {
  if (before === null) return undefined
  // 0 = no end.
  const ends = { low: 1, high: Number(before.replaceAll('-', '')) - 1 }
  return (bits, columns) => keepBetween(bits, columns.retention_end, ends)
}

/** Undefined: any amount or none. */
function amountCondition({ query, typed }: PlanInput): Condition | 'none' | undefined {
  const from = latest(query.amountFrom, typed.amounts?.from ?? null)
  const to = earliest(query.amountTo, typed.amounts?.to ?? null)
  const hasRange = from !== null || to !== null
  if (query.amountBlank || typed.amountBlank)
    return hasRange ? 'none' : (bits, { amount }) => keepBlank(bits, amount)
  if (!hasRange) return undefined
  const low = from ?? Number.NEGATIVE_INFINITY
  const high = to ?? Number.POSITIVE_INFINITY
  if (low > high) return 'none'
  return (bits, { amount }) => keepBetween(bits, amount, { low, high })
}

/** Undefined: sees all. The rule is the one of `tables/viewer.ts`. */
function rightsOf(db: ReadableDb, viewer: Viewer): Condition | 'none' | undefined {
  if (viewer.seesAll) return undefined
  const creator = viewer.userId === undefined ? undefined : findValueId(db, 'creator', viewer.userId)
  const folders = new Set(
    visibleFolderIds(db, viewer).flatMap((folderId) => findValueId(db, 'folder', folderId) ?? []),
  )
  const departments = new Set(viewer.departments.flatMap((name) => findValueId(db, 'department', name) ?? []))
  if (creator === undefined && folders.size === 0 && departments.size === 0) return 'none'
  const restricted = findValueId(db, 'confidentiality', 'restricted') ?? -1
  return (bits, { creator: creators, folder, department, confidentiality }) =>
    keepWhere(bits, (ordinal) => {
      if (creator !== undefined && creators[ordinal] === creator) return true
      const isOwn = departments.has(department[ordinal] ?? -1)
      const inFolder = folder[ordinal] ?? NO_FOLDER
      if (inFolder === NO_FOLDER) return isOwn
      return folders.has(inFolder) && (isOwn || confidentiality[ordinal] !== restricted)
    })
}

function latest<T extends string | number>(left: T | null, right: T | null): T | null {
  if (left === null || right === null) return left ?? right
  return left > right ? left : right
}

function earliest<T extends string | number>(left: T | null, right: T | null): T | null {
  if (left === null || right === null) return left ?? right
  return left < right ? left : right
}
