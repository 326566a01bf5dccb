import { createPrivateKey, createPublicKey } from 'node:crypto'
import { type Certificate, parseCertificate } from '../cms/certificate.ts'
import {
  childrenOf,
  DerError,
  type DerNode,
  fieldsOf,
  readOctets,
  readOid,
  readText,
  readWhole,
} from '../cms/der-reader.ts'
import { sameBytes } from '../cms/der-writer.ts'
import { OID_DATA } from '../cms/oids.ts'
import { SigningError } from '../errors.ts'
import { chainAbove } from './chain-order.ts'
import { decryptWithPassword, macMatches } from './pkcs12-crypto.ts'
import type { SigningKey } from './signing-key.ts'
import { type AlgorithmChoice, softwareKey } from './software-key.ts'

const OID_ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const BAG = '1.2.840.113549.1.12.10.1.'
const OID_KEY_BAG = `${BAG}1`
const OID_SHROUDED_KEY_BAG = `${BAG}2`
const OID_CERTIFICATE_BAG = `${BAG}3`
const OID_NESTED_BAG = `${BAG}6`
const OID_FRIENDLY_NAME = '1.2.840.113549.1.9.20'
const MAX_NESTED_BAGS = 8

/** What the person should be told about a key that was opened all the same. */
export type KeyWarning =
  | 'LEGACY_ENCRYPTION' // RC2 or 3DES: the file should be exported again with AES
  | 'CHAIN_INCOMPLETE' // no issuer certificate in the file
  | 'SEVERAL_KEYS' // the first one that belongs to a certificate was taken

export type OpenedKey = SigningKey & { readonly warnings: readonly KeyWarning[] }

export type Pkcs12Options = AlgorithmChoice & {
  /** Takes the key with this friendly name when the file holds several. */
  readonly friendlyName?: string
}

/**
 * Opens a PKCS#12 file (RFC 7292): PBES2 (PBKDF2 or scrypt with AES), and read-only the legacy RC2/3DES schemes.
 *
 * @param password any characters; as BMPString for the MAC and UTF-8 for PBES2, as OpenSSL and Windows write it
 * @throws SigningError KEY_FILE_UNREADABLE | KEY_PASSWORD_WRONG | KEY_NOT_FOUND | KEY_ALGORITHM_REFUSED
 * Does not judge validity or use of the certificate: see `assertCertificateMaySign`.
 */
export function openPkcs12(bytes: Uint8Array, password: string, options: Pkcs12Options = {}): OpenedKey {
  let contents: Contents
  try {
    contents = readContents(bytes, password)
  } catch (error) {
    if (error instanceof DerError)
      throw new SigningError('KEY_FILE_UNREADABLE', 'The file is not a readable PKCS#12 file', {
        cause: error,
      })
    throw error
  }
  return pick(contents, options)
}

type FoundKey = { readonly pkcs8: Buffer; readonly friendlyName: string | undefined }
type Contents = {
  readonly keys: FoundKey[]
  readonly certificates: Certificate[]
  legacy: boolean
  readonly password: string
  readonly hasMac: boolean
}

function readContents(bytes: Uint8Array, password: string): Contents {
  const [, authSafe, macData] = fieldsOf(readWhole(bytes))
  const safe = dataOf(authSafe)
  if (macData !== undefined && !macMatches(macData.raw, safe, password))
    throw new SigningError('KEY_PASSWORD_WRONG', 'The password does not fit the PKCS#12 file')
  const contents: Contents = {
    keys: [],
    certificates: [],
    legacy: false,
    password,
    hasMac: macData !== undefined,
  }
  for (const info of fieldsOf(readWhole(safe))) readSafe(contentOf(info, contents), contents, 0)
  return contents
}

function dataOf(info: DerNode | undefined): Uint8Array {
  const [type, wrapper] = fieldsOf(info)
  if (readOid(type) !== OID_DATA) throw new DerError('Only password integrity is supported')
  return readOctets(fieldsOf(wrapper, 0xa0)[0])
}

/** SafeContents bytes of one ContentInfo: clear, or encrypted with the password. */
function contentOf(info: DerNode, contents: Contents): Uint8Array {
  const [type, wrapper] = fieldsOf(info)
  if (readOid(type) !== OID_ENCRYPTED_DATA) return dataOf(info)
  const [, encrypted] = fieldsOf(fieldsOf(wrapper, 0xa0)[0])
  const [, algorithm, data] = fieldsOf(encrypted)
  if (algorithm === undefined || data === undefined) throw new DerError('EncryptedData is incomplete')
  // [0] IMPLICIT OCTET STRING, primitive or constructed.
  return decrypt(algorithm.raw, data.tag === 0x80 ? data.content : readOctets(data), contents)
}

function decrypt(algorithm: Uint8Array, data: Uint8Array, contents: Contents): Buffer {
  try {
    const result = decryptWithPassword(algorithm, data, contents.password)
    if (result.legacy) contents.legacy = true
    return result.bytes
  } catch (error) {
    if (error instanceof DerError) throw error
    // With a MAC the password is known to be right, so the data is damaged; without one it is most likely wrong.
    throw new SigningError(
      contents.hasMac ? 'KEY_FILE_UNREADABLE' : 'KEY_PASSWORD_WRONG',
      'The contents of the PKCS#12 file cannot be decrypted',
      { cause: error },
    )
  }
}

function readSafe(bytes: Uint8Array, contents: Contents, depth: number): void {
  if (depth > MAX_NESTED_BAGS) throw new DerError('Nested too deeply')
  for (const bag of fieldsOf(readWhole(bytes))) {
    const [type, wrapper, attributes] = fieldsOf(bag)
    const [value] = fieldsOf(wrapper, 0xa0)
    if (value === undefined) throw new DerError('Empty bag')
    switch (readOid(type)) {
      case OID_KEY_BAG:
        contents.keys.push({ pkcs8: Buffer.from(value.raw), friendlyName: friendlyName(attributes) })
        break
      case OID_SHROUDED_KEY_BAG: {
        const [algorithm, data] = fieldsOf(value)
        const pkcs8 = decrypt(algorithm?.raw ?? new Uint8Array(), readOctets(data), contents)
        contents.keys.push({ pkcs8, friendlyName: friendlyName(attributes) })
        break
      }
      case OID_CERTIFICATE_BAG: {
        const [, certificate] = fieldsOf(value)
        const der = readOctets(fieldsOf(certificate, 0xa0)[0])
        contents.certificates.push(parseCertificate(Uint8Array.from(der)))
        break
      }
      case OID_NESTED_BAG:
        readSafe(value.raw, contents, depth + 1)
        break
      default: // CRLs and secrets are of no use here
        break
    }
  }
}

function friendlyName(attributes: DerNode | undefined): string | undefined {
  const entries = attributes === undefined ? [] : childrenOf(attributes).map((entry) => fieldsOf(entry))
  const found = entries.find(([type]) => readOid(type) === OID_FRIENDLY_NAME)
  const [value] = found?.[1] === undefined ? [] : childrenOf(found[1])
  return value === undefined ? undefined : readText(value)
}

function pick(contents: Contents, options: Pkcs12Options): OpenedKey {
  try {
    for (const found of contents.keys) {
      if (options.friendlyName !== undefined && found.friendlyName !== options.friendlyName) continue
      const certificate = certificateFor(found.pkcs8, contents.certificates)
      if (certificate === undefined) continue
      const chain = chainAbove(certificate, contents.certificates).map((issuer) => issuer.der)
      const key = softwareKey(found.pkcs8, { certificate: certificate.der, chain }, options)
      const warnings: KeyWarning[] = []
      if (contents.legacy) warnings.push('LEGACY_ENCRYPTION')
      if (chain.length === 0 && !certificate.selfIssued) warnings.push('CHAIN_INCOMPLETE')
      if (contents.keys.length > 1 && options.friendlyName === undefined) warnings.push('SEVERAL_KEYS')
      return { ...key, warnings }
    }
  } finally {
    for (const found of contents.keys) found.pkcs8.fill(0)
  }
  throw new SigningError(
    'KEY_NOT_FOUND',
    'The file holds no private key that belongs to one of its certificates',
  )
}

function certificateFor(pkcs8: Buffer, certificates: readonly Certificate[]): Certificate | undefined {
  let spki: Uint8Array
  try {
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
    spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  } catch (error) {
    throw new SigningError('KEY_FILE_UNREADABLE', 'The private key cannot be read', { cause: error })
  }
  return certificates.find((certificate) => sameBytes(certificate.spki, spki))
}
