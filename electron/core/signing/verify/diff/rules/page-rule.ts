/**
 * Pages: a page may change in /Annots only, and there only by widgets of signature fields this revision signed or
 * added; other annotations count as such and are allowed where a certification says P=3 (gates 14 and 17).
 */
import {
  asArray,
  asDictionary,
  asName,
  asReference,
  type PdfDictionary,
  type PdfObject,
} from '../../../pdf/objects.ts'
import type { FormField } from '../../format/find-signatures.ts'
import { onlyPoints } from '../annotation-look.ts'
import { approve, isUse, ownerOf, type Step } from '../step.ts'
import { changedKeys, sameValue } from '../values.ts'
import { isVisible, rectangleOf } from '../widget-place.ts'

export function checkPages(step: Step): void {
  const attached = new Set<number>()
  const widgets = widgetIndex(step)
  const hasLists = [...step.changed.values()].some((change) => change.before.kind === 'array')
  for (const [objectNumber, index] of step.pages) {
    step.budget.tick()
    if (!hasLists && !step.changed.has(objectNumber)) continue
    const change = step.changed.get(objectNumber)
    // A page that is a stream could be content at the same time: no rule covers that.
    const old = change?.before.kind === 'dictionary' ? change.before : undefined
    if (change !== undefined && old !== undefined)
      checkPage(step, { old, now: asDictionary(change.after), index, widgets, attached })
    const current = asDictionary(change?.before ?? step.before.resolve(pageReference(objectNumber, step)))
    const list = asReference(current?.entries.get('Annots'))
    if (list === undefined || !step.changed.has(list.objectNumber)) continue
    compareAnnotations(step, { old: list, now: list, index, widgets, attached })
    approve(step, list, (use) => isUse(use, objectNumber, 'Annots'))
  }
}

function pageReference(objectNumber: number, step: Step): PdfObject {
  const entry = step.before.entryOf(objectNumber)
  return {
    kind: 'reference',
    objectNumber,
    generation: entry?.kind === 'in-use' ? entry.generation : 0,
  }
}

type PageChange = {
  readonly old: PdfDictionary
  readonly now: PdfDictionary | undefined
  readonly index: number
  readonly widgets: ReadonlyMap<number, FormField>
  /** Annotations this revision put on a page: one may stand on one page only. */
  readonly attached: Set<number>
}

function checkPage(step: Step, { old, now, index, widgets, attached }: PageChange): void {
  const reference = [...step.changed.values()].find((change) => change.before === old)?.reference
  if (reference !== undefined) step.approved.add(reference.objectNumber)
  const keys = now === undefined ? ['Page'] : changedKeys(step.file, old, now)
  const others = keys.filter((key) => key !== 'Annots')
  if (now === undefined || others.length > 0 || now.duplicateKeys !== undefined)
    step.report({ code: 'PAGE_CHANGED', level: 'other', page: index + 1, detail: others.join(' ') })
  if (keys.includes('Annots'))
    compareAnnotations(step, {
      old: old.entries.get('Annots'),
      now: now?.entries.get('Annots'),
      index,
      widgets,
      attached,
    })
}

type Lists = {
  readonly old: PdfObject | undefined
  readonly now: PdfObject | undefined
  readonly index: number
  readonly widgets: ReadonlyMap<number, FormField>
  /** Annotations this revision put on a page: one may stand on one page only. */
  readonly attached: Set<number>
}

function compareAnnotations(step: Step, lists: Lists): void {
  const before = asArray(step.before.resolve(lists.old)) ?? []
  const after = asArray(step.after.resolve(lists.now)) ?? []
  const page = lists.index + 1
  let position = 0
  const added: PdfObject[] = []
  for (const item of after) {
    if (position < before.length && sameValue(step.file, before[position], item)) position += 1
    else added.push(item)
  }
  if (position < before.length) step.report({ code: 'ANNOTATION_DELETED', level: 'other', page })
  const numbers = after.flatMap((item) => asReference(item)?.objectNumber ?? [])
  if (new Set(numbers).size !== numbers.length)
    step.report({ code: 'ANNOTATION_CHANGED', level: 'other', page })
  for (const item of added) {
    const number = asReference(item)?.objectNumber
    if (number !== undefined && lists.attached.has(number))
      step.report({ code: 'ANNOTATION_CHANGED', level: 'other', page })
    if (number !== undefined) lists.attached.add(number)
    checkAdded(step, item, page, lists.widgets)
  }
}

function checkAdded(
  step: Step,
  item: PdfObject,
  page: number,
  widgets: ReadonlyMap<number, FormField>,
): void {
  const reference = asReference(item)
  const widget = reference === undefined ? undefined : widgets.get(reference.objectNumber)
  const annotation = asDictionary(step.after.resolve(item))
  if (annotation === undefined) {
    step.report({ code: 'ANNOTATION_CHANGED', level: 'other', page })
    return
  }
  const rectangle = rectangleOf(step.after, annotation)
  if (widget !== undefined) {
    const isNew = reference !== undefined && step.added.has(reference.objectNumber)
    // A widget that existed but was on no page must not come into sight now.
    if (!isNew && isVisible(step.after, annotation))
      step.report({ code: 'FIELD_VISIBILITY_CHANGED', level: 'other', page, rectangle, detail: widget.name })
    else if (ownerOf(widget).type !== 'Sig')
      step.report({ code: 'FIELD_ADDED', level: 'other', page, rectangle, detail: widget.name })
    return
  }
  const subtype = asName(annotation.entries.get('Subtype')) ?? ''
  const isNew = reference === undefined || step.added.has(reference.objectNumber)
  const isHarmless = isNew && onlyPoints(step, annotation)
  step.report({
    code: isHarmless ? 'ANNOTATION_ADDED' : 'ANNOTATION_NOT_ALLOWED',
    level: isHarmless ? 'annotate' : 'other',
    page,
    rectangle,
    detail: subtype,
  })
}

function widgetIndex(step: Step): ReadonlyMap<number, FormField> {
  return new Map(
    step.formAfter.all.flatMap((field) =>
      field.reference === undefined ? [] : [[field.reference.objectNumber, field] as const],
    ),
  )
}
