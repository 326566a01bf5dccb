/** The form dictionary and the list of fields: fields may be added at the end, everything else stays (gates 12 and 15). */
import { asArray, asInteger, asReference, type PdfDictionary, type PdfObject } from '../../../pdf/objects.ts'
import type { FormField } from '../../format/find-signatures.ts'
import { approve, isUse, type Step } from '../step.ts'
import { changedKeys, sameValue } from '../values.ts'
import { compareField } from './field-rule.ts'
import { checkNewField } from './new-field-rule.ts'

const EMPTY: PdfDictionary = { kind: 'dictionary', entries: new Map() }

export function checkForm(step: Step): void {
  const oldEntry = step.before.catalog.entries.get('AcroForm')
  const newEntry = step.after.catalog.entries.get('AcroForm')
  const old = step.formBefore.acroForm ?? EMPTY
  const now = step.formAfter.acroForm
  if (now === undefined) {
    if (oldEntry !== undefined) step.report({ code: 'FORM_CHANGED', level: 'other', detail: 'AcroForm' })
    return
  }
  if (now.duplicateKeys !== undefined) step.report({ code: 'FORM_CHANGED', level: 'other' })
  for (const key of changedKeys(step.file, old, now))
    if (key !== 'Fields' && !isAllowed(step, key, old.entries.get(key), now.entries.get(key)))
      step.report({ code: 'FORM_CHANGED', level: 'other', detail: key })
  const root = step.before.catalogReference.objectNumber
  const self = asReference(oldEntry)?.objectNumber
  approve(step, asReference(oldEntry), (use) => isUse(use, root, 'AcroForm'))
  const isInForm = (key: string) => (use: { readonly from: number; readonly path: readonly string[] }) =>
    self === undefined
      ? use.from === root && use.path.length === 2 && use.path[0] === 'AcroForm' && use.path[1] === key
      : isUse(use, self, key)
  approve(step, asReference(old.entries.get('Fields')), isInForm('Fields'))
  checkResources(step, old.entries.get('DR'), now.entries.get('DR'), isInForm('DR'))
  checkFieldList(
    step,
    old.entries.get('Fields'),
    newEntry === undefined ? undefined : now.entries.get('Fields'),
  )
  checkFields(step)
}

function isAllowed(step: Step, key: string, old: PdfObject | undefined, now: PdfObject | undefined): boolean {
  const before = step.before.resolve(old)
  const after = step.after.resolve(now)
  switch (key) {
    case 'SigFlags': {
      const flags = asInteger(after) ?? -1
      const earlier = asInteger(before) ?? 0
      return flags >= 0 && flags <= 3 && (flags & earlier) === earlier
    }
    case 'NeedAppearances':
      // Taking it away keeps what is shown; asking for it makes viewers draw the fields anew.
      return after.kind === 'null' || (after.kind === 'boolean' && !after.value)
    case 'DR':
      return isSuperset(step, before, after, 0)
    case 'DA':
      return before.kind === 'null' && after.kind === 'string'
    default:
      return sameValue(step.file, before, after)
  }
}

/** Every entry of the old resources is still there and the same; new ones may stand beside them. */
function isSuperset(step: Step, old: PdfObject, now: PdfObject, depth: number): boolean {
  if (old.kind === 'null') return now.kind === 'dictionary'
  if (sameValue(step.file, old, now)) return true
  if (old.kind !== 'dictionary' || now.kind !== 'dictionary' || depth > 1) return false
  return [...old.entries].every(([key, value]) => {
    const later = now.entries.get(key)
    if (sameValue(step.file, value, later)) return true
    return isSuperset(step, step.before.resolve(value), step.after.resolve(later), depth + 1)
  })
}

function checkResources(
  step: Step,
  old: PdfObject | undefined,
  now: PdfObject | undefined,
  isKnownUse: Parameters<typeof approve>[2],
): void {
  const reference = asReference(old)
  if (reference === undefined || !step.changed.has(reference.objectNumber)) return
  if (isSuperset(step, step.before.resolve(old), step.after.resolve(now), 0))
    approve(step, reference, isKnownUse)
}

/** The old list must be contained in the new one in order, and no field may be listed twice. */
function checkFieldList(step: Step, old: PdfObject | undefined, now: PdfObject | undefined): void {
  const before = asArray(step.before.resolve(old)) ?? []
  const after = asArray(step.after.resolve(now)) ?? []
  let position = 0
  for (const item of before) {
    while (position < after.length && !sameValue(step.file, item, after[position])) position += 1
    if (position >= after.length) {
      step.report({ code: 'FIELD_DELETED', level: 'other' })
      return
    }
    position += 1
  }
  const numbers = after.flatMap((item) => asReference(item)?.objectNumber ?? [])
  if (new Set(numbers).size !== numbers.length)
    step.report({ code: 'FORM_CHANGED', level: 'other', detail: 'Fields' })
}

function checkFields(step: Step): void {
  const later = new Map(step.formAfter.all.map((field) => [keyOf(field), field]))
  const earlier = new Set<string>()
  for (const field of step.formBefore.all) {
    step.budget.tick()
    const key = keyOf(field)
    earlier.add(key)
    const now = later.get(key)
    if (now === undefined || now.name !== field.name || keyOf(now.parent) !== keyOf(field.parent))
      step.report({ code: 'FIELD_DELETED', level: 'other', detail: field.name })
    else compareField(step, field, now)
  }
  const names = new Set(step.formBefore.all.filter((field) => field.isNamed).map((field) => field.name))
  for (const field of step.formAfter.all) {
    if (earlier.has(keyOf(field))) continue
    // Widgets of a new field are judged with it.
    if (field.parent !== undefined && !earlier.has(keyOf(field.parent))) continue
    checkNewField(step, field, names)
    if (field.isNamed) names.add(field.name)
  }
}

function keyOf(field: FormField | undefined): string {
  if (field === undefined) return ''
  return field.reference === undefined ? `name ${field.name}` : `object ${field.reference.objectNumber}`
}
