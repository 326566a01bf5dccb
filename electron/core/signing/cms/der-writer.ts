/**
 * Writes DER (ITU-T X.690 §10): definite, minimal lengths; SET OF sorted. Every function returns complete TLV bytes.
 * Hand-written because a CMS of 2.5 kB has to cost less than 0.2 ms beside the private-key operation.
 */

/** Tag, length and value. `tag` is the identifier octet (low tag numbers only). */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  let size = 0
  for (const part of contents) size += part.length
  const header = headerOf(tag, size)
  const out = new Uint8Array(header.length + size)
  out.set(header)
  let offset = header.length
  for (const part of contents) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}

function headerOf(tag: number, size: number): number[] {
  if (size < 0x80) return [tag, size]
  if (size < 0x100) return [tag, 0x81, size]
  if (size < 0x10000) return [tag, 0x82, size >> 8, size & 0xff]
  if (size < 0x1000000) return [tag, 0x83, size >> 16, (size >> 8) & 0xff, size & 0xff]
  return [tag, 0x84, size >>> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff]
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return tlv(0x30, ...parts)
}

/** SET OF in DER order: the encodings sorted as octet strings (X.690 §11.6). */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  return tlv(0x31, ...[...parts].sort(compareBytes))
}

/** Context tag around whole TLVs: `[n] EXPLICIT`, or `[n] IMPLICIT` of a constructed type given its parts. */
export function contextTag(tagNumber: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return tlv(0xa0 | tagNumber, ...parts)
}

/** `[n] IMPLICIT` of a primitive type, given its content octets. */
export function contextPrimitive(tagNumber: number, content: Uint8Array): Uint8Array {
  return tlv(0x80 | tagNumber, content)
}

const OID_CACHE = new Map<string, Uint8Array>()

/** OBJECT IDENTIFIER from dotted text. */
export function oid(dotted: string): Uint8Array {
  const known = OID_CACHE.get(dotted)
  if (known !== undefined) return known
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const content = [first * 40 + second, ...rest].flatMap(base128)
  const encoded = tlv(0x06, Uint8Array.from(content))
  OID_CACHE.set(dotted, encoded)
  return encoded
}

function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift((rest % 128) | 0x80)
  return digits
}

/** INTEGER from a small number or from unsigned big-endian bytes (leading zeros removed or added as DER asks). */
export function integer(value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') return integer(numberBytes(value))
  let start = 0
  while (start < value.length - 1 && value[start] === 0) start++
  const trimmed = value.subarray(start)
  if (trimmed.length === 0) return tlv(0x02, Uint8Array.of(0))
  return ((trimmed[0] ?? 0) & 0x80) === 0 ? tlv(0x02, trimmed) : tlv(0x02, Uint8Array.of(0), trimmed)
}

function numberBytes(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError('INTEGER must be a non-negative integer')
  const digits: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return Uint8Array.from(digits)
}

export function octetString(content: Uint8Array): Uint8Array {
  return tlv(0x04, content)
}

/** BIT STRING; `unusedBits` counts bits at the end of the last octet that carry nothing. */
export function bitString(content: Uint8Array, unusedBits = 0): Uint8Array {
  return tlv(0x03, Uint8Array.of(unusedBits), content)
}

/** BIT STRING of named bits, trailing zero bits removed (X.690 §11.2.2), e.g. KeyUsage. */
export function namedBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...bits)
  const content = new Uint8Array(Math.floor(highest / 8) + 1)
  for (const bit of bits) content[bit >> 3] = (content[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  return bitString(content, highest < 0 ? 0 : 7 - (highest & 7))
}

export const DER_NULL: Uint8Array = Uint8Array.of(0x05, 0x00)
export const DER_TRUE: Uint8Array = Uint8Array.of(0x01, 0x01, 0xff)

const encoder = new TextEncoder()

export function utf8String(text: string): Uint8Array {
  return tlv(0x0c, encoder.encode(text))
}

export function printableString(text: string): Uint8Array {
  return tlv(0x13, encoder.encode(text))
}

export function ia5String(text: string): Uint8Array {
  return tlv(0x16, encoder.encode(text))
}

export function enumerated(value: number): Uint8Array {
  return tlv(0x0a, Uint8Array.of(value))
}

/** GeneralizedTime `YYYYMMDDHHMMSSZ`, whole seconds. */
export function generalizedTime(epochMs: number): Uint8Array {
  return tlv(0x18, encoder.encode(`${digitsOf(epochMs)}Z`))
}

/** Time as RFC 5280 §4.1.2.5 asks: UTCTime through 2049, GeneralizedTime from 2050. */
export function time(epochMs: number): Uint8Array {
  const digits = digitsOf(epochMs)
  if (Number(digits.slice(0, 4)) >= 2050) return generalizedTime(epochMs)
  return tlv(0x17, encoder.encode(`${digits.slice(2)}Z`))
}

function digitsOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19).replace(/[-:T]/g, '')
}

/** Order of octet strings: the first difference decides, a prefix comes first. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right)
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0
}
