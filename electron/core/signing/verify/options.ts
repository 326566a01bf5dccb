import type { RevocationSource } from '../revocation/revocation-source.ts'

/** What a verification may use beside the file. */
export type VerifyOptions = {
  /** DER certificates that are trusted as they are: roots, intermediates or signers. */
  readonly anchors: readonly Uint8Array[]
  /** DER certificates to build paths with; not trusted. */
  readonly otherCertificates?: readonly Uint8Array[]
  /** DER CRLs. */
  readonly crls?: readonly Uint8Array[]
  /** Moment to judge at; default now. */
  readonly at?: Date
  /** Asked only when given: verification is offline otherwise. */
  readonly revocation?: RevocationSource
  /** True when a TSA certificate (DER) belongs to a service accredited by 総務大臣 (認定タイムスタンプ). */
  readonly isAccreditedTsa?: (certificate: Uint8Array) => boolean
  /** Whole verification, in milliseconds; default 8,000. */
  readonly timeLimitMs?: number
  readonly signal?: AbortSignal
}
