import type { Clock } from '../../kit/clock.ts'
import { parseCertificateCached } from '../cms/certificate.ts'
import { DerError } from '../cms/der-reader.ts'
import { crlCovers, parseCrl } from './crl.ts'
import type { RevocationSource } from './revocation-source.ts'

/** Port: keeps CRLs between runs. What is kept is public; whoever changes it is found out by the signature. */
export type CrlCache = {
  readonly get: (key: string) => Uint8Array | undefined
  readonly set: (key: string, crl: Uint8Array) => void
}

/** CRLs of big CAs have tens of megabytes and change once a day. */
const MAX_AGE_MS = 3600_000

/**
 * A source whose CRLs are fetched again only after their next update, or when they are older than an hour: a signer's
 * list has to be newer than the signature, so it is not kept for longer. OCSP answers are never kept.
 */
export function cachedCrlSource(source: RevocationSource, cache: CrlCache, clock: Clock): RevocationSource {
  return {
    ocsp: source.ocsp,
    crl: async (certificate, issuer) => {
      const key = parseCertificateCached(certificate).crlUrls.join(' ')
      const kept = key === '' ? undefined : cache.get(key)
      if (kept !== undefined && isUsable(kept, certificate, issuer) && isRecent(kept, clock.now()))
        return kept
      const fetched = await source.crl(certificate, issuer)
      if (fetched !== undefined && key !== '') cache.set(key, fetched)
      return fetched
    },
  }
}

function isRecent(der: Uint8Array, nowMs: number): boolean {
  const { thisUpdateMs, nextUpdateMs } = parseCrl(der)
  return nowMs - thisUpdateMs < MAX_AGE_MS && (nextUpdateMs === undefined || nowMs < nextUpdateMs)
}

/** A damaged or exchanged entry counts as none. */
function isUsable(der: Uint8Array, certificate: Uint8Array, issuer: Uint8Array): boolean {
  try {
    return crlCovers(parseCrl(der), parseCertificateCached(certificate), parseCertificateCached(issuer))
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}
