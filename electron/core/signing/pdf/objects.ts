/**
 * The PDF object model (ISO 32000-2 §7.3): plain read-only data, told apart by `kind`.
 * What was read is kept as it was written (number text, string form), so that a dictionary which is written
 * again with one key changed differs in that key only.
 */

export type PdfNull = { readonly kind: 'null' }
export type PdfBoolean = { readonly kind: 'boolean'; readonly value: boolean }
/** `text` is the source text (`1.50`, `+3`); `value` its value, 0 when the text is no number at all. */
export type PdfNumber = { readonly kind: 'number'; readonly value: number; readonly text: string }
/** `bytes` is the decoded string. `span` is where `<`…`>` or `(`…`)` lies in the file, end exclusive; absent in object streams. */
export type PdfString = {
  readonly kind: 'string'
  readonly bytes: Uint8Array
  readonly hex: boolean
  readonly span?: { readonly start: number; readonly end: number }
}
/** `value` has `#xx` decoded; each character is one byte (Latin-1). */
export type PdfName = { readonly kind: 'name'; readonly value: string }
export type PdfArray = { readonly kind: 'array'; readonly items: readonly PdfObject[] }
/** Keys without the slash. A key written twice keeps its last value and is listed in `duplicateKeys`. */
export type PdfDictionary = {
  readonly kind: 'dictionary'
  readonly entries: ReadonlyMap<string, PdfObject>
  readonly duplicateKeys?: readonly string[]
}
export type PdfReference = {
  readonly kind: 'reference'
  readonly objectNumber: number
  readonly generation: number
}
/** Encoded stream data: a range of the file that was read, or bytes of our own. */
export type PdfStreamBody =
  | { readonly at: 'file'; readonly offset: number; readonly lengthBytes: number }
  | { readonly at: 'memory'; readonly bytes: Uint8Array }
export type PdfStream = {
  readonly kind: 'stream'
  readonly dictionary: PdfDictionary
  readonly body: PdfStreamBody
}

export type PdfObject =
  | PdfNull
  | PdfBoolean
  | PdfNumber
  | PdfString
  | PdfName
  | PdfArray
  | PdfDictionary
  | PdfReference
  | PdfStream

export const PDF_NULL: PdfNull = { kind: 'null' }
export const PDF_TRUE: PdfBoolean = { kind: 'boolean', value: true }
export const PDF_FALSE: PdfBoolean = { kind: 'boolean', value: false }

/** A number of our own; at most 4 decimals, never in exponent form. */
export function pdfNumber(value: number): PdfNumber {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(4).replace(/\.?0+$/, '')
  return { kind: 'number', value, text: text === '-0' ? '0' : text }
}

export function pdfName(value: string): PdfName {
  return { kind: 'name', value }
}

export function pdfReference(objectNumber: number, generation = 0): PdfReference {
  return { kind: 'reference', objectNumber, generation }
}

export function pdfArray(items: readonly PdfObject[]): PdfArray {
  return { kind: 'array', items }
}

/** A dictionary from an object literal; keys whose value is undefined are left out. */
export function pdfDictionary(entries: Readonly<Record<string, PdfObject | undefined>>): PdfDictionary {
  const map = new Map<string, PdfObject>()
  for (const [key, value] of Object.entries(entries)) if (value !== undefined) map.set(key, value)
  return { kind: 'dictionary', entries: map }
}

/** The same dictionary with some keys set, or removed where the value is undefined. */
export function withEntries(
  dictionary: PdfDictionary,
  changes: Readonly<Record<string, PdfObject | undefined>>,
): PdfDictionary {
  const map = new Map(dictionary.entries)
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }
  return { kind: 'dictionary', entries: map }
}

export function pdfBytes(bytes: Uint8Array, hex = true): PdfString {
  return { kind: 'string', bytes, hex }
}

/** A text string (ISO 32000-2 §7.9.2.2): ASCII as it is, everything else UTF-16BE with byte order mark. */
export function pdfText(text: string): PdfString {
  if (/^[\x20-\x7e]*$/.test(text)) return { kind: 'string', bytes: Buffer.from(text, 'latin1'), hex: false }
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  return { kind: 'string', bytes, hex: true }
}

/** A stream of our own; /Length is set when it is written. */
export function pdfStream(
  entries: Readonly<Record<string, PdfObject | undefined>>,
  bytes: Uint8Array,
): PdfStream {
  return { kind: 'stream', dictionary: pdfDictionary(entries), body: { at: 'memory', bytes } }
}

// ---- Narrowing. All give undefined for another kind; none follows a reference. ----

export function asDictionary(object: PdfObject | undefined): PdfDictionary | undefined {
  if (object?.kind === 'dictionary') return object
  return object?.kind === 'stream' ? object.dictionary : undefined
}

export function asArray(object: PdfObject | undefined): readonly PdfObject[] | undefined {
  return object?.kind === 'array' ? object.items : undefined
}

export function asName(object: PdfObject | undefined): string | undefined {
  return object?.kind === 'name' ? object.value : undefined
}

export function asNumber(object: PdfObject | undefined): number | undefined {
  return object?.kind === 'number' ? object.value : undefined
}

/** A number written as an integer (`12`, `+3`; not `12.0`). */
export function asInteger(object: PdfObject | undefined): number | undefined {
  if (object?.kind !== 'number' || !Number.isSafeInteger(object.value)) return undefined
  return object.text.includes('.') ? undefined : object.value
}

export function asReference(object: PdfObject | undefined): PdfReference | undefined {
  return object?.kind === 'reference' ? object : undefined
}

export function asString(object: PdfObject | undefined): PdfString | undefined {
  return object?.kind === 'string' ? object : undefined
}

/** A text string decoded: UTF-16BE or UTF-8 by byte order mark, else Latin-1 (PDFDocEncoding differs in a few punctuation marks only). */
export function asText(object: PdfObject | undefined): string | undefined {
  if (object?.kind !== 'string') return undefined
  const { bytes } = object
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return new TextDecoder().decode(bytes)
  return Buffer.from(bytes).toString('latin1')
}

/** `12 0 R` as a key for maps and messages. */
export function referenceKey(reference: PdfReference): string {
  return `${reference.objectNumber} ${reference.generation}`
}
