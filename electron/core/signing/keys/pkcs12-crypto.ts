/** Password-based encryption and integrity of PKCS#12 (RFC 7292 appendix B, RFC 8018). */
import { createDecipheriv, createHash, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { parseAlgorithm } from '../cms/algorithms.ts'
import { DerError, fieldsOf, readOctets, readOid, readSmallInteger, readWhole } from '../cms/der-reader.ts'
import { type HashName, hashByOid, nodeHash } from '../cms/hashes.ts'

const OID_PBES2 = '1.2.840.113549.1.5.13'
const OID_PBKDF2 = '1.2.840.113549.1.5.12'
const OID_SCRYPT = '1.3.6.1.4.1.11591.4.11'
const OID_PBMAC1 = '1.2.840.113549.1.5.14'

const PRF_HASHES = new Map<string, HashName>([
  ['1.2.840.113549.2.7', 'SHA-1'],
  ['1.2.840.113549.2.9', 'SHA-256'],
  ['1.2.840.113549.2.10', 'SHA-384'],
  ['1.2.840.113549.2.11', 'SHA-512'],
])
const CIPHERS = new Map([
  ['2.16.840.1.101.3.4.1.2', { name: 'aes-128-cbc', keyBytes: 16, legacy: false }],
  ['2.16.840.1.101.3.4.1.22', { name: 'aes-192-cbc', keyBytes: 24, legacy: false }],
  ['2.16.840.1.101.3.4.1.42', { name: 'aes-256-cbc', keyBytes: 32, legacy: false }],
  ['1.2.840.113549.3.7', { name: 'des-ede3-cbc', keyBytes: 24, legacy: true }],
])
/** pbeWithSHAAnd…-CBC of RFC 7292 appendix C that occur in practice. */
const LEGACY_SCHEMES = new Map([
  ['1.2.840.113549.1.12.1.3', { cipher: '3des', keyBytes: 24 } as const],
  ['1.2.840.113549.1.12.1.5', { cipher: 'rc2', keyBytes: 16 } as const],
  ['1.2.840.113549.1.12.1.6', { cipher: 'rc2', keyBytes: 5 } as const],
])

/** Bounds the work a hostile file can ask for. */
const MAX_ITERATIONS = 5_000_000

export type Decrypted = { readonly bytes: Buffer; readonly legacy: boolean }

/**
 * Decrypts with the scheme an AlgorithmIdentifier names.
 *
 * @throws DerError for an unknown scheme or absurd parameters; the error of node:crypto for a wrong password
 */
export function decryptWithPassword(algorithmDer: Uint8Array, data: Uint8Array, password: string): Decrypted {
  const algorithm = parseAlgorithm(readWhole(algorithmDer))
  const parameters = fieldsOf(readWhole(algorithm.parameters ?? new Uint8Array()))
  if (algorithm.oid === OID_PBES2) {
    const [kdf, encryption] = parameters
    const scheme = parseAlgorithm(encryption)
    const cipher = CIPHERS.get(scheme.oid)
    if (cipher === undefined || kdf === undefined) throw new DerError(`Unknown cipher ${scheme.oid}`)
    const key = deriveKey(kdf.raw, Buffer.from(password, 'utf8'), cipher.keyBytes)
    const iv = readOctets(readWhole(scheme.parameters ?? new Uint8Array()))
    return { bytes: decipher(cipher.name, key, iv, data), legacy: cipher.legacy }
  }
  const legacy = LEGACY_SCHEMES.get(algorithm.oid)
  if (legacy === undefined) throw new DerError(`Unknown encryption scheme ${algorithm.oid}`)
  const salt = readOctets(parameters[0])
  const iterations = boundedIterations(readSmallInteger(parameters[1]))
  const secret = bmpPassword(password)
  const derive = (id: number, sizeBytes: number) =>
    derivePkcs12({ secret, salt, iterations, hash: 'SHA-1', id }, sizeBytes)
  const key = derive(1, legacy.keyBytes)
  const iv = derive(2, 8)
  const bytes = legacy.cipher === 'rc2' ? decryptRc2(key, iv, data) : decipher('des-ede3-cbc', key, iv, data)
  return { bytes, legacy: true }
}

function decipher(name: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Buffer {
  const engine = createDecipheriv(name, key, iv)
  return Buffer.concat([engine.update(data), engine.final()])
}

/** RC2 is not in OpenSSL 3's default provider nor in BoringSSL; node-forge serves for opening old files only. */
function decryptRc2(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Buffer {
  // Loaded when a legacy file is opened, not at every start.
  const forge: typeof import('node-forge') = createRequire(import.meta.url)('node-forge')
  const toForge = (bytes: Uint8Array) => forge.util.createBuffer(Buffer.from(bytes).toString('binary'))
  const cipher = forge.rc2.createDecryptionCipher(toForge(key), key.length * 8)
  cipher.start(toForge(iv))
  cipher.update(toForge(data))
  if (!cipher.finish()) throw new Error('Bad padding')
  return Buffer.from(cipher.output.getBytes(), 'binary')
}

/** PBKDF2 or scrypt by AlgorithmIdentifier (RFC 8018 §5.2, RFC 7914 §7). */
function deriveKey(kdfDer: Uint8Array, password: Buffer, sizeBytes: number): Buffer {
  const kdf = parseAlgorithm(readWhole(kdfDer))
  const fields = fieldsOf(readWhole(kdf.parameters ?? new Uint8Array()))
  const salt = readOctets(fields[0])
  if (kdf.oid === OID_SCRYPT) {
    const [n, r, p] = [1, 2, 3].map((index) => readSmallInteger(fields[index]))
    const cost = n ?? 0
    const block = r ?? 0
    if (cost * block * 128 > 1 << 29) throw new DerError('scrypt asks for too much memory')
    return scryptSync(password, salt, sizeBytes, { N: cost, r: block, p: p ?? 1, maxmem: 1 << 30 })
  }
  if (kdf.oid !== OID_PBKDF2) throw new DerError(`Unknown key derivation ${kdf.oid}`)
  const iterations = boundedIterations(readSmallInteger(fields[1]))
  const prfNode = fields.find((field) => field.tag === 0x30)
  const prf = prfNode === undefined ? 'SHA-1' : PRF_HASHES.get(parseAlgorithm(prfNode).oid)
  if (prf === undefined) throw new DerError('Unknown PRF')
  return pbkdf2Sync(password, salt, iterations, sizeBytes, nodeHash(prf))
}

function boundedIterations(iterations: number): number {
  if (iterations < 1 || iterations > MAX_ITERATIONS) throw new DerError('Absurd iteration count')
  return iterations
}

/**
 * Checks MacData over the authenticated safe (RFC 7292 §4, RFC 9579 for PBMAC1).
 *
 * @returns true when the password fits
 * @throws DerError for an unknown MAC
 */
export function macMatches(macDataDer: Uint8Array, content: Uint8Array, password: string): boolean {
  const [digestInfo, saltNode, iterationsNode] = fieldsOf(readWhole(macDataDer))
  const [algorithmNode, expectedNode] = fieldsOf(digestInfo)
  const algorithm = parseAlgorithm(algorithmNode)
  const expected = Buffer.from(readOctets(expectedNode))
  if (algorithm.oid === OID_PBMAC1) {
    const [kdf, mac] = fieldsOf(readWhole(algorithm.parameters ?? new Uint8Array()))
    const hash = PRF_HASHES.get(readOid(fieldsOf(mac)[0]))
    if (hash === undefined || kdf === undefined) throw new DerError('Unknown MAC')
    const key = deriveKey(kdf.raw, Buffer.from(password, 'utf8'), expected.length)
    return createHmac(nodeHash(hash), key).update(content).digest().equals(expected)
  }
  const hash = hashByOid(algorithm.oid)
  if (hash === undefined) throw new DerError('Unknown MAC')
  const salt = readOctets(saltNode)
  const iterations = boundedIterations(iterationsNode === undefined ? 1 : readSmallInteger(iterationsNode))
  // An empty password is written either as an empty string or as two zero octets.
  const secrets = password === '' ? [bmpPassword(''), Buffer.alloc(0)] : [bmpPassword(password)]
  return secrets.some((secret) => {
    const key = derivePkcs12({ secret, salt, iterations, hash, id: 3 }, expected.length)
    return createHmac(nodeHash(hash), key).update(content).digest().equals(expected)
  })
}

/** BMPString with two zero octets at the end (RFC 7292 §B.1). */
export function bmpPassword(password: string): Buffer {
  return Buffer.from(`${password}\0`, 'utf16le').swap16()
}

type Pkcs12Kdf = {
  readonly secret: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
  readonly hash: HashName
  /** 1 key, 2 IV, 3 MAC key. */
  readonly id: number
}

/** Key derivation of RFC 7292 §B.2. */
export function derivePkcs12(kdf: Pkcs12Kdf, sizeBytes: number): Buffer {
  const block = kdf.hash === 'SHA-384' || kdf.hash === 'SHA-512' ? 128 : 64
  const diversifier = Buffer.alloc(block, kdf.id)
  const input = Buffer.concat([repeatTo(kdf.salt, block), repeatTo(kdf.secret, block)])
  const parts: Buffer[] = []
  for (let made = 0; made < sizeBytes; ) {
    let digest = createHash(nodeHash(kdf.hash)).update(diversifier).update(input).digest()
    for (let round = 1; round < kdf.iterations; round++)
      digest = createHash(nodeHash(kdf.hash)).update(digest).digest()
    parts.push(digest)
    made += digest.length
    addToBlocks(input, repeatTo(digest, block).subarray(0, block))
  }
  return Buffer.concat(parts).subarray(0, sizeBytes)
}

function repeatTo(bytes: Uint8Array, block: number): Buffer {
  const out = Buffer.alloc(Math.ceil(bytes.length / block) * block)
  for (let offset = 0; offset < out.length; offset++) out[offset] = bytes[offset % bytes.length] ?? 0
  return out
}

/** Each block of `input` becomes block + addend + 1, modulo 2^(8·block). */
function addToBlocks(input: Buffer, addend: Uint8Array): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1
    for (let index = addend.length - 1; index >= 0; index--) {
      carry += (input[start + index] ?? 0) + (addend[index] ?? 0)
      input[start + index] = carry & 0xff
      carry >>= 8
    }
  }
}
