import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** A random id of 26 characters (Crockford base 32, 130 bits), safe in file names and URLs. */
export function newId(): string {
  return Array.from(randomBytes(26), (byte) => ALPHABET[byte & 31]).join('')
}

/** `sizeBytes` random bytes as base64url, for tokens and secrets. */
export function newSecret(sizeBytes = 32): string {
  return randomBytes(sizeBytes).toString('base64url')
}
