/**
 * The link a signer receives: `https://portal/s/<linkId>#<fragment>`, or `/d/` for a download.
 * The fragment never leaves the browser (RFC 3986 §3.5); the portal only ever sees the link id.
 */
import { z } from 'zod'
import type { Brand } from '../model/brand.ts'
import { PortalProtocolError } from './errors.ts'
import { fromBase64Url, joinBytes, randomBytes, sha256, toBase64Url, utf8 } from './platform.ts'

/** 26 characters of Crockford base 32 (130 random bits); names a package at the portal. Not a secret, but not guessable. */
export const PortalLinkId = z
  .string()
  .regex(/^[0-9a-hjkmnp-tv-z]{26}$/)
  .transform((value) => value as Brand<string, 'PortalLinkId'>)
export type PortalLinkId = z.output<typeof PortalLinkId>

/** signing: documents to agree to; download: finished files, for 14 days. */
export const PortalLinkKind = z.enum(['signing', 'download'])
export type PortalLinkKind = z.output<typeof PortalLinkKind>

/** What a link holds. `secret` is 32 random bytes; it belongs into the mail and nowhere else. */
export type PortalLink = {
  readonly linkId: PortalLinkId
  readonly kind: PortalLinkKind
  readonly secret: Uint8Array
}

const SECRET_BYTES = 32
const CHECK_BYTES = 3
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'

/** A fresh link with its own id and secret. */
export function newPortalLink(kind: PortalLinkKind): PortalLink {
  const linkId = Array.from(randomBytes(26), (byte) => CROCKFORD.charAt(byte & 31)).join('') as PortalLinkId
  return { linkId, kind, secret: randomBytes(SECRET_BYTES) }
}

/**
 * The URL for the mail. The fragment is base64url(secret ‖ first 3 bytes of SHA-256("check" ‖ link id ‖ secret)),
 * 47 characters, so that a link cut or mangled by a mail program is recognised in the browser, costs no attempt and needs no portal.
 *
 * @param portalUrl the portal's public base URL, with or without a slash at its end
 */
export async function formatPortalLink(portalUrl: string, link: PortalLink): Promise<string> {
  const base = portalUrl.replace(/\/+$/, '')
  const check = await checkBytes(link.linkId, link.secret)
  return `${base}${portalPath(link.kind, link.linkId)}#${toBase64Url(joinBytes(link.secret, check))}`
}

export function portalPath(kind: PortalLinkKind, linkId: PortalLinkId): string {
  return `/${kind === 'signing' ? 's' : 'd'}/${linkId}`
}

/**
 * Reads a link back from the two parts of an address.
 *
 * @param path e.g. `/s/3k…`
 * @param fragment with or without the leading #
 * @throws PortalProtocolError 'LINK_DAMAGED'
 */
export async function parsePortalLink(path: string, fragment: string): Promise<PortalLink> {
  const match = /^\/(?<kind>[sd])\/(?<linkId>[^/]+)\/?$/.exec(path)
  const linkId = PortalLinkId.safeParse(match?.groups?.linkId)
  const bytes = fromBase64Url(fragment.replace(/^#/, ''))
  if (match === null || !linkId.success || bytes?.length !== SECRET_BYTES + CHECK_BYTES)
    throw new PortalProtocolError('LINK_DAMAGED')
  const secret = bytes.slice(0, SECRET_BYTES)
  const expected = await checkBytes(linkId.data, secret)
  if (!expected.every((byte, index) => byte === bytes[SECRET_BYTES + index]))
    throw new PortalProtocolError('LINK_DAMAGED')
  return { linkId: linkId.data, kind: match.groups?.kind === 's' ? 'signing' : 'download', secret }
}

async function checkBytes(linkId: PortalLinkId, secret: Uint8Array): Promise<Uint8Array> {
  return (await sha256(joinBytes(utf8(`keiyaku-desk portal v1 check|${linkId}|`), secret))).subarray(
    0,
    CHECK_BYTES,
  )
}

/**
 * One spelling of an access code: NFKC (full-width letters and digits become plain ones), all white space and
 * invisible characters removed. Upper and lower case stay different: the 申出書 asks for any alphanumerics.
 */
export function normalizeAccessCode(code: string): string {
  return code.normalize('NFKC').replace(/[\s\p{Cf}]/gu, '')
}
