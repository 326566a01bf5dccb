/**
 * The standard security handler (ISO 32000-2 §7.6.4), for reading files that open without a password so that
 * `repair` can write them in clear. RC4 and MD5 are broken and used for old files only; nothing is ever encrypted.
 */
import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { SigningError } from '../errors.ts'
import {
  asArray,
  asDictionary,
  asInteger,
  asName,
  asString,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
} from './objects.ts'
import type { PdfFile } from './reader.ts'

type Method = 'none' | 'rc4' | 'aes-128' | 'aes-256'

/** Decrypts strings and stream data of one file, by the object they are in. */
export type Decryptor = {
  readonly string: (bytes: Uint8Array, reference: PdfReference) => Uint8Array
  readonly stream: (bytes: Uint8Array, reference: PdfReference, dictionary: PdfDictionary) => Uint8Array
}

const PAD = Buffer.from('28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A', 'hex')

/**
 * @returns undefined when the file asks for a user password, or uses a handler that is not the standard one
 * @throws SigningError PDF_DAMAGED when /Encrypt is malformed
 */
export function openWithoutPassword(file: PdfFile): Decryptor | undefined {
  const dictionary = asDictionary(file.resolve(file.trailer.entries.get('Encrypt')))
  if (dictionary === undefined) throw malformed('/Encrypt')
  const settings = readSettings(file, dictionary)
  if (settings === undefined) return undefined
  const key = settings.version >= 5 ? fileKey256(settings) : fileKey128(settings)
  return key === undefined ? undefined : decryptorOf(settings, key)
}

type Settings = {
  readonly version: number
  readonly revision: number
  readonly keyBytes: number
  readonly owner: Buffer
  readonly user: Buffer
  readonly userKey: Buffer
  readonly permissions: number
  readonly id: Buffer
  readonly isMetadataEncrypted: boolean
  readonly stringMethod: Method
  readonly streamMethod: Method
}

function readSettings(file: PdfFile, dictionary: PdfDictionary): Settings | undefined {
  const entry = (key: string): PdfObject => file.resolve(dictionary.entries.get(key))
  const version = asInteger(entry('V')) ?? 0
  const revision = asInteger(entry('R')) ?? 0
  if (asName(entry('Filter')) !== 'Standard' || ![1, 2, 4, 5].includes(version)) return undefined
  const bytes = (key: string): Buffer => Buffer.from(asString(entry(key))?.bytes ?? [])
  const [firstId] = asArray(file.resolve(file.trailer.entries.get('ID'))) ?? []
  const filters = asDictionary(entry('CF'))
  const method = (key: string): Method => {
    if (version < 4) return 'rc4'
    const name = asName(entry(key)) ?? 'Identity'
    if (name === 'Identity') return 'none'
    const filter = asDictionary(file.resolve(filters?.entries.get(name)))
    return methodOf(asName(file.resolve(filter?.entries.get('CFM'))))
  }
  const length = asInteger(entry('Length')) ?? 40
  return {
    version,
    revision,
    keyBytes: version === 1 ? 5 : version >= 4 ? 16 : Math.min(16, Math.max(5, length >> 3)),
    owner: bytes('O'),
    user: bytes('U'),
    userKey: bytes('UE'),
    permissions: asInteger(entry('P')) ?? 0,
    id: Buffer.from(asString(file.resolve(firstId))?.bytes ?? []),
    isMetadataEncrypted: isTrue(entry('EncryptMetadata'), true),
    stringMethod: method('StrF'),
    streamMethod: method('StmF'),
  }
}

function isTrue(object: PdfObject, otherwise: boolean): boolean {
  return object.kind === 'boolean' ? object.value : otherwise
}

function methodOf(name: string | undefined): Method {
  switch (name) {
    case 'V2':
      return 'rc4'
    case 'AESV2':
      return 'aes-128'
    case 'AESV3':
      return 'aes-256'
    case 'None':
    case undefined:
      return 'none'
    default:
      throw malformed('/CFM')
  }
}

/** Algorithms 2 and 6 (§7.6.4.3.2, §7.6.4.4.5) with an empty password. */
function fileKey128(settings: Settings): Buffer | undefined {
  const permissions = Buffer.alloc(4)
  permissions.writeInt32LE(settings.permissions | 0)
  const isOpen = settings.revision >= 4 && !settings.isMetadataEncrypted
  const seed = [PAD, settings.owner.subarray(0, 32), permissions, settings.id]
  let key = md5(Buffer.concat(isOpen ? [...seed, Buffer.alloc(4, 0xff)] : seed))
  if (settings.revision >= 3)
    for (let round = 0; round < 50; round += 1) key = md5(key.subarray(0, settings.keyBytes))
  key = key.subarray(0, settings.keyBytes)
  if (settings.revision === 2) return same(rc4(key, PAD), settings.user.subarray(0, 32)) ? key : undefined
  let check = rc4(key, md5(Buffer.concat([PAD, settings.id])))
  for (let round = 1; round <= 19; round += 1)
    check = rc4(
      key.map((byte) => byte ^ round),
      check,
    )
  return same(check, settings.user.subarray(0, 16)) ? key : undefined
}

/** Algorithms 2.A and 2.B (§7.6.4.3.3, §7.6.4.3.4) with an empty password. */
function fileKey256(settings: Settings): Buffer | undefined {
  const { user, userKey, revision } = settings
  if (user.length < 48 || userKey.length < 32) throw malformed('/U')
  const hash = revision >= 6 ? hash2B : (salt: Buffer) => createHash('sha256').update(salt).digest()
  if (!same(hash(user.subarray(32, 40)), user.subarray(0, 32))) return undefined
  const cipher = createDecipheriv('aes-256-cbc', hash(user.subarray(40, 48)), Buffer.alloc(16))
  return cipher.setAutoPadding(false).update(userKey.subarray(0, 32))
}

function hash2B(salt: Buffer): Buffer {
  let key = createHash('sha256').update(salt).digest()
  for (let round = 0; ; round += 1) {
    const repeated = Buffer.concat(Array.from({ length: 64 }, () => key))
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32))
    const encrypted = cipher.setAutoPadding(false).update(repeated)
    const remainder = encrypted.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3
    key = createHash(['sha256', 'sha384', 'sha512'][remainder] ?? 'sha256')
      .update(encrypted)
      .digest()
    if (round >= 63 && (encrypted.at(-1) ?? 0) <= round - 31) return key.subarray(0, 32)
  }
}

function decryptorOf(settings: Settings, fileKey: Buffer): Decryptor {
  const run = (method: Method, bytes: Uint8Array, reference: PdfReference): Uint8Array => {
    switch (method) {
      case 'none':
        return bytes
      case 'rc4':
        return rc4(objectKey(fileKey, reference, false), bytes)
      case 'aes-128':
        return aes('aes-128-cbc', objectKey(fileKey, reference, true), bytes)
      case 'aes-256':
        return aes('aes-256-cbc', fileKey, bytes)
    }
  }
  return {
    string: (bytes, reference) => run(settings.stringMethod, bytes, reference),
    stream: (bytes, reference, dictionary) => {
      const type = asName(dictionary.entries.get('Type'))
      if (type === 'XRef' || (type === 'Metadata' && !settings.isMetadataEncrypted)) return bytes
      const filter = dictionary.entries.get('Filter')
      const first = asName(asArray(filter)?.[0] ?? filter)
      return first === 'Crypt' ? bytes : run(settings.streamMethod, bytes, reference)
    },
  }
}

/** Algorithm 1 (§7.6.3.2). */
function objectKey(fileKey: Buffer, reference: PdfReference, isAes: boolean): Buffer {
  const tail = Buffer.alloc(isAes ? 9 : 5)
  tail.writeUIntLE(reference.objectNumber, 0, 3)
  tail.writeUIntLE(reference.generation, 3, 2)
  if (isAes) tail.write('sAlT', 5, 'latin1')
  return md5(Buffer.concat([fileKey, tail])).subarray(0, Math.min(16, fileKey.length + 5))
}

function aes(algorithm: 'aes-128-cbc' | 'aes-256-cbc', key: Buffer, bytes: Uint8Array): Uint8Array {
  if (bytes.length < 32) return new Uint8Array(0)
  const whole = bytes.length - (bytes.length % 16)
  const cipher = createDecipheriv(algorithm, key, bytes.subarray(0, 16)).setAutoPadding(false)
  const plain = cipher.update(bytes.subarray(16, whole))
  const padding = plain.at(-1) ?? 0
  return padding >= 1 && padding <= 16 ? plain.subarray(0, plain.length - padding) : plain
}

function rc4(key: Uint8Array, bytes: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index)
  const swap = (left: number, right: number): void => {
    const kept = state[left] ?? 0
    state[left] = state[right] ?? 0
    state[right] = kept
  }
  for (let index = 0, other = 0; index < 256; index += 1) {
    other = (other + (state[index] ?? 0) + (key[index % key.length] ?? 0)) & 255
    swap(index, other)
  }
  const result = Buffer.alloc(bytes.length)
  for (let at = 0, index = 0, other = 0; at < bytes.length; at += 1) {
    index = (index + 1) & 255
    other = (other + (state[index] ?? 0)) & 255
    swap(index, other)
    result[at] = (bytes[at] ?? 0) ^ (state[((state[index] ?? 0) + (state[other] ?? 0)) & 255] ?? 0)
  }
  return result
}

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest()
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

function malformed(reason: string): SigningError {
  return new SigningError('PDF_DAMAGED', `Encryption dictionary: ${reason}`, { data: { reason } })
}
