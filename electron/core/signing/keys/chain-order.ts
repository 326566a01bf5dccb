import { verifySignature } from '../cms/algorithms.ts'
import { type Certificate, isIssuerByName } from '../cms/certificate.ts'

const MAX_CHAIN = 10

/**
 * The issuers of `certificate` that are among `pool`, nearest first, each link's signature checked; ends at a
 * self-issued certificate or where the next issuer is missing. Time, use and trust are not judged.
 */
export function chainAbove(certificate: Certificate, pool: readonly Certificate[]): readonly Certificate[] {
  const chain: Certificate[] = []
  let current = certificate
  while (!current.selfIssued && chain.length < MAX_CHAIN) {
    const below = current
    const issuer = pool.find((candidate) => hasIssued(candidate, below))
    if (issuer === undefined || chain.includes(issuer)) break
    chain.push(issuer)
    current = issuer
  }
  return chain
}

/** Name, key identifier and signature say that `issuer` issued `certificate`. */
export function hasIssued(issuer: Certificate, certificate: Certificate): boolean {
  if (!isIssuerByName(certificate, issuer) || !issuer.isCa) return false
  const signed = { data: certificate.tbs, signature: certificate.signature }
  return verifySignature(issuer.spki, certificate.signatureAlgorithm, signed)
}
