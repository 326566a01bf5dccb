/**
 * Finds certification paths from an end entity to a configured anchor (RFC 4158), with a bounded number of signature
 * checks: crafted sets of cross-certificates cannot make it run away. Nothing is fetched here.
 */
import { verifySignature } from '../../cms/algorithms.ts'
import { type Certificate, parseCertificateCached } from '../../cms/certificate.ts'
import { DerError } from '../../cms/der-reader.ts'
import { OID_AUTHORITY_KEY_ID } from '../../cms/oids.ts'

const MAXIMUM_PATH = 12
const MAXIMUM_PATHS = 24
const MAXIMUM_CHECKS = 2_000
const MAXIMUM_CERTIFICATES = 4_000

/** Certificates that may be used to build paths. Being in the pool says nothing about trust. */
export type CertificatePool = {
  readonly anchors: ReadonlySet<string>
  readonly add: (der: Uint8Array) => Certificate | undefined
  readonly bySubject: (canonical: string) => readonly Certificate[]
  readonly find: (test: (certificate: Certificate) => boolean) => Certificate | undefined
  /** True when `issuer`'s key made the signature on `certificate`. Remembered. */
  readonly isIssuedBy: (certificate: Certificate, issuer: Certificate) => boolean
}

/** A pool with its anchors (DER). Certificates that cannot be read are left out. */
export function createPool(anchors: readonly Uint8Array[], others: readonly Uint8Array[]): CertificatePool {
  const known = new Map<string, Certificate>()
  const subjects = new Map<string, Certificate[]>()
  const checked = new Map<string, boolean>()
  const add = (der: Uint8Array): Certificate | undefined => {
    if (known.size >= MAXIMUM_CERTIFICATES) return undefined
    const certificate = readLeniently(der)
    if (certificate === undefined || known.has(certificate.fingerprint)) return certificate
    known.set(certificate.fingerprint, certificate)
    const sameSubject = subjects.get(certificate.subject.canonical)
    if (sameSubject === undefined) subjects.set(certificate.subject.canonical, [certificate])
    else sameSubject.push(certificate)
    return certificate
  }
  const anchorPrints = new Set(anchors.flatMap((der) => add(der)?.fingerprint ?? []))
  for (const der of others) add(der)
  return {
    anchors: anchorPrints,
    add,
    bySubject: (canonical) => subjects.get(canonical) ?? [],
    find: (test) => {
      for (const certificate of known.values()) if (test(certificate)) return certificate
      return undefined
    },
    isIssuedBy: (certificate, issuer) => {
      const key = `${certificate.fingerprint}${issuer.fingerprint}`
      const before = checked.get(key)
      if (before !== undefined) return before
      if (checked.size >= MAXIMUM_CHECKS) return false
      const good = verifySignature(issuer.spki, certificate.signatureAlgorithm, {
        data: certificate.tbs,
        signature: certificate.signature,
      })
      checked.set(key, good)
      return good
    },
  }
}

function readLeniently(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificateCached(der)
  } catch (error) {
    if (error instanceof DerError || error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * Paths from `leaf` to an anchor, best candidates first: matching key identifiers, then newest.
 * Every signature in a returned path has been verified; no other rule has.
 */
export function buildPaths(pool: CertificatePool, leaf: Certificate): readonly (readonly Certificate[])[] {
  const found: (readonly Certificate[])[] = []
  const visit = (path: readonly Certificate[], last: Certificate): void => {
    if (pool.anchors.has(last.fingerprint)) {
      found.push(path)
      return
    }
    if (path.length >= MAXIMUM_PATH) return
    for (const issuer of issuersOf(pool, last)) {
      if (found.length >= MAXIMUM_PATHS) return
      if (path.some((certificate) => sameEntity(certificate, issuer))) continue
      if (pool.isIssuedBy(last, issuer)) visit([...path, issuer], issuer)
    }
  }
  visit([leaf], leaf)
  return found
}

/** RFC 4158 §5.2: the same name and key twice in a path brings nothing new. */
function sameEntity(left: Certificate, right: Certificate): boolean {
  return (
    left.subject.canonical === right.subject.canonical &&
    Buffer.from(left.spki).equals(Buffer.from(right.spki))
  )
}

/** Candidate issuers by name, those whose key identifier fits first. */
function issuersOf(pool: CertificatePool, certificate: Certificate): readonly Certificate[] {
  const rank = (issuer: Certificate): number => {
    const anchored = pool.anchors.has(issuer.fingerprint) ? 0 : 1
    if (!certificate.extensions.has(OID_AUTHORITY_KEY_ID) || issuer.subjectKeyId === undefined)
      return 2 + anchored
    return (issuer.subjectKeyId === certificate.authorityKeyId ? 0 : 4) + anchored
  }
  return [...pool.bySubject(certificate.issuer.canonical)].sort(
    (left, right) => rank(left) - rank(right) || right.notBeforeMs - left.notBeforeMs,
  )
}
