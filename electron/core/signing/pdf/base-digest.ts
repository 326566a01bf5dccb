/**
 * Running digests of whole files. A file that gets several signatures is hashed once: the running digest is copied
 * for each signature and goes on with the bytes that were appended.
 */
import { createHash, type Hash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ByteSource } from '../../kit/byte-source.ts'

export type HashName = 'SHA-256' | 'SHA-384' | 'SHA-512'

/** The digest of the first `sizeBytes` bytes of a file, able to go on. Do not update `state`: copy it. */
export type BaseDigest = {
  readonly hash: HashName
  readonly sizeBytes: number
  readonly state: Hash
}

/** Large enough that the calls do not count, small enough to stay in the processor's cache. */
export const CHUNK_BYTES = 256 << 10
/** The event loop gets a turn after so much work without one. */
const TURN_BYTES = 8 << 20
const TURN_MS = 15

export function createDigest(hash: HashName): Hash {
  return createHash(hash.replace('-', '').toLowerCase())
}

/** Hashes all bytes of a source, in chunks, letting the event loop turn every 8 MB or 15 ms. */
export async function digestBase(source: ByteSource, hash: HashName): Promise<BaseDigest> {
  const state = createDigest(hash)
  await eachChunk(source, { start: 0, end: source.sizeBytes }, (chunk) => state.update(chunk))
  return { hash, sizeBytes: source.sizeBytes, state }
}

/** Gives the bytes of a range in chunks of at most 256 kB; short ranges in one turn of the event loop. `take` must not keep them. */
export async function eachChunk(
  source: ByteSource,
  range: { readonly start: number; readonly end: number },
  take: (chunk: Uint8Array) => unknown,
): Promise<void> {
  const buffer = chunkBuffer(source, range.end - range.start)
  let sinceTurn = 0
  let turnedAt = performance.now()
  for (let offset = range.start; offset < range.end; ) {
    const length = Math.min(CHUNK_BYTES, range.end - offset)
    take(readChunk(source, buffer, { offset, length }))
    offset += length
    sinceTurn += length
    if (offset < range.end && (sinceTurn >= TURN_BYTES || performance.now() - turnedAt >= TURN_MS)) {
      await nextTurn()
      sinceTurn = 0
      turnedAt = performance.now()
    }
  }
}

/** One buffer for all chunks where the source can fill one; large files then cost no memory. */
export function chunkBuffer(source: ByteSource, totalBytes: number): Uint8Array | undefined {
  if (source.readInto === undefined) return undefined
  return Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, totalBytes))
}

export function readChunk(
  source: ByteSource,
  buffer: Uint8Array | undefined,
  range: { readonly offset: number; readonly length: number },
): Uint8Array {
  if (buffer === undefined || source.readInto === undefined) return source.read(range.offset, range.length)
  const chunk = buffer.subarray(0, range.length)
  source.readInto(range.offset, chunk)
  return chunk
}

/** The digest of the file after bytes were appended to it; the old one stays usable. */
export function extendDigest(base: BaseDigest, appended: Uint8Array): BaseDigest {
  return {
    hash: base.hash,
    sizeBytes: base.sizeBytes + appended.length,
    state: base.state.copy().update(appended),
  }
}

/** The finished digest of the bytes so far. */
export function digestValue(base: BaseDigest): Uint8Array {
  return base.state.copy().digest()
}
