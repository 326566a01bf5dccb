/** Port: an RFC 3161 time-stamping authority. */
export type TimestampAuthority = {
  /** Shown in logs and states: host name or 「テスト用時刻認証局」, never a password. */
  readonly name: string
  /**
   * Asks for a token over `digest` (message imprint, raw bytes of `hash`).
   * @returns DER of the TimeStampToken (ContentInfo), checked: status granted, imprint, nonce, signature, EKU.
   * @throws SigningError TSA_*
   */
  readonly stamp: (digest: Uint8Array, hash: 'SHA-256' | 'SHA-384' | 'SHA-512') => Promise<Uint8Array>
}
