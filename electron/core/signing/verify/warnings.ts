/**
 * Things in a document that let it look different from what was signed, whoever signed it (gate 19). They do not change
 * a verdict: they were there when it was signed. Bounded work: pages and their resources, not every object.
 */
import { SigningError } from '../errors.ts'
import { asArray, asDictionary, asName, asText, type PdfDictionary, type PdfObject } from '../pdf/objects.ts'
import { type PdfPage, pageBox } from '../pdf/page-tree.ts'
import type { PdfFile } from '../pdf/reader.ts'
import type { Budget } from './budget.ts'
import type { FormTree } from './format/find-signatures.ts'
import { pageContent, paintedOn } from './page-paint.ts'
import { type PaintBox, sharedArea } from './paint-box.ts'
import type { ReasonCode } from './reason-codes.ts'

const MAXIMUM_PAGES = 200
/** Page content looked through for covered text, in decoded bytes: more would make every verification slow. */
const MAXIMUM_CONTENT = 256 << 10
const COVER_SHARE = 0.9
const MULTIMEDIA = new Set(['Movie', 'Sound', 'Screen', '3D', 'RichMedia'])

export async function documentWarnings(
  file: PdfFile,
  forms: readonly FormTree[],
  budget: Budget,
): Promise<readonly ReasonCode[]> {
  const found = new Set<ReasonCode>()
  try {
    checkCatalog(file, found)
    checkForm(file, forms.at(-1), found)
    await checkPages(file, found, budget)
  } catch (error) {
    // What cannot be read here is named by the gates; warnings are a service.
    if (!(error instanceof SigningError) && !(error instanceof RangeError)) throw error
  }
  return [...found]
}

function checkCatalog(file: PdfFile, found: Set<ReasonCode>): void {
  const { entries } = file.catalog
  const names = asDictionary(file.resolve(entries.get('Names')))
  const open = asDictionary(file.resolve(entries.get('OpenAction')))
  if (names?.entries.has('JavaScript') === true || entries.has('AA') || isScript(file, open))
    found.add('JAVASCRIPT_PRESENT')
  if (entries.has('OCProperties')) found.add('OPTIONAL_CONTENT_PRESENT')
}

function isScript(file: PdfFile, action: PdfDictionary | undefined): boolean {
  return action !== undefined && asName(file.resolve(action.entries.get('S'))) === 'JavaScript'
}

function checkForm(file: PdfFile, form: FormTree | undefined, found: Set<ReasonCode>): void {
  if (form?.acroForm?.entries.has('XFA') === true) found.add('XFA_FORM')
  for (const field of form?.all ?? []) {
    if (field.dictionary.entries.has('AA')) found.add('JAVASCRIPT_PRESENT')
    if (field.type === 'Tx' && isShownDifferently(file, field.value, field.dictionary))
      found.add('FIELD_VALUE_NOT_SHOWN')
  }
}

/** A text field with a value whose appearance draws no text at all. */
function isShownDifferently(file: PdfFile, value: PdfObject | undefined, widget: PdfDictionary): boolean {
  const text = asText(file.resolve(value))
  if (text === undefined || text.trim() === '') return false
  const appearance = asDictionary(file.resolve(widget.entries.get('AP')))
  const normal = appearance === undefined ? undefined : file.resolve(appearance.entries.get('N'))
  if (normal?.kind !== 'stream') return false
  const content = Buffer.from(file.decodeStream(normal, 1 << 20)).toString('latin1')
  return !/\b(Tj|TJ)\b|['"]\s/.test(content) && !/\bDo\b/.test(content)
}

async function checkPages(file: PdfFile, found: Set<ReasonCode>, budget: Budget): Promise<void> {
  let count = 0
  let content = MAXIMUM_CONTENT
  for (const page of file.pages()) {
    await budget.pause()
    count += 1
    if (count > MAXIMUM_PAGES) return
    if (page.dictionary.entries.has('AA')) found.add('JAVASCRIPT_PRESENT')
    for (const item of asArray(file.resolve(page.dictionary.entries.get('Annots'))) ?? []) {
      const annotation = asDictionary(file.resolve(item))
      if (MULTIMEDIA.has(asName(annotation?.entries.get('Subtype')) ?? '')) found.add('MULTIMEDIA_PRESENT')
      if (isScript(file, asDictionary(file.resolve(annotation?.entries.get('A')))))
        found.add('JAVASCRIPT_PRESENT')
    }
    const resources = asDictionary(file.resolve(page.inherited.get('Resources')))
    checkFonts(file, resources, found)
    checkObjects(file, resources, found)
    if (content > 0 && !found.has('CONTENT_COVERED')) content -= checkCover(file, page, resources, found)
  }
}

/** Text, and then something opaque over nearly the whole page (shadow attack "hide"). Returns the bytes looked at. */
function checkCover(
  file: PdfFile,
  page: PdfPage,
  resources: PdfDictionary | undefined,
  found: Set<ReasonCode>,
): number {
  const content = pageContent(file, file, page)
  if (content === undefined || content.length > MAXIMUM_CONTENT) return MAXIMUM_CONTENT
  const { left, bottom, right, top } = pageBox(page, file.resolve)
  const box: PaintBox = [left, bottom, right, top]
  const enough = COVER_SHARE * sharedArea(box, box)
  let hasText = false
  for (const one of paintedOn(file, file, resources, content)) {
    if (one.kind === 'text' && sharedArea(one.box, box) > 0) hasText = true
    if (hasText && one.kind === 'area' && sharedArea(one.box, box) >= enough) found.add('CONTENT_COVERED')
  }
  return content.length
}

function checkFonts(file: PdfFile, resources: PdfDictionary | undefined, found: Set<ReasonCode>): void {
  const fonts = asDictionary(file.resolve(resources?.entries.get('Font')))
  for (const entry of fonts?.entries.values() ?? []) {
    const font = asDictionary(file.resolve(entry))
    if (font === undefined || asName(font.entries.get('Subtype')) === 'Type3') continue
    const [descendant] = asArray(file.resolve(font.entries.get('DescendantFonts'))) ?? []
    const described = asDictionary(file.resolve(descendant)) ?? font
    const descriptor = asDictionary(file.resolve(described.entries.get('FontDescriptor')))
    const isEmbedded = ['FontFile', 'FontFile2', 'FontFile3'].some(
      (key) => descriptor?.entries.has(key) === true,
    )
    if (!isEmbedded) found.add('FONTS_NOT_EMBEDDED')
  }
}

function checkObjects(file: PdfFile, resources: PdfDictionary | undefined, found: Set<ReasonCode>): void {
  const objects = asDictionary(file.resolve(resources?.entries.get('XObject')))
  for (const entry of objects?.entries.values() ?? []) {
    const object = file.resolve(entry)
    if (object.kind !== 'stream') continue
    if (object.dictionary.entries.has('F') || object.dictionary.entries.has('Ref'))
      found.add('EXTERNAL_CONTENT')
    if (object.dictionary.entries.has('OC')) found.add('OPTIONAL_CONTENT_PRESENT')
  }
}
