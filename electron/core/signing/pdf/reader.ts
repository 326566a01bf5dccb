/**
 * Opens a PDF (ISO 32000-2 §7.5) lazily: header, cross-reference chain and catalog at once, everything else when it
 * is asked for. Knows every revision of the file, so that a signed state can be read again as it was.
 */
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import { readHeader, readStartOffset } from './file-ends.ts'
import { decodeFilters } from './filters.ts'
import { hasEndstream, readIndirectObject } from './indirect-object.ts'
import { lexerInStream, type ObjectStream, ObjectStreamCache, readObjectStream } from './object-streams.ts'
import {
  asDictionary,
  asName,
  PDF_NULL,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  type PdfStream,
} from './objects.ts'
import { type PdfPage, walkPages } from './page-tree.ts'
import { parseObject } from './parser.ts'
import { Windows } from './window.ts'
import {
  entryInSection,
  groupRevisions,
  type PdfNote,
  type PdfRevision,
  readSections,
  type XrefSection,
} from './xref.ts'
import type { XrefEntry } from './xref-entries.ts'

const DEFAULT_DECODED_BYTES = 64 << 20
/** Parsed objects are forgotten, all at once, beyond so many parts (an object with all that is nested in it). */
const MAXIMUM_CACHED_PARTS = 1_000_000
/** Object streams decoded for one file together; an honest file decodes each once or twice. */
const DECODED_BUDGET_BYTES = 1 << 30
const MAXIMUM_REFERENCE_HOPS = 32

export type OpenOptions = {
  /** One decoded stream may be this long, in bytes (default 64 MB). */
  readonly maximumDecodedBytes?: number
}

/** The file as it was at the end of one revision. */
export type PdfView = {
  readonly revisionIndex: number
  readonly trailer: PdfDictionary
  readonly catalogReference: PdfReference
  /** @throws SigningError PDF_DAMAGED when /Root is no dictionary */
  readonly catalog: PdfDictionary
  /** Follows references (32 hops at most); a reference to nothing is null. @throws SigningError PDF_DAMAGED */
  readonly resolve: (object: PdfObject | undefined) => PdfObject
  /** Where an object is in this revision; undefined when no section lists it. */
  readonly entryOf: (objectNumber: number) => XrefEntry | undefined
  /** Pages in order, read as they are asked for. */
  readonly pages: () => Iterable<PdfPage>
}

export type PdfFile = PdfView & {
  readonly source: ByteSource
  /** `version` as in the header (`1.7`), `offset` of `%PDF-` in bytes. */
  readonly header: { readonly version: string; readonly offset: number }
  /** The later of the header's and the catalog's /Version. */
  readonly version: string
  /** Newest first, as /Prev leads. */
  readonly sections: readonly XrefSection[]
  /** Oldest first. */
  readonly revisions: readonly PdfRevision[]
  /** True when a trailer has /Encrypt: structure can be read, strings and streams cannot. */
  readonly isEncrypted: boolean
  readonly notes: readonly PdfNote[]
  /** One more than the highest object number any section or /Size speaks of: the first number free for use. */
  readonly nextObjectNumber: number
  readonly viewAt: (revisionIndex: number) => PdfView
  /** The object as it was in that revision, references in it not followed. */
  readonly objectAt: (reference: PdfReference, revisionIndex: number) => PdfObject
  /** Every object number any section lists, each once, in rising order per section. */
  readonly objectNumbers: () => Iterable<number>
  /** Checks that `endstream` follows the data. @throws SigningError PDF_DAMAGED */
  readonly assertStreamEnd: (stream: PdfStream) => void
  /** Encoded bytes of a stream. @throws SigningError PDF_DAMAGED when `endstream` is not where /Length says */
  readonly streamBytes: (stream: PdfStream) => Uint8Array
  /** Decoded bytes of a stream. @throws SigningError PDF_DAMAGED | PDF_TOO_LARGE */
  readonly decodeStream: (stream: PdfStream, maximumBytes?: number) => Uint8Array
}

/**
 * Opens a PDF for reading, strictly: offsets must be right, nothing is reconstructed.
 *
 * @throws SigningError NOT_A_PDF (no header in the first 1024 bytes) | PDF_DAMAGED | PDF_TOO_LARGE
 * Does not read the objects: a file that opens may still have damaged ones.
 */
export function openPdf(source: ByteSource, options: OpenOptions = {}): PdfFile {
  const notes: PdfNote[] = []
  const header = readHeader(source, notes)
  const windows = new Windows(source)
  const sections = readSections(windows, readStartOffset(source, notes), notes)
  const revisions = groupRevisions(sections, notes)
  const reader = new Reader(windows, revisions, options.maximumDecodedBytes ?? DEFAULT_DECODED_BYTES)
  const latest = reader.view(revisions.length - 1)
  const isEncrypted = sections.some((section) => section.trailer.entries.has('Encrypt'))
  const file: PdfFile = {
    source,
    header,
    sections,
    revisions,
    isEncrypted,
    notes,
    revisionIndex: latest.revisionIndex,
    trailer: latest.trailer,
    catalogReference: latest.catalogReference,
    get catalog() {
      return latest.catalog
    },
    get version() {
      const later = isEncrypted ? undefined : asName(latest.resolve(latest.catalog.entries.get('Version')))
      return later !== undefined && later > header.version ? later : header.version
    },
    nextObjectNumber: nextObjectNumber(sections),
    resolve: latest.resolve,
    entryOf: latest.entryOf,
    pages: latest.pages,
    viewAt: (index) => reader.view(index),
    objectAt: (reference, index) => reader.view(index).objectAt(reference),
    objectNumbers: () => objectNumbers(sections),
    assertStreamEnd: (stream) => reader.assertStreamEnd(stream),
    streamBytes: (stream) => reader.streamBytes(stream),
    decodeStream: (stream, maximumBytes) => reader.decode(stream, latest.resolve, maximumBytes),
  }
  if (!isEncrypted) assertCatalog(file)
  return file
}

function assertCatalog(file: PdfFile): void {
  if (file.catalog.entries.get('Pages') === undefined)
    throw new SigningError('PDF_DAMAGED', 'The catalog has no pages', { data: { reason: '/Pages' } })
}

function nextObjectNumber(sections: readonly XrefSection[]): number {
  let next = 1
  for (const section of sections) {
    const size = section.trailer.entries.get('Size')
    if (size?.kind === 'number' && size.value <= 8_388_608) next = Math.max(next, Math.trunc(size.value))
    for (const entries of [section.entries, section.hybridStream?.entries])
      for (const run of entries?.subsections ?? []) next = Math.max(next, run.first + run.count)
  }
  return next
}

function* objectNumbers(sections: readonly XrefSection[]): Generator<number> {
  const seen = new Uint8Array(nextObjectNumber(sections) + 1)
  for (const section of sections) {
    for (const entries of [section.entries, section.hybridStream?.entries]) {
      for (const run of entries?.subsections ?? []) {
        for (let number = run.first; number < run.first + run.count; number += 1) {
          if (seen[number] === 1) continue
          seen[number] = 1
          yield number
        }
      }
    }
  }
}

/** A parsed object with its number and how many objects it is made of. */
type Known = { readonly reference: PdfReference; readonly object: PdfObject; readonly parts: number }

function isSame(left: PdfReference, right: PdfReference): boolean {
  return left.objectNumber === right.objectNumber && left.generation === right.generation
}

/** What all views of a file share: windows, caches, limits. */
class Reader {
  readonly windows: Windows
  private readonly objects = new Map<number | string, Known>()
  private readonly revisions: readonly PdfRevision[]
  private readonly maximumDecodedBytes: number
  private readonly streams = new ObjectStreamCache()
  private readonly views = new Map<number, View>()
  private nesting = 0
  private cachedParts = 0
  private decodedBytes = 0

  constructor(windows: Windows, revisions: readonly PdfRevision[], maximumDecodedBytes: number) {
    this.windows = windows
    this.revisions = revisions
    this.maximumDecodedBytes = maximumDecodedBytes
  }

  view(index: number): View {
    const known = this.views.get(index)
    if (known !== undefined) return known
    const revision = this.revisions[index]
    if (revision === undefined) throw new RangeError(`No revision ${index}`)
    const sections = this.revisions
      .slice(0, index + 1)
      .reverse()
      .flatMap((part) => part.sections)
    const view = new View(this, revision, sections)
    this.views.set(index, view)
    return view
  }

  /** Runs a read that may lead to other reads (a length, a filter in another object stream), not without end. */
  nested<T>(read: () => T): T {
    if (this.nesting >= MAXIMUM_REFERENCE_HOPS)
      throw new SigningError('PDF_DAMAGED', 'Objects need each other to be read', {
        data: { reason: 'reference loop' },
      })
    this.nesting += 1
    try {
      return read()
    } finally {
      this.nesting -= 1
    }
  }

  /** The object kept under a place, when it is the one that is asked for: two entries may name one place. */
  known(place: number | string, reference: PdfReference): PdfObject | undefined {
    const known = this.objects.get(place)
    return known !== undefined && isSame(known.reference, reference) ? known.object : undefined
  }

  remember(place: number | string, known: Known): void {
    this.cachedParts += known.parts
    if (this.cachedParts > MAXIMUM_CACHED_PARTS) {
      this.objects.clear()
      this.cachedParts = known.parts
    }
    this.objects.set(place, known)
  }

  assertStreamEnd(stream: PdfStream): void {
    if (stream.body.at === 'memory') return
    const { offset, lengthBytes } = stream.body
    const end = offset + lengthBytes
    if (end >= this.windows.source.sizeBytes || !hasEndstream(this.windows, end))
      throw new SigningError('PDF_DAMAGED', 'Stream length is wrong', {
        data: { offset, reason: 'stream length' },
      })
  }

  streamBytes(stream: PdfStream): Uint8Array {
    if (stream.body.at === 'memory') return stream.body.bytes
    this.assertStreamEnd(stream)
    return this.windows.source.read(stream.body.offset, stream.body.lengthBytes)
  }

  decode(stream: PdfStream, resolve: View['resolve'], maximumBytes = this.maximumDecodedBytes): Uint8Array {
    return decodeFilters(stream.dictionary, this.streamBytes(stream), resolve, maximumBytes)
  }

  objectStream(stream: PdfStream, resolve: View['resolve']): ObjectStream {
    if (stream.body.at !== 'file') throw new Error('Object streams are read from files only')
    return this.streams.get(stream.body.offset, () => {
      if (this.decodedBytes > DECODED_BUDGET_BYTES)
        throw new SigningError('PDF_TOO_LARGE', 'Too much data in object streams', {
          data: { limit: 'object streams' },
        })
      const data = this.decode(stream, resolve)
      this.decodedBytes += data.length
      return readObjectStream(stream, data)
    })
  }
}

class View implements PdfView {
  readonly revisionIndex: number
  readonly trailer: PdfDictionary
  readonly resolve: (object: PdfObject | undefined) => PdfObject
  readonly entryOf: (objectNumber: number) => XrefEntry | undefined
  private readonly reader: Reader
  private readonly sections: readonly XrefSection[]
  /** Streams whose /Length is a reference: it may have had another value in another revision. */
  private readonly own = new Map<number, Known>()

  constructor(reader: Reader, revision: PdfRevision, sections: readonly XrefSection[]) {
    this.reader = reader
    this.revisionIndex = revision.index
    this.trailer = revision.trailer
    this.sections = sections
    this.resolve = (object) => this.follow(object)
    this.entryOf = (objectNumber) => this.find(objectNumber)
  }

  get catalogReference(): PdfReference {
    const root = this.trailer.entries.get('Root')
    if (root?.kind === 'reference') return root
    throw new SigningError('PDF_DAMAGED', 'The trailer has no root', { data: { reason: '/Root' } })
  }

  get catalog(): PdfDictionary {
    const catalog = this.objectAt(this.catalogReference)
    if (catalog.kind === 'dictionary') return catalog
    throw new SigningError('PDF_DAMAGED', 'The catalog is no dictionary', { data: { reason: 'catalog' } })
  }

  pages(): Iterable<PdfPage> {
    return walkPages(this.catalog, this.resolve)
  }

  private find(objectNumber: number): XrefEntry | undefined {
    for (const section of this.sections) {
      const entry = entryInSection(section, objectNumber)
      if (entry !== undefined) return entry
    }
    return undefined
  }

  private follow(object: PdfObject | undefined): PdfObject {
    let current = object ?? PDF_NULL
    for (let hops = 0; current.kind === 'reference'; hops += 1) {
      if (hops >= MAXIMUM_REFERENCE_HOPS)
        throw new SigningError('PDF_DAMAGED', 'References run in a circle', {
          data: { reason: 'reference loop' },
        })
      current = this.objectAt(current)
    }
    return current
  }

  objectAt(reference: PdfReference): PdfObject {
    const { objectNumber, generation } = reference
    const entry = this.find(objectNumber)
    if (entry === undefined || entry.kind === 'free') return PDF_NULL
    if (entry.kind === 'compressed')
      return generation === 0 ? this.reader.nested(() => this.compressed(objectNumber, entry)) : PDF_NULL
    if (entry.generation !== generation) return PDF_NULL
    const known = this.reader.known(entry.offset, reference)
    return known ?? this.reader.nested(() => this.load(reference, entry.offset))
  }

  private load(reference: PdfReference, offset: number): PdfObject {
    const own = this.own.get(offset)
    if (own !== undefined && isSame(own.reference, reference)) return own.object
    let hasOwnLength = true
    const read = readIndirectObject(this.reader.windows, offset, (length) => {
      hasOwnLength = false
      return this.follow(length)
    })
    if (!isSame(read.reference, reference))
      throw new SigningError('PDF_DAMAGED', 'Another object lies at the offset', {
        data: { offset, objectNumber: reference.objectNumber, reason: 'object number' },
      })
    const known: Known = { reference, object: read.value, parts: read.parts }
    if (hasOwnLength) this.reader.remember(offset, known)
    else this.own.set(offset, known)
    return read.value
  }

  private compressed(objectNumber: number, entry: XrefEntry & { kind: 'compressed' }): PdfObject {
    if (this.sections.some((section) => section.trailer.entries.has('Encrypt')))
      throw new SigningError('PDF_ENCRYPTED', 'Object streams of an encrypted file cannot be read')
    const holder = this.find(entry.streamNumber)
    if (holder?.kind !== 'in-use')
      throw new SigningError('PDF_DAMAGED', 'An object stream is missing', {
        data: { objectNumber, reason: 'object stream' },
      })
    const stream = this.objectAt({
      kind: 'reference',
      objectNumber: entry.streamNumber,
      generation: holder.generation,
    })
    if (stream.kind !== 'stream' || asDictionary(stream) === undefined || stream.body.at !== 'file')
      throw new SigningError('PDF_DAMAGED', 'An object stream is no stream', {
        data: { objectNumber, reason: 'object stream' },
      })
    const reference: PdfReference = { kind: 'reference', objectNumber, generation: 0 }
    const place = `${stream.body.offset}/${entry.index}`
    const known = this.reader.known(place, reference)
    if (known !== undefined) return known
    const container = this.reader.objectStream(stream, this.resolve)
    const lexer = lexerInStream(container, entry.index, objectNumber)
    const object = this.reader.windows.counted(lexer, parseObject)
    this.reader.remember(place, { reference, object, parts: lexer.objects })
    return object
  }
}
