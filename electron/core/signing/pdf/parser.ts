/** Reads PDF objects from bytes (ISO 32000-2 §7.3). Throws SigningError PDF_DAMAGED or PDF_TOO_LARGE, never anything else. */
import { SigningError } from '../errors.ts'
import { hexValue, isDigit, isRegular, isWhite, Lexer } from './lexer.ts'
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

/**
 * Reads one direct object or reference at the cursor.
 *
 * @throws SigningError PDF_DAMAGED with the offset; PDF_TOO_LARGE when nested deeper than 64
 */
export function parseObject(lexer: Lexer, depth = 0): PdfObject {
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
  // Decoding never makes a string longer; its escapes are taken from a lexer over the string alone.
  const inside = new Lexer(lexer.bytes.subarray(start + 1, end), -1, true)
  const bytes = new Uint8Array(end - start - 1)
  let length = 0
  for (let byte = inside.peek(); byte >= 0; byte = inside.peek()) {
    inside.position += 1
    if (byte === 0x5c) {
      const escaped = takeEscape(inside)
      if (escaped >= 0) bytes[length++] = escaped
      continue
    }
    if (byte === 13) {
      if (inside.peek() === 10) inside.position += 1
      byte = 10
    }
    bytes[length++] = byte
  }
  lexer.position = end + 1
  return spanned(lexer, start, bytes.slice(0, length), false)
}

/** Position of the parenthesis that closes the string at the cursor. */
function literalEnd(lexer: Lexer): number {
  const { bytes } = lexer
  let open = 0
  for (let at = lexer.position; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === 0x5c) at += 1
    else if (byte === 0x28) open += 1
    else if (byte === 0x29) {
      open -= 1
      if (open === 0) return at
    }
  }
  lexer.position = bytes.length
  lexer.peek() // asks for a larger window
  throw lexer.damaged('string without end')
}

const ESCAPES = new Map([
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
  [0x62, 8],
  [0x66, 12],
])

/** The byte an escape behind a backslash stands for, -1 for none (a line continued). */
function takeEscape(lexer: Lexer): number {
  const byte = lexer.peek()
  if (byte < 0) return -1
  lexer.position += 1
  if (byte === 10) return -1
  if (byte === 13) {
    if (lexer.peek() === 10) lexer.position += 1
    return -1
  }
  if (byte < 0x30 || byte > 0x37) return ESCAPES.get(byte) ?? byte
  let value = byte - 0x30
  for (let count = 0; count < 2; count += 1) {
    const next = lexer.peek()
    if (next < 0x30 || next > 0x37) break
    value = value * 8 + (next - 0x30)
    lexer.position += 1
  }
  return value & 255
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
