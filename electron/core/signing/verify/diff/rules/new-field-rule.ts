/**
 * Fields that did not exist: only signature fields may be added, and what can be seen of them is listed with page and
 * rectangle; unsigned visible ones, and any visible one after certification, are refused (gates 15 and 17).
 */
import { asDictionary, asName, asReference, type PdfObject } from '../../../pdf/objects.ts'
import type { PdfPage } from '../../../pdf/page-tree.ts'
import type { FormField } from '../../format/find-signatures.ts'
import { pageContent, paintedOn } from '../../page-paint.ts'
import { sharedArea } from '../../paint-box.ts'
import type { Change, Rectangle, Step } from '../step.ts'
import { coversPage, isVisible, pageOf, rectangleOf, SEAL_SHARE, widgetsOf } from '../widget-place.ts'

/** Keys that run actions or hide what a widget is. */
const FORBIDDEN = ['A', 'AA', 'OC', 'Popup', 'IRT', 'PMD']

export function checkNewField(step: Step, field: FormField, names: ReadonlySet<string>): void {
  const isSignature = field.type === 'Sig' && field.isNamed && field.parent === undefined && field.name !== ''
  const widgets = widgetsOf(field)
  if (!isSignature || names.has(field.name) || field.kids.some((kid) => kid.isNamed)) {
    step.report({ ...placeOf(step, field), code: 'FIELD_ADDED', level: 'other' })
    return
  }
  const parts = [field, ...field.kids]
  const isClean = parts.every(
    (part) =>
      part.dictionary.duplicateKeys === undefined &&
      !FORBIDDEN.some((key) => part.dictionary.entries.has(key)),
  )
  // The field and its widgets must be new objects: an old one would bring content that was never shown.
  const isNew = parts.every(
    (part) => part.reference === undefined || step.added.has(part.reference.objectNumber),
  )
  const isWidget = widgets.every((widget) => asName(widget.dictionary.entries.get('Subtype')) === 'Widget')
  if (!isClean || !isNew || !isWidget) {
    step.report({ ...placeOf(step, field), code: 'FIELD_ADDED', level: 'other' })
    return
  }
  const seen = widgets.filter((widget) => isVisible(step.after, widget.dictionary))
  const isSigned = asDictionary(step.after.resolve(field.value)) !== undefined
  if (isSigned && !isNewSignatureValue(step, field.value))
    step.report({ ...placeOf(step, field), code: 'SIGNATURE_VALUE_REUSED', level: 'other' })
  for (const widget of seen) checkVisible(step, widget, isSigned)
  if (isSigned) reportSignature(step, field, { isExisting: false, isSeen: seen.length > 0 })
  else if (seen.length === 0)
    step.report({ detail: field.name, code: 'SIGNATURE_FIELD_ADDED', level: 'form' })
}

function placeOf(step: Step, field: FormField): Pick<Change, 'page' | 'rectangle' | 'detail'> {
  return {
    page: pageOf(step.pages, field.dictionary),
    rectangle: rectangleOf(step.after, field.dictionary),
    detail: field.name,
  }
}

function checkVisible(step: Step, widget: FormField, isSigned: boolean): void {
  const place = placeOf(step, widget)
  const page = place.page === null || place.page === undefined ? undefined : step.pageList[place.page - 1]
  if (!isSigned) step.report({ ...place, code: 'VISIBLE_FIELD_UNSIGNED', level: 'other' })
  else if (step.isCertified)
    step.report({ ...place, code: 'VISIBLE_FIELD_AFTER_CERTIFICATION', level: 'other' })
  else if (coversPage(step.after, page, place.rectangle, SEAL_SHARE))
    step.report({ ...place, code: 'VISIBLE_FIELD_COVERS_PAGE', level: 'other' })
  else {
    step.report({ ...place, code: 'VISIBLE_FIELD_ADDED', level: 'form' })
    if (page !== undefined && liesOnText(step, page, place.rectangle))
      step.report({ ...place, code: 'VISIBLE_FIELD_OVER_TEXT', level: 'form' })
  }
}

/** Text of the signed page under the widget; a page that cannot be read counts as text. */
function liesOnText(step: Step, page: PdfPage, rectangle: Rectangle | undefined): boolean {
  if (rectangle === undefined) return true
  const resources = asDictionary(step.before.resolve(page.inherited.get('Resources')))
  const content = pageContent(step.file, step.before, page)
  return (
    content === undefined ||
    paintedOn(step.file, step.before, resources, content).some(
      (one) => one.kind === 'text' && sharedArea(one.box, rectangle) > 0,
    )
  )
}

/** The value of a newly signed field must be an object this revision brought, never one that was there before. */
export function isNewSignatureValue(step: Step, value: PdfObject | undefined): boolean {
  const reference = asReference(value)
  if (reference === undefined) return value?.kind === 'dictionary'
  return step.added.has(reference.objectNumber)
}

/** Lists a signature this revision brought. */
export function reportSignature(
  step: Step,
  field: FormField,
  how: { readonly isExisting: boolean; readonly isSeen: boolean },
): void {
  const dictionary = asDictionary(step.after.resolve(field.value))
  const isTimestamp =
    asName(dictionary?.entries.get('Type')) === 'DocTimeStamp' &&
    asName(dictionary?.entries.get('SubFilter')) === 'ETSI.RFC3161'
  step.report({
    ...(how.isSeen ? placeOf(step, field) : { detail: field.name }),
    code: isTimestamp ? 'DOCUMENT_TIMESTAMP_ADDED' : 'SIGNATURE_ADDED',
    level: isTimestamp && !how.isSeen ? 'lta' : 'form',
    ...(how.isExisting ? { field: field.name } : {}),
  })
}
