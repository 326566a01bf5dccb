/** Certificates and CRLs with any extensions, for path tests in the manner of NIST PKITS. P-256 keys, one per name. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { type Certificate, parseCertificate } from '../../../electron/core/signing/cms/certificate.ts'
import {
  bitString,
  contextPrimitive,
  contextTag,
  DER_TRUE,
  enumerated,
  generalizedTime,
  integer,
  namedBits,
  octetString,
  oid,
  sequence,
  time,
} from '../../../electron/core/signing/cms/der-writer.ts'
import { encodeName } from '../../../electron/core/signing/cms/names.ts'
import * as oids from '../../../electron/core/signing/cms/oids.ts'

export type Extension = { readonly oid: string; readonly value: Uint8Array; readonly critical?: boolean }

export type CertificateRequest = {
  readonly name: string
  readonly organization?: string
  readonly from?: string
  readonly to?: string
  readonly extensions?: readonly Extension[]
  readonly version?: 1 | 3
  readonly key?: KeyObject
}

export type Issued = { readonly certificate: Certificate; readonly key: KeyObject }

const KEYS = new Map<string, KeyObject>()

/** One key per label, made once: tests ask for many certificates of few holders. */
export function keyOf(label: string): KeyObject {
  const known = KEYS.get(label)
  if (known !== undefined) return known
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  KEYS.set(label, privateKey)
  return privateKey
}

const ECDSA_SHA256 = sequence(oid(oids.OID_SHA256_ECDSA))
let serial = 1000

/** Issues a certificate; without an issuer it is self-signed. */
export function issue(request: CertificateRequest, issuer?: Issued): Issued {
  const key = request.key ?? keyOf(request.name)
  const name = encodeName({
    commonName: request.name,
    ...(request.organization === undefined ? {} : { organization: request.organization }),
  })
  serial += 1
  const extensions = (request.extensions ?? []).map((one) =>
    one.critical === true
      ? sequence(oid(one.oid), DER_TRUE, octetString(one.value))
      : sequence(oid(one.oid), octetString(one.value)),
  )
  const tbs = sequence(
    ...(request.version === 1 ? [] : [contextTag(0, integer(2))]),
    integer(serial),
    ECDSA_SHA256,
    issuer === undefined ? name : issuer.certificate.subject.raw,
    sequence(time(Date.parse(request.from ?? '2020-01-01')), time(Date.parse(request.to ?? '2040-01-01'))),
    name,
    createPublicKey(key).export({ format: 'der', type: 'spki' }),
    ...(extensions.length === 0 || request.version === 1 ? [] : [contextTag(3, sequence(...extensions))]),
  )
  const signature = sign('sha256', tbs, issuer?.key ?? key)
  return { certificate: parseCertificate(sequence(tbs, ECDSA_SHA256, bitString(signature))), key }
}

export function basicConstraints(pathLength?: number): Extension {
  return {
    oid: oids.OID_BASIC_CONSTRAINTS,
    critical: true,
    value: pathLength === undefined ? sequence(DER_TRUE) : sequence(DER_TRUE, integer(pathLength)),
  }
}

/** Bits: 0 digitalSignature, 1 nonRepudiation, 5 keyCertSign, 6 cRLSign. */
export function keyUsage(...bits: readonly number[]): Extension {
  return { oid: oids.OID_KEY_USAGE, critical: true, value: namedBits(bits) }
}

export const CA = [basicConstraints(), keyUsage(5, 6)]

export function policies(...list: readonly string[]): Extension {
  return { oid: oids.OID_CERTIFICATE_POLICIES, value: sequence(...list.map((one) => sequence(oid(one)))) }
}

export function policyMappings(...pairs: readonly (readonly [string, string])[]): Extension {
  return {
    oid: oids.OID_POLICY_MAPPINGS,
    critical: true,
    value: sequence(...pairs.map(([from, to]) => sequence(oid(from), oid(to)))),
  }
}

export function policyConstraints(explicit?: number, mapping?: number): Extension {
  const fields = [
    ...(explicit === undefined ? [] : [contextPrimitive(0, Uint8Array.of(explicit))]),
    ...(mapping === undefined ? [] : [contextPrimitive(1, Uint8Array.of(mapping))]),
  ]
  return { oid: oids.OID_POLICY_CONSTRAINTS, critical: true, value: sequence(...fields) }
}

export function inhibitAnyPolicy(skip: number): Extension {
  return { oid: oids.OID_INHIBIT_ANY_POLICY, critical: true, value: integer(skip) }
}

/** `names`: GeneralName DER. */
export function nameConstraints(
  permitted: readonly Uint8Array[],
  excluded: readonly Uint8Array[] = [],
): Extension {
  const subtrees = (tag: number, names: readonly Uint8Array[]) =>
    names.length === 0 ? [] : [contextTag(tag, ...names.map((name) => sequence(name)))]
  return {
    oid: oids.OID_NAME_CONSTRAINTS,
    critical: true,
    value: sequence(...subtrees(0, permitted), ...subtrees(1, excluded)),
  }
}

export function directoryName(organization: string, commonName?: string): Uint8Array {
  const full = encodeName({ organization, commonName: commonName ?? '' })
  if (commonName !== undefined) return contextTag(4, full)
  // Without a common name: the organisation alone.
  const organisationOnly = full.subarray(0)
  const parsed = Buffer.from(organisationOnly)
  return contextTag(4, sequence(firstChild(parsed)))
}

function firstChild(der: Buffer): Uint8Array {
  const length = der[3] ?? 0
  return der.subarray(2, 4 + length)
}

export const mailName = (text: string) => contextPrimitive(1, Buffer.from(text))
export const dnsName = (text: string) => contextPrimitive(2, Buffer.from(text))

export function alternativeNames(...names: readonly Uint8Array[]): Extension {
  return { oid: oids.OID_SUBJECT_ALT_NAME, value: sequence(...names) }
}

export type Revocation = {
  readonly certificate: Certificate
  readonly at: string
  readonly reason?: number
  readonly invalidity?: string
}

export type CrlRequest = {
  readonly from?: string
  readonly to?: string
  readonly revoked?: readonly Revocation[]
  readonly extensions?: readonly Extension[]
}

/** A version 2 CRL of the issuer. */
export function makeCrl(issuer: Issued, request: CrlRequest = {}): Uint8Array {
  const entries = (request.revoked ?? []).map((one) => {
    const extensions = [
      ...(one.reason === undefined
        ? []
        : [sequence(oid(oids.OID_CRL_REASON), octetString(enumerated(one.reason)))]),
      ...(one.invalidity === undefined
        ? []
        : [
            sequence(oid(oids.OID_INVALIDITY_DATE), octetString(generalizedTime(Date.parse(one.invalidity)))),
          ]),
    ]
    return sequence(
      integer(Buffer.from(one.certificate.serial, 'hex')),
      time(Date.parse(one.at)),
      ...(extensions.length === 0 ? [] : [sequence(...extensions)]),
    )
  })
  const extensions = (request.extensions ?? []).map((one) =>
    one.critical === true
      ? sequence(oid(one.oid), DER_TRUE, octetString(one.value))
      : sequence(oid(one.oid), octetString(one.value)),
  )
  const tbs = sequence(
    integer(1),
    ECDSA_SHA256,
    issuer.certificate.subject.raw,
    time(Date.parse(request.from ?? '2026-01-01')),
    time(Date.parse(request.to ?? '2027-01-01')),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    ...(extensions.length === 0 ? [] : [contextTag(0, sequence(...extensions))]),
  )
  return sequence(tbs, ECDSA_SHA256, bitString(sign('sha256', tbs, issuer.key)))
}
