/** Stream filters (ISO 32000-2 §7.4): Flate, LZW, ASCIIHex, ASCII85, RunLength, with PNG and TIFF predictors. */
import { inflateSync } from 'node:zlib'
import { SigningError } from '../errors.ts'
import { hexValue, isWhite } from './lexer.ts'
import { decodeLzw } from './lzw.ts'
import { asArray, asDictionary, asInteger, asName, type PdfDictionary, type PdfObject } from './objects.ts'
import { undoPredictor } from './predictors.ts'

/** Filters a reader of pages would need; image filters are left encoded. */
export type FilterName =
  | 'FlateDecode'
  | 'LZWDecode'
  | 'ASCIIHexDecode'
  | 'ASCII85Decode'
  | 'RunLengthDecode'
  | 'Crypt'

const ABBREVIATIONS = new Map([
  ['Fl', 'FlateDecode'],
  ['LZW', 'LZWDecode'],
  ['AHx', 'ASCIIHexDecode'],
  ['A85', 'ASCII85Decode'],
  ['RL', 'RunLengthDecode'],
])

/**
 * Decodes stream data through its filters in order.
 *
 * @param resolve follows references in /Filter and /DecodeParms
 * @param maximumBytes no filter may give more than this
 * @throws SigningError PDF_DAMAGED for data or filters that cannot be decoded, PDF_TOO_LARGE at the limit
 */
export function decodeFilters(
  dictionary: PdfDictionary,
  encoded: Uint8Array,
  resolve: (object: PdfObject | undefined) => PdfObject,
  maximumBytes: number,
): Uint8Array {
  const filter = resolve(dictionary.entries.get('Filter') ?? dictionary.entries.get('F'))
  const parameters = resolve(dictionary.entries.get('DecodeParms') ?? dictionary.entries.get('DP'))
  const names = filter.kind === 'array' ? filter.items.map(resolve) : filter.kind === 'null' ? [] : [filter]
  if (names.length > 16) throw tooLarge('filters')
  let data = encoded
  names.forEach((name, index) => {
    const own = filter.kind === 'array' ? resolve(asArray(parameters)?.[index]) : parameters
    data = decodeOne(asName(name), data, asDictionary(own), maximumBytes)
  })
  return data
}

function decodeOne(
  name: string | undefined,
  data: Uint8Array,
  parameters: PdfDictionary | undefined,
  maximumBytes: number,
): Uint8Array {
  const full = ABBREVIATIONS.get(name ?? '') ?? name
  switch (full) {
    case 'FlateDecode':
      return undoPredictor(inflate(data, maximumBytes), parameters)
    case 'LZWDecode': {
      const early = asInteger(parameters?.entries.get('EarlyChange')) ?? 1
      return undoPredictor(decodeLzw(data, early, maximumBytes), parameters)
    }
    case 'ASCIIHexDecode':
      return decodeHex(data)
    case 'ASCII85Decode':
      return decodeBase85(data)
    case 'RunLengthDecode':
      return decodeRunLength(data, maximumBytes)
    default:
      throw damaged(`filter ${full ?? 'without name'}`)
  }
}

function inflate(data: Uint8Array, maximumBytes: number): Uint8Array {
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, maximumBytes) })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge('decoded stream')
    throw damaged('Flate data', error)
  }
}

function decodeHex(data: Uint8Array): Uint8Array {
  const result = new Uint8Array((data.length + 1) >> 1)
  let digits = 0
  for (const byte of data) {
    if (byte === 0x3e) break
    const digit = hexValue(byte)
    if (digit < 0) {
      if (isWhite(byte)) continue
      throw damaged('ASCIIHex data')
    }
    result[digits >> 1] = (digits & 1) === 0 ? digit << 4 : (result[digits >> 1] ?? 0) | digit
    digits += 1
  }
  return result.subarray(0, (digits + 1) >> 1)
}

function decodeBase85(data: Uint8Array): Uint8Array {
  const result = new Uint8Array(data.length * 4 + 4)
  let length = 0
  let count = 0
  let value = 0
  for (const byte of data) {
    if (byte === 0x7e) break
    if (isWhite(byte)) continue
    if (byte === 0x7a && count === 0) {
      length += 4
      continue
    }
    if (byte < 0x21 || byte > 0x75) throw damaged('ASCII85 data')
    value = value * 85 + (byte - 0x21)
    count += 1
    if (count === 5) {
      length = putBytes(result, length, value, 4)
      count = 0
      value = 0
    }
  }
  if (count > 1) {
    for (let pad = count; pad < 5; pad += 1) value = value * 85 + 84
    length = putBytes(result, length, value, count - 1)
  }
  return result.subarray(0, length)
}

function putBytes(target: Uint8Array, offset: number, value: number, count: number): number {
  for (let index = 0; index < count; index += 1)
    target[offset + index] = Math.floor(value / 256 ** (3 - index)) & 255
  return offset + count
}

function decodeRunLength(data: Uint8Array, maximumBytes: number): Uint8Array {
  const parts: Uint8Array[] = []
  let total = 0
  for (let index = 0; index < data.length; ) {
    const length = data[index] ?? 128
    if (length === 128) break
    const isCopy = length < 128
    const part = isCopy
      ? data.subarray(index + 1, index + 2 + length)
      : new Uint8Array(257 - length).fill(data[index + 1] ?? 0)
    index += isCopy ? 2 + length : 2
    total += part.length
    if (total > maximumBytes) throw tooLarge('decoded stream')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function damaged(reason: string, cause?: unknown): SigningError {
  return new SigningError('PDF_DAMAGED', `Cannot decode ${reason}`, { cause, data: { reason } })
}

function tooLarge(limit: string): SigningError {
  return new SigningError('PDF_TOO_LARGE', `Limit reached: ${limit}`, { data: { limit } })
}
