import { hashWeakness } from '../cms/algorithm-policy.ts'
import { schemeOf } from '../cms/algorithms.ts'
import { type Certificate, parseCertificateCached } from '../cms/certificate.ts'
import {
  OID_EKU_ANY,
  OID_EKU_DOCUMENT_SIGNING,
  OID_EKU_EMAIL_PROTECTION,
  OID_P256,
  OID_P384,
  OID_P521,
} from '../cms/oids.ts'
import { SigningError, type SigningErrorCode } from '../errors.ts'

/** Adobe's key purpose for signing documents, and Microsoft's. */
const OID_EKU_ADOBE_AUTHENTIC = '1.2.840.113583.1.1.5'
const OID_EKU_MICROSOFT_DOCUMENT = '1.3.6.1.4.1.311.10.3.12'
/** Extended key usages that fit a signature on a contract; client authentication is what many Japanese CAs write. */
const SIGNING_PURPOSES = new Set([
  OID_EKU_ANY,
  OID_EKU_DOCUMENT_SIGNING,
  OID_EKU_EMAIL_PROTECTION,
  OID_EKU_ADOBE_AUTHENTIC,
  OID_EKU_MICROSOFT_DOCUMENT,
  '1.3.6.1.5.5.7.3.2',
])

/** Others are verified, but not signed with: few readers know them. */
const CURVES: ReadonlySet<string | undefined> = new Set([OID_P256, OID_P384, OID_P521])

/** Why a certificate may not sign at `nowMs`, or undefined when it may. */
export function signingRefusal(certificate: Certificate, nowMs: number): SigningErrorCode | undefined {
  if (nowMs < certificate.notBeforeMs) return 'CERTIFICATE_NOT_YET_VALID'
  if (nowMs > certificate.notAfterMs) return 'CERTIFICATE_EXPIRED'
  if (!isForSigning(certificate)) return 'CERTIFICATE_NOT_FOR_SIGNING'
  const { kind, bits, curve } = certificate.key
  const isUsable = kind === 'rsa' ? bits >= 2048 : kind === 'ec' && CURVES.has(curve)
  if (!isUsable) return 'KEY_ALGORITHM_REFUSED'
  if (certificate.selfIssued) return undefined // its own signature proves nothing, so its digest does not matter
  const scheme = schemeOf(certificate.signatureAlgorithm)
  if (scheme.kind === 'unsupported') return 'KEY_ALGORITHM_REFUSED'
  const weak =
    scheme.kind !== 'ed25519' &&
    scheme.kind !== 'ed448' &&
    scheme.hash !== undefined &&
    hashWeakness(scheme.hash, nowMs) !== undefined
  return weak ? 'KEY_ALGORITHM_REFUSED' : undefined
}

/** keyUsage digitalSignature or nonRepudiation (RFC 5280 §4.2.1.3), no CA, and no extended usage that excludes documents. */
export function isForSigning(certificate: Certificate): boolean {
  const { keyUsage, extendedKeyUsage } = certificate
  if (certificate.isCa) return false
  if (
    keyUsage !== undefined &&
    !keyUsage.includes('digitalSignature') &&
    !keyUsage.includes('nonRepudiation')
  )
    return false
  return extendedKeyUsage === undefined || extendedKeyUsage.some((purpose) => SIGNING_PURPOSES.has(purpose))
}

/**
 * Refuses to sign with a certificate that no verifier would accept.
 *
 * @throws SigningError CERTIFICATE_EXPIRED | CERTIFICATE_NOT_YET_VALID | CERTIFICATE_NOT_FOR_SIGNING | KEY_ALGORITHM_REFUSED
 * Does not ask for revocation.
 */
export function assertCertificateMaySign(certificate: Uint8Array, nowMs: number): void {
  const parsed = parseCertificateCached(certificate)
  const code = signingRefusal(parsed, nowMs)
  if (code === undefined) return
  throw new SigningError(code, 'The certificate may not sign now', {
    data: {
      notBefore: new Date(parsed.notBeforeMs).toISOString(),
      notAfter: new Date(parsed.notAfterMs).toISOString(),
    },
  })
}
