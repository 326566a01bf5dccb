/** Puts signature fields into a document: AcroForm, widget, page (ISO 32000-2 §12.7.3, §12.5.6.19). */
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import type { FieldLock } from './mdp.ts'
import {
  asArray,
  asDictionary,
  asInteger,
  asReference,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfStream,
  pdfText,
  withEntries,
} from './objects.ts'
import type { PageBox, PdfPage } from './page-tree.ts'
import { openPdf, type PdfFile } from './reader.ts'
import { listFormFields } from './signature-fields.ts'
import { type PdfUpdate, startUpdate } from './update-writer.ts'

/** Print and Locked: shown on paper, not to be moved. */
const WIDGET_FLAGS = 132
const SIGNATURES_EXIST_AND_APPEND_ONLY = 3

/** What a field shows. Made by `appearance.ts`; added to the update when the place is known. */
export type Appearance = {
  /** Adds the objects and returns the form XObject for /AP /N. */
  readonly addTo: (update: PdfUpdate, place: AppearancePlace) => PdfReference
}

/** Size of the widget's rectangle in points, and the page's /Rotate. */
export type AppearancePlace = {
  readonly widthPoints: number
  readonly heightPoints: number
  readonly rotation: 0 | 90 | 180 | 270
}

export type SignatureFieldSpec = {
  /** Partial name without dots, unique in the document. */
  readonly name: string
  /** 0 for the first page (default 0). */
  readonly pageIndex?: number
  /** Points in the page's own coordinates; absent for an invisible field. */
  readonly rect?: PageBox
  /** What the signature of this field will lock. */
  readonly lock?: FieldLock
}

/**
 * Creates empty signature fields in one update, all before the first signature: later a visible one would spoil
 * certification.
 *
 * @returns the bytes to append to the file
 * @throws SigningError ALREADY_SIGNED | FIELD_NAME_TAKEN | PAGE_NOT_FOUND | PDF_ENCRYPTED | PDF_DAMAGED | PDF_TOO_LARGE | NOT_A_PDF
 */
export function layOutSignatureFields(source: ByteSource, specs: readonly SignatureFieldSpec[]): Uint8Array {
  const file = openPdf(source)
  const update = startUpdate(file)
  const fields = listFormFields(file)
  const isSigned = fields.some(
    (field) => field.type === 'Sig' && file.resolve(field.valueEntry).kind !== 'null',
  )
  if (isSigned) throw new SigningError('ALREADY_SIGNED', 'Fields are laid out before the first signature')
  const taken = new Set(fields.map((field) => field.name))
  for (const spec of specs) {
    assertNameFree(spec.name, taken)
    taken.add(spec.name)
  }
  const placed = specs.map((spec) => {
    const page = pageAt(file, spec.pageIndex ?? 0)
    const reference = update.add(widgetDictionary(update, spec, page))
    addAnnotation(update, page, reference)
    return reference
  })
  addToForm(update, placed, { mayTidy: true })
  return update.finish().bytes
}

/** True when no field has the name or lies below it. */
export function isNameFree(name: string, taken: ReadonlySet<string>): boolean {
  return ![...taken].some((other) => other === name || other.startsWith(`${name}.`))
}

/** @throws SigningError FIELD_NAME_TAKEN also for names that could not be found again (empty, with a dot) */
export function assertNameFree(name: string, taken: ReadonlySet<string>): void {
  if (name !== '' && !name.includes('.') && isNameFree(name, taken)) return
  throw new SigningError('FIELD_NAME_TAKEN', 'A form field of that name exists', {
    data: { fieldName: name },
  })
}

/** @throws SigningError PAGE_NOT_FOUND */
export function pageAt(file: PdfFile, pageIndex: number): PdfPage {
  for (const page of file.pages()) if (page.index === pageIndex) return page
  throw new SigningError('PAGE_NOT_FOUND', 'No such page', { data: { pageIndex } })
}

/** Field and widget in one dictionary, unsigned. */
export function widgetDictionary(
  update: PdfUpdate,
  spec: SignatureFieldSpec,
  page: PdfPage,
  appearance?: PdfReference,
): PdfDictionary {
  const { rect } = spec
  const box = rect ?? { left: 0, bottom: 0, right: 0, top: 0 }
  const shown = appearance ?? (rect === undefined ? undefined : update.add(emptyAppearance(rect)))
  return pdfDictionary({
    Type: pdfName('Annot'),
    Subtype: pdfName('Widget'),
    FT: pdfName('Sig'),
    T: pdfText(spec.name),
    F: pdfNumber(WIDGET_FLAGS),
    P: page.reference,
    Rect: pdfArray([box.left, box.bottom, box.right, box.top].map(pdfNumber)),
    AP: shown === undefined ? undefined : pdfDictionary({ N: shown }),
    Lock: spec.lock === undefined ? undefined : update.add(lockDictionary(spec.lock)),
  })
}

/** A form XObject that draws nothing: viewers that insist on /AP are content, and the field shows its own prompt. */
function emptyAppearance(rect: PageBox): PdfObject {
  return pdfStream(
    {
      Type: pdfName('XObject'),
      Subtype: pdfName('Form'),
      BBox: pdfArray([0, 0, rect.right - rect.left, rect.top - rect.bottom].map(pdfNumber)),
      Resources: pdfDictionary({}),
    },
    new Uint8Array(0),
  )
}

/** /Lock (table 236) and the parameters of FieldMDP (table 259) have the same keys. */
export function lockDictionary(lock: FieldLock): PdfDictionary {
  return pdfDictionary({
    Type: pdfName('SigFieldLock'),
    Action: pdfName(lock.action),
    Fields: lock.action === 'All' ? undefined : pdfArray(lock.fields.map(pdfText)),
  })
}

/** Adds a widget to the page's /Annots: to the array where it is an object of its own, else to the page. */
export function addAnnotation(update: PdfUpdate, page: PdfPage, widget: PdfReference): void {
  const dictionary = asDictionary(update.resolve(page.reference)) ?? page.dictionary
  const entry = dictionary.entries.get('Annots')
  const resolved = update.resolve(entry)
  if (resolved.kind !== 'array' && resolved.kind !== 'null')
    throw new SigningError('PDF_DAMAGED', '/Annots is no array', { data: { reason: '/Annots' } })
  const annotations = pdfArray([...(asArray(resolved) ?? []), widget])
  const own = asReference(entry)
  if (own !== undefined && resolved.kind === 'array') update.set(own, annotations)
  else update.set(page.reference, withEntries(dictionary, { Annots: annotations }))
}

/**
 * Adds fields to the AcroForm, making one when there is none.
 *
 * @param options `mayTidy`: nothing is signed yet, so the form may become an object of its own (later updates then
 * leave the catalog alone) and /NeedAppearances, which hides new appearances, may go
 */
export function addToForm(
  update: PdfUpdate,
  fields: readonly PdfReference[],
  options: { readonly mayTidy: boolean },
): void {
  const { file } = update
  const catalog = asDictionary(update.resolve(file.catalogReference)) ?? file.catalog
  const entry = catalog.entries.get('AcroForm')
  const form = asDictionary(update.resolve(entry))
  const changed = extendForm(update, form ?? pdfDictionary({}), fields, options.mayTidy)
  const own = asReference(entry)
  if (form !== undefined && own !== undefined) {
    if (changed !== form) update.set(own, changed)
    return
  }
  if (changed === form) return
  const isDirectAndSigned = form !== undefined && !options.mayTidy
  const value = isDirectAndSigned ? changed : update.add(changed)
  update.set(file.catalogReference, withEntries(catalog, { AcroForm: value }))
}

/** The form with the fields added; the same object when nothing has to change in it. */
function extendForm(
  update: PdfUpdate,
  form: PdfDictionary,
  fields: readonly PdfReference[],
  mayTidy: boolean,
): PdfDictionary {
  const flags = asInteger(update.resolve(form.entries.get('SigFlags'))) ?? 0
  const changes: Record<string, PdfObject | undefined> = {}
  if ((flags & SIGNATURES_EXIST_AND_APPEND_ONLY) !== SIGNATURES_EXIST_AND_APPEND_ONLY)
    changes.SigFlags = pdfNumber(flags | SIGNATURES_EXIST_AND_APPEND_ONLY)
  if (mayTidy && form.entries.has('NeedAppearances')) changes.NeedAppearances = undefined
  if (fields.length > 0) {
    const entry = form.entries.get('Fields')
    const known = update.resolve(entry)
    const all = pdfArray([...(asArray(known) ?? []), ...fields])
    const own = known.kind === 'array' ? asReference(entry) : undefined
    if (own !== undefined) update.set(own, all)
    else changes.Fields = all
  }
  return Object.keys(changes).length === 0 ? form : withEntries(form, changes)
}
