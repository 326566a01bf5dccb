/**
 * 原契約 and its 変更契約. A case points to the contract it changes: the original, or an earlier amendment; whichever it is,
 * all that hang together are one chain, the original first and the others by their dates.
 */
import type { CaseId, IsoDate } from '../../../shared/model/brand.ts'
import type { CaseState } from '../../../shared/model/case.ts'
import { fail } from '../../../shared/result.ts'
import { withoutSeparateTax } from '../../../shared/rules/stamp-duty.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { type CaseRecord, listAmendments, readCase } from '../../core/archive/tables/cases.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { visibleCase } from './guard-case.ts'

/** What can be changed by an amendment: a contract that was made, here or on paper. */
const MADE: readonly CaseState[] = ['concluded', 'paper']

/** The whole chain of a case; one element when it stands alone. Deleted cases are left out. */
export function chainOf(db: ReadableDb, found: CaseRecord): readonly CaseRecord[] {
  const original = ancestorsOf(db, found).at(-1) ?? found
  const members = new Map([[original.id, original]])
  // A map is walked in the order of insertion: what is added below is visited too.
  for (const id of members.keys())
    for (const amendmentId of listAmendments(db, id)) {
      const amendment = members.has(amendmentId) ? undefined : readCase(db, amendmentId)
      if (amendment !== undefined) members.set(amendmentId, amendment)
    }
  const [first, ...rest] = members.values()
  return first === undefined ? [] : [first, ...rest.sort(byDate)]
}

function byDate(left: CaseRecord, right: CaseRecord): number {
  const [leftDay, rightDay] = [left.contractDate ?? '9999', right.contractDate ?? '9999']
  return leftDay === rightDay ? left.createdAt - right.createdAt : leftDay < rightDay ? -1 : 1
}

/** The contract this one changes, the one that one changed, and so on; nearest first. */
function ancestorsOf(db: ReadableDb, found: CaseRecord): readonly CaseRecord[] {
  const ancestors: CaseRecord[] = []
  const seen = new Set<CaseId>([found.id])
  for (let parentId = found.fields.parentCaseId; parentId !== null && !seen.has(parentId); ) {
    const parent = readCase(db, parentId)
    if (parent === undefined) break
    ancestors.push(parent)
    seen.add(parentId)
    parentId = parent.fields.parentCaseId
  }
  return ancestors
}

/** The day of the 申出書 that holds for an amendment: the nearest one before it. Null: none, or the clerk designated 書面. */
export function inheritedApplicationDate(db: ReadableDb, found: CaseRecord): IsoDate | null {
  if (found.fields.amendmentOnPaper) return null
  for (const { fields } of ancestorsOf(db, found)) {
    if (fields.applicationDate !== null) return fields.applicationDate
    if (fields.amendmentOnPaper) return null
  }
  return null
}

/**
 * Amount in yen that held before this amendment (L26): of the last contract made before it in its chain that has one.
 * Undefined: no amendment, or nothing before it was ever made; null: what held before had no amount (単価契約).
 */
export function amountBefore(db: ReadableDb, found: CaseRecord): number | null | undefined {
  if (found.fields.parentCaseId === null) return undefined
  const chain = chainOf(db, found)
  const before = chain
    .slice(
      0,
      chain.findIndex((member) => member.id === found.id),
    )
    .filter((member) => MADE.includes(member.state))
  const last = before.findLast((member) => member.fields.amount !== null)?.fields
  if (last === undefined) return before.length === 0 ? undefined : null
  return last.amount === null
    ? null
    : withoutSeparateTax({ amountYen: last.amount, taxMode: last.taxMode, taxAmountYen: last.taxAmount })
}

/**
 * Why a case cannot be an amendment of `parentId`; undefined when it can.
 *
 * @param found the case as it is stored; undefined for a new one
 */
export function parentProblem(
  office: Office,
  context: Context,
  { found, parentId }: { readonly found: CaseRecord | undefined; readonly parentId: CaseId | null },
) {
  if (parentId === null || parentId === found?.fields.parentCaseId) return undefined
  const parent = visibleCase(office, context, parentId)
  if (parent === undefined || parent.state === 'deleted') return fail('PARENT_NOT_FOUND', {})
  if (
    found !== undefined &&
    [parent, ...ancestorsOf(office.archive.db, parent)].some(({ id }) => id === found.id)
  )
    return fail('PARENT_CIRCULAR', {})
  return MADE.includes(parent.state) ? undefined : fail('PARENT_NOT_CONCLUDED', {})
}
