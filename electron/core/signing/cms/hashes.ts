/** Digest algorithms: names, OIDs, sizes, and whether this runtime has them (Electron's BoringSSL lacks some of OpenSSL's). */
import { createHash, type Hash } from 'node:crypto'
import * as oids from './oids.ts'

/** Every digest a signature may be verified with. Which of them are still good enough is said in algorithm-policy.ts. */
export type HashName =
  | 'MD5'
  | 'RIPEMD-160'
  | 'SHA-1'
  | 'SHA-224'
  | 'SHA-256'
  | 'SHA-384'
  | 'SHA-512'
  | 'SHA-512/256'
  | 'SHA3-224'
  | 'SHA3-256'
  | 'SHA3-384'
  | 'SHA3-512'
  | 'SHAKE256'

type HashFacts = { readonly oid: string; readonly node: string; readonly bytes: number }

/** SHAKE256 in CMS means 64 octets of output (RFC 8702 §3.1, RFC 8419 §2.3). */
const HASHES: Readonly<Record<HashName, HashFacts>> = {
  MD5: { oid: oids.OID_MD5, node: 'md5', bytes: 16 },
  'RIPEMD-160': { oid: '1.3.36.3.2.1', node: 'ripemd160', bytes: 20 },
  'SHA-1': { oid: oids.OID_SHA1, node: 'sha1', bytes: 20 },
  'SHA-224': { oid: '2.16.840.1.101.3.4.2.4', node: 'sha224', bytes: 28 },
  'SHA-256': { oid: oids.OID_SHA256, node: 'sha256', bytes: 32 },
  'SHA-384': { oid: oids.OID_SHA384, node: 'sha384', bytes: 48 },
  'SHA-512': { oid: oids.OID_SHA512, node: 'sha512', bytes: 64 },
  'SHA-512/256': { oid: '2.16.840.1.101.3.4.2.6', node: 'sha512-256', bytes: 32 },
  'SHA3-224': { oid: '2.16.840.1.101.3.4.2.7', node: 'sha3-224', bytes: 28 },
  'SHA3-256': { oid: '2.16.840.1.101.3.4.2.8', node: 'sha3-256', bytes: 32 },
  'SHA3-384': { oid: '2.16.840.1.101.3.4.2.9', node: 'sha3-384', bytes: 48 },
  'SHA3-512': { oid: '2.16.840.1.101.3.4.2.10', node: 'sha3-512', bytes: 64 },
  SHAKE256: { oid: '2.16.840.1.101.3.4.2.12', node: 'shake256', bytes: 64 },
}
const HASH_BY_OID = new Map(Object.entries(HASHES).map(([name, facts]) => [facts.oid, name as HashName])).set(
  '2.16.840.1.101.3.4.2.18',
  'SHAKE256',
)

/** Name under which node:crypto knows a hash. */
export function nodeHash(hash: HashName): string {
  return HASHES[hash].node
}

/** Size of a digest in octets. */
export function digestSize(hash: HashName): number {
  return HASHES[hash].bytes
}

/** Dotted OID of a hash. */
export function hashOid(hash: HashName): string {
  return HASHES[hash].oid
}

const available = new Map<HashName, boolean>()

/** The hash of an OID; undefined when it is unknown or the runtime does not have it: it then cannot be checked. */
export function hashByOid(dotted: string): HashName | undefined {
  const hash = HASH_BY_OID.get(dotted)
  if (hash === undefined) return undefined
  const known = available.get(hash) ?? isAvailable(hash)
  available.set(hash, known)
  return known ? hash : undefined
}

function isAvailable(hash: HashName): boolean {
  try {
    newHash(hash)
    return true
  } catch (error) {
    // The runtime says so by throwing; that is the answer.
    if (error instanceof Error) return false
    throw error
  }
}

/** Only the function of extendable output takes a length. */
function options(hash: HashName): { readonly outputLength: number } | undefined {
  return hash === 'SHAKE256' ? { outputLength: digestSize(hash) } : undefined
}

/** An empty running digest. @throws Error when the runtime lacks the hash, which `hashByOid` never gives */
export function newHash(hash: HashName): Hash {
  return createHash(nodeHash(hash), options(hash))
}

/** A copy of a running digest. */
export function copyHash(hash: HashName, running: Hash): Hash {
  return running.copy(options(hash))
}

export function digestOf(hash: HashName, data: Uint8Array): Uint8Array {
  return newHash(hash).update(data).digest()
}
