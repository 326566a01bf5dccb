/** Object streams (ISO 32000-2 §7.5.7): several objects in one compressed stream. */
import { SigningError } from '../errors.ts'
import { Lexer } from './lexer.ts'
import { asInteger, asName, type PdfObject, type PdfStream } from './objects.ts'
import { parseObject } from './parser.ts'

const CACHE_BYTES = 32 << 20
/** Memory of one entry of `objects`, roughly. */
const LISTED_OBJECT_BYTES = 64
/** Writers put a hundred or two into one stream. */
const MAXIMUM_OBJECTS_IN_STREAM = 500_000

export type ObjectStream = {
  readonly data: Uint8Array
  /** Object number and position in `data` of each object, in order. */
  readonly objects: readonly { readonly objectNumber: number; readonly position: number }[]
}

/** Decoded object streams by the file offset of their data, the oldest dropped beyond 32 MB. */
export class ObjectStreamCache {
  private readonly streams = new Map<number, ObjectStream>()
  private bytes = 0

  get(offset: number, load: () => ObjectStream): ObjectStream {
    const known = this.streams.get(offset)
    if (known !== undefined) return known
    const loaded = load()
    this.bytes += costOf(loaded)
    for (const [key, value] of this.streams) {
      if (this.bytes <= CACHE_BYTES) break
      this.streams.delete(key)
      this.bytes -= costOf(value)
    }
    this.streams.set(offset, loaded)
    return loaded
  }
}

function costOf(stream: ObjectStream): number {
  return stream.data.length + LISTED_OBJECT_BYTES * stream.objects.length
}

/** @throws SigningError PDF_DAMAGED when /Type, /N, /First or the list of numbers are wrong */
export function readObjectStream(stream: PdfStream, data: Uint8Array): ObjectStream {
  const count = asInteger(stream.dictionary.entries.get('N')) ?? -1
  const first = asInteger(stream.dictionary.entries.get('First')) ?? -1
  const isObjectStream = asName(stream.dictionary.entries.get('Type')) === 'ObjStm'
  if (!isObjectStream || count < 0 || first < 0 || first > data.length || count > first) throw damaged('head')
  if (count > MAXIMUM_OBJECTS_IN_STREAM)
    throw new SigningError('PDF_TOO_LARGE', 'Too many objects in one stream', {
      data: { limit: 'objects in a stream' },
    })
  const lexer = new Lexer(data.subarray(0, first), -1, true)
  const objects: { objectNumber: number; position: number }[] = []
  for (let index = 0; index < count; index += 1) {
    lexer.skipSpace()
    const objectNumber = lexer.takeUnsigned()
    lexer.skipSpace()
    const position = lexer.takeUnsigned()
    if (objectNumber === undefined || position === undefined) throw damaged('list of numbers')
    objects.push({ objectNumber, position: first + position })
  }
  return { data, objects }
}

/** @throws SigningError PDF_DAMAGED when the object at `index` has another number or lies outside the data */
export function objectInStream(container: ObjectStream, index: number, objectNumber: number): PdfObject {
  return parseObject(lexerInStream(container, index, objectNumber))
}

/** The cursor in front of the object. @throws as `objectInStream` */
export function lexerInStream(container: ObjectStream, index: number, objectNumber: number): Lexer {
  const place = container.objects[index]
  if (place === undefined || place.objectNumber !== objectNumber || place.position > container.data.length)
    throw damaged('index')
  return new Lexer(container.data.subarray(place.position), -1, true)
}

function damaged(reason: string): SigningError {
  return new SigningError('PDF_DAMAGED', `Object stream: ${reason}`, {
    data: { reason: `object stream ${reason}` },
  })
}
