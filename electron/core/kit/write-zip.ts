/**
 * ZIP as a stream of any length (PKWARE APPNOTE 6.3.10): entries are packed while they are read, nothing is kept but the
 * directory, and that goes through a port. More than 65,535 entries or more than 4 GB: ZIP64 (§4.3.14, §4.5.3).
 *
 * Every entry is deflated; a long one is followed by its data descriptor, because its sizes are not known before.
 * Names are UTF-8.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib'
import type { EpochMs } from '../../../shared/model/brand.ts'

export type ZipEntry = {
  /** Path with `/`; at most 65,535 bytes of UTF-8. */
  readonly name: string
  readonly modifiedAt: EpochMs
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** 1 for what is packed already (PDF), 6 otherwise. */
  readonly level?: 1 | 6
  /** True when the content may be longer than 4 GB; told before its first byte is read. */
  readonly isHuge?: boolean
}

/** Where the directory waits until the last entry is written. */
export type Spool = {
  readonly write: (bytes: Uint8Array) => Promise<void>
  /** Everything written, in order. Nothing may be written after it. */
  readonly read: () => AsyncIterable<Uint8Array>
}

const LIMIT_32 = 0xffff_ffff
const LIMIT_16 = 0xffff
/** Bits of the general purpose flag (§4.4.4). */
const UTF8_NAMES = 0x0800
const DESCRIPTOR_FOLLOWS = 0x0008
/** Up to so much is packed at once, and its sizes stand before it: a stream of its own costs more than the packing. */
const SMALL_BYTES = 128 * 1024
const DEFLATED = 8
/** 2.0: deflate; 4.5: ZIP64. */
const VERSION = 20
const VERSION_64 = 45
const MADE_BY_UNIX = 3 << 8
const REGULAR_FILE = 0o100644

/**
 * The bytes of the archive. An entry's content is read when the one before is written; errors in it end the stream.
 * @throws RangeError an entry longer than 4 GB that was not announced as such, or a name that is too long
 */
export async function* writeZip(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  directory: Spool,
): AsyncGenerator<Uint8Array> {
  let offset = 0
  let count = 0
  for await (const entry of entries) {
    const start = offset
    const packing: Packing = { entry, name: nameOf(entry), crc: 0, packed: 0, plain: 0, isStreamed: true }
    for await (const piece of pack(packing)) {
      offset += piece.length
      yield piece
    }
    await directory.write(directoryRecord(packing, start))
    count += 1
  }
  let directorySize = 0
  for await (const piece of directory.read()) {
    directorySize += piece.length
    yield piece
  }
  yield endRecords({ count, start: offset, size: directorySize })
}

/** One entry while it is packed. A streamed one has its sizes behind it, the others before. */
type Packing = {
  readonly entry: ZipEntry
  readonly name: Buffer
  crc: number
  packed: number
  plain: number
  isStreamed: boolean
}

function nameOf(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name)
  if (name.length > LIMIT_16) throw new RangeError('The name of an entry is too long')
  return name
}

async function* pack(packing: Packing): AsyncGenerator<Uint8Array> {
  const pieces = counted(packing)
  try {
    const first = await firstPieces(pieces)
    if (!first.isAll) yield* packStream(packing, first.pieces, pieces)
    else {
      packing.isStreamed = false
      const packed = deflateRawSync(Buffer.concat(first.pieces), { level: packing.entry.level ?? 6 })
      packing.packed = packed.length
      yield localHeader(packing)
      yield packed
    }
  } finally {
    // Also when the reader went away: what the content has open is closed.
    await pieces.return(undefined)
  }
}

async function firstPieces(
  pieces: AsyncGenerator<Uint8Array>,
): Promise<{ readonly pieces: Uint8Array[]; readonly isAll: boolean }> {
  const first: Uint8Array[] = []
  for (let held = 0; held < SMALL_BYTES; ) {
    const next = await pieces.next()
    if (next.done === true) return { pieces: first, isAll: true }
    first.push(next.value)
    held += next.value.length
  }
  return { pieces: first, isAll: false }
}

async function* packStream(
  packing: Packing,
  first: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield localHeader(packing)
  for await (const piece of deflated(packing.entry, first, rest)) {
    packing.packed += piece.length
    yield piece
  }
  if (packing.entry.isHuge !== true && Math.max(packing.packed, packing.plain) > LIMIT_32)
    throw new RangeError('An entry over 4 GB was not announced')
  yield dataDescriptor(packing)
}

async function* counted(packing: Packing): AsyncGenerator<Uint8Array> {
  for await (const piece of packing.entry.content) {
    packing.crc = crc32(piece, packing.crc)
    packing.plain += piece.length
    yield piece
  }
}

async function* deflated(
  { level = 6 }: ZipEntry,
  first: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield* first
    yield* rest
  }
  const packer = createDeflateRaw({ level })
  // An error reaches the reader through `packer` too; the promise must not be left alone with it meanwhile.
  const ended = pipeline(Readable.from(content(), { objectMode: false }), packer).then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  yield* packer as AsyncIterable<Uint8Array>
  const failure = await ended
  if (failure !== undefined) throw failure.error
}

/** MS-DOS date and time of the office's clock: Japan, two seconds exact. */
function dosTime(at: EpochMs): { readonly time: number; readonly date: number } {
  const local = new Date(at + 9 * 3_600_000)
  return {
    time: (local.getUTCHours() << 11) | (local.getUTCMinutes() << 5) | Math.floor(local.getUTCSeconds() / 2),
    date: ((local.getUTCFullYear() - 1980) << 9) | ((local.getUTCMonth() + 1) << 5) | local.getUTCDate(),
  }
}

/** §4.3.7. A huge entry says so by its ZIP64 field: its descriptor then has eight bytes for each size. */
function localHeader({ entry, name, crc, packed, plain, isStreamed }: Packing): Buffer {
  const isHuge = isStreamed && entry.isHuge === true
  const extra = isHuge ? zip64Field([0n, 0n]) : Buffer.alloc(0)
  const head = Buffer.alloc(30)
  const { time, date } = dosTime(entry.modifiedAt)
  const isKnown = !isStreamed
  head.writeUInt32LE(0x0403_4b50, 0)
  head.writeUInt16LE(isHuge ? VERSION_64 : VERSION, 4)
  head.writeUInt16LE(flagsOf(isStreamed), 6)
  head.writeUInt16LE(DEFLATED, 8)
  head.writeUInt16LE(time, 10)
  head.writeUInt16LE(date, 12)
  head.writeUInt32LE(isKnown ? crc : 0, 14)
  head.writeUInt32LE(isKnown ? packed : isHuge ? LIMIT_32 : 0, 18)
  head.writeUInt32LE(isKnown ? plain : isHuge ? LIMIT_32 : 0, 22)
  head.writeUInt16LE(name.length, 26)
  head.writeUInt16LE(extra.length, 28)
  return Buffer.concat([head, name, extra])
}

function flagsOf(isStreamed: boolean): number {
  return isStreamed ? UTF8_NAMES | DESCRIPTOR_FOLLOWS : UTF8_NAMES
}

/** §4.3.9 */
function dataDescriptor({ entry, crc, packed, plain }: Packing): Buffer {
  const tail = Buffer.alloc(entry.isHuge === true ? 24 : 16)
  tail.writeUInt32LE(0x0807_4b50, 0)
  tail.writeUInt32LE(crc, 4)
  if (entry.isHuge === true) {
    tail.writeBigUInt64LE(BigInt(packed), 8)
    tail.writeBigUInt64LE(BigInt(plain), 16)
  } else {
    tail.writeUInt32LE(packed, 8)
    tail.writeUInt32LE(plain, 12)
  }
  return tail
}

/** §4.3.12 */
function directoryRecord({ entry, name, crc, packed, plain, isStreamed }: Packing, start: number): Buffer {
  // In this order, and only those that do not fit their 32 bits (§4.5.3).
  const wide = [plain, packed, start].filter((value) => value >= LIMIT_32).map(BigInt)
  const extra = wide.length > 0 ? zip64Field(wide) : Buffer.alloc(0)
  const { time, date } = dosTime(entry.modifiedAt)
  const record = Buffer.alloc(46)
  record.writeUInt32LE(0x0201_4b50, 0)
  record.writeUInt16LE(MADE_BY_UNIX | VERSION_64, 4)
  record.writeUInt16LE(wide.length > 0 ? VERSION_64 : VERSION, 6)
  record.writeUInt16LE(flagsOf(isStreamed), 8)
  record.writeUInt16LE(DEFLATED, 10)
  record.writeUInt16LE(time, 12)
  record.writeUInt16LE(date, 14)
  record.writeUInt32LE(crc, 16)
  record.writeUInt32LE(Math.min(packed, LIMIT_32), 20)
  record.writeUInt32LE(Math.min(plain, LIMIT_32), 24)
  record.writeUInt16LE(name.length, 28)
  record.writeUInt16LE(extra.length, 30)
  record.writeUInt32LE((REGULAR_FILE << 16) >>> 0, 38)
  record.writeUInt32LE(Math.min(start, LIMIT_32), 42)
  return Buffer.concat([record, name, extra])
}

/** §4.5.3 */
function zip64Field(values: readonly bigint[]): Buffer {
  const field = Buffer.alloc(4 + values.length * 8)
  field.writeUInt16LE(1, 0)
  field.writeUInt16LE(values.length * 8, 2)
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(value, 4 + index * 8)
  return field
}

/** §4.3.14–4.3.16 */
function endRecords(directory: {
  readonly count: number
  readonly start: number
  readonly size: number
}): Buffer {
  const { count, start, size } = directory
  const isWide = count >= LIMIT_16 || start >= LIMIT_32 || size >= LIMIT_32
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(Math.min(count, LIMIT_16), 8)
  end.writeUInt16LE(Math.min(count, LIMIT_16), 10)
  end.writeUInt32LE(Math.min(size, LIMIT_32), 12)
  end.writeUInt32LE(Math.min(start, LIMIT_32), 16)
  if (!isWide) return end
  const wide = Buffer.alloc(56)
  wide.writeUInt32LE(0x0606_4b50, 0)
  wide.writeBigUInt64LE(44n, 4)
  wide.writeUInt16LE(MADE_BY_UNIX | VERSION_64, 12)
  wide.writeUInt16LE(VERSION_64, 14)
  wide.writeBigUInt64LE(BigInt(count), 24)
  wide.writeBigUInt64LE(BigInt(count), 32)
  wide.writeBigUInt64LE(BigInt(size), 40)
  wide.writeBigUInt64LE(BigInt(start), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x0706_4b50, 0)
  locator.writeBigUInt64LE(BigInt(start + size), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([wide, locator, end])
}
