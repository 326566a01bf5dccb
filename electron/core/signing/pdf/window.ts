/** Windows into a ByteSource: objects are read without knowing their length and without reading the file. */
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import { Lexer, WINDOW_EXHAUSTED } from './lexer.ts'

const FIRST_WINDOW_BYTES = 4096
/** One object without its stream data may be this long. */
const MAXIMUM_WINDOW_BYTES = 64 << 20
/** Large windows of one file together; a hostile file could make every object run to the end of the file. */
const LARGE_WINDOW_BUDGET_BYTES = 512 << 20
/**
 * Parsing of one file together, in bytes and in objects: many times what any honest file needs, and some seconds at
 * most. Once spent, every further read fails at once, so that a loop over a hostile file ends too.
 */
const PARSED_BUDGET_BYTES = 256 << 20
const PARSED_BUDGET_OBJECTS = 16_000_000

export class Windows {
  readonly source: ByteSource
  private lastOffset = 0
  private last: Uint8Array = new Uint8Array(0)
  private largeBytes = 0
  private parsedBytes = 0
  private parsedObjects = 0

  constructor(source: ByteSource) {
    this.source = source
  }

  /** Runs `read` on a window that starts at `offset`; again on a larger one as long as it reaches the window's end. */
  read<T>(offset: number, read: (lexer: Lexer) => T): T {
    const available = this.source.sizeBytes - offset
    if (!Number.isSafeInteger(offset) || offset < 0 || available <= 0)
      throw new SigningError('PDF_DAMAGED', 'An offset lies outside the file', {
        data: { offset, reason: 'offset outside file' },
      })
    for (let wanted = FIRST_WINDOW_BYTES; ; wanted *= 8) {
      const length = Math.min(wanted, available)
      if (length > FIRST_WINDOW_BYTES * 8) this.spend(length)
      const lexer = new Lexer(this.bytes(offset, length), offset, length === available)
      try {
        return this.counted(lexer, read)
      } catch (error) {
        if (error !== WINDOW_EXHAUSTED) throw error
        if (wanted > MAXIMUM_WINDOW_BYTES) throw this.tooLarge('object')
      }
    }
  }

  /** Runs `read` and counts what it parsed, also when it fails. */
  counted<T>(lexer: Lexer, read: (lexer: Lexer) => T): T {
    if (this.parsedBytes > PARSED_BUDGET_BYTES || this.parsedObjects > PARSED_BUDGET_OBJECTS)
      throw this.tooLarge('work on objects')
    try {
      return read(lexer)
    } finally {
      this.parsedBytes += lexer.position
      this.parsedObjects += lexer.objects
    }
  }

  /** A range of known length (a table, stream data), counted against the same budget when it is large. */
  range(offset: number, length: number): Uint8Array {
    if (offset + length > this.source.sizeBytes)
      throw new SigningError('PDF_DAMAGED', 'A range lies outside the file', {
        data: { offset, reason: 'range outside file' },
      })
    if (length > FIRST_WINDOW_BYTES * 8) this.spend(length)
    return this.source.read(offset, length)
  }

  private bytes(offset: number, length: number): Uint8Array {
    const inLast = offset - this.lastOffset
    if (inLast >= 0 && inLast + length <= this.last.length) return this.last.subarray(inLast, inLast + length)
    const ahead = Math.min(Math.max(length, 4 * FIRST_WINDOW_BYTES), this.source.sizeBytes - offset)
    this.last = this.source.read(offset, ahead)
    this.lastOffset = offset
    return this.last.subarray(0, length)
  }

  private spend(length: number): void {
    this.largeBytes += length
    if (this.largeBytes > LARGE_WINDOW_BUDGET_BYTES) throw this.tooLarge('work on large objects')
  }

  private tooLarge(limit: string): SigningError {
    return new SigningError('PDF_TOO_LARGE', `Limit reached: ${limit}`, { data: { limit } })
  }
}
