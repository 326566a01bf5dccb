/** Object streams (ISO 32000-2 §7.5.7): several objects in one compressed stream. */
import { SigningError } from '../errors.ts'
import { Lexer } from './lexer.ts'
import { asInteger, asName, type PdfObject, type PdfStream } from './objects.ts'
import { parseObject } from './parser.ts'

const CACHE_BYTES = 16 << 20

export type ObjectStream = {
  readonly data: Uint8Array
  /** Object number and position in `data` of each object, in order. */
  readonly objects: readonly { readonly objectNumber: number; readonly position: number }[]
}

/** Decoded object streams by the file offset of their data, the oldest dropped beyond 16 MB. */
export class ObjectStreamCache {
  private readonly streams = new Map<number, ObjectStream>()
  private bytes = 0

  get(offset: number, load: () => ObjectStream): ObjectStream {
    const known = this.streams.get(offset)
    if (known !== undefined) return known
    const loaded = load()
    this.bytes += loaded.data.length
    for (const [key, value] of this.streams) {
      if (this.bytes <= CACHE_BYTES) break
      this.streams.delete(key)
      this.bytes -= value.data.length
    }
    this.streams.set(offset, loaded)
    return loaded
  }
}

/** @throws SigningError PDF_DAMAGED when /Type, /N, /First or the list of numbers are wrong */
export function readObjectStream(stream: PdfStream, data: Uint8Array): ObjectStream {
  const count = asInteger(stream.dictionary.entries.get('N')) ?? -1
  const first = asInteger(stream.dictionary.entries.get('First')) ?? -1
  const isObjectStream = asName(stream.dictionary.entries.get('Type')) === 'ObjStm'
  if (!isObjectStream || count < 0 || first < 0 || first > data.length || count > first) throw damaged('head')
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
  const place = container.objects[index]
  if (place === undefined || place.objectNumber !== objectNumber || place.position > container.data.length)
    throw damaged('index')
  return parseObject(new Lexer(container.data.subarray(place.position), -1, true))
}

function damaged(reason: string): SigningError {
  return new SigningError('PDF_DAMAGED', `Object stream: ${reason}`, {
    data: { reason: `object stream ${reason}` },
  })
}
