import { type Certificate, parseCertificateCached } from '../cms/certificate.ts'
import { DerError, readNode } from '../cms/der-reader.ts'
import { fetchExchange, type HttpExchange, HttpExchangeError } from '../http-exchange.ts'
import { crlCovers, parseCrl } from './crl.ts'
import { buildOcspRequest, ocspSigner, parseOcspResponse, singleFor } from './ocsp.ts'
import type { RevocationSource } from './revocation-source.ts'

/** CRLs of big CAs reach tens of megabytes. */
const MAX_CRL_BYTES = 64 * 1024 * 1024
const MAX_SMALL_BYTES = 1024 * 1024

/** Why one source of revocation data or an issuer certificate could not be used. */
export type RevocationFailure = {
  /** SHA-256 of the certificate asked about, hex. */
  readonly fingerprint: string
  readonly url: string
  readonly code: RevocationFailureCode
}

export type RevocationFailureCode =
  | 'NO_ADDRESS' // the certificate names no OCSP responder and no CRL under http(s); an LDAP address is given as url
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'TOO_LARGE'
  | 'HTTP_ERROR'
  | 'NOT_READABLE'
  | 'OCSP_NOT_SUCCESSFUL' // tryLater, unauthorized …
  | 'OCSP_NOT_ABOUT_CERTIFICATE'
  | 'OCSP_SIGNATURE'
  | 'CRL_NOT_APPLICABLE' // other issuer, other scope, bad signature

export type HttpRevocationOptions = {
  readonly exchange?: HttpExchange
  readonly timeoutMs?: number
  /** Told of every failed attempt, also when another source then succeeds. */
  readonly onFailure?: (failure: RevocationFailure) => void
  /** Changes where an address inside a certificate leads (the local services on another port). */
  readonly redirect?: (url: string) => string
}

/**
 * OCSP and CRLs by the addresses inside the certificates (RFC 5280 §4.2.1.13 and §4.2.2.1). What is returned is
 * signed by the issuer or its delegate and speaks of the certificate; PEM where DER should be is tolerated.
 * Undefined when no source worked; `onFailure` has then said why.
 */
export function httpRevocationSource(options: HttpRevocationOptions = {}): RevocationSource & IssuerSource {
  const get = getter(options)
  const report = (certificate: Certificate, url: string, code: RevocationFailureCode) =>
    options.onFailure?.({ fingerprint: certificate.fingerprint, url, code })
  return {
    ocsp: async (certificateDer, issuerDer) => {
      const certificate = parseCertificateCached(certificateDer)
      const issuer = parseCertificateCached(issuerDer)
      const body = buildOcspRequest(certificate, issuer)
      for (const url of certificate.ocspUrls.filter(isHttp)) {
        const answer = await get({ url, body, maxBytes: MAX_SMALL_BYTES })
        const problem = typeof answer === 'string' ? answer : ocspProblem(answer, certificate, issuer)
        if (problem === undefined && typeof answer !== 'string') return answer
        report(certificate, url, problem ?? 'NOT_READABLE')
      }
      return undefined
    },
    crl: async (certificateDer, issuerDer) => {
      const certificate = parseCertificateCached(certificateDer)
      const issuer = parseCertificateCached(issuerDer)
      const urls = certificate.crlUrls.filter(isHttp)
      if (urls.length === 0 && !certificate.ocspUrls.some(isHttp))
        report(certificate, certificate.crlUrls[0] ?? '', 'NO_ADDRESS')
      for (const url of urls) {
        const answer = await get({ url, maxBytes: MAX_CRL_BYTES })
        const problem = typeof answer === 'string' ? answer : crlProblem(answer, certificate, issuer)
        if (problem === undefined && typeof answer !== 'string') return answer
        report(certificate, url, problem ?? 'NOT_READABLE')
      }
      return undefined
    },
    issuers: async (certificateDer) => {
      const certificate = parseCertificateCached(certificateDer)
      const found: Uint8Array[] = []
      for (const url of certificate.caIssuerUrls.filter(isHttp)) {
        const answer = await get({ url, maxBytes: MAX_SMALL_BYTES })
        if (typeof answer === 'string') report(certificate, url, answer)
        else if (isCertificate(answer)) found.push(answer)
        else report(certificate, url, 'NOT_READABLE')
      }
      return found
    },
  }
}

/** Port: certificates of issuers by the caIssuers address of a certificate. */
export type IssuerSource = {
  readonly issuers: (certificate: Uint8Array) => Promise<readonly Uint8Array[]>
}

type Query = { readonly url: string; readonly body?: Uint8Array; readonly maxBytes: number }

/** Gets DER bytes, or says why not. */
function getter(
  options: HttpRevocationOptions,
): (query: Query) => Promise<Uint8Array | RevocationFailureCode> {
  const exchange = options.exchange ?? fetchExchange()
  return async (query) => {
    try {
      const answer = await exchange({
        url: options.redirect?.(query.url) ?? query.url,
        method: query.body === undefined ? 'GET' : 'POST',
        maxBytes: query.maxBytes,
        timeoutMs: options.timeoutMs ?? 10_000,
        ...(query.body === undefined
          ? {}
          : { body: query.body, headers: { 'Content-Type': 'application/ocsp-request' } }),
      })
      if (answer.status !== 200) return 'HTTP_ERROR'
      return derOf(answer.body) ?? 'NOT_READABLE'
    } catch (error) {
      if (!(error instanceof HttpExchangeError)) throw error
      return error.reason === 'timeout'
        ? 'TIMEOUT'
        : error.reason === 'too-large'
          ? 'TOO_LARGE'
          : 'UNREACHABLE'
    }
  }
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url)
}

/** The DER in an answer, which may be PEM or have trailing bytes. */
function derOf(body: Uint8Array): Uint8Array | undefined {
  const der = body[0] === 0x30 ? body : pemBody(body)
  if (der === undefined) return undefined
  try {
    return readNode(der).raw
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function pemBody(body: Uint8Array): Uint8Array | undefined {
  const match = /-----BEGIN [^-]+-----([A-Za-z0-9+/=\s]+)-----END/.exec(Buffer.from(body).toString('latin1'))
  return match?.[1] === undefined ? undefined : Buffer.from(match[1], 'base64')
}

function ocspProblem(
  der: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
): RevocationFailureCode | undefined {
  return whenReadable(() => {
    const { basic } = parseOcspResponse(der)
    if (basic === undefined) return 'OCSP_NOT_SUCCESSFUL'
    if (singleFor(basic, certificate, issuer) === undefined) return 'OCSP_NOT_ABOUT_CERTIFICATE'
    return ocspSigner(basic, issuer) === undefined ? 'OCSP_SIGNATURE' : undefined
  })
}

function crlProblem(
  der: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
): RevocationFailureCode | undefined {
  return whenReadable(() =>
    crlCovers(parseCrl(der), certificate, issuer) ? undefined : 'CRL_NOT_APPLICABLE',
  )
}

function isCertificate(der: Uint8Array): boolean {
  return whenReadable(() => (parseCertificateCached(der).isCa ? undefined : 'NOT_READABLE')) === undefined
}

function whenReadable(check: () => RevocationFailureCode | undefined): RevocationFailureCode | undefined {
  try {
    return check()
  } catch (error) {
    if (error instanceof DerError) return 'NOT_READABLE'
    throw error
  }
}
