/**
 * Byte format of one encrypted file (`KDVAULT1`). All integers big endian.
 *
 *   0    8  magic "KDVAULT1"
 *   8    4  chunk size in bytes of plain text (262,144)
 *  12   16  file id (random; the file's name is its hex)
 *  64   64  wrapped key, even generations     generation u32, nonce 12, key 32, tag 16
 * 576   64  wrapped key, odd generations      (in a sector of its own: a torn write cannot hit both)
 * 1024   …  chunks: ciphertext, tag 16
 *
 * Each file has a random key of its own (AES-256-GCM), wrapped under the key that the master key's generation yields;
 * a rotation therefore rewrites 64 bytes a file. Nonce = chunk index (the key is never used for a second file).
 * AAD of a chunk = the first 28 bytes, its index (u64), 1 if it is the last: chunks cannot be reordered, cut off or
 * moved to another file. A file has at least one chunk. The plain size follows from the file size and is thereby checked.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export const MAGIC = Buffer.from('KDVAULT1', 'latin1')
export const CHUNK_SIZE_BYTES = 256 * 1024
export const TAG_SIZE_BYTES = 16
export const HEADER_SIZE_BYTES = 1024
const IDENTITY_SIZE_BYTES = 28
export const SLOT_SIZE_BYTES = 64

/** Wraps file keys: one generation of the master key. */
export type FileKeyWrapper = { readonly generation: number; readonly key: Buffer }

export function slotOffset(generation: number): number {
  return generation % 2 === 0 ? 64 : 576
}

export function identityOf(fileId: string): Buffer {
  const identity = Buffer.alloc(IDENTITY_SIZE_BYTES)
  MAGIC.copy(identity, 0)
  identity.writeUInt32BE(CHUNK_SIZE_BYTES, 8)
  Buffer.from(fileId, 'hex').copy(identity, 12)
  return identity
}

/** True when the header starts as it must for this file. */
export function hasIdentity(header: Buffer, fileId: string): boolean {
  return (
    header.length >= HEADER_SIZE_BYTES && header.subarray(0, IDENTITY_SIZE_BYTES).equals(identityOf(fileId))
  )
}

export function makeHeader(fileId: string, fileKey: Buffer, wrappers: readonly FileKeyWrapper[]): Buffer {
  const header = Buffer.alloc(HEADER_SIZE_BYTES)
  identityOf(fileId).copy(header, 0)
  for (const wrapper of wrappers)
    wrapFileKey(fileId, fileKey, wrapper).copy(header, slotOffset(wrapper.generation))
  return header
}

/** The 64 bytes of a key slot. */
export function wrapFileKey(fileId: string, fileKey: Buffer, wrapper: FileKeyWrapper): Buffer {
  const slot = Buffer.alloc(SLOT_SIZE_BYTES)
  slot.writeUInt32BE(wrapper.generation, 0)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', wrapper.key, nonce).setAAD(slotAad(fileId, wrapper.generation))
  const wrapped = Buffer.concat([cipher.update(fileKey), cipher.final()])
  Buffer.concat([nonce, wrapped, cipher.getAuthTag()]).copy(slot, 4)
  return slot
}

/** The file's key, or undefined when no slot of this generation is there or it does not authenticate. */
export function unwrapFileKey(header: Buffer, fileId: string, wrapper: FileKeyWrapper): Buffer | undefined {
  const offset = slotOffset(wrapper.generation)
  const slot = header.subarray(offset, offset + SLOT_SIZE_BYTES)
  if (slot.readUInt32BE(0) !== wrapper.generation) return undefined
  const decipher = createDecipheriv('aes-256-gcm', wrapper.key, slot.subarray(4, 16), {
    authTagLength: TAG_SIZE_BYTES,
  })
  decipher.setAAD(slotAad(fileId, wrapper.generation)).setAuthTag(slot.subarray(48, 64))
  return finalOrUndefined(decipher, slot.subarray(16, 48))
}

export type ChunkPlace = { readonly fileId: string; readonly index: number; readonly isLast: boolean }

/** Ciphertext followed by its tag. */
export function sealChunk(fileKey: Buffer, place: ChunkPlace, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', fileKey, chunkNonce(place.index)).setAAD(chunkAad(place))
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Plain text, or undefined when a bit of the chunk, its place or the file's end is not what was written. */
export function openChunk(fileKey: Buffer, place: ChunkPlace, sealed: Buffer): Buffer | undefined {
  if (sealed.length < TAG_SIZE_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', fileKey, chunkNonce(place.index), {
    authTagLength: TAG_SIZE_BYTES,
  })
  decipher.setAAD(chunkAad(place)).setAuthTag(sealed.subarray(-TAG_SIZE_BYTES))
  return finalOrUndefined(decipher, sealed.subarray(0, -TAG_SIZE_BYTES))
}

/** Chunks and plain bytes in a file of this size; undefined when no file can have it. */
export function measure(
  fileSizeBytes: number,
): { readonly chunks: number; readonly sizeBytes: number } | undefined {
  const body = fileSizeBytes - HEADER_SIZE_BYTES
  const sealedChunk = CHUNK_SIZE_BYTES + TAG_SIZE_BYTES
  const chunks = Math.ceil(body / sealedChunk)
  if (body < TAG_SIZE_BYTES || body - (chunks - 1) * sealedChunk < TAG_SIZE_BYTES) return undefined
  return { chunks, sizeBytes: body - chunks * TAG_SIZE_BYTES }
}

function slotAad(fileId: string, generation: number): Buffer {
  const aad = Buffer.alloc(IDENTITY_SIZE_BYTES + 4)
  identityOf(fileId).copy(aad)
  aad.writeUInt32BE(generation, IDENTITY_SIZE_BYTES)
  return aad
}

function chunkAad(place: ChunkPlace): Buffer {
  const aad = Buffer.alloc(IDENTITY_SIZE_BYTES + 9)
  identityOf(place.fileId).copy(aad)
  aad.writeBigUInt64BE(BigInt(place.index), IDENTITY_SIZE_BYTES)
  aad.writeUInt8(place.isLast ? 1 : 0, IDENTITY_SIZE_BYTES + 8)
  return aad
}

function chunkNonce(index: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(index), 4)
  return nonce
}

function finalOrUndefined(
  decipher: ReturnType<typeof createDecipheriv>,
  sealed: Uint8Array,
): Buffer | undefined {
  const body = decipher.update(sealed)
  try {
    decipher.final() // GCM gives everything in update; final only checks the tag.
    return body
  } catch (error) {
    // node:crypto says a wrong tag with this one error; it has no code of its own.
    if (error instanceof Error && error.message.includes('unable to authenticate data')) return undefined
    throw error
  }
}
