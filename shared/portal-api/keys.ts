/**
 * Keys of one link, all derived from its secret and, where the signer gave one, the access code.
 *
 * [Note: What the access code protects]
 * The code is stretched (PBKDF2-HMAC-SHA-256, 600,000 rounds, salt derived from the secret) and mixed into the input of HKDF. The
 * portal holds only SHA-256 of the read token: it can tell a right code from a wrong one and count, but without the secret of the
 * link, which never reaches it, it cannot even start to guess. A thief of the mail alone gets five guesses at the portal.
 */
import { normalizeAccessCode, type PortalLink } from './link.ts'
import { joinBytes, type OpaqueKey, sha256HexOf, subtle, utf8 } from './platform.ts'

const CODE_ROUNDS = 600_000
const LABEL = 'keiyaku-desk portal v1'

export type LinkKeys = {
  /** 32 bytes, shown to the portal with every request; the portal stores only its SHA-256. */
  readonly readToken: Uint8Array
  /** 32 bytes; AES-256-GCM keys of manifest and documents are derived from it. */
  readonly contentKey: Uint8Array
}

/**
 * Keys of a link (HKDF-SHA-256, RFC 5869; PBKDF2, RFC 8018 §5.2).
 *
 * @param accessCode as typed; empty = the link has no code. Normalised here.
 */
export async function deriveLinkKeys(link: PortalLink, accessCode: string): Promise<LinkKeys> {
  const code = normalizeAccessCode(accessCode)
  const input = code === '' ? link.secret : joinBytes(link.secret, await stretchCode(link, code))
  return {
    readToken: await derive(input, `read token|${link.linkId}`),
    contentKey: await derive(input, `content|${link.linkId}`),
  }
}

/**
 * Key of the notice (the town's name and whom to ask), from the secret alone: it must be readable before the access
 * code is typed and after the package was deleted. 32 bytes.
 */
export function deriveNoticeKey(link: PortalLink): Promise<Uint8Array> {
  return derive(link.secret, `notice|${link.linkId}`)
}

/** 32 bytes from 32 or more bytes of key material; `purpose` separates the uses. */
export async function derive(input: Uint8Array, purpose: string): Promise<Uint8Array> {
  const key = await subtle().importKey('raw', input, 'HKDF', false, ['deriveBits'])
  const bits = await subtle().deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: utf8(LABEL), info: utf8(purpose) },
    key,
    256,
  )
  return new Uint8Array(bits)
}

/** What the portal stores in place of the token: SHA-256, 64 hex digits. */
export function hashReadToken(readToken: Uint8Array): Promise<string> {
  return sha256HexOf(readToken)
}

export function importContentKey(raw: Uint8Array): Promise<OpaqueKey> {
  return subtle().importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

async function stretchCode(link: PortalLink, code: string): Promise<Uint8Array> {
  const salt = await derive(link.secret, `code salt|${link.linkId}`)
  const key = await subtle().importKey('raw', utf8(code), 'PBKDF2', false, ['deriveBits'])
  const bits = await subtle().deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: CODE_ROUNDS },
    key,
    256,
  )
  return new Uint8Array(bits)
}
