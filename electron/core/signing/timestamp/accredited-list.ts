import { z } from 'zod'
import { parseCertificateCached } from '../cms/certificate.ts'
import { attributeOf } from '../cms/names.ts'
import { OID_ORGANIZATION } from '../cms/oids.ts'

const Service = z.object({
  name: z.string().min(1),
  operator: z.string().min(1),
  corporateNumber: z
    .string()
    .regex(/^\d{13}$/)
    .nullable(),
  /** Day of the accreditation where it is known. */
  accreditedOn: z.iso.date().nullable(),
  /** O of certificates of this operator: a hint, never a proof. */
  organizations: z.array(z.string()),
  /** SHA-256 of TSA certificates, or of the CAs that issue nothing but them; lower-case hex. */
  fingerprints: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
})

/** Format of `resources/trust/accredited-tsa.json`. */
export const AccreditedList = z.object({
  about: z.string(),
  source: z.url(),
  asOf: z.string(),
  services: z.array(Service),
})
export type AccreditedList = z.output<typeof AccreditedList>

/** Certificates the administrator has registered from the ministry's page, by name of the service. */
export type RegisteredFingerprints = Readonly<Record<string, readonly string[]>>

export type Accreditation =
  /** The certificate itself, or the CA that issued it, is on the list. */
  | { readonly kind: 'accredited'; readonly service: string }
  /** The operator's name is on the list, the certificate is not: shown as 非認定 with the advice to register it. */
  | { readonly kind: 'certificate-not-registered'; readonly service: string }
  | { readonly kind: 'not-accredited' }

/**
 * Whether a TSA's certificate belongs to a service accredited by 総務大臣 (product rule L10).
 *
 * @param chain DER of the TSA's certificate and its issuers, whose signatures the caller has checked
 * Does not prove that the timestamp is good, nor that the accreditation was in force on its day.
 */
export function accreditationOf(
  chain: readonly Uint8Array[],
  list: AccreditedList,
  registered: RegisteredFingerprints = {},
): Accreditation {
  const certificates = chain.map(parseCertificateCached)
  const fingerprints = new Set(certificates.map((certificate) => certificate.fingerprint))
  const listed = list.services.find((service) =>
    [...service.fingerprints, ...(registered[service.name] ?? [])].some((known) => fingerprints.has(known)),
  )
  if (listed !== undefined) return { kind: 'accredited', service: listed.name }
  const [own] = certificates
  const organization = own === undefined ? null : attributeOf(own.subject, OID_ORGANIZATION)
  const named = list.services.find((service) =>
    service.organizations.some((name) => organization !== null && fold(name) === fold(organization)),
  )
  return named === undefined
    ? { kind: 'not-accredited' }
    : { kind: 'certificate-not-registered', service: named.name }
}

function fold(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s.,]+/g, '')
}
