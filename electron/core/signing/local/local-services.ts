import type { Clock } from '../../kit/clock.ts'
import { parseCertificateCached } from '../cms/certificate.ts'
import { buildOcspRequest } from '../revocation/ocsp.ts'
import type { RevocationSource } from '../revocation/revocation-source.ts'
import type { TimestampAuthority } from '../timestamp/timestamp-authority.ts'
import { buildTimestampRequest, readTimestampResponse } from '../timestamp/timestamp-protocol.ts'
import { answerOcsp, issuerOf, makeCrl } from './answer-revocation.ts'
import { answerTimestamp, type TimestampMisbehaviour } from './answer-timestamp.ts'
import type { TestAuthority } from './test-authority.ts'
import { timestampingKey } from './test-authority.ts'

/** Name shown for the embedded TSA. */
export const LOCAL_TSA_NAME = 'テスト用時刻認証局'

/**
 * The embedded TSA without a network: the same request and response bytes as over HTTP, time from `clock`.
 * `authority` may be a function so that a new TSA certificate takes effect (time travel).
 *
 * @throws SigningError as the HTTP client does
 */
export function localTimestampAuthority(
  authority: TestAuthority | (() => TestAuthority),
  clock: Clock,
  misbehaviour?: TimestampMisbehaviour,
): TimestampAuthority {
  const current = typeof authority === 'function' ? authority : () => authority
  return {
    name: LOCAL_TSA_NAME,
    stamp: async (digest, hash) => {
      const request = buildTimestampRequest(digest, hash)
      const now = current()
      const key = timestampingKey(now)
      const answer = await answerTimestamp(request.der, key, clock.now(), misbehaviour)
      return readTimestampResponse(answer, request).der
    },
  }
}

/** The embedded OCSP responder and CRLs without a network, time from `clock`. */
export function localRevocationSource(
  authority: TestAuthority | (() => TestAuthority),
  clock: Clock,
): RevocationSource {
  const current = typeof authority === 'function' ? authority : () => authority
  return {
    ocsp: async (certificate, issuer) => {
      const parsed = parseCertificateCached(certificate)
      if (parsed.ocspUrls.length === 0 || issuerOf(current(), parsed) === undefined) return undefined
      const request = buildOcspRequest(parsed, parseCertificateCached(issuer))
      return answerOcsp(request, current(), clock.now())
    },
    crl: async (certificate) => {
      const issuer = issuerOf(current(), parseCertificateCached(certificate))
      if (issuer === undefined) return undefined
      const now = current()
      return makeCrl(now, issuer.certificate === now.root.certificate ? 'root' : 'intermediate', clock.now())
    },
  }
}
