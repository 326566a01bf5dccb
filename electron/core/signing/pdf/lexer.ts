/**
 * Character level of PDF syntax (ISO 32000-2 §7.2) over a window of the file.
 * A window that ends before the file does throws WINDOW_EXHAUSTED, and the caller reads a larger one: so an object
 * is read without knowing its length and without reading the file.
 */
import { SigningError } from '../errors.ts'

/** Thrown, always this one instance, when a token reaches the end of a window that is not the end of the file. */
export const WINDOW_EXHAUSTED = new Error('The window is too small')

/** Numbers, names, references … in one array or dictionary, nested ones included. */
const MAXIMUM_PARTS = 1_000_000

/** 1 = white space, 2 = delimiter, 0 = regular (ISO 32000-2 tables 1 and 2). */
const CLASS = new Uint8Array(256)
for (const byte of [0, 9, 10, 12, 13, 32]) CLASS[byte] = 1
for (const byte of Buffer.from('()<>[]{}/%')) CLASS[byte] = 2

export function isWhite(byte: number): boolean {
  return CLASS[byte] === 1
}

export function isRegular(byte: number): boolean {
  return CLASS[byte] === 0
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** Bytes with a cursor. `base` is the file offset of the first byte, -1 when the bytes do not lie in the file. */
export class Lexer {
  readonly bytes: Uint8Array
  readonly base: number
  /** True when nothing follows the window: its end is the end of the data. */
  readonly isWhole: boolean
  position: number
  /** Objects parsed so far, for limits. */
  objects = 0

  constructor(bytes: Uint8Array, base: number, isWhole: boolean) {
    this.bytes = bytes
    this.base = base
    this.isWhole = isWhole
    this.position = 0
  }

  /** File offset of the cursor (position in the data where it does not lie in the file). */
  get offset(): number {
    return this.base < 0 ? this.position : this.base + this.position
  }

  /** The byte at the cursor, -1 at the end of the data. */
  peek(ahead = 0): number {
    const byte = this.bytes[this.position + ahead]
    if (byte !== undefined) return byte
    if (!this.isWhole) throw WINDOW_EXHAUSTED
    return -1
  }

  /** Skips white space only: `%%EOF` is a comment, and where it is looked for comments must stay. */
  skipWhite(): void {
    while (isWhite(this.peek())) this.position += 1
  }

  /** Skips white space and comments. */
  skipSpace(): void {
    for (;;) {
      const byte = this.peek()
      if (byte < 0) return
      if (isWhite(byte)) this.position += 1
      else if (byte === 0x25) this.skipLine()
      else return
    }
  }

  private skipLine(): void {
    for (let byte = this.peek(); byte >= 0 && byte !== 10 && byte !== 13; byte = this.peek())
      this.position += 1
  }

  /** Takes `word` when it stands at the cursor and ends there. */
  takeKeyword(word: string): boolean {
    for (let index = 0; index < word.length; index += 1)
      if (this.peek(index) !== word.charCodeAt(index)) return false
    const after = this.peek(word.length)
    if (after >= 0 && isRegular(after)) return false
    this.position += word.length
    return true
  }

  /** Counts one parsed object. @throws SigningError PDF_TOO_LARGE */
  countObject(): void {
    this.objects += 1
    if (this.objects > MAXIMUM_PARTS)
      throw new SigningError('PDF_TOO_LARGE', 'An object has too many parts', {
        data: { offset: this.offset, limit: 'parts of an object' },
      })
  }

  /** Takes an unsigned integer of at most 15 digits; undefined (cursor unmoved) when there is none. */
  takeUnsigned(): number | undefined {
    let value = 0
    let length = 0
    for (let byte = this.peek(); byte >= 0 && isDigit(byte); byte = this.peek(length)) {
      value = value * 10 + (byte - 0x30)
      length += 1
      if (length > 15) return undefined
    }
    if (length === 0) return undefined
    this.position += length
    return value
  }

  damaged(reason: string): SigningError {
    return new SigningError('PDF_DAMAGED', `PDF syntax: ${reason}`, { data: { offset: this.offset, reason } })
  }
}
