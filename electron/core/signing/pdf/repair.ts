/**
 * Explicit rewrite of a damaged or password-free encrypted PDF into a clean one, before the first signature and never
 * after. The result is a new file that a person has to look at: what could not be read is gone, and counted.
 */
import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { constants, deflateSync, inflateSync } from 'node:zlib'
import { memorySource } from '../../kit/byte-source.ts'
import { concatBytes } from '../../kit/bytes.ts'
import { SigningError } from '../errors.ts'
import { mapReferences, type ObjectSource, sourceOfFile } from './object-source.ts'
import {
  asArray,
  asDictionary,
  asInteger,
  asName,
  PDF_NULL,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  type PdfStream,
  pdfArray,
  pdfBytes,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfReference,
  withEntries,
} from './objects.ts'
import { openPdf, type PdfFile } from './reader.ts'
import { type Reconstruction, reconstruct } from './reconstruct.ts'
import { openWithoutPassword } from './security-handler.ts'
import { serialise, serialiseIndirect } from './serialise.ts'
import { unfitNote } from './update-writer.ts'

export type RepairReport = {
  readonly bytes: Uint8Array
  readonly pages: number
  /** What the page tree says there should be; undefined when it does not say. */
  readonly expectedPages: number | undefined
  /** Objects that could not be parsed and streams whose data was cut or unreadable. */
  readonly lostObjects: number
  readonly lostStreams: number
}

/**
 * Rewrites a PDF without loss; see `repairWithReport`.
 *
 * @param options `acceptLoss`: give the file also when pages or contents are missing from it
 * @throws SigningError PDF_DAMAGED also when something would be lost (data: pages, expectedPages, lostObjects,
 * lostStreams) | ALREADY_SIGNED | PDF_ENCRYPTED | NOT_A_PDF | PDF_TOO_LARGE
 */
export async function repair(
  bytes: Uint8Array,
  options: { readonly acceptLoss?: boolean } = {},
): Promise<Uint8Array> {
  const report = await repairWithReport(bytes)
  const { pages, lostObjects, lostStreams } = report
  const expectedPages = report.expectedPages ?? pages
  if (options.acceptLoss !== true && (pages < expectedPages || lostObjects + lostStreams > 0))
    throw new SigningError('PDF_DAMAGED', 'Parts of the file are gone', {
      data: { reason: 'content lost', pages, expectedPages, lostObjects, lostStreams },
    })
  return report.bytes
}

/**
 * Rewrites a PDF: objects in clear, no object streams, one cross-reference table, only what is reachable.
 *
 * @param bytes the whole file
 * @throws SigningError ALREADY_SIGNED (any signature, also a broken one) | PDF_ENCRYPTED (needs a password, or an
 * unknown handler) | PDF_DAMAGED when no page can be saved | NOT_A_PDF | PDF_TOO_LARGE
 */
export async function repairWithReport(bytes: Uint8Array): Promise<RepairReport> {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (data.subarray(0, 2048).indexOf('%PDF-') < 0) throw new SigningError('NOT_A_PDF', 'No PDF header')
  if (data.includes('/ByteRange')) throw alreadySigned()
  const file = openOrUndefined(bytes)
  if (file?.isEncrypted) {
    const decryptor = openWithoutPassword(file)
    if (decryptor === undefined) throw new SigningError('PDF_ENCRYPTED', 'The file needs its password')
    return rewrite(sourceOfFile(file, decryptor))
  }
  if (file !== undefined && unfitNote(file) === undefined) {
    try {
      return await rewrite(sourceOfFile(file))
    } catch (error) {
      // A file that opens may have damaged objects: then it is scanned like one that does not open.
      if (!(error instanceof SigningError) || error.code !== 'PDF_DAMAGED') throw error
    }
  }
  return rewrite(reconstruct(bytes))
}

function openOrUndefined(bytes: Uint8Array): PdfFile | undefined {
  try {
    return openPdf(memorySource(bytes))
  } catch (error) {
    if (error instanceof SigningError && (error.code === 'PDF_DAMAGED' || error.code === 'NOT_A_PDF'))
      return undefined
    throw error
  }
}

function alreadySigned(): SigningError {
  return new SigningError('ALREADY_SIGNED', 'A signed file is never rewritten')
}

type Rewriting = {
  readonly source: ObjectSource
  /** Object number in the source → number in the result. */
  readonly numbers: Map<number, number>
  readonly queue: PdfReference[]
  nextNumber: number
  lostObjects: number
  lostStreams: number
}

async function rewrite(source: ObjectSource | Reconstruction): Promise<RepairReport> {
  const state: Rewriting = {
    source,
    numbers: new Map(),
    queue: [],
    nextNumber: 3,
    lostObjects: 0,
    lostStreams: 0,
  }
  const root = source.trailer.entries.get('Root')
  if (root?.kind !== 'reference') throw damaged('/Root')
  const catalog = asDictionary(source.get(root))
  if (catalog === undefined) throw damaged('catalog')
  const pages = collectPages(source, catalog)
  if (pages.length === 0) throw damaged('no pages')
  const tree = pdfReference(2)
  state.numbers.set(root.objectNumber, 1)
  for (const [index, page] of pages.entries()) state.numbers.set(page.reference.objectNumber, index + 3)
  state.nextNumber = pages.length + 3
  const objects: PdfObject[] = []
  objects[1] = withEntries(translate(withEntries(catalog, { Pages: undefined, Perms: undefined }), state), {
    Pages: tree,
  })
  objects[2] = pdfDictionary({
    Type: pdfName('Pages'),
    Kids: pdfArray(pages.map((_, index) => pdfReference(index + 3))),
    Count: pdfNumber(pages.length),
  })
  pages.forEach((page, index) => {
    const dictionary = translate(withoutLostContents(page.dictionary, state), state)
    objects[index + 3] = withEntries(dictionary, { Parent: tree, Type: pdfName('Page') })
  })
  const info = source.trailer.entries.get('Info')
  const newInfo = info?.kind === 'reference' ? follow(info, state) : undefined
  await copyReachable(state, objects)
  return {
    bytes: assemble(source.version, objects, newInfo?.kind === 'reference' ? newInfo : undefined),
    pages: pages.length,
    expectedPages: asInteger(
      asDictionary(resolve(source, catalog.entries.get('Pages')))?.entries.get('Count'),
    ),
    lostObjects: state.lostObjects + ('lostObjects' in source ? source.lostObjects : 0),
    lostStreams: state.lostStreams,
  }
}

function resolve(source: ObjectSource, object: PdfObject | undefined): PdfObject {
  return object?.kind === 'reference' ? source.get(object) : (object ?? PDF_NULL)
}

/** The page without its parent and without content streams that are gone. */
function withoutLostContents(page: PdfDictionary, state: Rewriting): PdfDictionary {
  const entry = page.entries.get('Contents')
  const contents = resolve(state.source, entry)
  const parts = contents.kind === 'array' ? contents.items : entry === undefined ? [] : [entry]
  const kept = parts.filter((part) => resolve(state.source, part).kind === 'stream')
  state.lostObjects += parts.length - kept.length
  const isWhole = kept.length === parts.length
  return withEntries(page, { Parent: undefined, ...(isWhole ? {} : { Contents: pdfArray(kept) }) })
}

async function copyReachable(state: Rewriting, objects: PdfObject[]): Promise<void> {
  let turnedAt = performance.now()
  for (let next = state.queue.pop(); next !== undefined; next = state.queue.pop()) {
    const number = state.numbers.get(next.objectNumber) ?? 0
    const object = readable(state.source.get(next), state)
    if (objects[number] === undefined) objects[number] = translateObject(object, state)
    if (performance.now() - turnedAt < 15) continue
    await nextTurn()
    turnedAt = performance.now()
  }
}

function translate(dictionary: PdfDictionary, state: Rewriting): PdfDictionary {
  const result = translateObject(dictionary, state)
  return result.kind === 'dictionary' ? result : pdfDictionary({})
}

function translateObject(object: PdfObject, state: Rewriting): PdfObject {
  if (hasSignature(object)) throw alreadySigned()
  return mapReferences(object, (reference) => follow(reference, state))
}

/** The reference in the result; objects that are gone become null, as the standard reads them. */
function follow(reference: PdfReference, state: Rewriting): PdfObject {
  const known = state.numbers.get(reference.objectNumber)
  if (known !== undefined) return pdfReference(known)
  if (state.source.get(reference).kind === 'null') return PDF_NULL
  const number = state.nextNumber
  state.nextNumber += 1
  state.numbers.set(reference.objectNumber, number)
  state.queue.push(reference)
  return pdfReference(number)
}

function hasSignature(object: PdfObject): boolean {
  if (object.kind === 'array') return object.items.some(hasSignature)
  const dictionary = asDictionary(object)
  if (dictionary === undefined) return false
  if (dictionary.entries.has('ByteRange') && dictionary.entries.has('Contents')) return true
  return [...dictionary.entries.values()].some(hasSignature)
}

type FoundPage = { readonly reference: PdfReference; readonly dictionary: PdfDictionary }

/** The pages of the tree as far as it can be followed, each with what it inherits; else all page objects there are. */
function collectPages(source: ObjectSource | Reconstruction, catalog: PdfDictionary): readonly FoundPage[] {
  const pages: FoundPage[] = []
  const seen = new Set<number>()
  const walk = (
    node: PdfObject | undefined,
    inherited: ReadonlyMap<string, PdfObject>,
    depth: number,
  ): void => {
    if (node?.kind !== 'reference' || depth > 64 || seen.has(node.objectNumber)) return
    const dictionary = asDictionary(source.get(node))
    if (dictionary === undefined) return
    const own = new Map(inherited)
    for (const key of ['Resources', 'MediaBox', 'CropBox', 'Rotate']) {
      const value = dictionary.entries.get(key)
      if (value !== undefined) own.set(key, value)
    }
    const kids = dictionary.entries.get('Kids')
    if (kids === undefined) {
      if (asName(dictionary.entries.get('Type')) !== 'Pages')
        pages.push({ reference: node, dictionary: withEntries(dictionary, Object.fromEntries(own)) })
      return
    }
    seen.add(node.objectNumber)
    const list = kids.kind === 'reference' ? source.get(kids) : kids
    for (const kid of asArray(list) ?? []) walk(kid, own, depth + 1)
  }
  walk(catalog.entries.get('Pages'), new Map(), 0)
  if (pages.length > 0 || !('pageNumbers' in source)) return pages
  return source.pageNumbers.flatMap((number) => {
    const reference = pdfReference(number)
    const dictionary = asDictionary(source.get(reference))
    return dictionary === undefined ? [] : [{ reference, dictionary }]
  })
}

/** A Flate stream that ends early keeps what can be decoded; any other unreadable one becomes empty. */
function readable(object: PdfObject, state: Rewriting): PdfObject {
  if (object.kind !== 'stream' || object.body.at !== 'memory') return object
  const filter = object.dictionary.entries.get('Filter')
  const first = filter?.kind === 'array' ? filter.items[0] : filter
  if (asName(first) !== 'FlateDecode') return object
  try {
    inflateSync(object.body.bytes, { maxOutputLength: 512 << 20 })
    return object
  } catch (error) {
    if (!(error instanceof Error)) throw error
    state.lostStreams += 1
    return rescued(object, object.body.bytes)
  }
}

function rescued(stream: PdfStream, bytes: Uint8Array): PdfStream {
  let data: Uint8Array
  try {
    data = inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 512 << 20 })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    data = new Uint8Array(0)
  }
  return { ...stream, body: { at: 'memory', bytes: deflateSync(data) } }
}

function assemble(
  version: string,
  objects: readonly PdfObject[],
  info: PdfReference | undefined,
): Uint8Array {
  const parts: Uint8Array[] = [
    Buffer.from(`%PDF-${version === '' ? '1.7' : version}\n%\xe2\xe3\xcf\xd3\n`, 'latin1'),
  ]
  let offset = parts[0]?.length ?? 0
  let table = `xref\n0 ${objects.length}\n0000000000 65535 f\r\n`
  for (let number = 1; number < objects.length; number += 1) {
    const bytes = serialiseIndirect(pdfReference(number), objects[number] ?? PDF_NULL)
    parts.push(bytes)
    table += `${String(offset).padStart(10, '0')} 00000 n\r\n`
    offset += bytes.length
  }
  const id = pdfBytes(randomBytes(16))
  const trailer = pdfDictionary({
    Size: pdfNumber(objects.length),
    Root: pdfReference(1),
    Info: info,
    ID: pdfArray([id, id]),
  })
  parts.push(
    Buffer.from(`${table}trailer\n`),
    serialise(trailer),
    Buffer.from(`\nstartxref\n${offset}\n%%EOF\n`),
  )
  return concatBytes(parts)
}

function damaged(reason: string): SigningError {
  return new SigningError('PDF_DAMAGED', `Cannot be repaired: ${reason}`, { data: { reason } })
}
