/**
 * Practical check of mail addresses typed by people: the subset of RFC 5321 §4.1.2 that mail servers in Japan
 * deliver to (dot-atom local part, host name with a top-level domain; no quoted strings, no address literals).
 */
export type MailAddressProblem =
  | 'MAIL_EMPTY'
  | 'MAIL_NOT_ASCII' // full-width or Japanese characters
  | 'MAIL_SPACE'
  | 'MAIL_SEVERAL' // more than one address
  | 'MAIL_NO_AT'
  | 'MAIL_TOO_LONG' // local part over 64, domain over 255 or all over 254 characters
  | 'MAIL_LOCAL_PART'
  | 'MAIL_DOMAIN'

/** Why an address deserves a second look although it is well formed. */
export type MailAddressWarning =
  | 'MAIL_SHARED' // a mailbox several people read: nobody can be identified by it
  | 'MAIL_FREE' // a free mail service: not the company's own domain
  | 'MAIL_DOMAIN_TYPO' // one letter away from a well-known domain
  | 'MAIL_DOT_PLACE' // dots where RFC 5321 forbids them; some carriers' old addresses have them

export type MailAddressCheck =
  | {
      readonly ok: true
      readonly address: string
      readonly warnings: readonly MailAddressWarning[]
    }
  | { readonly ok: false; readonly code: MailAddressProblem }

/** Data the town may change in its settings. */
export type MailAddressLists = {
  readonly sharedLocalParts: readonly string[]
  readonly freeDomains: readonly string[]
}

export const DEFAULT_MAIL_LISTS: MailAddressLists = {
  sharedLocalParts: [
    'info',
    'keiyaku',
    'contact',
    'soumu',
    'somu',
    'eigyo',
    'eigyou',
    'office',
    'admin',
    'sales',
    'support',
    'mail',
    'webmaster',
    'postmaster',
    'honsha',
    'jimu',
    'jimukyoku',
    'toiawase',
    'daihyo',
    'nyusatsu',
    'koji',
    'kouji',
  ],
  freeDomains: [
    'gmail.com',
    'googlemail.com',
    'yahoo.co.jp',
    'yahoo.com',
    'ymail.ne.jp',
    'outlook.com',
    'outlook.jp',
    'hotmail.com',
    'hotmail.co.jp',
    'live.jp',
    'live.com',
    'icloud.com',
    'me.com',
    'mac.com',
    'aol.com',
    'excite.co.jp',
    'proton.me',
    'protonmail.com',
  ],
}

const ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const OLD_CARRIERS = new Set(['docomo.ne.jp', 'ezweb.ne.jp', 'au.com'])

/**
 * Checks and normalises one address: blanks around it and full-width ASCII are corrected, the domain becomes
 * lower case. Does not prove that the mailbox exists or who reads it.
 */
export function checkMailAddress(
  text: string,
  lists: MailAddressLists = DEFAULT_MAIL_LISTS,
): MailAddressCheck {
  const trimmed = text.normalize('NFKC').trim()
  if (trimmed === '') return { ok: false, code: 'MAIL_EMPTY' }
  if (/[,;、]/.test(trimmed) || trimmed.split('@').length > 2) return { ok: false, code: 'MAIL_SEVERAL' }
  if (/\s/.test(trimmed)) return { ok: false, code: 'MAIL_SPACE' }
  if (!/^[\x21-\x7e]+$/.test(trimmed)) return { ok: false, code: 'MAIL_NOT_ASCII' }
  const at = trimmed.indexOf('@')
  if (at < 0) return { ok: false, code: 'MAIL_NO_AT' }
  const local = trimmed.slice(0, at)
  const domain = trimmed.slice(at + 1).toLowerCase()
  if (local.length > 64 || domain.length > 255 || trimmed.length > 254)
    return { ok: false, code: 'MAIL_TOO_LONG' }
  const oddDots = local.startsWith('.') || local.endsWith('.') || local.includes('..')
  if (!ATOM.test(local) || (oddDots && !OLD_CARRIERS.has(domain)))
    return { ok: false, code: 'MAIL_LOCAL_PART' }
  if (!isHostName(domain)) return { ok: false, code: 'MAIL_DOMAIN' }
  return { ok: true, address: `${local}@${domain}`, warnings: warningsOf(local, domain, lists, oddDots) }
}

function isHostName(domain: string): boolean {
  const labels = domain.split('.')
  const last = labels.at(-1) ?? ''
  return (
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    /^([a-z]{2,}|xn--[a-z0-9-]+)$/.test(last)
  )
}

function warningsOf(
  local: string,
  domain: string,
  lists: MailAddressLists,
  oddDots: boolean,
): MailAddressWarning[] {
  const warnings: MailAddressWarning[] = []
  const stem = local.toLowerCase().replace(/[0-9_.-]+$/, '')
  if (lists.sharedLocalParts.includes(stem)) warnings.push('MAIL_SHARED')
  if (lists.freeDomains.includes(domain)) warnings.push('MAIL_FREE')
  else if (lists.freeDomains.some((known) => known.length > 7 && isOneEditAway(domain, known)))
    warnings.push('MAIL_DOMAIN_TYPO')
  if (oddDots) warnings.push('MAIL_DOT_PLACE')
  return warnings
}

/** One letter added, left out, replaced, or two neighbours exchanged. */
function isOneEditAway(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 1) return false
  let start = 0
  while (start < left.length && left[start] === right[start]) start += 1
  const [a, b] = [left.slice(start), right.slice(start)]
  const swapped = a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2)
  return swapped || a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1)
}
