/** Writes PDF objects as bytes (ISO 32000-2 §7.3). */
import { concatBytes } from '../../kit/bytes.ts'
import type { PdfDictionary, PdfObject, PdfReference, PdfString } from './objects.ts'

/**
 * The bytes of one direct object. A stream cannot be written here: its data may lie in the file that was read;
 * see `serialiseIndirect`.
 */
export function serialise(object: PdfObject): Uint8Array {
  return Buffer.from(text(object), 'latin1')
}

/**
 * `n g obj … endobj` with a line feed at its end. Streams get the /Length of their data.
 *
 * @param streamBytes gives the encoded bytes of a stream that lies in a file; not called for streams in memory
 */
export function serialiseIndirect(
  reference: PdfReference,
  object: PdfObject,
  streamBytes?: (offset: number, lengthBytes: number) => Uint8Array,
): Uint8Array {
  const head = `${reference.objectNumber} ${reference.generation} obj\n`
  if (object.kind !== 'stream') return Buffer.from(`${head}${text(object)}\nendobj\n`, 'latin1')
  const data =
    object.body.at === 'memory'
      ? object.body.bytes
      : streamBytes?.(object.body.offset, object.body.lengthBytes)
  if (data === undefined) throw new Error('A stream of a file needs a reader for its bytes')
  const entries = new Map(object.dictionary.entries)
  entries.set('Length', { kind: 'number', value: data.length, text: String(data.length) })
  const dictionary: PdfDictionary = { kind: 'dictionary', entries }
  return concatBytes([
    Buffer.from(`${head}${text(dictionary)}\nstream\n`, 'latin1'),
    data,
    Buffer.from('\nendstream\nendobj\n', 'latin1'),
  ])
}

function text(object: PdfObject): string {
  switch (object.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return object.value ? 'true' : 'false'
    case 'number':
      return object.text
    case 'string':
      return stringText(object)
    case 'name':
      return nameText(object.value)
    case 'array':
      return `[${object.items.map(text).join(' ')}]`
    case 'dictionary':
      return dictionaryText(object)
    case 'reference':
      return `${object.objectNumber} ${object.generation} R`
    case 'stream':
      throw new Error('A stream cannot be a direct object')
  }
}

function dictionaryText(dictionary: PdfDictionary): string {
  let result = '<<'
  for (const [key, value] of dictionary.entries) result += `${nameText(key)} ${text(value)}\n`
  return `${result.length > 2 ? result.slice(0, -1) : result}>>`
}

const PLAIN_NAME = /^[!"$&'*+,\-.0-9:;=?@A-Z\\^_`a-z|~]*$/

function nameText(name: string): string {
  if (PLAIN_NAME.test(name)) return `/${name}`
  const escaped = Array.from(name, (character) =>
    PLAIN_NAME.test(character) ? character : `#${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `/${escaped.join('')}`
}

function stringText(string: PdfString): string {
  const bytes = Buffer.from(string.bytes.buffer, string.bytes.byteOffset, string.bytes.length)
  if (string.hex) return `<${bytes.toString('hex').toUpperCase()}>`
  return `(${bytes.toString('latin1').replace(/[\\()\r]/g, escapeInLiteral)})`
}

function escapeInLiteral(character: string): string {
  return character === '\r' ? '\\r' : `\\${character}`
}
