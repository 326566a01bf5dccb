/** Which certificate a SignerInfo means (RFC 5652 §5.3, RFC 5035 §5.4). */
import type { Certificate } from '../../cms/certificate.ts'
import { DerError } from '../../cms/der-reader.ts'
import { matchesSigningCertificate, type SignerInfo } from '../../cms/parse-signed-data.ts'

/** Two certificates may carry one name and number: the one the ESS attribute names is meant. */
export function findSigner(
  signer: SignerInfo,
  carried: readonly Certificate[],
  known: (test: (certificate: Certificate) => boolean) => Certificate | undefined,
): Certificate | undefined {
  const { id } = signer
  const fits = (certificate: Certificate) =>
    id.kind === 'key-id'
      ? certificate.subjectKeyId === id.keyId
      : certificate.serial === id.serial && certificate.issuer.canonical === id.issuer.canonical
  const bound = (certificate: Certificate) => fits(certificate) && isBound(signer, certificate) === true
  return carried.find(bound) ?? carried.find(fits) ?? known(bound) ?? known(fits)
}

function isBound(signer: SignerInfo, certificate: Certificate): boolean | undefined {
  try {
    return matchesSigningCertificate(signer, certificate)
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}
