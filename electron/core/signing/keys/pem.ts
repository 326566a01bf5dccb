import { createPrivateKey, createPublicKey } from 'node:crypto'
import { type Certificate, parseCertificate } from '../cms/certificate.ts'
import { DerError } from '../cms/der-reader.ts'
import { sameBytes } from '../cms/der-writer.ts'
import { SigningError } from '../errors.ts'
import { chainAbove } from './chain-order.ts'
import type { SigningKey } from './signing-key.ts'
import { type AlgorithmChoice, softwareKey } from './software-key.ts'

/**
 * Certificates in PEM text, or one DER certificate, in order of appearance (anchors, chains).
 *
 * @returns DER of each
 * @throws SigningError KEY_FILE_UNREADABLE when nothing or something unreadable is found
 */
export function readCertificates(bytes: Uint8Array): readonly Uint8Array[] {
  const found =
    bytes[0] === 0x30 ? [Uint8Array.from(bytes)] : pemBlocks(bytes, /^(?:X509 |TRUSTED )?CERTIFICATE$/)
  if (found.length === 0) throw new SigningError('KEY_FILE_UNREADABLE', 'No certificate in the file')
  for (const der of found) parsed(der)
  return found
}

/**
 * A key from PEM: private key (PKCS#8, PKCS#1 or SEC1, clear or encrypted) and certificates in one text. For tests and scripts.
 *
 * @throws SigningError KEY_FILE_UNREADABLE | KEY_PASSWORD_WRONG | KEY_NOT_FOUND | KEY_ALGORITHM_REFUSED
 */
export function openPemKey(bytes: Uint8Array, password?: string, choice: AlgorithmChoice = {}): SigningKey {
  const text = Buffer.from(bytes).toString('latin1')
  const keyText = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )*PRIVATE KEY-----/.exec(
    text,
  )?.[0]
  if (keyText === undefined) throw new SigningError('KEY_NOT_FOUND', 'No private key in the PEM text')
  const privateKey = importPem(keyText, password)
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const certificates = readCertificates(bytes).map(parsed)
  const own = certificates.find((certificate) => sameBytes(certificate.spki, spki))
  if (own === undefined) throw new SigningError('KEY_NOT_FOUND', 'No certificate belongs to the private key')
  const chain = chainAbove(own, certificates).map((certificate) => certificate.der)
  return softwareKey(privateKey, { certificate: own.der, chain }, choice)
}

function importPem(pem: string, password: string | undefined) {
  try {
    return createPrivateKey(password === undefined ? { key: pem } : { key: pem, passphrase: password })
  } catch (error) {
    const encrypted = /ENCRYPTED/.test(pem)
    throw new SigningError(
      encrypted ? 'KEY_PASSWORD_WRONG' : 'KEY_FILE_UNREADABLE',
      'The private key cannot be read',
      {
        cause: error,
      },
    )
  }
}

function parsed(der: Uint8Array): Certificate {
  try {
    return parseCertificate(der)
  } catch (error) {
    if (error instanceof DerError)
      throw new SigningError('KEY_FILE_UNREADABLE', 'A certificate cannot be read', { cause: error })
    throw error
  }
}

/** DER of every PEM block whose label matches. */
export function pemBlocks(bytes: Uint8Array, label: RegExp): Uint8Array[] {
  const text = Buffer.from(bytes).toString('latin1')
  const pattern = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g
  return [...text.matchAll(pattern)]
    .filter((match) => label.test(match[1] ?? ''))
    .map((match) => Uint8Array.from(Buffer.from(match[2] ?? '', 'base64')))
}
