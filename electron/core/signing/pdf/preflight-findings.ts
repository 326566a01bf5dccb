/** What a single object may contain that a signer should not meet unprepared (ISO 32000-2 §12.6, §9.9, §8.11, §7.11). */
import {
  asDictionary,
  asName,
  asText,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
} from './objects.ts'
import type { PdfView } from './reader.ts'

export type FindingCode =
  | 'JAVASCRIPT'
  | 'LAUNCH_ACTION' // starts a program
  | 'AUTOMATIC_ACTION' // /AA, or /OpenAction that is more than going to a page
  | 'FONT_NOT_EMBEDDED' // data: names
  | 'OPTIONAL_CONTENT' // layers that can be switched on and off
  | 'EMBEDDED_FILES' // data: names
  | 'EXTERNAL_CONTENT' // stream data or pages taken from another file
  | 'MULTIMEDIA'

export type Finding = { readonly code: FindingCode; readonly name: string }

export type FindingSink = {
  readonly report: (finding: Finding) => void
  /** Called for every reference in the object. */
  readonly reference: (reference: PdfReference) => void
}

/** Looks through one object, its direct arrays and dictionaries included, references only reported. */
export function findIn(object: PdfObject, view: PdfView, sink: FindingSink): void {
  switch (object.kind) {
    case 'reference':
      sink.reference(object)
      return
    case 'array':
      for (const item of object.items) findIn(item, view, sink)
      return
    case 'dictionary':
      findInDictionary(object, view, sink)
      return
    case 'stream':
      if (object.dictionary.entries.has('F')) sink.report({ code: 'EXTERNAL_CONTENT', name: '' })
      findInDictionary(object.dictionary, view, sink)
      return
    default:
      return
  }
}

const MULTIMEDIA = new Set(['Movie', 'Sound', 'Screen', 'RichMedia', '3D'])

function findInDictionary(dictionary: PdfDictionary, view: PdfView, sink: FindingSink): void {
  const { entries } = dictionary
  const action = asName(entries.get('S'))
  if (action === 'JavaScript' || entries.has('JS')) sink.report({ code: 'JAVASCRIPT', name: '' })
  if (action === 'Launch') sink.report({ code: 'LAUNCH_ACTION', name: '' })
  if (entries.has('AA') || isActiveOpening(entries.get('OpenAction'), view))
    sink.report({ code: 'AUTOMATIC_ACTION', name: '' })
  if (entries.has('OCProperties')) sink.report({ code: 'OPTIONAL_CONTENT', name: '' })
  const type = asName(entries.get('Type'))
  const subtype = asName(entries.get('Subtype'))
  if (type === 'Filespec' && entries.has('EF'))
    sink.report({
      code: 'EMBEDDED_FILES',
      name: asText(view.resolve(entries.get('UF') ?? entries.get('F'))) ?? '',
    })
  if (subtype === 'Form' && entries.has('Ref')) sink.report({ code: 'EXTERNAL_CONTENT', name: '' })
  if (type === 'Annot' && subtype !== undefined && MULTIMEDIA.has(subtype))
    sink.report({ code: 'MULTIMEDIA', name: subtype })
  if (type === 'Font') findInFont(dictionary, view, sink)
  for (const [key, value] of entries) {
    // The form's default resources name fonts for fields that are still to be filled; they are not on any page.
    if (key === 'DR' && entries.has('Fields')) continue
    findIn(value, view, sink)
  }
}

/** Opening at a page is harmless; any other action runs by itself. */
function isActiveOpening(entry: PdfObject | undefined, view: PdfView): boolean {
  const opening = asDictionary(view.resolve(entry))
  return opening !== undefined && asName(view.resolve(opening.entries.get('S'))) !== 'GoTo'
}

const SIMPLE_FONTS = new Set(['Type1', 'MMType1', 'TrueType', 'CIDFontType0', 'CIDFontType2'])

function findInFont(font: PdfDictionary, view: PdfView, sink: FindingSink): void {
  if (!SIMPLE_FONTS.has(asName(font.entries.get('Subtype')) ?? '')) return
  const descriptor = asDictionary(view.resolve(font.entries.get('FontDescriptor')))
  const isEmbedded = ['FontFile', 'FontFile2', 'FontFile3'].some((key) => descriptor?.entries.has(key))
  if (!isEmbedded)
    sink.report({ code: 'FONT_NOT_EMBEDDED', name: asName(view.resolve(font.entries.get('BaseFont'))) ?? '' })
}
