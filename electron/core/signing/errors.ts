/** What can go wrong when signing; each code has one meaning and one Japanese sentence in `renderer/i18n/ja.ts`. */
export type SigningErrorCode =
  | 'PDF_ENCRYPTED' // has /Encrypt
  | 'PDF_DAMAGED' // the strict reader cannot follow its cross-reference data
  | 'PDF_TOO_LARGE' // a limit of the reader is reached
  | 'NOT_A_PDF'
  | 'ALREADY_SIGNED' // asked to lay out fields or repair, but the file carries a signature
  | 'FIELD_NOT_FOUND'
  | 'FIELD_ALREADY_SIGNED'
  | 'FIELD_NAME_TAKEN' // a field of another kind has the name; data: fieldName
  | 'CERTIFIED_NO_CHANGES' // DocMDP or FieldMDP of an earlier signature forbids this signature
  | 'PAGE_NOT_FOUND'
  | 'GLYPHS_MISSING' // the font has no glyph; data: characters
  | 'IMAGE_UNREADABLE' // a seal image is neither PNG nor JPEG, or damaged
  | 'RESERVED_SPACE_TOO_SMALL' // data: requiredBytes, availableBytes
  | 'PREFIX_CHANGED' // an output did not start with its input: a bug or a failing disk
  | 'KEY_FILE_UNREADABLE'
  | 'KEY_PASSWORD_WRONG'
  | 'KEY_ALGORITHM_REFUSED' // RSA < 2048, SHA-1, DSA …
  | 'KEY_NOT_FOUND'
  | 'KEY_CERTIFICATE_MISMATCH'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_NOT_YET_VALID'
  | 'CERTIFICATE_NOT_FOR_SIGNING'
  | 'TOKEN_UNAVAILABLE' // PKCS#11 module or slot
  | 'TOKEN_PIN_WRONG'
  | 'TOKEN_PIN_LOCKED'
  | 'TSA_UNREACHABLE' // no answer, DNS, TLS, time-out
  | 'TSA_HTTP_ERROR' // data: status
  | 'TSA_REFUSED' // PKIStatus other than granted; data: status, text
  | 'TSA_ANSWER_INVALID' // not a TimeStampResp, wrong imprint, wrong nonce, bad signature
  | 'REVOCATION_UNAVAILABLE'

/** An expected failure of the engine. `message` is English for the log and carries no personal data. */
export class SigningError extends Error {
  readonly code: SigningErrorCode
  readonly data: Readonly<Record<string, string | number>>

  constructor(
    code: SigningErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly data?: Readonly<Record<string, string | number>> } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'SigningError'
    this.code = code
    this.data = options.data ?? {}
  }
}
