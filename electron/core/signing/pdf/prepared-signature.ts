/**
 * A signature that waits for its CMS. Everything is decided but the bytes of /Contents; it is plain data, so that it
 * can be stored and filled days later, by another process, without the file.
 */
import { SigningError } from '../errors.ts'
import type { HashName } from './base-digest.ts'

export type PreparedSignature = {
  readonly kind: 'signature' | 'document-timestamp'
  readonly fieldName: string
  /** Size of the file the update belongs to, in bytes. */
  readonly baseSizeBytes: number
  /** Digest (`hash`) of those bytes: tells whether a file is still the one that was prepared. */
  readonly baseDigest: Uint8Array
  /** The update, /Contents being zeros. */
  readonly appended: Uint8Array
  /** Offsets and lengths in the finished file: [0, before the gap, behind the gap, rest]. */
  readonly byteRange: readonly [0, number, number, number]
  /** Offset of the `<` of /Contents in the finished file. */
  readonly contentsStart: number
  /** Room for the DER-encoded CMS or timestamp token, in bytes; the hex text takes twice that. */
  readonly reservedBytes: number
  readonly hash: HashName
  /** Digest of the bytes of /ByteRange: the message digest of the CMS. */
  readonly digest: Uint8Array
}

/**
 * Puts the CMS (or timestamp token) into its place.
 *
 * @param cmsDer DER; the rest of the reserved space stays zero
 * @returns the finished bytes to append to the file of `baseSizeBytes`
 * @throws SigningError RESERVED_SPACE_TOO_SMALL with requiredBytes and availableBytes
 * Does not look into the CMS.
 */
export function fillSignature(prepared: PreparedSignature, cmsDer: Uint8Array): Uint8Array {
  if (cmsDer.length > prepared.reservedBytes)
    throw new SigningError('RESERVED_SPACE_TOO_SMALL', 'The signature does not fit its place', {
      data: { requiredBytes: cmsDer.length, availableBytes: prepared.reservedBytes },
    })
  const finished = Buffer.from(prepared.appended)
  const hex = Buffer.from(cmsDer.buffer, cmsDer.byteOffset, cmsDer.length).toString('hex')
  finished.write(hex, prepared.contentsStart - prepared.baseSizeBytes + 1, 'latin1')
  return finished
}

/** JSON text; bytes as base64, the zeros of /Contents left out. */
export function serialisePrepared(prepared: PreparedSignature): string {
  const { appended, contentsStart, baseSizeBytes, reservedBytes } = prepared
  const gap = contentsStart - baseSizeBytes + 1
  return JSON.stringify({
    version: 1,
    ...prepared,
    baseDigest: base64(prepared.baseDigest),
    digest: base64(prepared.digest),
    appended: [base64(appended.subarray(0, gap)), base64(appended.subarray(gap + 2 * reservedBytes))],
  })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** The reverse of `serialisePrepared`. @throws SigningError PDF_DAMAGED when the text is not what it made */
export function parsePrepared(text: string): PreparedSignature {
  const value = parseJson(text)
  const byteRange = numbers(value.byteRange)
  const [head, rest] = Array.isArray(value.appended) ? value.appended.map(bytes) : []
  const { kind, fieldName, hash, version } = value
  const [zero, before = -1, behind = -1, length = -1] = byteRange
  const reservedBytes = whole(value.reservedBytes)
  const baseSizeBytes = whole(value.baseSizeBytes)
  const isKnown =
    version === 1 &&
    (kind === 'signature' || kind === 'document-timestamp') &&
    (hash === 'SHA-256' || hash === 'SHA-384' || hash === 'SHA-512') &&
    typeof fieldName === 'string'
  if (!isKnown || head === undefined || rest === undefined || zero !== 0) throw malformed()
  const appended = Buffer.concat([head, Buffer.alloc(2 * reservedBytes, 0x30), rest])
  const isConsistent =
    before === baseSizeBytes + head.length - 1 &&
    behind === before + 2 * reservedBytes + 2 &&
    behind + length === baseSizeBytes + appended.length &&
    before === value.contentsStart
  if (!isConsistent) throw malformed()
  return {
    kind,
    fieldName,
    baseSizeBytes,
    baseDigest: bytes(value.baseDigest),
    appended,
    byteRange: [0, before, behind, length],
    contentsStart: before,
    reservedBytes,
    hash,
    digest: bytes(value.digest),
  }
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value))
  } catch (error) {
    throw malformed(error)
  }
  throw malformed()
}

function bytes(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw malformed()
  return Buffer.from(value, 'base64')
}

function whole(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw malformed()
  return value
}

function numbers(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(whole) : []
}

function malformed(cause?: unknown): SigningError {
  return new SigningError('PDF_DAMAGED', 'A stored prepared signature is malformed', {
    cause,
    data: { reason: 'prepared signature' },
  })
}
