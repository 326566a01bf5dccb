/**
 * The ZIP of another service's export. Everything its directory says is judged before a byte is unpacked; entries then come as
 * streams. Names are labels only: nothing is ever written to the disk under them.
 * Layout: PKWARE APPNOTE 6.3.10; names: flag bit 11, Info-ZIP's 0x7075, UTF-8 without its flag (macOS), code page 932.
 */
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import iconv from 'iconv-lite'
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl'
import { IMPORT_MAX_FILES } from '../../../shared/bridge/imports.ts'
import { fail, ok, type Result } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import type { ImportFileKind } from '../../core/archive/tables/import-files.ts'
import type { ByteSource } from '../../core/kit/byte-source.ts'
import { MAX_UPLOAD_BYTES } from '../uploads.ts'

export type ZipProblem =
  /** No ZIP, cut off, split over several files, or an entry that does not unpack to what the directory says. */
  | 'ZIP_DAMAGED'
  | 'ZIP_ENCRYPTED'
  /** A name that leads out of the folder (`..`, `/`, `C:`). */
  | 'ZIP_PATH_UNSAFE'
  /** Entries that share bytes, or unpack to many times their size: made to fill a disk. */
  | 'ZIP_BOMB'
  /** Packed in a way other than Store and Deflate. */
  | 'ZIP_METHOD_UNKNOWN'
  | 'ZIP_TOO_MANY_FILES'
  /** One file over the limit of an upload. */
  | 'ZIP_FILE_TOO_LARGE'
  /** No PDF and no CSV inside. */
  | 'ZIP_NOTHING_USABLE'

export type ZipEntry = {
  /** Folders and name, NFC, parted by `/`. */
  readonly path: string
  readonly kind: Exclude<ImportFileKind, 'zip'>
  readonly sizeBytes: number
  /** @throws ZipError 'ZIP_DAMAGED' (also when the CRC-32 differs) */
  readonly content: () => AsyncGenerator<Uint8Array>
}

export type OpenZip = {
  readonly entries: readonly ZipEntry[]
  readonly sizeBytes: number
  /** Names of what is neither PDF nor CSV. */
  readonly unused: readonly string[]
}

export class ZipError extends Error {
  readonly code: ZipProblem
  /** Path of the entry it is about; empty = the whole file. */
  readonly entry: string

  constructor(code: ZipProblem, entry: string, cause?: unknown) {
    super(code, { cause })
    this.name = 'ZipError'
    this.code = code
    this.entry = entry
  }
}

/** Reads the directory and judges it. Nothing is unpacked. */
export async function openZip(
  source: ByteSource,
): Promise<Result<OpenZip, { readonly code: ZipProblem; readonly data: { readonly entry: string } }>> {
  try {
    const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.sizeBytes, {
      autoClose: false,
      decodeStrings: false,
    })
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) {
      entries.push(entry)
      if (entries.length > 5 * IMPORT_MAX_FILES) throw new ZipError('ZIP_TOO_MANY_FILES', '')
    }
    return ok(judge(zip, entries, source.sizeBytes))
  } catch (error) {
    const { code, entry } = zipErrorOf(error, '')
    return fail(code, { entry })
  }
}

/** yauzl says everything else in English sentences without codes: each means that the file is not what a ZIP must be. */
function zipErrorOf(error: unknown, entry: string): ZipError {
  if (error instanceof ZipError) return error
  if (error instanceof ArchiveError || !(error instanceof Error)) throw error
  const isEncrypted = error.message === 'strong encryption is not supported'
  return new ZipError(isEncrypted ? 'ZIP_ENCRYPTED' : 'ZIP_DAMAGED', entry, error)
}

function judge(zip: ZipFile, all: readonly Entry[], zipSizeBytes: number): OpenZip {
  const entries: ZipEntry[] = []
  const unused: string[] = []
  let sizeBytes = 0
  for (const entry of all) {
    const path = pathOf(entry)
    if (path.endsWith('/') || isClutter(path)) continue
    const kind = isLink(entry) ? undefined : kindOf(path)
    if (kind === undefined) {
      unused.push(path)
      continue
    }
    if (entry.isEncrypted()) throw new ZipError('ZIP_ENCRYPTED', path)
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
      throw new ZipError('ZIP_METHOD_UNKNOWN', path)
    if (entry.uncompressedSize > MAX_UPLOAD_BYTES) throw new ZipError('ZIP_FILE_TOO_LARGE', path)
    sizeBytes += entry.uncompressedSize
    const content = () => contentOf(zip, entry, path)
    entries.push({ path, kind, sizeBytes: entry.uncompressedSize, content })
  }
  if (entries.length > IMPORT_MAX_FILES) throw new ZipError('ZIP_TOO_MANY_FILES', '')
  if (entries.length === 0) throw new ZipError('ZIP_NOTHING_USABLE', '')
  refuseBomb(all, sizeBytes, zipSizeBytes)
  return { entries, sizeBytes, unused }
}

/** Contracts pack to a third at best; a whole export that grows hundredfold was made for something else. */
const MOST_GROWTH = 100
const HARMLESS_BYTES = 1024 * 1024 * 1024
const LOCAL_HEADER_BYTES = 30

function refuseBomb(all: readonly Entry[], sizeBytes: number, zipSizeBytes: number): void {
  if (sizeBytes > HARMLESS_BYTES && sizeBytes > MOST_GROWTH * zipSizeBytes) throw new ZipError('ZIP_BOMB', '')
  const byPlace = [...all].sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)
  let end = 0
  for (const entry of byPlace) {
    const start = entry.relativeOffsetOfLocalHeader
    if (start < end) throw new ZipError('ZIP_BOMB', pathOf(entry))
    end = start + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize
  }
  if (end > zipSizeBytes) throw new ZipError('ZIP_DAMAGED', '')
}

async function* contentOf(zip: ZipFile, entry: Entry, path: string): AsyncGenerator<Uint8Array> {
  let sum = 0
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) {
      const bytes = piece as Uint8Array
      sum = crc32(bytes, sum)
      yield bytes
    }
  } catch (error) {
    throw zipErrorOf(error, path)
  }
  if (sum !== entry.crc32) throw new ZipError('ZIP_DAMAGED', path)
}

function kindOf(path: string): ZipEntry['kind'] | undefined {
  if (/\.pdf$/i.test(path)) return 'pdf'
  return /\.(csv|tsv)$/i.test(path) ? 'table' : undefined
}

/** What operating systems leave in folders. */
function isClutter(path: string): boolean {
  const name = path.split('/').at(-1) ?? ''
  return /^__MACOSX\//.test(path) || /^(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(name)
}

const UNIX = 3
const TYPE_BITS = 0o170000
const LINK_TYPE = 0o120000

function isLink(entry: Entry): boolean {
  return (
    entry.versionMadeBy >> 8 === UNIX && ((entry.externalFileAttributes >>> 16) & TYPE_BITS) === LINK_TYPE
  )
}

function pathOf(entry: Entry): string {
  const path = decodeName(entry).normalize('NFC').replaceAll('\\', '/')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
  const isUnsafe = /^\/|^[A-Za-z]:|[\u0000-\u001f\u007f]/.test(path) || path.split('/').includes('..')
  if (isUnsafe || path === '' || path.length > 1000) throw new ZipError('ZIP_PATH_UNSAFE', path.slice(0, 200))
  return path
}

const UTF8_FLAG = 0x800
const UNICODE_PATH = 0x7075

function decodeName(entry: Entry): string {
  const raw = entry.fileNameRaw
  if ((entry.generalPurposeBitFlag & UTF8_FLAG) !== 0) return utf8Of(raw) ?? raw.toString('utf8')
  const extra = entry.extraFields.find(({ id, data }) => id === UNICODE_PATH && data[0] === 1)
  // The field speaks of this name only while its sum is that of the name.
  if (extra !== undefined && extra.data.length > 5 && extra.data.readUInt32LE(1) === crc32(raw))
    return extra.data.subarray(5).toString('utf8')
  const text = utf8Of(raw)
  // Two katakana of half width in code page 932 look like one letter of UTF-8; three bytes that fit are no accident.
  const isUtf8 = text !== undefined && (isPlain(text) || /[\u0800-\uffff]/.test(text))
  return isUtf8 ? text : iconv.decode(raw, 'cp932')
}

function isPlain(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text)
}

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

const PIECE_BYTES = 256 * 1024

/** What yauzl reads through; it wants a class. */
class SourceReader extends RandomAccessReader {
  readonly #source: ByteSource

  constructor(source: ByteSource) {
    super()
    this.#source = source
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(piecesOf(this.#source, start, end), { objectMode: false })
  }
}

async function* piecesOf(source: ByteSource, start: number, end: number): AsyncGenerator<Buffer> {
  for (let offset = start; offset < end; offset += PIECE_BYTES) {
    // Streams go on without letting anything else run: a directory of ten thousand names must not hold the window.
    await setImmediate()
    const bytes = source.read(offset, Math.min(PIECE_BYTES, end - offset))
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }
}
