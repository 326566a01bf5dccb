/**
 * A field that existed when something was signed: values and their appearance may change, identity and place may not;
 * a signed signature field is frozen (gates 15 and 18; ISO 32000-2 §12.7.4, §12.8.2.2).
 */
import { asArray, asDictionary, asName, asReference, asText, type PdfObject } from '../../../pdf/objects.ts'
import type { PdfView } from '../../../pdf/reader.ts'
import type { FormField } from '../../format/find-signatures.ts'
import type { Referrer } from '../graph.ts'
import { approve, approveStream, type Change, ownerOf, type Step } from '../step.ts'
import { changedKeys, sameValue } from '../values.ts'
import {
  coversPage,
  flagsOf,
  isVisible,
  PRINT,
  pageOf,
  rectangleOf,
  SEAL_SHARE,
  TEXT_SHARE,
  VISIBILITY_FLAGS,
} from '../widget-place.ts'
import { isNewSignatureValue, reportSignature } from './new-field-rule.ts'

const FILLABLE = new Set(['Ff', 'Type', 'AP', 'AS', 'V', 'F', 'DA', 'Q', 'M', 'I', 'RV', 'TI'])
const SIGNABLE = new Set(['Ff', 'Type', 'AP', 'AS', 'V', 'F', 'DA', 'Q', 'M', 'MK'])
const APPEARANCE = new Set(['AP', 'AS', 'DA', 'Q', 'MK'])
const READ_ONLY = 1

/** Where a field or widget may be named without its new value showing anywhere else. */
const FIELD_SLOTS = new Set(['Fields', 'Kids', 'Annots', 'Parent', 'CO', 'Obj', 'T', '[]'])

export function compareField(step: Step, old: FormField, now: FormField): void {
  const keys = changedKeys(step.file, old.dictionary, now.dictionary)
  const isAppearanceTouched = touchesAppearance(step, old)
  const isValueTouched = touchesValue(step, old)
  if (keys.length === 0 && !isAppearanceTouched && !isValueTouched) return
  if (now.dictionary.duplicateKeys !== undefined) {
    refuse(step, old, 'FIELD_CHANGED')
    return
  }
  approve(step, old.reference, isFieldUse)
  if (old.type === 'Sig') compareSignatureField(step, old, now, keys)
  else compareOrdinaryField(step, old, now, { keys, isAppearanceTouched, isValueTouched })
}

function isFieldUse(use: Referrer): boolean {
  const slot = use.path.findLast((key) => key !== '[]') ?? '[]'
  return FIELD_SLOTS.has(slot)
}

function placeOf(step: Step, view: PdfView, field: FormField): Pick<Change, 'page' | 'rectangle' | 'detail'> {
  return {
    page: pageOf(step.pages, field.dictionary),
    rectangle: rectangleOf(view, field.dictionary),
    detail: field.name,
  }
}

function refuse(step: Step, field: FormField, code: Change['code'], detail = field.name): void {
  step.report({ ...placeOf(step, step.before, field), code, level: 'other', detail, field: field.name })
}

// ---- signature fields ----

function compareSignatureField(step: Step, old: FormField, now: FormField, keys: readonly string[]): void {
  const owner = ownerOf(old)
  const isSigned = asDictionary(step.before.resolve(owner.value)) !== undefined
  if (isSigned) {
    refuse(step, old, 'SIGNED_FIELD_CHANGED')
    return
  }
  const ownerNow = ownerOf(now)
  const value = step.after.resolve(ownerNow.value)
  if (value.kind !== 'dictionary') {
    const isAppearance = keys.length === 0 || keys.some((key) => APPEARANCE.has(key))
    refuse(step, old, isAppearance ? 'FIELD_APPEARANCE_CHANGED' : 'FIELD_CHANGED')
    return
  }
  for (const key of keys) if (!SIGNABLE.has(key)) refuse(step, old, 'FIELD_CHANGED', `${old.name} ${key}`)
  if (!isNewSignatureValue(step, ownerNow.value)) {
    refuse(step, old, 'SIGNATURE_VALUE_REUSED')
    return
  }
  const wasVisible = isVisible(step.before, old.dictionary)
  const becomesVisible = !wasVisible && isVisible(step.after, now.dictionary)
  if (becomesVisible) refuse(step, old, 'FIELD_VISIBILITY_CHANGED')
  // A field as large as the page, laid out before signing, would replace what was signed by its picture.
  if (wasVisible && isCovering(step, old, SEAL_SHARE)) refuse(step, old, 'VISIBLE_FIELD_COVERS_PAGE')
  approveAppearance(step, old)
  if (keys.includes('V') || !old.isNamed)
    reportSignature(step, now, { isExisting: true, isSeen: wasVisible && now.dictionary.entries.has('Rect') })
}

// ---- all other fields ----

type Touched = {
  readonly keys: readonly string[]
  readonly isAppearanceTouched: boolean
  readonly isValueTouched: boolean
}

function compareOrdinaryField(step: Step, old: FormField, now: FormField, touched: Touched): void {
  const { keys } = touched
  for (const key of keys) if (!FILLABLE.has(key)) refuse(step, old, 'FIELD_CHANGED', `${old.name} ${key}`)
  if (keys.includes('Ff') && !onlyReadOnlyDiffers(step, old, now))
    refuse(step, old, 'FIELD_CHANGED', `${old.name} Ff`)
  if (keys.includes('F') && !keepsVisibility(step, old, now)) refuse(step, old, 'FIELD_VISIBILITY_CHANGED')
  const owner = ownerOf(old)
  const ownerNow = ownerOf(now)
  const before = step.before.resolve(owner.value)
  const after = step.after.resolve(ownerNow.value)
  const isFilled = touched.isValueTouched || !sameValue(step.file, before, after)
  if ((old.flags & READ_ONLY) !== 0 && !isCalculated(step, old)) {
    refuse(step, old, 'FIELD_READ_ONLY_CHANGED')
    return
  }
  const changesLook = touched.isAppearanceTouched || keys.some((key) => APPEARANCE.has(key) || key === 'RV')
  if (changesLook && !isFilled) {
    refuse(step, old, 'FIELD_APPEARANCE_CHANGED')
    return
  }
  // A push button has no value: whatever changes in it is its picture.
  if (old.type === 'Btn' && (old.flags & 65_536) !== 0) {
    refuse(step, old, 'FIELD_APPEARANCE_CHANGED')
    return
  }
  if (changesLook && isVisible(step.before, old.dictionary) && isCovering(step, old, TEXT_SHARE))
    refuse(step, old, 'VISIBLE_FIELD_COVERS_PAGE')
  approveAppearance(step, old)
  approveValue(step, owner)
  if (isFilled && old !== owner && !keys.includes('V')) return
  if (!isFilled) {
    step.report({
      ...placeOf(step, step.before, old),
      code: 'FIELD_SETTINGS_CHANGED',
      level: 'form',
      field: old.name,
    })
    return
  }
  step.report({
    ...placeOf(step, step.before, old),
    code: 'FIELD_FILLED',
    level: 'form',
    field: old.name,
    values: { before: textOf(step.before, before), after: textOf(step.after, after) },
    detail: `${old.name}: ${textOf(step.before, before)} → ${textOf(step.after, after)}`,
  })
}

function isCovering(step: Step, field: FormField, share: number): boolean {
  const page = pageOf(step.pages, field.dictionary)
  const found = page === null ? undefined : step.pageList[page - 1]
  return coversPage(step.before, found, rectangleOf(step.before, field.dictionary), share)
}

function onlyReadOnlyDiffers(step: Step, old: FormField, now: FormField): boolean {
  const before = step.before.resolve(old.dictionary.entries.get('Ff'))
  const after = step.after.resolve(now.dictionary.entries.get('Ff'))
  const flags = (value: PdfObject) => (value.kind === 'number' ? value.value : 0)
  return ((flags(before) ^ flags(after)) & ~READ_ONLY) === 0
}

/** Print, lock and read-only flags may be set; nothing may appear, disappear or stop being printed. */
function keepsVisibility(step: Step, old: FormField, now: FormField): boolean {
  const before = flagsOf(step.before, old.dictionary)
  const after = flagsOf(step.after, now.dictionary)
  const lostPrint = (before & PRINT) !== 0 && (after & PRINT) === 0
  return ((before ^ after) & VISIBILITY_FLAGS) === 0 && !lostPrint
}

/** Calculated totals are read-only for people, yet filling another field changes them. */
function isCalculated(step: Step, field: FormField): boolean {
  const order = asArray(step.before.resolve(step.formBefore.acroForm?.entries.get('CO'))) ?? []
  const number = ownerOf(field).reference?.objectNumber
  return number !== undefined && order.some((item) => asReference(item)?.objectNumber === number)
}

// ---- appearance and value held in objects of their own ----

function touchesAppearance(step: Step, field: FormField): boolean {
  return appearanceReferences(step, field).some((reference) => step.changed.has(reference.objectNumber))
}

function touchesValue(step: Step, field: FormField): boolean {
  return step.changed.has(asReference(field.dictionary.entries.get('V'))?.objectNumber ?? -1)
}

function appearanceReferences(step: Step, field: FormField) {
  const states = asDictionary(step.before.resolve(field.dictionary.entries.get('AP')))
  if (states === undefined) return []
  return [...states.entries.values()].flatMap((entry) => {
    const reference = asReference(entry)
    if (reference !== undefined) return [reference]
    return [...(asDictionary(entry)?.entries.values() ?? [])].flatMap((item) => asReference(item) ?? [])
  })
}

/** An appearance stream may be overwritten only if nothing but this field's own widgets draws it. */
function approveAppearance(step: Step, field: FormField): void {
  const owner = ownerOf(field)
  const own = new Set([owner, ...owner.kids].flatMap((part) => part.reference?.objectNumber ?? []))
  for (const reference of appearanceReferences(step, field))
    approveStream(step, reference, (use) => own.has(use.from) && use.path[0] === 'AP')
}

function approveValue(step: Step, owner: FormField): void {
  const number = owner.reference?.objectNumber
  approveStream(
    step,
    asReference(owner.dictionary.entries.get('V')),
    (use) => use.from === number && use.path.length === 1 && use.path[0] === 'V',
  )
}

/** A field value as text for the list of changes. */
function textOf(view: PdfView, value: PdfObject): string {
  if (value.kind === 'array') return value.items.map((item) => textOf(view, view.resolve(item))).join(', ')
  return asText(value) ?? asName(value) ?? (value.kind === 'null' ? '' : `(${value.kind})`)
}
