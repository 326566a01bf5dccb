import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { signatureAlgorithmDer } from '../cms/algorithms.ts'
import { parseCertificate } from '../cms/certificate.ts'
import {
  bitString,
  contextPrimitive,
  contextTag,
  DER_NULL,
  DER_TRUE,
  integer,
  namedBits,
  octetString,
  oid,
  sequence,
  time,
} from '../cms/der-writer.ts'
import { encodeName, type NameParts } from '../cms/names.ts'
import * as oids from '../cms/oids.ts'
import type { SigningAlgorithm } from '../keys/signing-key.ts'
import { algorithmFor, signWithKeyObject } from '../keys/software-key.ts'

/** A certificate with its private key, as the test authority holds it. */
export type IssuedCertificate = { readonly certificate: Uint8Array; readonly privateKey: KeyObject }

/** What a test certificate is to be; fields that are absent leave the extension out. */
export type CertificateSpec = {
  readonly subject: NameParts
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** Numbers of KeyUsage bits (RFC 5280 §4.2.1.3): 0 digitalSignature, 1 nonRepudiation, 5 keyCertSign, 6 cRLSign. */
  readonly keyUsage?: readonly number[]
  readonly extendedKeyUsage?: readonly string[]
  /** CA with this path length, or end entity when undefined. */
  readonly pathLength?: number
  readonly ocspUrl?: string
  readonly crlUrl?: string
  readonly caIssuersUrl?: string
  readonly ocspNoCheck?: boolean
}

/**
 * Issues an X.509 v3 certificate (RFC 5280 §4). Test parts only: there is no policy, no audit and no check of the subject.
 *
 * @param issuer undefined for a self-signed root
 * @param weakSignature signs over SHA-1, to make what the engine has to refuse
 */
export async function issueCertificate(
  spec: CertificateSpec,
  subjectKey: KeyObject,
  issuer: IssuedCertificate | undefined,
  weakSignature = false,
): Promise<Uint8Array> {
  const signer = issuer?.privateKey ?? subjectKey
  const issuerCertificate = issuer === undefined ? undefined : parseCertificate(issuer.certificate)
  const algorithm = algorithmFor(createPublicKey(signer))
  const spki = createPublicKey(subjectKey).export({ format: 'der', type: 'spki' })
  const algorithmDer = weakSignature ? sha1Algorithm(algorithm) : signatureAlgorithmDer(algorithm)
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const tbs = sequence(
    contextTag(0, integer(2)),
    integer(serial),
    algorithmDer,
    issuerCertificate?.subject.raw ?? encodeName(spec.subject),
    sequence(time(spec.notBeforeMs), time(spec.notAfterMs)),
    encodeName(spec.subject),
    spki,
    contextTag(3, sequence(...extensionsOf(spec, spki, issuerCertificate?.spki ?? spki))),
  )
  const signature = await signForTest(signer, algorithm, tbs, weakSignature)
  return sequence(tbs, algorithmDer, bitString(signature))
}

async function signForTest(
  key: KeyObject,
  algorithm: SigningAlgorithm,
  tbs: Uint8Array,
  weak: boolean,
): Promise<Uint8Array> {
  return weak ? sign('sha1', tbs, key) : signWithKeyObject(key, algorithm, tbs)
}

function sha1Algorithm(algorithm: SigningAlgorithm): Uint8Array {
  return algorithm.kind === 'ecdsa'
    ? sequence(oid(oids.OID_SHA1_ECDSA))
    : sequence(oid(oids.OID_SHA1_RSA), DER_NULL)
}

function extensionsOf(spec: CertificateSpec, subjectSpki: Uint8Array, issuerSpki: Uint8Array): Uint8Array[] {
  const isCa = spec.pathLength !== undefined
  const extensions = [
    extension(oids.OID_SUBJECT_KEY_ID, octetString(keyIdOf(subjectSpki))),
    extension(oids.OID_AUTHORITY_KEY_ID, sequence(contextPrimitive(0, keyIdOf(issuerSpki)))),
    extension(
      oids.OID_BASIC_CONSTRAINTS,
      spec.pathLength === undefined ? sequence() : sequence(DER_TRUE, integer(spec.pathLength)),
      isCa,
    ),
  ]
  if (spec.keyUsage !== undefined)
    extensions.push(extension(oids.OID_KEY_USAGE, namedBits(spec.keyUsage), true))
  if (spec.extendedKeyUsage !== undefined) {
    // RFC 3161 §2.3 demands a critical extension with timeStamping alone.
    const critical = spec.extendedKeyUsage.includes(oids.OID_EKU_TIME_STAMPING)
    extensions.push(
      extension(oids.OID_EXTENDED_KEY_USAGE, sequence(...spec.extendedKeyUsage.map(oid)), critical),
    )
  }
  const access = [
    ...accessTo(oids.OID_ACCESS_OCSP, spec.ocspUrl),
    ...accessTo(oids.OID_ACCESS_CA_ISSUERS, spec.caIssuersUrl),
  ]
  if (access.length > 0) extensions.push(extension(oids.OID_AUTHORITY_INFO_ACCESS, sequence(...access)))
  if (spec.crlUrl !== undefined) {
    const point = sequence(contextTag(0, contextTag(0, uri(spec.crlUrl))))
    extensions.push(extension(oids.OID_CRL_DISTRIBUTION_POINTS, sequence(point)))
  }
  if (spec.ocspNoCheck === true) extensions.push(extension(oids.OID_OCSP_NO_CHECK, DER_NULL))
  return extensions
}

/** Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING } */
export function extension(type: string, value: Uint8Array, critical = false): Uint8Array {
  return critical
    ? sequence(oid(type), DER_TRUE, octetString(value))
    : sequence(oid(type), octetString(value))
}

function accessTo(method: string, url: string | undefined): Uint8Array[] {
  return url === undefined ? [] : [sequence(oid(method), uri(url))]
}

function uri(url: string): Uint8Array {
  return contextPrimitive(6, Buffer.from(url, 'latin1'))
}

/** Key identifier: SHA-1 of the SubjectPublicKeyInfo; any unique value will do (RFC 5280 §4.2.1.2). */
function keyIdOf(spki: Uint8Array): Uint8Array {
  return createHash('sha1').update(spki).digest()
}
