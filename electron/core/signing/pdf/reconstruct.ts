/**
 * Finds the objects of a damaged file by looking for `n g obj` from its first byte to its last. Used by `repair` only:
 * what it gives is a guess, to be looked at by a person before anything is signed.
 */
import { memorySource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import { decodeFilters } from './filters.ts'
import { hasEndstream, readIndirectObject } from './indirect-object.ts'
import { isDigit, isWhite, Lexer } from './lexer.ts'
import type { ObjectSource } from './object-source.ts'
import { objectInStream, readObjectStream } from './object-streams.ts'
import {
  asDictionary,
  asInteger,
  asName,
  PDF_NULL,
  type PdfDictionary,
  type PdfObject,
  type PdfStream,
  pdfDictionary,
  withEntries,
} from './objects.ts'
import { parseDictionary } from './parser.ts'
import { Windows } from './window.ts'

const MAXIMUM_CONTAINER_BYTES = 64 << 20
const MAXIMUM_OBJECTS = 2_000_000

export type Reconstruction = ObjectSource & {
  /** Objects whose text could not be parsed. */
  readonly lostObjects: number
  /** References of all /Type /Page dictionaries in file order: the pages, when the page tree is lost. */
  readonly pageNumbers: readonly number[]
}

/** @throws SigningError PDF_DAMAGED when no catalog can be found | PDF_ENCRYPTED | PDF_TOO_LARGE */
export function reconstruct(bytes: Uint8Array): Reconstruction {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const scan = scanObjects(data)
  if (scan.trailers.some((trailer) => trailer.entries.has('Encrypt')))
    throw new SigningError('PDF_ENCRYPTED', 'A file that is damaged and encrypted cannot be rebuilt')
  const pageNumbers: number[] = []
  let catalogNumber: number | undefined
  for (const [number, object] of scan.objects) {
    const type = asName(asDictionary(object)?.entries.get('Type'))
    if (type === 'Catalog') catalogNumber = number
    if (type === 'Page') pageNumbers.push(number)
  }
  const trailer = trailerOf(scan, catalogNumber)
  const version = /%PDF-(\d\.\d)/.exec(data.toString('latin1', 0, 2048))?.[1] ?? '1.7'
  return {
    trailer,
    version,
    lostObjects: scan.lostObjects,
    pageNumbers,
    get: (reference) => scan.objects.get(reference.objectNumber) ?? PDF_NULL,
  }
}

type Scan = {
  readonly objects: Map<number, PdfObject>
  readonly trailers: PdfDictionary[]
  lostObjects: number
}

function trailerOf(scan: Scan, catalogNumber: number | undefined): PdfDictionary {
  for (const trailer of [...scan.trailers].reverse()) {
    const root = trailer.entries.get('Root')
    const catalog = root?.kind === 'reference' ? asDictionary(scan.objects.get(root.objectNumber)) : undefined
    if (catalog?.entries.has('Pages')) return trailer
  }
  if (catalogNumber === undefined)
    throw new SigningError('PDF_DAMAGED', 'No catalog was found', { data: { reason: 'catalog' } })
  const root: PdfObject = { kind: 'reference', objectNumber: catalogNumber, generation: 0 }
  return withEntries(scan.trailers.at(-1) ?? pdfDictionary({}), { Root: root })
}

function scanObjects(data: Buffer): Scan {
  const windows = new Windows(memorySource(data))
  const scan: Scan = { objects: new Map(), trailers: [], lostObjects: 0 }
  for (let at = 0; at < data.length; ) {
    const found = data.indexOf('obj', at)
    const end = found < 0 ? data.length : found
    takeTrailers(data.subarray(at, Math.min(data.length, end + 3)), windows, scan)
    if (found < 0) break
    const start = headBefore(data, found)
    at = found + 3
    if (start === undefined) continue
    if (scan.objects.size > MAXIMUM_OBJECTS)
      throw new SigningError('PDF_TOO_LARGE', 'Too many objects', { data: { limit: 'objects' } })
    at = Math.max(at, takeObject(data, windows, start, scan))
  }
  return scan
}

/** Position of the object number in front of `obj`; undefined for `endobj` and other text. */
function headBefore(data: Buffer, found: number): number | undefined {
  let at = skipBack(data, found, isWhite)
  if (at === found) return undefined
  const generation = skipBack(data, at, isDigit)
  if (generation === at) return undefined
  at = skipBack(data, generation, isWhite)
  if (at === generation) return undefined
  const number = skipBack(data, at, isDigit)
  return number === at || at - number > 10 ? undefined : number
}

function skipBack(data: Buffer, from: number, matches: (byte: number) => boolean): number {
  let at = from
  while (at > 0 && matches(data[at - 1] ?? 0)) at -= 1
  return at
}

/** A part that cannot be read is passed over; a limit of the reader ends the work. */
function isDamage(error: unknown): boolean {
  return error instanceof SigningError && error.code !== 'PDF_TOO_LARGE'
}

function takeTrailers(gap: Buffer, windows: Windows, scan: Scan): void {
  for (let at = gap.indexOf('trailer'); at >= 0; at = gap.indexOf('trailer', at + 7)) {
    const lexer = new Lexer(gap.subarray(at + 7), -1, true)
    try {
      windows.counted(lexer, () => {
        lexer.skipSpace()
        if (lexer.peek() === 0x3c && lexer.peek(1) === 0x3c) scan.trailers.push(parseDictionary(lexer))
      })
    } catch (error) {
      // A trailer that is cut is no content: the catalog is found without it.
      if (!isDamage(error)) throw error
    }
  }
}

/** Reads the object at `start`; gives the position to go on from. */
function takeObject(data: Buffer, windows: Windows, start: number, scan: Scan): number {
  try {
    const object = readIndirectObject(
      windows,
      start,
      (length) => scan.objects.get(length.objectNumber) ?? PDF_NULL,
    )
    const { value, reference } = object
    if (value.kind !== 'stream' || value.body.at !== 'file') {
      scan.objects.set(reference.objectNumber, value)
      return object.endOffset
    }
    const { offset, lengthBytes } = value.body
    const isRight = offset + lengthBytes < data.length && hasEndstream(windows, offset + lengthBytes)
    const end = isRight ? offset + lengthBytes : endOfStream(data, offset)
    takeStream(scan, reference.objectNumber, {
      kind: 'stream',
      dictionary: value.dictionary,
      body: { at: 'memory', bytes: data.subarray(offset, end) },
    })
    return end
  } catch (error) {
    if (!isDamage(error)) throw error
    return takeLooseStream(data, windows, start, scan)
  }
}

/** A stream whose /Length is unusable: its dictionary is read alone, its data ends at `endstream` or with the file. */
function takeLooseStream(data: Buffer, windows: Windows, start: number, scan: Scan): number {
  const lexer = new Lexer(data.subarray(start), -1, true)
  try {
    const head = windows.counted(lexer, readStreamHead)
    const offset = start + lexer.position
    const end = endOfStream(data, offset)
    const body = { at: 'memory', bytes: data.subarray(offset, end) } as const
    takeStream(scan, head.objectNumber, { kind: 'stream', dictionary: head.dictionary, body })
    return end
  } catch (error) {
    if (!isDamage(error)) throw error
    scan.lostObjects += 1
    return start
  }
}

function readStreamHead(lexer: Lexer): { objectNumber: number; dictionary: PdfDictionary } {
  const objectNumber = lexer.takeUnsigned() ?? 0
  lexer.skipWhite()
  lexer.takeUnsigned()
  lexer.skipWhite()
  lexer.position += 3
  lexer.skipSpace()
  if (lexer.peek() !== 0x3c || lexer.peek(1) !== 0x3c) throw lexer.damaged('dictionary expected')
  const dictionary = parseDictionary(lexer)
  lexer.skipSpace()
  if (!lexer.takeKeyword('stream')) throw lexer.damaged('stream expected')
  if (lexer.peek() === 13) lexer.position += 1
  if (lexer.peek() === 10) lexer.position += 1
  return { objectNumber, dictionary }
}

function endOfStream(data: Buffer, offset: number): number {
  const found = data.indexOf('endstream', offset)
  if (found < 0) return data.length
  let end = found
  if (end > offset && data[end - 1] === 10) end -= 1
  if (end > offset && data[end - 1] === 13) end -= 1
  return end
}

/** Remembers a stream; an object stream also gives the objects in it, a cross-reference stream its trailer. */
function takeStream(scan: Scan, objectNumber: number, stream: PdfStream): void {
  scan.objects.set(objectNumber, stream)
  const type = asName(stream.dictionary.entries.get('Type'))
  if (type === 'XRef') scan.trailers.push(stream.dictionary)
  if (
    type !== 'ObjStm' ||
    stream.body.at !== 'memory' ||
    asInteger(stream.dictionary.entries.get('N')) === undefined
  )
    return
  const resolve = (object: PdfObject | undefined): PdfObject =>
    object?.kind === 'reference' ? (scan.objects.get(object.objectNumber) ?? PDF_NULL) : (object ?? PDF_NULL)
  try {
    const data = decodeFilters(stream.dictionary, stream.body.bytes, resolve, MAXIMUM_CONTAINER_BYTES)
    const container = readObjectStream(stream, data)
    container.objects.forEach((place, index) => {
      scan.objects.set(place.objectNumber, objectInStream(container, index, place.objectNumber))
    })
  } catch (error) {
    if (!isDamage(error)) throw error
    scan.lostObjects += 1
  }
}
