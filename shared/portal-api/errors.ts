/** Why bytes of the portal protocol were not accepted. Messages carry no contents. */
export type PortalProtocolErrorCode =
  /** The part after # is cut, has strange characters, or its check digits do not fit. */
  | 'LINK_DAMAGED'
  /** Ciphertext does not open with this key: altered, of another link, or in another place of the package. */
  | 'CIPHERTEXT_REFUSED'
  /** It opened, but what is inside is not of this version of the protocol. */
  | 'CONTENT_INVALID'
  /** The response is not signed with the key that only the link gives. */
  | 'RESPONSE_NOT_FROM_LINK'
  /** The response is for another link or package. */
  | 'RESPONSE_OF_ANOTHER_LINK'

export class PortalProtocolError extends Error {
  readonly code: PortalProtocolErrorCode
  constructor(code: PortalProtocolErrorCode, options?: { readonly cause?: unknown }) {
    super(code, options)
    this.name = 'PortalProtocolError'
    this.code = code
  }
}
