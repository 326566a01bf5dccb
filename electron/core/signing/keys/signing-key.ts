/** Port: a private key with its certificate, wherever it lives (PKCS#12 file, PKCS#11 token, PEM in tests). */
export type SigningKey = {
  /** DER of the end-entity certificate. */
  readonly certificate: Uint8Array
  /** DER of the issuers known with the key, nearest first; may be empty, may include the root. */
  readonly chain: readonly Uint8Array[]
  readonly algorithm: SigningAlgorithm
  /** Hashes `data` with `algorithm.hash` and signs it. RSA: raw signature; ECDSA: DER `Ecdsa-Sig-Value`, not P1363. */
  readonly sign: (data: Uint8Array) => Promise<Uint8Array>
  /** Overwrites key bytes held by this process. The key cannot be used afterwards. */
  readonly wipe: () => void
}

export type SigningAlgorithm = {
  readonly kind: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa'
  /** RSA modulus or curve size in bits. */
  readonly bits: number
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512'
}
