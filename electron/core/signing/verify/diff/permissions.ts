/**
 * What a signature allows to happen after it: DocMDP of every earlier signature, /Lock and FieldMDP, never loosened by a
 * later one (gate 16; ISO 32000-2 §12.8.2.2, §12.8.2.4).
 */
import type { ChangeItem } from '../../../../../shared/model/verification.ts'
import { type DocMdpPermission, type FieldLock, isLocked, lockOf } from '../../pdf/mdp.ts'
import { asArray, asDictionary, asInteger, asName, type PdfDictionary } from '../../pdf/objects.ts'
import type { PdfView } from '../../pdf/reader.ts'
import { changeItem } from '../reason-codes.ts'
import type { Change, ChangeLevel } from './step.ts'

/** What one signature demands of later revisions. */
export type SignatureDemand = {
  readonly revision: number
  readonly permission: DocMdpPermission | undefined
  readonly locks: readonly FieldLock[]
  /** True when it certifies: it has a DocMDP reference of its own. */
  readonly isCertification: boolean
}

/** Reads /Reference and the /Lock of the field. A DocMDP without a readable P allows filling and signing (its default, 2). */
export function readDemand(
  view: PdfView,
  revision: number,
  signature: PdfDictionary,
  field: PdfDictionary,
): SignatureDemand {
  const permissions: DocMdpPermission[] = []
  const locks: FieldLock[] = []
  let isCertification = false
  for (const item of asArray(view.resolve(signature.entries.get('Reference'))) ?? []) {
    const reference = asDictionary(view.resolve(item))
    const method = asName(view.resolve(reference?.entries.get('TransformMethod')))
    const parameters = asDictionary(view.resolve(reference?.entries.get('TransformParams')))
    if (method === 'DocMDP') {
      isCertification = true
      permissions.push(permissionOf(view, parameters) ?? 2)
    }
    if (method === 'FieldMDP') locks.push(parameters === undefined ? EVERYTHING : lockOf(view, parameters))
  }
  const lock = asDictionary(view.resolve(field.entries.get('Lock')))
  if (lock !== undefined) {
    locks.push(lockOf(view, lock))
    const own = permissionOf(view, lock)
    if (own !== undefined) permissions.push(own)
  }
  return { revision, permission: strictest(permissions), locks, isCertification }
}

const EVERYTHING: FieldLock = { action: 'All', fields: [] }

function permissionOf(view: PdfView, parameters: PdfDictionary | undefined): DocMdpPermission | undefined {
  const entry = parameters?.entries.get('P')
  if (entry === undefined) return undefined
  const value = asInteger(view.resolve(entry))
  // A value nobody defined allows nothing.
  return value === 2 || value === 3 ? value : 1
}

function strictest(permissions: readonly DocMdpPermission[]): DocMdpPermission | undefined {
  return permissions.length === 0
    ? undefined
    : permissions.reduce((left, right) => (left < right ? left : right))
}

const ORDER: readonly ChangeLevel[] = ['none', 'lta', 'form', 'annotate', 'other']

export function highestLevel(levels: readonly ChangeLevel[]): ChangeLevel {
  return levels.reduce((left, right) => (ORDER.indexOf(left) >= ORDER.indexOf(right) ? left : right), 'none')
}

export type ChangesAfter = {
  readonly level: ChangeLevel
  readonly permitted: boolean
  readonly items: readonly ChangeItem[]
}

const MAXIMUM_ITEMS = 200

/** Folds the changes of all revisions after `revision`, held against the demands of the signatures before each. */
export function changesAfter(
  revision: number,
  changes: ReadonlyMap<number, readonly Change[]>,
  demands: readonly SignatureDemand[],
): ChangesAfter {
  const items: ChangeItem[] = []
  const levels: ChangeLevel[] = []
  let permitted = true
  for (const [index, list] of [...changes].sort(([left], [right]) => left - right)) {
    if (index <= revision) continue
    const earlier = demands.filter((demand) => demand.revision < index)
    const limit = strictest(earlier.flatMap((demand) => demand.permission ?? []))
    for (const change of list) {
      levels.push(change.level)
      const item = changeItem(change.code, {
        page: change.page ?? null,
        rectangle: change.rectangle,
        ...(change.detail === undefined ? {} : { detail: change.detail }),
      })
      if (items.length < MAXIMUM_ITEMS) items.push(item)
      const refusal = refusalOf(change, limit, earlier)
      if (refusal === undefined) continue
      permitted = false
      if (change.level !== 'other' && items.length < MAXIMUM_ITEMS)
        items.push(changeItem(refusal, change.field === undefined ? {} : { detail: change.field }))
    }
  }
  return { level: highestLevel(levels), permitted, items }
}

function refusalOf(
  change: Change,
  limit: DocMdpPermission | undefined,
  earlier: readonly SignatureDemand[],
): 'CHANGE_FORBIDDEN' | 'FIELD_LOCKED_CHANGED' | undefined {
  const { field } = change
  switch (change.level) {
    case 'none':
    case 'lta':
      return undefined
    case 'form':
      if (limit === 1) return 'CHANGE_FORBIDDEN'
      return field !== undefined &&
        earlier.some((demand) => demand.locks.some((lock) => isLocked(lock, field)))
        ? 'FIELD_LOCKED_CHANGED'
        : undefined
    case 'annotate':
      return limit === 3 ? undefined : 'CHANGE_FORBIDDEN'
    case 'other':
      return 'CHANGE_FORBIDDEN'
  }
}
