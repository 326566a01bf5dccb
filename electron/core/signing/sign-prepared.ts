/**
 * Second stage of a signature: the CMS. The key may be here (`signPrepared`), or elsewhere: then
 * `remoteSigningInput` gives what to sign and `completeRemoteSignature` takes the answer, days later if need be.
 */
import { createHash } from 'node:crypto'
import { parseAlgorithm, signatureAlgorithmDer, verifySignature } from './cms/algorithms.ts'
import {
  addSignatureTimestamp,
  assembleSignedData,
  type SignerDescription,
  signedAttributes,
} from './cms/build-signed-data.ts'
import { parseCertificateCached } from './cms/certificate.ts'
import { readWhole } from './cms/der-reader.ts'
import { nodeHash } from './cms/hashes.ts'
import { SigningError } from './errors.ts'
import type { SigningKey } from './keys/signing-key.ts'
import { fillSignature, type PreparedSignature } from './pdf/prepared-signature.ts'
import type { TimestampAuthority } from './timestamp/timestamp-authority.ts'

/** Finished bytes to append, with the CMS inside. */
export type FilledSignature = { readonly appended: Uint8Array; readonly level: 'B-B' | 'B-T' }

/**
 * Signs a prepared signature and fills it: B-B, or B-T when an authority is given.
 *
 * @throws SigningError KEY_CERTIFICATE_MISMATCH, TSA_* (nothing is produced without the timestamp asked for),
 * RESERVED_SPACE_TOO_SMALL, TOKEN_*
 * Does not judge the certificate: see `assertCertificateMaySign`.
 */
export async function signPrepared(
  prepared: PreparedSignature,
  key: SigningKey,
  authority?: TimestampAuthority,
): Promise<FilledSignature> {
  const attributes = remoteSigningInput(prepared, key)
  return completeRemoteSignature(
    prepared,
    key,
    { attributes, signature: await key.sign(attributes) },
    authority,
  )
}

/**
 * The signed attributes of the CMS to come: the bytes the remote key has to hash and sign.
 * Keep them with the prepared signature; they are part of the CMS.
 */
export function remoteSigningInput(
  prepared: PreparedSignature,
  signer: Pick<SignerDescription, 'certificate' | 'algorithm'>,
): Uint8Array {
  if (prepared.hash !== signer.algorithm.hash)
    throw new Error(`Prepared with ${prepared.hash}, but the key signs over ${signer.algorithm.hash}`)
  return signedAttributes(prepared.digest, signer)
}

/**
 * Takes the signature over `remoteSigningInput`, checks that it fits the certificate, adds the timestamp and fills.
 *
 * @throws SigningError as `signPrepared`
 */
export async function completeRemoteSignature(
  prepared: PreparedSignature,
  signer: SignerDescription,
  signed: { readonly attributes: Uint8Array; readonly signature: Uint8Array },
  authority?: TimestampAuthority,
): Promise<FilledSignature> {
  assertFits(signer, signed)
  const cms = assembleSignedData(signer, signed.attributes, signed.signature)
  if (authority === undefined) return { appended: fillSignature(prepared, cms), level: 'B-B' }
  const { hash } = signer.algorithm // the imprint is as strong as the signature it covers
  const token = await authority.stamp(createHash(nodeHash(hash)).update(signed.signature).digest(), hash)
  return { appended: fillSignature(prepared, addSignatureTimestamp(cms, token)), level: 'B-T' }
}

/** A token with a wrong label or a broken driver gives signatures that fit nothing; better to stop here. */
function assertFits(
  signer: SignerDescription,
  signed: { readonly attributes: Uint8Array; readonly signature: Uint8Array },
): void {
  const { spki } = parseCertificateCached(signer.certificate)
  const algorithm = parseAlgorithm(readWhole(signatureAlgorithmDer(signer.algorithm)))
  if (verifySignature(spki, algorithm, { data: signed.attributes, signature: signed.signature })) return
  throw new SigningError('KEY_CERTIFICATE_MISMATCH', 'The signature made does not fit the certificate')
}
