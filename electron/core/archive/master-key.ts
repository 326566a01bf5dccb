import { createHmac, hkdfSync, randomBytes } from 'node:crypto'

/**
 * The archive's root secret, 32 random bytes, in one wrapper so that it can be wiped and never lands in a log.
 * Everything else is derived from it by HKDF-SHA-256 (RFC 5869) under a label of its own:
 * `database` (raw key of SQLCipher), `files` (wraps the key of each vault file), `header` (MAC of the slot file).
 * `generation` counts rotations; it is stored beside each wrapped file key.
 */
export type MasterKey = {
  readonly generation: number
  readonly derive: (label: 'database' | 'files' | 'header' | 'backup' | 'app-secrets') => Buffer
  /** Lends the bytes for wrapping into a slot; the callback must not keep them. */
  readonly lend: <T>(borrow: (bytes: Buffer) => T) => T
  /** Overwrites the bytes; every later use throws. */
  readonly wipe: () => void
}

export const MASTER_KEY_SIZE_BYTES = 32

export function masterKeyFrom(bytes: Uint8Array, generation: number): MasterKey {
  if (bytes.length !== MASTER_KEY_SIZE_BYTES) throw new Error('A master key has 32 bytes')
  const secret = Buffer.from(bytes)
  let wiped = false
  const check = (): void => {
    if (wiped) throw new Error('The master key was wiped')
  }
  return {
    generation,
    derive: (label) => {
      check()
      return Buffer.from(hkdfSync('sha256', secret, '', `keiyaku-desk/v1/${label}`, 32))
    },
    lend: (borrow) => {
      check()
      return borrow(secret)
    },
    wipe: () => {
      secret.fill(0)
      wiped = true
    },
  }
}

export function newMasterKey(generation: number): MasterKey {
  const bytes = randomBytes(MASTER_KEY_SIZE_BYTES)
  const key = masterKeyFrom(bytes, generation)
  bytes.fill(0)
  return key
}

/** HMAC-SHA-256 over the slot file's content, base64. */
export function headerMac(master: MasterKey, content: string): string {
  return createHmac('sha256', master.derive('header')).update(content).digest('base64')
}
