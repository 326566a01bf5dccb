import type { Certificate } from '../cms/certificate.ts'
import { DerError } from '../cms/der-reader.ts'
import { crlCovers, parseCrl } from './crl.ts'
import { ocspSigner, parseOcspResponse, singleFor } from './ocsp.ts'

/** What one OCSP response or CRL says about one certificate, its signature checked. */
export type RevocationAnswer = {
  readonly kind: 'ocsp' | 'crl'
  readonly der: Uint8Array
  /** Issuer, or the responder it certified. */
  readonly signer: Certificate
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number | undefined
  readonly producedAtMs: number
  readonly revokedAtMs: number | undefined
  /** CRLReason, RFC 5280 §5.3.1. */
  readonly revocationReason: number | undefined
}

/**
 * What a DER OCSPResponse says about `certificate`; undefined when it is unreadable, of another certificate, of status
 * unknown, or not signed by the issuer or its delegate (whose own validity is not judged).
 *
 * @param known where the responder's certificate may be found besides the response
 */
export function readOcspAnswer(
  der: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
  known: readonly Certificate[] = [],
): RevocationAnswer | undefined {
  return orUndefined(() => {
    const { basic } = parseOcspResponse(der)
    const single = basic === undefined ? undefined : singleFor(basic, certificate, issuer)
    if (basic === undefined || single === undefined || single.status.kind === 'unknown') return undefined
    const signer = ocspSigner(basic, issuer, known)
    if (signer === undefined) return undefined
    const { status } = single
    return {
      kind: 'ocsp',
      der,
      signer,
      thisUpdateMs: single.thisUpdateMs,
      nextUpdateMs: single.nextUpdateMs,
      producedAtMs: basic.producedAtMs,
      revokedAtMs: status.kind === 'revoked' ? status.atMs : undefined,
      revocationReason: status.kind === 'revoked' ? status.reason : undefined,
    }
  })
}

/** What a DER CertificateList of `issuer` says about `certificate`; undefined when it may not be used for it. */
export function readCrlAnswer(
  der: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
): RevocationAnswer | undefined {
  return orUndefined(() => {
    const crl = parseCrl(der)
    if (!crlCovers(crl, certificate, issuer)) return undefined
    const entry = crl.find(certificate.serial)
    return {
      kind: 'crl',
      der,
      signer: issuer,
      thisUpdateMs: crl.thisUpdateMs,
      nextUpdateMs: crl.nextUpdateMs,
      producedAtMs: crl.thisUpdateMs,
      // Reason 8 takes a certificate off hold again (delta CRLs).
      revokedAtMs: entry === undefined || entry.reason === 8 ? undefined : entry.atMs,
      revocationReason: entry?.reason,
    }
  })
}

function orUndefined(read: () => RevocationAnswer | undefined): RevocationAnswer | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
