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
import { digestOf, digestSize, type HashName, hashByOid, hashOid, nodeHash } from './hashes.ts'
import * as oids from './oids.ts'
import { matchesPss, type PssParameters } from './pss.ts'

/** The digests this engine makes. */
export type StrongHash = SigningAlgorithm['hash']

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
  readonly kind: 'rsa' | 'ec' | 'ed25519' | 'ed448' | 'dsa' | 'other'
  /** Modulus or curve size in bits; 0 when unknown. */
  readonly bits: number
  /** Dotted OID of the named curve. */
  readonly curve: string | undefined
}

const CURVE_BITS = new Map([
  [oids.OID_P256, 256],
  [oids.OID_P384, 384],
  [oids.OID_P521, 521],
  ['1.2.840.10045.3.1.1', 192],
  ['1.3.132.0.33', 224],
  ['1.3.132.0.10', 256], // secp256k1
  // RFC 5639: brainpool, each as r1 and t1
  ['1.3.36.3.3.2.8.1.1.7', 256],
  ['1.3.36.3.3.2.8.1.1.8', 256],
  ['1.3.36.3.3.2.8.1.1.9', 320],
  ['1.3.36.3.3.2.8.1.1.10', 320],
  ['1.3.36.3.3.2.8.1.1.11', 384],
  ['1.3.36.3.3.2.8.1.1.12', 384],
  ['1.3.36.3.3.2.8.1.1.13', 512],
  ['1.3.36.3.3.2.8.1.1.14', 512],
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
    case oids.OID_ED448:
      return { kind: 'ed448', bits: 456, curve: undefined }
    case oids.OID_DSA:
      return { kind: 'dsa', bits: 0, curve: undefined }
    default:
      return { kind: 'other', bits: 0, curve: undefined }
  }
}

/** What a signature AlgorithmIdentifier means. `hash` is undefined when the digest is named elsewhere (plain rsaEncryption). */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: HashName | undefined }
  | ({ readonly kind: 'rsa-pss' } & PssParameters)
  | { readonly kind: 'ecdsa'; readonly hash: HashName | undefined }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'ed448' }
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
  [oids.OID_ED448, { kind: 'ed448' }],
  ['1.2.840.113549.1.1.14', { kind: 'rsa-pkcs1', hash: 'SHA-224' }],
  ['1.2.840.113549.1.1.16', { kind: 'rsa-pkcs1', hash: 'SHA-512/256' }],
  ['2.16.840.1.101.3.4.3.13', { kind: 'rsa-pkcs1', hash: 'SHA3-224' }],
  ['2.16.840.1.101.3.4.3.14', { kind: 'rsa-pkcs1', hash: 'SHA3-256' }],
  ['2.16.840.1.101.3.4.3.15', { kind: 'rsa-pkcs1', hash: 'SHA3-384' }],
  ['2.16.840.1.101.3.4.3.16', { kind: 'rsa-pkcs1', hash: 'SHA3-512' }],
  ['1.2.840.10045.4.3.1', { kind: 'ecdsa', hash: 'SHA-224' }],
  ['2.16.840.1.101.3.4.3.9', { kind: 'ecdsa', hash: 'SHA3-224' }],
  ['2.16.840.1.101.3.4.3.10', { kind: 'ecdsa', hash: 'SHA3-256' }],
  ['2.16.840.1.101.3.4.3.11', { kind: 'ecdsa', hash: 'SHA3-384' }],
  ['2.16.840.1.101.3.4.3.12', { kind: 'ecdsa', hash: 'SHA3-512' }],
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
  return sequence(oid(hashOid(hash)))
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
      const hash = sequence(oid(hashOid(algorithm.hash)), DER_NULL)
      return sequence(
        oid(oids.OID_RSA_PSS),
        sequence(
          contextTag(0, hash),
          contextTag(1, sequence(oid(oids.OID_MGF1), hash)),
          contextTag(2, integer(digestSize(algorithm.hash))),
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

/** `unsupported`: this program or runtime cannot tell, which is neither right nor wrong. */
export type SignatureOutcome = 'right' | 'wrong' | 'unsupported'

export type SignedValue = { readonly data: Uint8Array; readonly signature: Uint8Array }

/**
 * Checks a signature over `data`. `fallbackHash` is used when the algorithm names no digest (CMS with rsaEncryption).
 * `unsupported` when the algorithm, its digest, or the kind of key is not known here; a key that does not fit the
 * algorithm is `wrong`. Says nothing about the strength of the algorithm.
 */
export function checkSignature(
  spki: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signed: SignedValue,
  fallbackHash?: HashName,
): SignatureOutcome {
  try {
    const scheme = schemeOf(algorithm)
    const description = describeKey(readWhole(spki))
    if (scheme.kind === 'unsupported' || description.kind === 'other' || description.kind === 'dsa')
      return 'unsupported'
    if (KEY_OF_SCHEME[scheme.kind] !== description.kind) return 'wrong'
    const key = importable(spki)
    if (key === undefined) return isSoundKey(description) ? 'unsupported' : 'wrong'
    return isRight(scheme, { key, spki, description }, signed, fallbackHash) ? 'right' : 'wrong'
  } catch (error) {
    // A value OpenSSL chokes on is, for a verdict, the same as one that does not verify.
    if (error instanceof Error) return 'wrong'
    throw error
  }
}

const KEY_OF_SCHEME = {
  'rsa-pkcs1': 'rsa',
  'rsa-pss': 'rsa',
  ecdsa: 'ec',
  ed25519: 'ed25519',
  ed448: 'ed448',
} as const satisfies Readonly<Record<string, KeyDescription['kind']>>

/** RSA and the NIST curves are known everywhere: there the key itself is at fault. */
function isSoundKey({ kind, curve }: KeyDescription): boolean {
  const everywhere: readonly (string | undefined)[] = [oids.OID_P256, oids.OID_P384, oids.OID_P521]
  return kind !== 'rsa' && kind !== 'ed25519' && !(kind === 'ec' && everywhere.includes(curve))
}

/** Undefined when the runtime cannot import the key: damaged, or on a curve it does not have (brainpool in Electron). */
function importable(spki: Uint8Array): KeyObject | undefined {
  try {
    return publicKeyOf(spki)
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

type Key = { readonly key: KeyObject; readonly spki: Uint8Array; readonly description: KeyDescription }
type KnownScheme = Exclude<SignatureScheme, { readonly kind: 'unsupported' }>

function isRight(
  scheme: KnownScheme,
  { key, spki, description }: Key,
  { data, signature }: SignedValue,
  fallbackHash: HashName | undefined,
): boolean {
  if (scheme.kind === 'ed25519' || scheme.kind === 'ed448') return verify(null, data, key, signature)
  const hash = scheme.hash ?? fallbackHash
  if (hash === undefined) return false
  if (scheme.kind === 'ecdsa') return verify(nodeHash(hash), data, { key, dsaEncoding: 'der' }, signature)
  if (scheme.kind === 'rsa-pkcs1')
    return (
      key.asymmetricKeyType === 'rsa' &&
      verify(nodeHash(hash), data, { key, padding: constants.RSA_PKCS1_PADDING }, signature)
    )
  if (!keyAllows(spki, scheme)) return false
  if (scheme.mgfHash !== scheme.hash)
    return matchesPss({ spki, bits: description.bits }, digestOf(hash, data), signature, scheme)
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes }
  return verify(nodeHash(hash), data, { key, ...padding }, signature)
}

/** A key under id-RSASSA-PSS may be restricted to digests and a least salt (RFC 4055 §1.2). */
function keyAllows(spki: Uint8Array, scheme: PssParameters): boolean {
  const { oid: type, parameters } = parseAlgorithm(childrenOf(readWhole(spki))[0])
  if (type !== oids.OID_RSA_PSS || parameters === undefined) return true
  const limits = pssScheme(parameters)
  return (
    limits.kind === 'rsa-pss' &&
    limits.hash === scheme.hash &&
    limits.mgfHash === scheme.mgfHash &&
    limits.saltBytes <= scheme.saltBytes
  )
}

/** True only for a right signature; see `checkSignature`. */
export function verifySignature(
  spki: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signed: SignedValue,
  fallbackHash?: HashName,
): boolean {
  return checkSignature(spki, algorithm, signed, fallbackHash) === 'right'
}
