/** Reads PDF objects from bytes (ISO 32000-2 §7.3). Throws SigningError PDF_DAMAGED or PDF_TOO_LARGE, never anything else. */
import { SigningError } from '../errors.ts'
import { hexValue, isDigit, isRegular, isWhite, type Lexer } from './lexer.ts'
import {
  PDF_FALSE,
  PDF_NULL,
  PDF_TRUE,
  type PdfArray,
  type PdfDictionary,
  type PdfName,
  type PdfNumber,
  type PdfObject,
  type PdfString,
} from './objects.ts'

/** Arrays and dictionaries nested deeper are refused. */
export const MAXIMUM_DEPTH = 64
/** Names have at most 127 bytes by the standard, numbers are shorter still; this is where patience ends. */
const MAXIMUM_TOKEN_BYTES = 65_535

/**
 * Reads one direct object or reference at the cursor.
 *
 * @throws SigningError PDF_DAMAGED with the offset; PDF_TOO_LARGE when nested deeper than 64
 */
export function parseObject(lexer: Lexer, depth = 0): PdfObject {
  lexer.countObject()
  lexer.skipSpace()
  const byte = lexer.peek()
  switch (byte) {
    case 0x2f: // '/'
      return parseName(lexer)
    case 0x28: // '('
      return parseLiteral(lexer)
    case 0x3c: // '<'
      return lexer.peek(1) === 0x3c ? parseDictionary(lexer, depth) : parseHex(lexer)
    case 0x5b: // '['
      return parseArray(lexer, depth)
    case 0x74:
      if (lexer.takeKeyword('true')) return PDF_TRUE
      break
    case 0x66:
      if (lexer.takeKeyword('false')) return PDF_FALSE
      break
    case 0x6e:
      if (lexer.takeKeyword('null')) return PDF_NULL
      break
    default:
      if (isNumeric(byte)) return parseNumberOrReference(lexer)
  }
  throw lexer.damaged(byte < 0 ? 'end of data' : 'unexpected token')
}

function isNumeric(byte: number): boolean {
  return isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e
}

function parseNumberOrReference(lexer: Lexer): PdfObject {
  const number = parseNumber(lexer)
  if (number.value < 0 || !Number.isSafeInteger(number.value) || !isDigit(number.text.charCodeAt(0)))
    return number
  const after = lexer.position
  lexer.skipSpace()
  const generation = lexer.position > after ? lexer.takeUnsigned() : undefined
  if (generation !== undefined && generation <= 65_535) {
    lexer.skipSpace()
    if (lexer.peek() === 0x52 && lexer.takeKeyword('R'))
      return { kind: 'reference', objectNumber: number.value, generation }
  }
  lexer.position = after
  return number
}

function parseNumber(lexer: Lexer): PdfNumber {
  const start = lexer.position
  let value = 0
  let plain = true
  for (let byte = lexer.peek(); byte >= 0 && isNumeric(byte); byte = lexer.peek()) {
    if (isDigit(byte)) value = value * 10 + (byte - 0x30)
    else plain = false
    lexer.position += 1
  }
  const length = lexer.position - start
  if (length > MAXIMUM_TOKEN_BYTES) throw lexer.damaged('number too long')
  const text = latin1(lexer.bytes, start, lexer.position)
  if (plain && length <= 15) return { kind: 'number', value, text }
  const parsed = Number(text)
  return { kind: 'number', value: Number.isFinite(parsed) ? parsed : 0, text }
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let index = start; index < end; index += 1) text += String.fromCharCode(bytes[index] ?? 0)
  return text
}

function parseName(lexer: Lexer): PdfName {
  return { kind: 'name', value: takeName(lexer) }
}

function takeName(lexer: Lexer): string {
  lexer.position += 1
  const start = lexer.position
  let value = ''
  for (let byte = lexer.peek(); byte >= 0 && isRegular(byte); byte = lexer.peek()) {
    lexer.position += 1
    if (byte === 0x23) {
      const high = hexValue(lexer.peek())
      const low = high < 0 ? -1 : hexValue(lexer.peek(1))
      if (low >= 0) {
        byte = high * 16 + low
        lexer.position += 2
      }
    }
    value += String.fromCharCode(byte)
    if (lexer.position - start > MAXIMUM_TOKEN_BYTES) throw lexer.damaged('name too long')
  }
  return value
}

function spanned(lexer: Lexer, start: number, bytes: Uint8Array, hex: boolean): PdfString {
  if (lexer.base < 0) return { kind: 'string', bytes, hex }
  return {
    kind: 'string',
    bytes,
    hex,
    span: { start: lexer.base + start, end: lexer.base + lexer.position },
  }
}

function parseHex(lexer: Lexer): PdfString {
  const start = lexer.position
  const end = lexer.bytes.indexOf(0x3e, start)
  if (end < 0) {
    lexer.position = lexer.bytes.length
    lexer.peek() // asks for a larger window
    throw lexer.damaged('hexadecimal string without end')
  }
  const plain = plainHex(lexer.bytes.subarray(start + 1, end))
  if (plain !== undefined) {
    lexer.position = end + 1
    return spanned(lexer, start, plain, true)
  }
  const bytes = new Uint8Array((end - start) >> 1)
  let digits = 0
  for (let index = start + 1; index < end; index += 1) {
    const byte = lexer.bytes[index] ?? 0
    const digit = hexValue(byte)
    if (digit >= 0) {
      bytes[digits >> 1] = (digits & 1) === 0 ? digit << 4 : (bytes[digits >> 1] ?? 0) | digit
      digits += 1
    } else if (!isWhite(byte)) throw lexer.damaged('character in hexadecimal string')
  }
  lexer.position = end + 1
  return spanned(lexer, start, bytes.subarray(0, (digits + 1) >> 1), true)
}

/** /Contents are 64 kB of digits: decoded natively when there is nothing but digits, in pairs. */
function plainHex(digits: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(digits.buffer, digits.byteOffset, digits.length).toString('latin1')
  const decoded = Buffer.from(text, 'hex') // stops at the first character that is no digit
  return decoded.length * 2 === digits.length ? decoded : undefined
}

function parseLiteral(lexer: Lexer): PdfString {
  const start = lexer.position
  const end = literalEnd(lexer)
  const source = lexer.bytes.subarray(start + 1, end)
  const isPlain = !source.includes(0x5c) && !source.includes(13)
  const bytes = isPlain ? Uint8Array.prototype.slice.call(source) : decodeLiteral(source)
  lexer.position = end + 1
  return spanned(lexer, start, bytes, false)
}

/** Position of the closing parenthesis of the string whose opening one stands at the cursor. */
function literalEnd(lexer: Lexer): number {
  const { bytes } = lexer
  let open = 0
  for (let at = lexer.position; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === 0x28) open += 1
    else if (byte === 0x29) {
      open -= 1
      if (open === 0) return at
    } else if (byte === 0x5c) at += 1
  }
  lexer.position = bytes.length
  lexer.peek() // asks for a larger window
  throw lexer.damaged('string without end')
}

/** Escapes and line ends (§7.3.4.2). The result is never longer than its source. */
function decodeLiteral(source: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(source.length)
  let length = 0
  for (let at = 0; at < source.length; ) {
    const byte = source[at] ?? 0
    at += 1
    if (byte === 0x5c) {
      const escaped = escapeAt(source, at)
      at += escaped.taken
      if (escaped.byte >= 0) {
        bytes[length] = escaped.byte
        length += 1
      }
      continue
    }
    if (byte === 13 && source[at] === 10) at += 1
    bytes[length] = byte === 13 ? 10 : byte
    length += 1
  }
  return bytes.subarray(0, length)
}

const ESCAPES = new Map([
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
  [0x62, 8],
  [0x66, 12],
])

/** The byte an escape behind a backslash stands for, -1 for none (a line continued). */
/** The byte an escape stands for (-1 for a line that goes on) and how many bytes behind the backslash it takes. */
function escapeAt(source: Uint8Array, at: number): { readonly byte: number; readonly taken: number } {
  const byte = source[at] ?? 10
  if (byte === 10) return { byte: -1, taken: 1 }
  if (byte === 13) return { byte: -1, taken: source[at + 1] === 10 ? 2 : 1 }
  if (byte < 0x30 || byte > 0x37) return { byte: ESCAPES.get(byte) ?? byte, taken: 1 }
  let value = 0
  let taken = 0
  while (taken < 3) {
    const digit = source[at + taken] ?? 0
    if (digit < 0x30 || digit > 0x37) break
    value = value * 8 + (digit - 0x30)
    taken += 1
  }
  return { byte: value & 255, taken }
}

function assertDepth(lexer: Lexer, depth: number): void {
  if (depth < MAXIMUM_DEPTH) return
  throw new SigningError('PDF_TOO_LARGE', 'Objects are nested too deep', { data: { offset: lexer.offset } })
}

function parseArray(lexer: Lexer, depth: number): PdfArray {
  assertDepth(lexer, depth)
  lexer.position += 1
  const items: PdfObject[] = []
  for (;;) {
    lexer.skipSpace()
    if (lexer.peek() === 0x5d) {
      lexer.position += 1
      return { kind: 'array', items }
    }
    items.push(parseObject(lexer, depth + 1))
  }
}

/** Reads a dictionary whose `<<` stands at the cursor. */
export function parseDictionary(lexer: Lexer, depth = 0): PdfDictionary {
  assertDepth(lexer, depth)
  lexer.position += 2
  const entries = new Map<string, PdfObject>()
  let duplicateKeys: string[] | undefined
  for (;;) {
    lexer.skipSpace()
    const byte = lexer.peek()
    if (byte === 0x3e && lexer.peek(1) === 0x3e) {
      lexer.position += 2
      return duplicateKeys === undefined
        ? { kind: 'dictionary', entries }
        : { kind: 'dictionary', entries, duplicateKeys }
    }
    if (byte !== 0x2f) throw lexer.damaged('dictionary key is not a name')
    const key = takeName(lexer)
    const value = parseObject(lexer, depth + 1)
    if (entries.has(key)) {
      duplicateKeys ??= []
      duplicateKeys.push(key)
    }
    entries.set(key, value)
  }
}
