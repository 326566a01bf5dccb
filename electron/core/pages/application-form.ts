// Makes and fills 様式第1 電子契約利用申出書 as an AcroForm (ISO 32000-2 §12.7).
import {
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFPage,
  type PDFRef,
  PDFString,
} from 'pdf-lib'
import {
  type ApplicationFormOptions,
  FORM_FIELDS,
  FORM_KIND,
  FORM_KIND_FIELD,
  FORM_TOWN_FIELD,
  type FormFieldBox,
  type FormFieldName,
} from './application-form-fields.ts'
import { drawApplicationForm } from './application-form-page.ts'
import { fieldAppearance } from './field-appearance.ts'
import { embedFormFont, FORM_FONT_NAME, type FormFont, formTextMetrics } from './form-font.ts'

const A4 = [595.28, 841.89] as const
const HIDDEN = 2
const PRINT = 4
const MULTILINE = 1 << 12
const REQUIRED = 1 << 1
const READ_ONLY = 1
const NO_SPELL_CHECK = 1 << 22

/**
 * The blank form, one A4 page, PDF 1.7, about 3.3 MB (the whole Japanese font is inside so that every viewer can
 * type every name). Fields have tooltips, a tab order in reading order, and two hidden fields that name the form.
 * The same options give the same fields; it is not signed.
 */
export async function makeApplicationForm(options: ApplicationFormOptions): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.setTitle('電子契約利用申出書', { showInWindowTitleBar: true })
  document.setAuthor(options.townName)
  document.setLanguage('ja')
  document.setProducer('Keiyaku Desk')
  document.setCreator('Keiyaku Desk')
  const page = document.addPage([A4[0], A4[1]])
  const font = embedFormFont(document.context)
  page.node.newFontDictionaryKey('unused') // creates /Resources /Font
  page.node.setFontDictionary(FORM_FONT_NAME, font.ref)
  drawApplicationForm(page, font, options)
  addForm(document, page, font, options.townName)
  return document.save({ useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false })
}

function addForm(document: PDFDocument, page: PDFPage, font: FormFont, townName: string): void {
  const { context } = document
  const fields = [
    ...FORM_FIELDS.map((field) => addTextField(document, page, field)),
    addHiddenField(document, page, FORM_KIND_FIELD, FORM_KIND),
    addHiddenField(document, page, FORM_TOWN_FIELD, townName),
  ]
  page.node.set(PDFName.of('Annots'), context.obj(fields))
  page.node.set(PDFName.of('Tabs'), PDFName.of('A')) // order of the annotations (ISO 32000-2 table 31)
  const form = context.obj({
    Fields: fields,
    DR: { Font: { [FORM_FONT_NAME.decodeText()]: font.ref } },
    DA: PDFString.of(`/${FORM_FONT_NAME.decodeText()} 0 Tf 0 g`),
  })
  document.catalog.set(PDFName.of('AcroForm'), context.register(form))
}

function addTextField(document: PDFDocument, page: PDFPage, field: FormFieldBox): PDFRef {
  const [x, y, width, height] = field.box
  const flags =
    (field.multiline ? MULTILINE : 0) |
    (field.required ? REQUIRED : 0) |
    (/mail|code/.test(field.name) ? NO_SPELL_CHECK : 0)
  return document.context.register(
    document.context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Tx',
      T: PDFHexString.fromText(field.name),
      TU: PDFHexString.fromText(field.tooltip),
      Rect: [x, y, x + width, y + height],
      P: page.ref,
      F: PRINT,
      Ff: flags,
      Q: field.align === 'center' ? 1 : 0,
      DA: PDFString.of(`/${FORM_FONT_NAME.decodeText()} ${field.multiline ? 10.5 : 11} Tf 0 g`),
      MK: {},
    }),
  )
}

function addHiddenField(document: PDFDocument, page: PDFPage, name: string, value: string): PDFRef {
  return document.context.register(
    document.context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Tx',
      T: PDFHexString.fromText(name),
      V: PDFHexString.fromText(value),
      Rect: [0, 0, 0, 0],
      P: page.ref,
      F: HIDDEN,
      Ff: READ_ONLY,
      DA: PDFString.of(`/${FORM_FONT_NAME.decodeText()} 10 Tf 0 g`),
    }),
  )
}

/**
 * Fills a form made by {@link makeApplicationForm} the way a viewer does: values and appearances.
 * For the demo, for tests and for a contractor helped at the counter. Unnamed fields stay as they are.
 * @throws Error when `form` is no such form (a bug of the caller)
 */
export async function fillApplicationForm(
  form: Uint8Array,
  values: Partial<Record<FormFieldName, string>>,
): Promise<Uint8Array> {
  const document = await PDFDocument.load(form, { updateMetadata: false })
  const acroForm = document.catalog.lookup(PDFName.of('AcroForm'), PDFDict)
  const fonts = acroForm.lookup(PDFName.of('DR'), PDFDict).lookup(PDFName.of('Font'), PDFDict)
  const fields = acroForm.lookup(PDFName.of('Fields'), PDFArray)
  const metrics = formTextMetrics()
  const byName = new Map(FORM_FIELDS.map((field) => [field.name as string, field]))
  for (let index = 0; index < fields.size(); index += 1) {
    const dictionary = fields.lookup(index, PDFDict)
    const field = byName.get(dictionary.lookup(PDFName.of('T'), PDFHexString).decodeText())
    const value = field && values[field.name]
    if (field === undefined || value === undefined) continue
    const [, , width, height] = field.box
    const appearance = document.context.flateStream(fieldAppearance(field, value, metrics), {
      Type: 'XObject',
      Subtype: 'Form',
      BBox: [0, 0, width, height].map((side) => PDFNumber.of(side)),
      Resources: { Font: { [FORM_FONT_NAME.decodeText()]: fonts.get(FORM_FONT_NAME) ?? null } },
    })
    dictionary.set(PDFName.of('V'), PDFHexString.fromText(value))
    dictionary.set(PDFName.of('AP'), document.context.obj({ N: document.context.register(appearance) }))
  }
  return document.save({ useObjectStreams: false, updateFieldAppearances: false })
}
