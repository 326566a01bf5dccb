/**
 * Which PAdES baseline level a signature really reaches (ETSI EN 319 142-1 V1.2.1 Table 1). A level counts only with all
 * its parts in place and sound; what is merely present but broken does not.
 */
import type { Certificate } from '../cms/certificate.ts'
import { DerError } from '../cms/der-reader.ts'
import { OID_COMMITMENT_TYPE, OID_SIGNATURE_POLICY, OID_SIGNING_TIME } from '../cms/oids.ts'
import { crlCovers } from '../revocation/crl.ts'
import { ocspSigner, singleFor } from '../revocation/ocsp.ts'
import type { JudgedSignature, ReadSignature } from './crypto/signature-crypto.ts'
import type { EvidenceStore, Place } from './evidence/evidence-store.ts'
import { covers, type Protector } from './evidence/timestamps.ts'

export type Level = 'none' | 'B-B' | 'B-T' | 'B-LT' | 'B-LTA'

export type LevelInput = {
  readonly id: string
  readonly read: ReadSignature
  readonly judged: JudgedSignature
  readonly store: EvidenceStore
  /** TSA certificate of an intact signature timestamp. */
  readonly timestampCertificate: Certificate | undefined
  /** Document timestamps whose bytes and signature hold, trusted or not, with their certificates. */
  readonly intactTimestamps: readonly { readonly protector: Protector; readonly certificate: Certificate }[]
}

export function levelOf(input: LevelInput): Level {
  if (!isBasic(input.read, input.judged)) return 'none'
  const own: Place = { revision: input.read.format.revision ?? 0, contentsOf: input.id }
  const covering = input.intactTimestamps.filter(({ protector }) => covers(protector, own))
  if (input.timestampCertificate === undefined && covering.length === 0) return 'B-B'
  const oldest = covering.at(0)?.certificate
  const timestamp = input.timestampCertificate ?? oldest
  const places: Place[] = []
  const parts = [input.judged.certificate, timestamp].flatMap((certificate) => certificate ?? [])
  // B-LT is a statement about the document security store (clause r2, t): the file must have one with these in it.
  if (!parts.every((certificate) => isDocumented(input.store, certificate, places, 0))) return 'B-T'
  if (!places.some((place) => place !== 'outside' && place.contentsOf === undefined)) return 'B-T'
  const isArchived = covering.some(({ protector }) => places.every((place) => covers(protector, place)))
  return isArchived ? 'B-LTA' : 'B-LT'
}

/** B-B: letters a–m and T13, T22 of the table. */
function isBasic(read: ReadSignature, judged: JudgedSignature): boolean {
  const { format, signer } = read
  if (format.subFilter !== 'ETSI.CAdES.detached' || signer === undefined) return false
  if (
    judged.faults.length > 0 ||
    judged.unchecked.length > 0 ||
    judged.trustFaults.length > 0 ||
    judged.certificate === undefined
  )
    return false
  const { entries } = format.found.dictionary
  const carried = read.certificates.some(
    (certificate) => certificate.fingerprint === judged.certificate?.fingerprint,
  )
  const explains =
    signer.signedAttributes.has(OID_COMMITMENT_TYPE) || signer.signedAttributes.has(OID_SIGNATURE_POLICY)
  return (
    carried &&
    entries.get('M')?.kind === 'string' &&
    !entries.has('Cert') &&
    !signer.signedAttributes.has(OID_SIGNING_TIME) &&
    !(explains && entries.has('Reason'))
  )
}

const MAXIMUM_CHAIN = 10

/** True when the file holds the chain of a certificate and revocation data for all of it but the root. */
function isDocumented(
  store: EvidenceStore,
  certificate: Certificate,
  places: Place[],
  depth: number,
): boolean {
  if (depth > MAXIMUM_CHAIN) return false
  if (certificate.selfIssued || store.pool.anchors.has(certificate.fingerprint)) return true
  const issuer = store.pool
    .bySubject(certificate.issuer.canonical)
    .find((candidate) => store.pool.isIssuedBy(certificate, candidate))
  if (issuer === undefined) {
    // A root need not lie in the file; whether this one ends the chain, only the verifier's anchors could say.
    const list = depth === 0 ? undefined : listOf(store, certificate)
    if (list !== undefined) places.push(list)
    return list !== undefined
  }
  if (!certificate.ocspNoCheck) {
    const place = placeOfStatus(store, certificate, issuer)
    if (place === undefined) return false
    places.push(place)
  }
  return isDocumented(store, issuer, places, depth + 1)
}

/** A list in the file that names the certificate's issuer as its own. */
function listOf(store: EvidenceStore, certificate: Certificate): Place | undefined {
  return store.crls.find(
    (item) => item.place !== 'outside' && item.value.issuer.canonical === certificate.issuer.canonical,
  )?.place
}

function placeOfStatus(
  store: EvidenceStore,
  certificate: Certificate,
  issuer: Certificate,
): Place | undefined {
  const inFile = (item: { readonly place: Place }) => item.place !== 'outside'
  const response = store.responses
    .filter(inFile)
    .find((item) => guarded(() => answers(item.value, certificate, issuer)))
  if (response !== undefined) return response.place
  return store.crls.filter(inFile).find((item) => guarded(() => crlCovers(item.value, certificate, issuer)))
    ?.place
}

function answers(
  basic: EvidenceStore['responses'][number]['value'],
  certificate: Certificate,
  issuer: Certificate,
): boolean {
  return singleFor(basic, certificate, issuer) !== undefined && ocspSigner(basic, issuer) !== undefined
}

function guarded(check: () => boolean): boolean {
  try {
    return check()
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}
