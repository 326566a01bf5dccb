import { constants, randomBytes, verify } from 'node:crypto'
import { publicKeyOf } from '../cms/algorithms.ts'
import { parseCertificateCached } from '../cms/certificate.ts'
import { nodeHash } from '../cms/hashes.ts'
import { SigningError } from '../errors.ts'
import type { SigningKey } from './signing-key.ts'

/**
 * Signs 32 random bytes and checks the result with the certificate's public key: a token can hold a certificate beside a
 * key that is not its own.
 *
 * @throws SigningError KEY_CERTIFICATE_MISMATCH, and whatever `key.sign` throws
 */
export async function proveKey(key: SigningKey): Promise<void> {
  const challenge = randomBytes(32)
  const signature = await key.sign(challenge)
  const publicKey = publicKeyOf(parseCertificateCached(key.certificate).spki)
  const options =
    key.algorithm.kind === 'rsa-pss'
      ? {
          key: publicKey,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        }
      : key.algorithm.kind === 'rsa-pkcs1'
        ? { key: publicKey, padding: constants.RSA_PKCS1_PADDING }
        : { key: publicKey, dsaEncoding: 'der' as const }
  if (!verify(nodeHash(key.algorithm.hash), challenge, options, signature))
    throw new SigningError('KEY_CERTIFICATE_MISMATCH', 'The key does not belong to the certificate')
}
