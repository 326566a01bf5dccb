import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { SigningAlgorithm } from '../keys/signing-key.ts'
import {
  childrenOf,
  type DerNode,
  fieldsOf,
  readBits,
  readOid,
  readSmallInteger,
  readWhole,
} from './der-reader.ts'
import { contextTag, DER_NULL, integer, oid, sequence } from './der-writer.ts'
import * as oids from './oids.ts'

export type HashName = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'
/** The digests this engine makes. */
export type StrongHash = SigningAlgorithm['hash']

const HASH_OIDS: Readonly<Record<HashName, string>> = {
  MD5: oids.OID_MD5,
  'SHA-1': oids.OID_SHA1,
  'SHA-256': oids.OID_SHA256,
  'SHA-384': oids.OID_SHA384,
  'SHA-512': oids.OID_SHA512,
}
const HASH_BY_OID = new Map(Object.entries(HASH_OIDS).map(([name, dotted]) => [dotted, name as HashName]))
const DIGEST_BYTES: Readonly<Record<HashName, number>> = {
  MD5: 16,
  'SHA-1': 20,
  'SHA-256': 32,
  'SHA-384': 48,
  'SHA-512': 64,
}

/** Name under which node:crypto knows a hash. */
export function nodeHash(hash: HashName): string {
  return hash.replace('-', '').toLowerCase()
}

export function digestSize(hash: HashName): number {
  return DIGEST_BYTES[hash]
}

export function hashOid(hash: HashName): string {
  return HASH_OIDS[hash]
}

export function hashByOid(dotted: string): HashName | undefined {
  return HASH_BY_OID.get(dotted)
}

/** AlgorithmIdentifier: OID and the raw parameters, if any (RFC 5280 §4.1.1.2). */
export type AlgorithmIdentifier = {
  readonly oid: string
  readonly parameters: Uint8Array | undefined
  readonly raw: Uint8Array
}

export function parseAlgorithm(node: DerNode | undefined): AlgorithmIdentifier {
  const [type, parameters] = fieldsOf(node)
  return { oid: readOid(type), parameters: parameters?.raw, raw: node?.raw ?? new Uint8Array() }
}

export type KeyDescription = {
  readonly kind: 'rsa' | 'ec' | 'ed25519' | 'dsa' | 'other'
  /** Modulus or curve size in bits; 0 when unknown. */
  readonly bits: number
  /** Dotted OID of the named curve. */
  readonly curve: string | undefined
}

const CURVE_BITS = new Map([
  [oids.OID_P256, 256],
  [oids.OID_P384, 384],
  [oids.OID_P521, 521],
])

/** Kind and size of a SubjectPublicKeyInfo. */
export function describeKey(spki: DerNode): KeyDescription {
  const [algorithmNode, keyNode] = childrenOf(spki)
  const algorithm = parseAlgorithm(algorithmNode)
  switch (algorithm.oid) {
    case oids.OID_RSA:
    case oids.OID_RSA_PSS: {
      const [modulus] = fieldsOf(readWhole(readBits(keyNode)))
      const bytes = modulus?.content ?? new Uint8Array()
      const start = bytes.findIndex((octet) => octet !== 0)
      const bits = start < 0 ? 0 : (bytes.length - start) * 8 - Math.clz32(bytes[start] ?? 0) + 24
      return { kind: 'rsa', bits, curve: undefined }
    }
    case oids.OID_EC: {
      const curve = algorithm.parameters?.[0] === 0x06 ? readOid(readWhole(algorithm.parameters)) : undefined
      return { kind: 'ec', bits: CURVE_BITS.get(curve ?? '') ?? 0, curve }
    }
    case oids.OID_ED25519:
      return { kind: 'ed25519', bits: 256, curve: undefined }
    case oids.OID_DSA:
      return { kind: 'dsa', bits: 0, curve: undefined }
    default:
      return { kind: 'other', bits: 0, curve: undefined }
  }
}

/** What a signature AlgorithmIdentifier means. `hash` is undefined when the digest is named elsewhere (plain rsaEncryption). */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: HashName | undefined }
  | {
      readonly kind: 'rsa-pss'
      readonly hash: HashName
      readonly mgfHash: HashName
      readonly saltBytes: number
    }
  | { readonly kind: 'ecdsa'; readonly hash: HashName | undefined }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'unsupported'; readonly oid: string }

const FIXED_SCHEMES = new Map<string, SignatureScheme>([
  [oids.OID_RSA, { kind: 'rsa-pkcs1', hash: undefined }],
  [oids.OID_MD5_RSA, { kind: 'rsa-pkcs1', hash: 'MD5' }],
  [oids.OID_SHA1_RSA, { kind: 'rsa-pkcs1', hash: 'SHA-1' }],
  [oids.OID_SHA256_RSA, { kind: 'rsa-pkcs1', hash: 'SHA-256' }],
  [oids.OID_SHA384_RSA, { kind: 'rsa-pkcs1', hash: 'SHA-384' }],
  [oids.OID_SHA512_RSA, { kind: 'rsa-pkcs1', hash: 'SHA-512' }],
  [oids.OID_EC, { kind: 'ecdsa', hash: undefined }],
  [oids.OID_SHA1_ECDSA, { kind: 'ecdsa', hash: 'SHA-1' }],
  [oids.OID_SHA256_ECDSA, { kind: 'ecdsa', hash: 'SHA-256' }],
  [oids.OID_SHA384_ECDSA, { kind: 'ecdsa', hash: 'SHA-384' }],
  [oids.OID_SHA512_ECDSA, { kind: 'ecdsa', hash: 'SHA-512' }],
  [oids.OID_ED25519, { kind: 'ed25519' }],
])

export function schemeOf(algorithm: AlgorithmIdentifier): SignatureScheme {
  if (algorithm.oid === oids.OID_RSA_PSS) return pssScheme(algorithm.parameters)
  return FIXED_SCHEMES.get(algorithm.oid) ?? { kind: 'unsupported', oid: algorithm.oid }
}

/** RSASSA-PSS-params (RFC 4055 §3.1); absent fields mean SHA-1 and 20 bytes of salt. */
function pssScheme(parameters: Uint8Array | undefined): SignatureScheme {
  const unsupported: SignatureScheme = { kind: 'unsupported', oid: oids.OID_RSA_PSS }
  const fields = parameters === undefined ? [] : fieldsOf(readWhole(parameters))
  const inside = (tag: number) => {
    const field = fields.find((node) => node.tag === tag)
    return field === undefined ? undefined : childrenOf(field)[0]
  }
  const hashNode = inside(0xa0)
  const mgfNode = inside(0xa1)
  const saltNode = inside(0xa2)
  const hash = hashNode === undefined ? 'SHA-1' : hashByOid(parseAlgorithm(hashNode).oid)
  const mgf = mgfNode === undefined ? undefined : parseAlgorithm(mgfNode)
  if (mgf !== undefined && (mgf.oid !== oids.OID_MGF1 || mgf.parameters === undefined)) return unsupported
  const mgfHash =
    mgf?.parameters === undefined ? 'SHA-1' : hashByOid(parseAlgorithm(readWhole(mgf.parameters)).oid)
  if (hash === undefined || mgfHash === undefined) return unsupported
  return {
    kind: 'rsa-pss',
    hash,
    mgfHash,
    saltBytes: saltNode === undefined ? 20 : readSmallInteger(saltNode),
  }
}

/** DER AlgorithmIdentifier of a digest; parameters absent as RFC 5754 §2 asks. */
export function digestAlgorithmDer(hash: HashName): Uint8Array {
  return sequence(oid(HASH_OIDS[hash]))
}

const ECDSA_BY_HASH = {
  'SHA-256': oids.OID_SHA256_ECDSA,
  'SHA-384': oids.OID_SHA384_ECDSA,
  'SHA-512': oids.OID_SHA512_ECDSA,
} as const
const RSA_BY_HASH = {
  'SHA-256': oids.OID_SHA256_RSA,
  'SHA-384': oids.OID_SHA384_RSA,
  'SHA-512': oids.OID_SHA512_RSA,
} as const

/**
 * DER AlgorithmIdentifier of a signature: sha…WithRSAEncryption with NULL (RFC 4055 §5), RSASSA-PSS with explicit
 * parameters and a salt as long as the digest (§3.1), ecdsa-with-SHA… without parameters (RFC 5758 §3.2).
 */
export function signatureAlgorithmDer(algorithm: Pick<SigningAlgorithm, 'kind' | 'hash'>): Uint8Array {
  switch (algorithm.kind) {
    case 'rsa-pkcs1':
      return sequence(oid(RSA_BY_HASH[algorithm.hash]), DER_NULL)
    case 'ecdsa':
      return sequence(oid(ECDSA_BY_HASH[algorithm.hash]))
    case 'rsa-pss': {
      const hash = sequence(oid(HASH_OIDS[algorithm.hash]), DER_NULL)
      return sequence(
        oid(oids.OID_RSA_PSS),
        sequence(
          contextTag(0, hash),
          contextTag(1, sequence(oid(oids.OID_MGF1), hash)),
          contextTag(2, integer(DIGEST_BYTES[algorithm.hash])),
        ),
      )
    }
  }
}

const MAX_KEYS = 500
const keys = new Map<string, KeyObject>()

/** Public key of a DER SubjectPublicKeyInfo, remembered: importing costs more than verifying. */
export function publicKeyOf(spki: Uint8Array): KeyObject {
  const id = Buffer.from(spki.buffer, spki.byteOffset, spki.length).toString('latin1')
  const known = keys.get(id)
  if (known !== undefined) return known
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  if (keys.size >= MAX_KEYS) keys.clear()
  keys.set(id, key)
  return key
}

/**
 * Checks a signature over `data`. `fallbackHash` is used when the algorithm names no digest (CMS with rsaEncryption).
 * False for a wrong signature, an unusable key or an unsupported algorithm. Says nothing about the strength of the algorithm.
 */
export function verifySignature(
  spki: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signed: { readonly data: Uint8Array; readonly signature: Uint8Array },
  fallbackHash?: HashName,
): boolean {
  const scheme = schemeOf(algorithm)
  if (scheme.kind === 'unsupported') return false
  try {
    const key = publicKeyOf(spki)
    if (scheme.kind === 'ed25519')
      return key.asymmetricKeyType === 'ed25519' && verify(null, signed.data, key, signed.signature)
    const hash = scheme.hash ?? fallbackHash
    if (hash === undefined) return false
    if (scheme.kind === 'ecdsa')
      return (
        key.asymmetricKeyType === 'ec' &&
        verify(nodeHash(hash), signed.data, { key, dsaEncoding: 'der' }, signed.signature)
      )
    if (scheme.kind === 'rsa-pss') {
      // OpenSSL takes the MGF1 digest from the message digest; differing ones are unknown in practice.
      if (scheme.mgfHash !== scheme.hash) return false
      return verify(
        nodeHash(hash),
        signed.data,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes },
        signed.signature,
      )
    }
    return (
      key.asymmetricKeyType === 'rsa' &&
      verify(nodeHash(hash), signed.data, { key, padding: constants.RSA_PKCS1_PADDING }, signed.signature)
    )
  } catch (error) {
    // A key OpenSSL cannot import is, for a verdict, the same as a signature that does not verify.
    if (error instanceof Error) return false
    throw error
  }
}
