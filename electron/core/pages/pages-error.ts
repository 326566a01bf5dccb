/** Why a page could not be made or read. Bad input is a coded failure; anything else is a bug and throws. */
export type PageReadCode =
  | 'NOT_A_PDF' // not a PDF at all, empty, or damaged beyond reading
  | 'ENCRYPTED_PDF' // asks for a password
  | 'TOO_MANY_PAGES'

export type FormReadCode =
  | PageReadCode
  | 'FORM_UNKNOWN' // a PDF, but not 様式第1
  | 'FORM_FLATTENED' // 様式第1 without fields: printed, scanned or flattened
  | 'FORM_OTHER_TOWN'
  | 'FORM_EMPTY' // nothing was filled in
