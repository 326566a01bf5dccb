/**
 * The rules of one certification path (RFC 5280 §6.1) at one moment, without revocation. A path is listed from the end
 * entity to the trust anchor; the anchor is trusted as given, but its own validity counts (shell model).
 */
import { keyWeakness, signatureWeakness } from '../../cms/algorithm-policy.ts'
import type { Certificate } from '../../cms/certificate.ts'
import { DerError } from '../../cms/der-reader.ts'
import * as oids from '../../cms/oids.ts'
import { type NameConstraints, NO_CONSTRAINTS, namesAllowed, withConstraintsOf } from './name-constraints.ts'
import { policiesAllowed } from './policy-tree.ts'

/** What the end entity's key was used for. */
export type KeyPurpose = 'signature' | 'timestamp' | 'ocsp' | 'crl'

export type PathFault =
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_NOT_YET_VALID'
  | 'CERTIFICATE_NOT_FOR_SIGNING'
  | 'TSA_NOT_FOR_TIMESTAMPING'
  | 'RESPONDER_NOT_AUTHORISED'
  | 'ISSUER_NOT_A_CA'
  | 'PATH_TOO_LONG'
  | 'NAME_CONSTRAINT_VIOLATED'
  | 'POLICY_VIOLATED'
  | 'CRITICAL_EXTENSION_UNKNOWN'
  | 'CERTIFICATE_MALFORMED'
  | 'CERTIFICATE_ALGORITHM_WEAK'

const UNDERSTOOD = new Set([
  oids.OID_BASIC_CONSTRAINTS,
  oids.OID_KEY_USAGE,
  oids.OID_EXTENDED_KEY_USAGE,
  oids.OID_SUBJECT_ALT_NAME,
  oids.OID_CERTIFICATE_POLICIES,
  oids.OID_POLICY_MAPPINGS,
  oids.OID_POLICY_CONSTRAINTS,
  oids.OID_NAME_CONSTRAINTS,
  oids.OID_INHIBIT_ANY_POLICY,
  oids.OID_CRL_DISTRIBUTION_POINTS,
  oids.OID_SUBJECT_KEY_ID,
  oids.OID_AUTHORITY_KEY_ID,
  oids.OID_AUTHORITY_INFO_ACCESS,
  oids.OID_OCSP_NO_CHECK,
  '2.5.29.18', // issuer alternative name: nothing in it limits use
  '1.3.6.1.5.5.7.1.3', // QCStatements: claims of the issuer
])

/** Purposes of extended key usage that let a key sign documents; a certificate naming only others may not. */
const DOCUMENT_PURPOSES = new Set([
  oids.OID_EKU_ANY,
  oids.OID_EKU_EMAIL_PROTECTION,
  oids.OID_EKU_DOCUMENT_SIGNING,
  '1.3.6.1.5.5.7.3.2', // clientAuth: citizen cards name it together with nonRepudiation
  '1.3.6.1.4.1.311.10.3.12', // Microsoft document signing
  '1.2.840.113583.1.1.5', // Adobe authentic documents trust
])

/** The first rule a path breaks at `atMs`, or undefined. Signatures are checked while the path is built. */
export function findPathFault(
  path: readonly Certificate[],
  purpose: KeyPurpose,
  atMs: number,
): PathFault | undefined {
  const [leaf] = path
  if (leaf === undefined) return 'CERTIFICATE_MALFORMED'
  try {
    return (
      findStructureFault(path) ??
      findPurposeFault(leaf, purpose, path.length === 1) ??
      findValidityFault(path, atMs) ??
      findAlgorithmFault(path, atMs)
    )
  } catch (error) {
    if (error instanceof DerError) return 'CERTIFICATE_MALFORMED'
    throw error
  }
}

function findValidityFault(path: readonly Certificate[], atMs: number): PathFault | undefined {
  if (path.some((certificate) => atMs > certificate.notAfterMs)) return 'CERTIFICATE_EXPIRED'
  if (path.some((certificate) => atMs < certificate.notBeforeMs)) return 'CERTIFICATE_NOT_YET_VALID'
  return undefined
}

function findAlgorithmFault(path: readonly Certificate[], atMs: number): PathFault | undefined {
  for (const [index, certificate] of path.entries()) {
    if (keyWeakness(certificate.key, atMs) !== undefined) return 'CERTIFICATE_ALGORITHM_WEAK'
    const issuer = path[index + 1]
    if (issuer === undefined) continue
    // node:crypto accepts nothing weaker than what is named here; the anchor's own signature proves nothing.
    if (signatureWeakness(certificate.signatureAlgorithm, issuer.key, atMs) !== undefined)
      return 'CERTIFICATE_ALGORITHM_WEAK'
  }
  return undefined
}

function findStructureFault(path: readonly Certificate[]): PathFault | undefined {
  const below = path.slice(0, -1)
  for (const certificate of path)
    for (const extension of certificate.extensions.values())
      if (extension.critical && !UNDERSTOOD.has(extension.oid)) return 'CRITICAL_EXTENSION_UNKNOWN'
  let constraints: NameConstraints = NO_CONSTRAINTS
  const anchor = path.at(-1)
  if (anchor !== undefined && below.length > 0) {
    if (!mayIssue(anchor, true)) return 'ISSUER_NOT_A_CA'
    constraints = withConstraintsOf(constraints, anchor)
  }
  let allowance = anchor?.pathLength ?? Number.POSITIVE_INFINITY
  for (let index = below.length - 1; index >= 0; index -= 1) {
    const certificate = below[index]
    if (certificate === undefined) continue
    const isLeaf = index === 0
    if ((isLeaf || !certificate.selfIssued) && !namesAllowed(constraints, certificate))
      return 'NAME_CONSTRAINT_VIOLATED'
    if (isLeaf) continue
    if (!mayIssue(certificate, false)) return 'ISSUER_NOT_A_CA'
    if (!certificate.selfIssued) {
      if (allowance <= 0) return 'PATH_TOO_LONG'
      allowance -= 1
    }
    allowance = Math.min(allowance, certificate.pathLength ?? Number.POSITIVE_INFINITY)
    constraints = withConstraintsOf(constraints, certificate)
  }
  return policiesAllowed([...below].reverse()) ? undefined : 'POLICY_VIOLATED'
}

/** A root of the old kind (version 1) is a CA because it was configured as one. */
function mayIssue(certificate: Certificate, isAnchor: boolean): boolean {
  if (certificate.keyUsage !== undefined && !certificate.keyUsage.includes('keyCertSign')) return false
  return certificate.isCa || (isAnchor && certificate.version < 3)
}

function findPurposeFault(leaf: Certificate, purpose: KeyPurpose, isAnchor: boolean): PathFault | undefined {
  const usage = leaf.keyUsage
  const signs = usage === undefined || usage.includes('digitalSignature') || usage.includes('nonRepudiation')
  const extended = leaf.extendedKeyUsage
  switch (purpose) {
    case 'signature':
      if (!signs || (extended !== undefined && !extended.some((use) => DOCUMENT_PURPOSES.has(use))))
        return 'CERTIFICATE_NOT_FOR_SIGNING'
      return leaf.isCa && !isAnchor && usage === undefined ? 'CERTIFICATE_NOT_FOR_SIGNING' : undefined
    case 'timestamp':
      // RFC 3161 §2.3: exactly this purpose, critical.
      return signs &&
        leaf.extendedKeyUsageCritical &&
        extended?.length === 1 &&
        extended[0] === oids.OID_EKU_TIME_STAMPING
        ? undefined
        : 'TSA_NOT_FOR_TIMESTAMPING'
    case 'ocsp':
      return signs || leaf.isCa ? undefined : 'RESPONDER_NOT_AUTHORISED'
    case 'crl':
      return usage === undefined || usage.includes('cRLSign') ? undefined : 'RESPONDER_NOT_AUTHORISED'
  }
}
