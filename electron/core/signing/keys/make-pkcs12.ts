import { createCipheriv, createHash, createHmac, type KeyObject, pbkdf2Sync, randomBytes } from 'node:crypto'
import {
  contextPrimitive,
  contextTag,
  DER_NULL,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  tlv,
} from '../cms/der-writer.ts'
import { OID_DATA, OID_SHA256 } from '../cms/oids.ts'
import { bmpPassword, derivePkcs12 } from './pkcs12-crypto.ts'

const ITERATIONS = 100_000
const MAC_ITERATIONS = 10_000

export type Pkcs12Parts = {
  readonly privateKey: KeyObject
  /** DER, the key's own certificate first. */
  readonly certificates: readonly Uint8Array[]
  readonly friendlyName: string
}

/**
 * Writes a PKCS#12 file: PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, MAC with SHA-256 (RFC 7292, RFC 8018).
 * For the test certificates a person may want outside the program.
 */
export function makePkcs12(parts: Pkcs12Parts, password: string): Uint8Array {
  const pkcs8 = parts.privateKey.export({ format: 'der', type: 'pkcs8' })
  const keyId = createHash('sha1')
    .update(parts.certificates[0] ?? pkcs8)
    .digest()
  const attributes = setOf(
    sequence(oid('1.2.840.113549.1.9.20'), tlv(0x31, tlv(0x1e, bmp(parts.friendlyName)))),
    sequence(oid('1.2.840.113549.1.9.21'), tlv(0x31, octetString(keyId))),
  )
  const encryptedKey = encrypt(pkcs8, password)
  pkcs8.fill(0)
  const keyBag = sequence(
    oid('1.2.840.113549.1.12.10.1.2'),
    contextTag(0, sequence(encryptedKey.algorithm, octetString(encryptedKey.data))),
    attributes,
  )
  const certificateBags = parts.certificates.map((der, index) =>
    sequence(
      oid('1.2.840.113549.1.12.10.1.3'),
      contextTag(0, sequence(oid('1.2.840.113549.1.9.22.1'), contextTag(0, octetString(der)))),
      ...(index === 0 ? [attributes] : []),
    ),
  )
  const encryptedBags = encrypt(sequence(...certificateBags), password)
  const encryptedData = sequence(
    integer(0),
    sequence(oid(OID_DATA), encryptedBags.algorithm, contextPrimitive(0, encryptedBags.data)),
  )
  const safe = sequence(
    sequence(oid('1.2.840.113549.1.7.6'), contextTag(0, encryptedData)),
    sequence(oid(OID_DATA), contextTag(0, octetString(sequence(keyBag)))),
  )
  return sequence(
    integer(3),
    sequence(oid(OID_DATA), contextTag(0, octetString(safe))),
    macData(safe, password),
  )
}

function encrypt(data: Uint8Array, password: string): { algorithm: Uint8Array; data: Uint8Array } {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  const key = pbkdf2Sync(Buffer.from(password, 'utf8'), salt, ITERATIONS, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const encrypted = Buffer.concat([cipher.update(data), cipher.final()])
  key.fill(0)
  const prf = sequence(oid('1.2.840.113549.2.9'), DER_NULL)
  const kdf = sequence(oid('1.2.840.113549.1.5.12'), sequence(octetString(salt), integer(ITERATIONS), prf))
  const scheme = sequence(oid('2.16.840.1.101.3.4.1.42'), octetString(iv))
  return { algorithm: sequence(oid('1.2.840.113549.1.5.13'), sequence(kdf, scheme)), data: encrypted }
}

function macData(safe: Uint8Array, password: string): Uint8Array {
  const salt = randomBytes(16)
  const key = derivePkcs12(
    { secret: bmpPassword(password), salt, iterations: MAC_ITERATIONS, hash: 'SHA-256', id: 3 },
    32,
  )
  const digest = createHmac('sha256', key).update(safe).digest()
  return sequence(
    sequence(sequence(oid(OID_SHA256), DER_NULL), octetString(digest)),
    octetString(salt),
    integer(MAC_ITERATIONS),
  )
}

function bmp(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}
