import { constants, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { StrongHash } from '../cms/algorithms.ts'
import { parseCertificate } from '../cms/certificate.ts'
import { sameBytes } from '../cms/der-writer.ts'
import { nodeHash } from '../cms/hashes.ts'
import { SigningError } from '../errors.ts'
import type { SigningAlgorithm, SigningKey } from './signing-key.ts'

export type AlgorithmChoice = {
  /** RSA keys only; PKCS#1 v1.5 by default because Acrobat Reader lists no PSS. */
  readonly rsaScheme?: 'rsa-pkcs1' | 'rsa-pss'
  /** Digest; by default SHA-256, for P-384 SHA-384 and for P-521 SHA-512. */
  readonly hash?: StrongHash
}

const CURVES: Readonly<Record<string, { readonly bits: number; readonly hash: StrongHash }>> = {
  prime256v1: { bits: 256, hash: 'SHA-256' },
  secp384r1: { bits: 384, hash: 'SHA-384' },
  secp521r1: { bits: 521, hash: 'SHA-512' },
}

/**
 * The algorithm a key is used with (product rule L9: RSA from 2048 bits, P-256 and up).
 *
 * @throws SigningError KEY_ALGORITHM_REFUSED
 */
export function algorithmFor(publicKey: KeyObject, choice: AlgorithmChoice = {}): SigningAlgorithm {
  const details = publicKey.asymmetricKeyDetails ?? {}
  const type = publicKey.asymmetricKeyType
  if (type === 'rsa' || type === 'rsa-pss') {
    const bits = details.modulusLength ?? 0
    if (bits < 2048) throw refused(`RSA key of ${bits} bits`, bits)
    return {
      kind: type === 'rsa-pss' ? 'rsa-pss' : (choice.rsaScheme ?? 'rsa-pkcs1'),
      bits,
      hash: choice.hash ?? 'SHA-256',
    }
  }
  const curve = CURVES[details.namedCurve ?? '']
  if (type === 'ec' && curve !== undefined)
    return { kind: 'ecdsa', bits: curve.bits, hash: choice.hash ?? curve.hash }
  throw refused(`Key of type ${type ?? 'unknown'}`, 0)
}

function refused(what: string, bits: number): SigningError {
  return new SigningError('KEY_ALGORITHM_REFUSED', `${what} is not accepted`, { data: { bits } })
}

/**
 * Signs `data`. RSA: raw octets; ECDSA: DER. Done in place: an RSA-2048 operation takes 0.3 ms, RSA-4096 2 ms, and the
 * way to another thread and back costs as much again.
 */
export async function signWithKeyObject(
  key: KeyObject,
  algorithm: Pick<SigningAlgorithm, 'kind' | 'hash'>,
  data: Uint8Array,
): Promise<Uint8Array> {
  const options =
    algorithm.kind === 'rsa-pss'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : algorithm.kind === 'rsa-pkcs1'
        ? { key, padding: constants.RSA_PKCS1_PADDING }
        : { key, dsaEncoding: 'der' as const }
  return sign(nodeHash(algorithm.hash), data, options)
}

/**
 * A key in this process's memory.
 *
 * @param privateKey PKCS#8 DER, overwritten with zeros as soon as it has been imported; or an imported key
 * @param certificates DER of the end entity and its issuers, nearest first
 * @throws SigningError KEY_ALGORITHM_REFUSED | KEY_CERTIFICATE_MISMATCH | KEY_FILE_UNREADABLE
 * Does not judge validity or use of the certificate: see `assertCertificateMaySign`.
 */
export function softwareKey(
  privateKey: Uint8Array | KeyObject,
  certificates: { readonly certificate: Uint8Array; readonly chain: readonly Uint8Array[] },
  choice: AlgorithmChoice = {},
): SigningKey {
  let key: KeyObject | undefined = privateKey instanceof Uint8Array ? importAndWipe(privateKey) : privateKey
  const publicKey = createPublicKey(key)
  const algorithm = algorithmFor(publicKey, choice)
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  if (!sameBytes(parseCertificate(certificates.certificate).spki, spki))
    throw new SigningError('KEY_CERTIFICATE_MISMATCH', 'The private key does not belong to the certificate')
  return {
    ...certificates,
    algorithm,
    sign: async (data) => {
      if (key === undefined) throw new Error('The key has been wiped')
      return signWithKeyObject(key, algorithm, data)
    },
    // Node gives no way to overwrite the key inside OpenSSL; letting go of it frees and cleanses it there.
    wipe: () => {
      key = undefined
    },
  }
}

function importAndWipe(pkcs8: Uint8Array): KeyObject {
  const bytes = Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length)
  try {
    return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
  } catch (error) {
    throw new SigningError('KEY_FILE_UNREADABLE', 'The private key cannot be read', { cause: error })
  } finally {
    bytes.fill(0)
  }
}
