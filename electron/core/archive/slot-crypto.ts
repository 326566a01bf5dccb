/** Cryptography of one key slot: a secret opens a private key, the private key opens the master key. */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  scrypt,
} from 'node:crypto'
import { z } from 'zod'
import { parseRecoveryCode } from './recovery-code.ts'

/** What a person or a PC opens a slot with. A password is normalised (NFKC), so that any keyboard types the same. */
export type SlotSecret =
  | { readonly kind: 'password'; readonly password: string; readonly scryptCost?: number }
  | { readonly kind: 'recovery'; readonly code: string }
  /** 32 random bytes kept by the operating system's keychain. */
  | { readonly kind: 'keychain'; readonly bytes: Uint8Array }

export const SlotSecretParameters = z.object({
  /** scrypt (RFC 7914) for passwords, HKDF (RFC 5869) for secrets that are random already. */
  kdf: z.discriminatedUnion('name', [
    z.object({
      name: z.literal('scrypt'),
      N: z.number().int(),
      r: z.number().int(),
      p: z.number().int(),
      salt: z.string(),
    }),
    z.object({ name: z.literal('hkdf-sha256'), salt: z.string() }),
  ]),
  /** X25519 private key (PKCS#8 DER) under AES-256-GCM: nonce 12 + ciphertext + tag 16, base64. */
  sealedPrivateKey: z.string(),
})
export type SlotSecretParameters = z.output<typeof SlotSecretParameters>

/** scrypt N = 2^17, r = 8, p = 1: about 0.7 s and 134 MB on an office PC. */
const SCRYPT_COST = 2 ** 17
/** A tampered file must not make us allocate without end. */
const LARGEST_SCRYPT_COST = 2 ** 20

export async function makeSlotKeys(
  secret: SlotSecret,
): Promise<{ readonly publicKey: string; readonly secret: SlotSecretParameters }> {
  const pair = generateKeyPairSync('x25519')
  const salt = randomBytes(16).toString('base64')
  const kdf: SlotSecretParameters['kdf'] =
    secret.kind === 'password'
      ? { name: 'scrypt', N: secret.scryptCost ?? SCRYPT_COST, r: 8, p: 1, salt }
      : { name: 'hkdf-sha256', salt }
  const privateDer = pair.privateKey.export({ type: 'pkcs8', format: 'der' })
  return {
    publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    secret: { kdf, sealedPrivateKey: encrypt(await secretKey(secret, kdf), privateDer, 'slot-private-key') },
  }
}

/** The master key's bytes, or undefined when the secret does not fit. */
export async function unsealMasterKey(
  slot: {
    readonly secret: SlotSecretParameters
    readonly publicKey: string
    readonly sealedMasterKey: string
  },
  secret: SlotSecret,
): Promise<Buffer | undefined> {
  const privateDer = decrypt(
    await secretKey(secret, slot.secret.kdf),
    slot.secret.sealedPrivateKey,
    'slot-private-key',
  )
  if (privateDer === undefined) return undefined
  const privateKey = createPrivateKey({ key: privateDer, type: 'pkcs8', format: 'der' })
  const [ephemeral = '', sealed = ''] = slot.sealedMasterKey.split('.')
  return decrypt(agreedKey(privateKey, publicKeyFrom(ephemeral), slot.publicKey), sealed, 'master-key')
}

/** Ephemeral-static X25519, HKDF, AES-256-GCM: `<ephemeral public key>.<nonce|ciphertext|tag>`, both base64. */
export function sealToPublicKey(publicKey: string, bytes: Uint8Array): string {
  const ephemeral = generateKeyPairSync('x25519')
  const key = agreedKey(ephemeral.privateKey, publicKeyFrom(publicKey), publicKey)
  const ephemeralPublic = ephemeral.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  return `${ephemeralPublic}.${encrypt(key, bytes, 'master-key')}`
}

function agreedKey(privateKey: KeyObject, publicKey: KeyObject, recipient: string): Buffer {
  const shared = diffieHellman({ privateKey, publicKey })
  return Buffer.from(hkdfSync('sha256', shared, recipient, 'keiyaku-desk/v1/slot', 32))
}

function publicKeyFrom(base64: string): KeyObject {
  return createPublicKey({ key: Buffer.from(base64, 'base64'), type: 'spki', format: 'der' })
}

function secretKey(secret: SlotSecret, kdf: SlotSecretParameters['kdf']): Promise<Buffer> {
  const salt = Buffer.from(kdf.salt, 'base64')
  const bytes = secretBytes(secret)
  if (kdf.name === 'hkdf-sha256')
    return Promise.resolve(Buffer.from(hkdfSync('sha256', bytes, salt, 'keiyaku-desk/v1/slot-secret', 32)))
  if (kdf.N > LARGEST_SCRYPT_COST || kdf.r > 16 || kdf.p > 4)
    return Promise.reject(new Error('scrypt parameters beyond the limit'))
  return new Promise((resolve, reject) => {
    const options = { N: kdf.N, r: kdf.r, p: kdf.p, maxmem: 256 * kdf.N * kdf.r }
    scrypt(bytes, salt, 32, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

function secretBytes(secret: SlotSecret): Buffer {
  if (secret.kind === 'password') return Buffer.from(secret.password.normalize('NFKC'), 'utf8')
  if (secret.kind === 'recovery') return Buffer.from(parseRecoveryCode(secret.code), 'utf8')
  return Buffer.from(secret.bytes)
}

/** nonce (12) + ciphertext + tag (16) as base64. */
function encrypt(key: Buffer, bytes: Uint8Array, label: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label))
  const body = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64')
}

/** Undefined when key or bytes are wrong: GCM cannot tell the two apart. */
function decrypt(key: Buffer, base64: string, label: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length < 28) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(-16))
  const body = decipher.update(bytes.subarray(12, -16))
  try {
    return Buffer.concat([body, decipher.final()])
  } catch (error) {
    // node:crypto says a wrong tag with this one error; it has no code of its own.
    if (error instanceof Error && error.message.includes('unable to authenticate data')) return undefined
    throw error
  }
}
