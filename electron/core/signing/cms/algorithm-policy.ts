import type { AlgorithmIdentifier, KeyDescription } from './algorithms.ts'
import { schemeOf } from './algorithms.ts'
import type { HashName } from './hashes.ts'

/** Why an algorithm is not good enough. */
export type AlgorithmWeakness = 'HASH_WEAK' | 'KEY_TOO_SHORT' | 'ALGORITHM_UNKNOWN'

const YEAR = (year: number) => Date.UTC(year, 0, 1)

/**
 * Until when (exclusive, ms since 1970) a hash could be relied on for a signature, and until when a key size.
 * Follows the CRYPTREC list of recommended ciphers and its key-length guide (112-bit security through 2030 for new signatures,
 * ending for use of existing ones in 2040), and ETSI TS 119 312 for MD5 and SHA-1. Later dates are a setting of the future, not a promise.
 */
const HASH_UNTIL: Readonly<Record<HashName, number>> = {
  MD5: YEAR(2005),
  'RIPEMD-160': YEAR(2014),
  'SHA-1': YEAR(2014),
  // 112 bits, as RSA-2048
  'SHA-224': YEAR(2041),
  'SHA3-224': YEAR(2041),
  'SHA-256': Number.POSITIVE_INFINITY,
  'SHA-384': Number.POSITIVE_INFINITY,
  'SHA-512': Number.POSITIVE_INFINITY,
  'SHA-512/256': Number.POSITIVE_INFINITY,
  'SHA3-256': Number.POSITIVE_INFINITY,
  'SHA3-384': Number.POSITIVE_INFINITY,
  'SHA3-512': Number.POSITIVE_INFINITY,
  SHAKE256: Number.POSITIVE_INFINITY,
}
const RSA_UNTIL: readonly { readonly bits: number; readonly until: number }[] = [
  { bits: 1024, until: YEAR(2014) },
  { bits: 2048, until: YEAR(2041) },
  { bits: 3072, until: Number.POSITIVE_INFINITY },
]

export function hashWeakness(hash: HashName, atMs: number): AlgorithmWeakness | undefined {
  return atMs < HASH_UNTIL[hash] ? undefined : 'HASH_WEAK'
}

/** @param atMs when the signature existed at the latest as far as is proven, ms since 1970 */
export function keyWeakness(key: KeyDescription, atMs: number): AlgorithmWeakness | undefined {
  switch (key.kind) {
    case 'rsa': {
      const limit = [...RSA_UNTIL].reverse().find((entry) => key.bits >= entry.bits)
      return limit !== undefined && atMs < limit.until ? undefined : 'KEY_TOO_SHORT'
    }
    case 'ec':
      return key.bits === 0 ? 'ALGORITHM_UNKNOWN' : key.bits >= 256 ? undefined : 'KEY_TOO_SHORT'
    case 'ed25519':
    case 'ed448':
      return undefined
    case 'dsa':
    case 'other':
      return 'ALGORITHM_UNKNOWN'
  }
}

/** Judges the algorithm of a signature made with `key`; `fallbackHash` as in `verifySignature`. */
export function signatureWeakness(
  algorithm: AlgorithmIdentifier,
  key: KeyDescription,
  atMs: number,
  fallbackHash?: HashName,
): AlgorithmWeakness | undefined {
  const scheme = schemeOf(algorithm)
  if (scheme.kind === 'unsupported') return 'ALGORITHM_UNKNOWN'
  if (scheme.kind === 'ed25519' || scheme.kind === 'ed448') return keyWeakness(key, atMs)
  const hash = scheme.hash ?? fallbackHash
  if (hash === undefined) return 'ALGORITHM_UNKNOWN'
  return hashWeakness(hash, atMs) ?? keyWeakness(key, atMs)
}

/** When (ms since 1970, exclusive) signatures of this key stop being relied on; Infinity when no end is set. */
export function keyReliableUntil(key: KeyDescription): number {
  if (key.kind === 'rsa') return [...RSA_UNTIL].reverse().find((entry) => key.bits >= entry.bits)?.until ?? 0
  return keyWeakness(key, 0) === undefined ? Number.POSITIVE_INFINITY : 0
}
