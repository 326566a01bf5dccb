/** Where `repair` takes objects from: a file that opens, an encrypted one, or one that was scanned. */
import { SigningError } from '../errors.ts'
import { decodeFilters } from './filters.ts'
import { type ObjectStream, ObjectStreamCache, objectInStream, readObjectStream } from './object-streams.ts'
import {
  PDF_NULL,
  type PdfArray,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  pdfStream,
} from './objects.ts'
import type { PdfFile } from './reader.ts'
import type { Decryptor } from './security-handler.ts'

export type ObjectSource = {
  readonly trailer: PdfDictionary
  readonly version: string
  /** The object with its stream data in memory and everything in clear; null when there is none. */
  readonly get: (reference: PdfReference) => PdfObject
}

const MAXIMUM_CONTAINER_BYTES = 64 << 20

/** Objects of a file that opens; decrypted when a decryptor is given. */
export function sourceOfFile(file: PdfFile, decryptor?: Decryptor): ObjectSource {
  const plain = (reference: PdfReference): PdfObject => {
    const object = file.objectAt(reference, file.revisionIndex)
    if (object.kind !== 'stream')
      return decryptor === undefined ? object : clear(object, reference, decryptor)
    const raw = file.streamBytes(object)
    if (decryptor === undefined) return { ...object, body: { at: 'memory', bytes: raw } }
    const bytes = decryptor.stream(raw, reference, object.dictionary)
    return {
      kind: 'stream',
      dictionary: clearDictionary(object.dictionary, reference, decryptor),
      body: { at: 'memory', bytes },
    }
  }
  const containers = new ObjectStreamCache()
  const openContainer = (objectNumber: number): ObjectStream => {
    const holder = file.entryOf(objectNumber)
    const generation = holder?.kind === 'in-use' ? holder.generation : 0
    const container = plain({ kind: 'reference', objectNumber, generation })
    if (container.kind !== 'stream' || container.body.at !== 'memory')
      throw new SigningError('PDF_DAMAGED', 'An object stream is missing', {
        data: { reason: 'object stream' },
      })
    const resolve = (object: PdfObject | undefined): PdfObject =>
      object?.kind === 'reference' ? plain(object) : (object ?? PDF_NULL)
    const data = decodeFilters(container.dictionary, container.body.bytes, resolve, MAXIMUM_CONTAINER_BYTES)
    return readObjectStream(container, data)
  }
  return {
    trailer: file.trailer,
    version: file.header.version,
    get: (reference) => {
      const entry = file.entryOf(reference.objectNumber)
      if (entry === undefined || entry.kind === 'free') return PDF_NULL
      if (entry.kind === 'in-use' || decryptor === undefined) return plain(reference)
      const container = containers.get(entry.streamNumber, () => openContainer(entry.streamNumber))
      return objectInStream(container, entry.index, reference.objectNumber)
    },
  }
}

function clear(object: PdfObject, reference: PdfReference, decryptor: Decryptor): PdfObject {
  switch (object.kind) {
    case 'string':
      return { kind: 'string', bytes: decryptor.string(object.bytes, reference), hex: object.hex }
    case 'array':
      return { kind: 'array', items: object.items.map((item) => clear(item, reference, decryptor)) }
    case 'dictionary':
      return clearDictionary(object, reference, decryptor)
    default:
      return object
  }
}

function clearDictionary(
  dictionary: PdfDictionary,
  reference: PdfReference,
  decryptor: Decryptor,
): PdfDictionary {
  const entries = new Map<string, PdfObject>()
  for (const [key, value] of dictionary.entries) entries.set(key, clear(value, reference, decryptor))
  return { kind: 'dictionary', entries }
}

/** The same object with every reference replaced. */
export function mapReferences(object: PdfObject, replace: (reference: PdfReference) => PdfObject): PdfObject {
  switch (object.kind) {
    case 'reference':
      return replace(object)
    case 'array':
      return mapArray(object, replace)
    case 'dictionary':
      return mapDictionary(object, replace)
    case 'stream':
      return object.body.at === 'memory'
        ? pdfStream(Object.fromEntries(mapDictionary(object.dictionary, replace).entries), object.body.bytes)
        : object
    default:
      return object
  }
}

function mapArray(array: PdfArray, replace: (reference: PdfReference) => PdfObject): PdfArray {
  return { kind: 'array', items: array.items.map((item) => mapReferences(item, replace)) }
}

function mapDictionary(
  dictionary: PdfDictionary,
  replace: (reference: PdfReference) => PdfObject,
): PdfDictionary {
  const entries = new Map<string, PdfObject>()
  for (const [key, value] of dictionary.entries) entries.set(key, mapReferences(value, replace))
  return { kind: 'dictionary', entries }
}
