/**
 * Digests of all signed ranges in one pass over the file. The part before the gap is hashed once per algorithm and the
 * running state is copied where a gap begins, so ten signatures cost little more than one (ISO 32000-2 §12.8.1).
 */
import type { Hash } from 'node:crypto'
import type { ByteSource } from '../../../kit/byte-source.ts'
import { copyHash, type HashName, newHash } from '../../cms/hashes.ts'
import type { Budget } from '../budget.ts'

/** Two ranges from the file start: [0, gapStart) and [gapEnd, end), offsets in bytes. */
export type RangeRequest = {
  readonly id: string
  readonly hash: HashName
  readonly gapStart: number
  readonly gapEnd: number
  readonly end: number
}

const CHUNK_BYTES = 512 * 1024

/** Called with each chunk, in order; `offset` is its place in the file. */
export type ChunkVisitor = (chunk: Uint8Array, offset: number) => void

type Own = { readonly request: RangeRequest; hash: Hash | undefined }

/** Reads the whole file once, digests every request, and shows every chunk to `visit`. Digests are keyed by request id. */
export async function digestRanges(
  source: ByteSource,
  requests: readonly RangeRequest[],
  budget: Budget,
  visit?: ChunkVisitor,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const usable = requests.filter(
    (request) => request.gapEnd >= request.gapStart && request.end <= source.sizeBytes,
  )
  const owns: Own[] = usable.map((request) => ({ request, hash: undefined }))
  const running = new Map<HashName, { hash: Hash; until: number }>()
  for (const { request } of owns) {
    const shared = running.get(request.hash)
    if (shared === undefined)
      running.set(request.hash, { hash: newHash(request.hash), until: request.gapStart })
    else shared.until = Math.max(shared.until, request.gapStart)
  }
  for (let offset = 0; offset < source.sizeBytes; offset += CHUNK_BYTES) {
    const chunk = source.read(offset, Math.min(CHUNK_BYTES, source.sizeBytes - offset))
    for (const [name, shared] of running) feedShared(name, shared, owns, { chunk, offset })
    for (const own of owns) feedOwn(own, chunk, offset)
    visit?.(chunk, offset)
    await budget.pause()
  }
  const digests = new Map<string, Uint8Array>()
  for (const { request, hash } of owns) {
    const final = hash ?? emptyStart(request, running)
    digests.set(request.id, final.digest())
  }
  return digests
}

type Piece = { readonly chunk: Uint8Array; readonly offset: number }

/** Feeds the running digest up to each gap that begins in this chunk, copying its state there. */
function feedShared(
  name: HashName,
  shared: { readonly hash: Hash; readonly until: number },
  owns: readonly Own[],
  { chunk, offset }: Piece,
): void {
  const end = Math.min(offset + chunk.length, shared.until)
  if (offset > end || (offset === end && end !== shared.until)) return
  const starts = owns
    .filter((own) => {
      const { hash, gapStart } = own.request
      return hash === name && own.hash === undefined && gapStart >= offset && gapStart <= end
    })
    .sort((left, right) => left.request.gapStart - right.request.gapStart)
  let position = offset
  for (const own of starts) {
    const { gapStart } = own.request
    // A gap at the very end of a chunk is met again at the start of the next one.
    if (gapStart === offset + chunk.length) continue
    if (gapStart > position) shared.hash.update(chunk.subarray(position - offset, gapStart - offset))
    position = gapStart
    own.hash = copyHash(name, shared.hash)
  }
  if (end > position) shared.hash.update(chunk.subarray(position - offset, end - offset))
}

function feedOwn(own: Own, chunk: Uint8Array, offset: number): void {
  const { gapEnd, end } = own.request
  const from = Math.max(gapEnd, offset)
  const to = Math.min(end, offset + chunk.length)
  if (to > from) own.hash?.update(chunk.subarray(from - offset, to - offset))
}

/** A gap that begins at the end of the file: nothing follows, the running state is the digest. */
function emptyStart(request: RangeRequest, running: ReadonlyMap<HashName, { readonly hash: Hash }>): Hash {
  const shared = running.get(request.hash)
  return shared === undefined ? newHash(request.hash) : copyHash(request.hash, shared.hash)
}
