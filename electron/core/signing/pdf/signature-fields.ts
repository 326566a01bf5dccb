/** Signature fields of a document (ISO 32000-2 §12.7.4, §12.7.5.5), found through the AcroForm. */
import { SigningError } from '../errors.ts'
import {
  asArray,
  asDictionary,
  asName,
  asReference,
  asText,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  referenceKey,
} from './objects.ts'
import { type PageBox, rectangleOf } from './page-tree.ts'
import type { PdfView } from './reader.ts'

const MAXIMUM_FIELD_DEPTH = 64
const MAXIMUM_FIELDS = 200_000

export type SignatureField = {
  /** Fully qualified name (§12.7.4.2): the names from the root down, joined by dots. */
  readonly name: string
  /** The field's object; undefined when the field is a direct object, which no standard allows. */
  readonly reference: PdfReference | undefined
  readonly dictionary: PdfDictionary
  /** The first widget: the field itself when they are one dictionary. */
  readonly widget:
    | { readonly reference: PdfReference | undefined; readonly dictionary: PdfDictionary }
    | undefined
  /** How many widgets stand for the field. */
  readonly widgetCount: number
  /** The widget's rectangle in points of the page's own coordinates; undefined when it has none. */
  readonly rect: PageBox | undefined
  /** 0 for the first page; undefined when no page shows the widget. Walks the page tree when first asked for. */
  readonly pageIndex: number | undefined
  /** True when /V is there and not null: the field is signed, however badly. */
  readonly isSigned: boolean
  /** /V as written in the field (a reference as a rule) and what it leads to. */
  readonly valueEntry: PdfObject | undefined
  readonly value: PdfDictionary | undefined
  /** Where a /V that is a reference points. */
  readonly valueReference: PdfReference | undefined
  /** /Lock followed, if any (§12.7.5.5, table 236). */
  readonly lock: PdfDictionary | undefined
}

/** Any terminal field: name, inherited type and value. */
export type FormField = {
  readonly name: string
  /** /FT inherited: Sig, Tx, Btn, Ch; undefined when no ancestor says. */
  readonly type: string | undefined
  readonly reference: PdfReference | undefined
  readonly dictionary: PdfDictionary
  /** /V, the field's own or inherited, not followed. */
  readonly valueEntry: PdfObject | undefined
  /** Widgets that are kids of the field; empty when the field is its own widget. */
  readonly widgets: readonly {
    readonly reference: PdfReference | undefined
    readonly dictionary: PdfDictionary
  }[]
}

/**
 * All terminal fields in document order.
 *
 * @throws SigningError PDF_DAMAGED when the field tree loops | PDF_TOO_LARGE (depth 64, 200,000 fields)
 */
export function listFormFields(view: PdfView): readonly FormField[] {
  const form = asDictionary(view.resolve(view.catalog.entries.get('AcroForm')))
  const roots = asArray(view.resolve(form?.entries.get('Fields'))) ?? []
  const state: Walk = { view, seen: new Set(), fields: [] }
  const top: Inherited = { name: '', type: undefined, valueEntry: undefined, depth: 0, ancestors: new Set() }
  for (const root of roots) walk(root, top, state)
  return state.fields
}

type Walk = { readonly view: PdfView; readonly seen: Set<string>; readonly fields: FormField[] }
type Inherited = {
  readonly name: string
  readonly type: string | undefined
  readonly valueEntry: PdfObject | undefined
  readonly depth: number
  readonly ancestors: ReadonlySet<string>
}

function walk(node: PdfObject, inherited: Inherited, state: Walk): void {
  if (inherited.depth > MAXIMUM_FIELD_DEPTH || state.fields.length > MAXIMUM_FIELDS)
    throw new SigningError('PDF_TOO_LARGE', 'Too many form fields', { data: { limit: 'form fields' } })
  const reference = asReference(node)
  if (reference !== undefined) {
    const key = referenceKey(reference)
    if (inherited.ancestors.has(key))
      throw new SigningError('PDF_DAMAGED', 'A form field contains itself', {
        data: { objectNumber: reference.objectNumber, reason: 'field tree loop' },
      })
    // Listed twice by careless writers: one field all the same.
    if (state.seen.has(key)) return
    state.seen.add(key)
  }
  const dictionary = asDictionary(state.view.resolve(node))
  if (dictionary === undefined) return
  const { entries } = dictionary
  const own = asText(state.view.resolve(entries.get('T')))
  const name = own === undefined ? inherited.name : inherited.name === '' ? own : `${inherited.name}.${own}`
  const type = asName(state.view.resolve(entries.get('FT'))) ?? inherited.type
  const valueEntry = entries.get('V') ?? inherited.valueEntry
  const kids = (asArray(state.view.resolve(entries.get('Kids'))) ?? []).map((kid) => ({
    kid,
    reference: asReference(kid),
    dictionary: asDictionary(state.view.resolve(kid)),
  }))
  const fields = kids.filter((kid) => kid.dictionary?.entries.has('T'))
  if (fields.length > 0) {
    const ancestors = new Set(inherited.ancestors)
    if (reference !== undefined) ancestors.add(referenceKey(reference))
    const below: Inherited = { name, type, valueEntry, depth: inherited.depth + 1, ancestors }
    for (const kid of fields) walk(kid.kid, below, state)
    return
  }
  const widgets = kids.flatMap((kid) =>
    kid.dictionary === undefined ? [] : [{ reference: kid.reference, dictionary: kid.dictionary }],
  )
  state.fields.push({ name, type, reference, dictionary, valueEntry, widgets })
}

/** The signature fields in document order, signed or not. @throws as `listFormFields` */
export function listSignatureFields(view: PdfView): readonly SignatureField[] {
  let places: ReadonlyMap<string, number> | undefined
  const placeOf = (field: SignatureField): number | undefined => {
    places ??= widgetPlaces(view)
    const reference = field.widget?.reference
    return reference === undefined ? undefined : places.get(referenceKey(reference))
  }
  return listFormFields(view)
    .filter((field) => field.type === 'Sig')
    .map((field) => signatureField(view, field, placeOf))
}

function signatureField(
  view: PdfView,
  field: FormField,
  placeOf: (field: SignatureField) => number | undefined,
): SignatureField {
  const isOwnWidget = field.widgets.length === 0 && field.dictionary.entries.has('Rect')
  const widget = isOwnWidget ? { reference: field.reference, dictionary: field.dictionary } : field.widgets[0]
  const value = view.resolve(field.valueEntry)
  return {
    name: field.name,
    reference: field.reference,
    dictionary: field.dictionary,
    widget,
    widgetCount: isOwnWidget ? 1 : field.widgets.length,
    rect: rectangleOf(widget?.dictionary.entries.get('Rect'), view.resolve),
    get pageIndex() {
      return placeOf(this)
    },
    isSigned: value.kind !== 'null',
    valueEntry: field.valueEntry,
    value: asDictionary(value),
    valueReference: asReference(field.valueEntry),
    lock: asDictionary(view.resolve(field.dictionary.entries.get('Lock'))),
  }
}

/** Widget object → index of the first page whose /Annots lists it. */
function widgetPlaces(view: PdfView): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const page of view.pages()) {
    for (const annotation of asArray(view.resolve(page.dictionary.entries.get('Annots'))) ?? []) {
      if (annotation.kind !== 'reference') continue
      const key = referenceKey(annotation)
      if (!places.has(key)) places.set(key, page.index)
    }
  }
  return places
}
