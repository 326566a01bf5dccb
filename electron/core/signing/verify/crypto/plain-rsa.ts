import { constants, publicDecrypt } from 'node:crypto'
import { publicKeyOf } from '../../cms/algorithms.ts'
import type { Certificate } from '../../cms/certificate.ts'
import { compareBytes, DER_NULL, octetString, oid, sequence } from '../../cms/der-writer.ts'
import { type HashName, hashOid } from '../../cms/hashes.ts'

/** RSASSA-PKCS1-v1_5 over a digest that is already known: the recovered DigestInfo must be exactly the expected one. */
export function matchesPlainRsa(
  certificate: Certificate,
  value: Uint8Array,
  digest: Uint8Array,
  hash: HashName | undefined,
): boolean {
  if (certificate.key.kind !== 'rsa' || hash === undefined) return false
  try {
    const key = { key: publicKeyOf(certificate.spki), padding: constants.RSA_PKCS1_PADDING }
    const recovered = publicDecrypt(key, value)
    const withNull = sequence(sequence(oid(hashOid(hash)), DER_NULL), octetString(digest))
    const without = sequence(sequence(oid(hashOid(hash))), octetString(digest))
    return compareBytes(recovered, withNull) === 0 || compareBytes(recovered, without) === 0
  } catch (error) {
    // OpenSSL throws for wrong padding: for a verdict the same as a wrong value.
    if (error instanceof Error) return false
    throw error
  }
}
