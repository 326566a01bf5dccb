/**
 * One later revision compared with the one before it: what the rules work on. Every object of the earlier state that
 * differs must be approved by a rule that knows all places it is used in; what nobody approves is not permitted.
 */
import type { PdfObject, PdfReference } from '../../pdf/objects.ts'
import type { PdfPage } from '../../pdf/page-tree.ts'
import type { PdfFile, PdfView } from '../../pdf/reader.ts'
import type { Budget } from '../budget.ts'
import type { FormField, FormTree } from '../format/find-signatures.ts'
import type { ReasonCode } from '../reason-codes.ts'
import type { Referrer } from './graph.ts'

export type ChangeLevel = 'none' | 'lta' | 'form' | 'annotate' | 'other'

export type Rectangle = readonly [number, number, number, number]

/** One thing that changed. */
export type Change = {
  readonly code: ReasonCode
  readonly level: ChangeLevel
  /** 1 for the first page. */
  readonly page?: number | null
  readonly rectangle?: Rectangle | undefined
  readonly detail?: string
  /** Fully qualified name of a field that existed before, for FieldMDP and /Lock. */
  readonly field?: string
  /** Old and new value of a filled field, as text. */
  readonly values?: { readonly before: string; readonly after: string }
}

export type ChangedObject = {
  readonly reference: PdfReference
  readonly before: PdfObject
  /** Null when it was freed. */
  readonly after: PdfObject
  readonly isFreed: boolean
}

export type Step = {
  readonly file: PdfFile
  readonly revision: number
  readonly before: PdfView
  readonly after: PdfView
  readonly formBefore: FormTree
  readonly formAfter: FormTree
  readonly budget: Budget
  /** Objects of the earlier state that differ, by number. */
  readonly changed: ReadonlyMap<number, ChangedObject>
  /** Numbers that did not exist before. */
  readonly added: ReadonlySet<number>
  readonly referrersOf: (objectNumber: number) => readonly Referrer[]
  /** Page index by object number; the page tree itself may not change after a signature. */
  readonly pages: ReadonlyMap<number, number>
  readonly pageList: readonly PdfPage[]
  /** True when an earlier signature certifies the document (DocMDP). */
  readonly isCertified: boolean
  readonly report: (change: Change) => void
  readonly approved: Set<number>
}

/**
 * Approves that `reference` was overwritten if `isKnownUse` accepts each of its uses. An unchanged or new object needs
 * no approval; one that is also used elsewhere is reported. Streams need `approveStream`: a dictionary a rule compares
 * key by key may hide content in its data.
 */
export function approve(
  step: Step,
  reference: PdfReference | undefined,
  isKnownUse: (referrer: Referrer) => boolean,
): boolean {
  const change = reference === undefined ? undefined : step.changed.get(reference.objectNumber)
  if (change?.before.kind === 'stream' || change?.after.kind === 'stream') return false
  return approveStream(step, reference, isKnownUse)
}

/** `approve` for objects whose data the rule has judged too, or whose use makes it harmless. */
export function approveStream(
  step: Step,
  reference: PdfReference | undefined,
  isKnownUse: (referrer: Referrer) => boolean,
): boolean {
  if (reference === undefined) return true
  const { objectNumber } = reference
  const change = step.changed.get(objectNumber)
  if (change === undefined) return true
  if (change.isFreed) return false
  step.approved.add(objectNumber)
  if (step.referrersOf(objectNumber).every(isKnownUse)) return true
  step.report({ code: 'OBJECT_SHARED', level: 'other', detail: `${objectNumber} ${reference.generation} R` })
  return false
}

/** True for a use directly under `key` of object `from` (0 = trailer). */
export function isUse(referrer: Referrer, from: number, key: string): boolean {
  return referrer.from === from && referrer.path.length === 1 && referrer.path[0] === key
}

/** Nearest named node at or above a widget. */
export function ownerOf(field: FormField): FormField {
  return field.isNamed || field.parent === undefined ? field : ownerOf(field.parent)
}
