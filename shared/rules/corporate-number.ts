export type CorporateNumberProblem =
  | 'CORPORATE_NUMBER_EMPTY'
  | 'CORPORATE_NUMBER_CHARACTERS'
  | 'CORPORATE_NUMBER_LENGTH'
  | 'CORPORATE_NUMBER_CHECK_DIGIT'

export type CorporateNumberCheck =
  | {
      readonly ok: true
      /** 13 digits. */
      readonly number: string
      /** Typed as an invoice registration number (T + 13 digits). */
      readonly invoiceForm: boolean
    }
  | { readonly ok: false; readonly code: CorporateNumberProblem }

/**
 * Check digit of a 法人番号: 9 − (Σ Pn·Qn mod 9), Pn the n-th of the 12 base digits from the right, Qn = 1 for odd n,
 * 2 for even n (法人番号の指定等に関する省令2条).
 */
export function corporateCheckDigit(base: string): number {
  const digits = Array.from(base).reverse().map(Number)
  const sum = digits.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 2), 0)
  return 9 - (sum % 9)
}

/**
 * Checks a 法人番号 as typed: full width, blanks, hyphens and the T of the invoice system are accepted.
 * Does not prove that the number was ever given to anybody.
 */
export function checkCorporateNumber(text: string): CorporateNumberCheck {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s‐－ー−-]+/g, '')
    .toUpperCase()
  if (plain === '') return { ok: false, code: 'CORPORATE_NUMBER_EMPTY' }
  const number = plain.replace(/^T/, '')
  if (!/^\d+$/.test(number)) return { ok: false, code: 'CORPORATE_NUMBER_CHARACTERS' }
  if (number.length !== 13) return { ok: false, code: 'CORPORATE_NUMBER_LENGTH' }
  if (Number(number[0]) !== corporateCheckDigit(number.slice(1)))
    return { ok: false, code: 'CORPORATE_NUMBER_CHECK_DIGIT' }
  return { ok: true, number, invoiceForm: plain.startsWith('T') }
}

/** True for a 法人番号 whose check digit is right. */
export function isCorporateNumber(text: string): boolean {
  return checkCorporateNumber(text).ok
}
