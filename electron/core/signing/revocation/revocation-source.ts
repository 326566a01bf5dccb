/** Port: where OCSP answers and CRLs come from (HTTP, or the local test authority). DER in, DER out. */
export type RevocationSource = {
  /** DER OCSPResponse for `certificate` issued by `issuer`, or undefined when none can be had. */
  readonly ocsp: (certificate: Uint8Array, issuer: Uint8Array) => Promise<Uint8Array | undefined>
  /** DER CertificateList that covers `certificate`, or undefined when none can be had. */
  readonly crl: (certificate: Uint8Array, issuer: Uint8Array) => Promise<Uint8Array | undefined>
}
