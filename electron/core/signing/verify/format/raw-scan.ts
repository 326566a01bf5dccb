/**
 * Second net of gate 1: finds every `/ByteRange` by its bytes, whatever the object structure says, so that a signature
 * taken out of the form still is seen. Hits inside stream data (an attached PDF) are sorted out by the caller.
 */
import type { ChunkVisitor } from './range-digest.ts'

const NEEDLE = Buffer.from('/ByteRange')
const MAXIMUM_HITS = 5_000

export type RawScan = { readonly visit: ChunkVisitor; readonly hits: readonly number[] }

/** A visitor for `digestRanges` that collects the file offsets of `/ByteRange`, at most 5,000. */
export function createRawScan(): RawScan {
  const hits: number[] = []
  let tail: Uint8Array = new Uint8Array(0)
  const search = (bytes: Buffer, base: number, from: number): void => {
    for (
      let at = bytes.indexOf(NEEDLE, from);
      at >= 0 && hits.length < MAXIMUM_HITS;
      at = bytes.indexOf(NEEDLE, at + 1)
    )
      hits.push(base + at)
  }
  const visit: ChunkVisitor = (chunk, offset) => {
    if (tail.length > 0) {
      const seam = Buffer.concat([tail, chunk.subarray(0, NEEDLE.length - 1)])
      search(seam, offset - tail.length, 0)
    }
    search(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), offset, 0)
    const keep = Math.min(NEEDLE.length - 1, chunk.length)
    // Copied: the chunk's buffer may be reused by the source.
    tail = Uint8Array.from(chunk.subarray(chunk.length - keep))
  }
  return { visit, hits }
}
